import type { RefObject } from "react";
import { useKeys } from "../../components/keys";
import { jsonPreference, timePreference, wrapPreference } from "./model/logPreferences";
import type { LogScreen } from "./screen/logScreen";

const TIMES = ["off", "time", "full", "relative"] as const;

/** The keys of a log, wherever on the page the focus is. */
export function useLogKeys(
  screen: LogScreen,
  pane: RefObject<HTMLElement | null>,
  search: RefObject<HTMLInputElement | null>,
): void {
  const toSearch = () => {
    search.current?.focus();
    search.current?.select();
    return true;
  };
  // The browser's own search would find what is drawn, which is little of what is there.
  const within = (e: KeyboardEvent) => e.target instanceof Node && (pane.current?.contains(e.target) ?? false);
  const group = "Logs";
  useKeys([
    { keys: "/", what: "Search the log", group, run: toSearch },
    { keys: "Mod+f", what: "Search the log, from within it", group, run: (e) => within(e) && toSearch() },
    {
      keys: "n",
      what: "Next match; with Shift the one before",
      group,
      run: (e) => screen.search.matcher !== null && screen.move(e.shiftKey ? -1 : 1),
    },
    {
      keys: "End",
      what: "Follow the end",
      group,
      run: () => {
        screen.follow();
        return true;
      },
    },
    {
      keys: "w",
      what: "Wrap lines, or not",
      group,
      run: () => {
        wrapPreference.set(wrapPreference.get() === "on" ? "off" : "on");
        return true;
      },
    },
    {
      keys: "t",
      what: "Next kind of timestamps",
      group,
      run: () => {
        timePreference.set(TIMES[(TIMES.indexOf(timePreference.get()) + 1) % TIMES.length] ?? "time");
        return true;
      },
    },
    {
      keys: "p",
      what: "JSON lines pretty, or as they are",
      group,
      run: () => {
        jsonPreference.set(jsonPreference.get() === "on" ? "off" : "on");
        return true;
      },
    },
  ]);
}
