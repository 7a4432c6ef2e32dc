import { countText } from "./model/countText";
import type { LogScreen } from "./screen/logScreen";
import { useLogState } from "./useLogState";

/** "12 of 340", within the search field. */
export function SearchCount({ screen, text }: { screen: LogScreen; text: string }) {
  const matches = useLogState(screen, (s) => s.matches);
  const ordinal = useLogState(screen, (s) => s.ordinal);
  const searching = useLogState(screen, (s) => s.searching);
  const error = useLogState(screen, (s) => s.error);
  if (text === "" || error !== null) return null;
  return (
    <span
      className="pointer-events-none absolute end-2 top-1.5 text-xs text-text-3"
      data-testid="log-matches"
      title="Lines that match"
    >
      {ordinal > 0 && `${countText(ordinal)} of `}
      {matches === 0 && !searching ? "no match" : countText(matches)}
      {searching && "…"}
    </span>
  );
}
