import { navigate } from "wouter/use-browser-location";
import { announce } from "../../components/Announcer";
import { containerPath } from "../../components/routes";
import { useLive } from "../../store/hooks";
import { FURTHER, RANGE_WORDS, type Range, rangeText } from "./model/ranges";

/** Further back than the memory reaches: the same charts around this moment, from the history. */
export function FurtherBack({ containerKey }: { containerKey: string }) {
  const { store } = useLive();
  const show = (range: Range) => {
    const now = new Date(store.serverNow()).toISOString();
    navigate(`${containerPath(containerKey, "charts", now)}&span=${range}`);
    announce(`The last ${RANGE_WORDS[range]}, from the history`);
    // The button goes away with its bar: the focus stays with the part that is shown.
    document.querySelector<HTMLElement>('#main a[aria-current="page"]')?.focus();
  };
  return (
    <fieldset className="flex rounded border border-line-strong">
      <legend className="sr-only">Further back, from the history</legend>
      {FURTHER.map((range) => (
        <button
          key={range}
          type="button"
          title={`The last ${RANGE_WORDS[range]}`}
          className="h-[26px] px-2 text-sm whitespace-nowrap text-text-2 first-of-type:rounded-s last-of-type:rounded-e hover:bg-surface-2 hover:text-text-1"
          onClick={() => show(range)}
        >
          {rangeText(range)}
        </button>
      ))}
    </fieldset>
  );
}
