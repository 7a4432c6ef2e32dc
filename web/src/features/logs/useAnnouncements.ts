import { useEffect, useRef } from "react";
import { announce } from "../../components/Announcer";
import type { LogScreen } from "./screen/logScreen";
import { useLogSources, useLogState } from "./useLogState";

/** Says what a log does in a few words. Its lines are not read out: there may be thousands a second. */
export function useAnnouncements(screen: LogScreen): void {
  const following = useLogState(screen, (s) => s.following);
  const sources = useLogSources(screen);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) announce(following ? "Following the end of the log" : "The log stands still");
    first.current = false;
  }, [following]);

  const phases = useRef(new Map<string, string>());
  useEffect(() => {
    for (const s of sources) {
      const before = phases.current.get(s.key);
      if (s.phase === null || s.phase === before) continue;
      phases.current.set(s.key, s.phase);
      if (s.phase === "failed") announce(`The log of ${s.name} can't be read: ${s.message}`);
      else if (s.phase === "ended" && before !== undefined) announce(`${s.name} stopped`);
      else if (before === "ended") announce(`${s.name} started again`);
    }
  }, [sources]);
}
