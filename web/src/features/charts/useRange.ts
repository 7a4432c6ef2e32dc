import { useSearch } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { usePreference } from "../../components/preference";
import type { Moment } from "../../lib/moment";
import { useLive } from "../../store/hooks";
import { rangePreference } from "./chartPreferences";
import { MOMENT_RANGES, momentRange } from "./model/moment";
import { RANGES, type Range } from "./model/ranges";

export interface RangeChoice {
  readonly offered: readonly Range[];
  readonly value: Range;
  readonly set: (range: Range) => void;
}

/** How much is shown: of the past as it was chosen last; around a moment as the address says. */
export function useRange(moment: Moment | null): RangeChoice {
  const chosen = usePreference(rangePreference);
  const search = useSearch();
  const { store } = useLive();
  if (moment === null) return { offered: RANGES, value: chosen, set: rangePreference.set };
  const value = momentRange(new URLSearchParams(search).get("span"), store.serverNow() - moment.at);
  const set = (range: Range) => {
    const query = new URLSearchParams(search);
    query.set("span", range);
    navigate(`?${query.toString().replaceAll("%3A", ":")}`, { replace: true });
  };
  return { offered: MOMENT_RANGES, value, set };
}
