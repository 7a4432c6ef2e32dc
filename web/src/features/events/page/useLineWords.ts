import { useCallback } from "react";
import type { Event } from "../../../api/types.gen";
import { useLive } from "../../../store/hooks";
import type { Known } from "../../../store/past/identity";
import { indexOf, whyOf } from "./whys";

export type LineWords = (row: { readonly key: string; readonly event: Event; readonly at: number }) => {
  by: string;
  why: string;
};

/** Who asked for an event, and why it came to be: of the lines that are drawn, by those around them. */
/** told: the list has all events of a container, so that they explain each other. */
export function useLineWords(events: readonly Known[], told: boolean): LineWords {
  const { store, clientId } = useLive();
  return useCallback<LineWords>(
    (row) => {
      const { event, at } = row;
      const key = row.key.startsWith("in ") ? row.key.slice(3) : row.key;
      const by = event.by === undefined ? "" : event.by.client === clientId ? "you" : event.by.name || "somebody";
      const index = told && event.kind === "container" ? indexOf(events, at, key) : -1;
      const entry = index < 0 ? undefined : store.view().containers.get(`${event.engine}/${event.id}`);
      const why = index < 0 ? (event.attributes["reason"] ?? "") : (whyOf(events, index, entry, clientId)?.text ?? "");
      return { by, why };
    },
    [events, told, store, clientId],
  );
}
