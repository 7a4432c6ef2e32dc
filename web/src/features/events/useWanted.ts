import { useMemo, useSyncExternalStore } from "react";
import { useChoices } from "../../components/choices";
import type { Wanted } from "./feed";
import { feedFilter, severityChoices } from "./feedFilter";
import { kindChoices } from "./feedPreferences";

/** All that the feed is narrowed to, the same object until it changes. */
export function useWanted(text: string): Wanted {
  const kinds = useChoices(kindChoices);
  const severities = useChoices(severityChoices);
  const { actions, containers } = useSyncExternalStore(feedFilter.subscribe, feedFilter.get);
  return useMemo(
    () => ({ kinds, severities, actions, containers, text: text.trim().toLowerCase() }),
    [kinds, severities, actions, containers, text],
  );
}
