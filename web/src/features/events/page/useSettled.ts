import { useEffect, useRef, useState } from "react";
import { browserTimers } from "../../../lib/timers";

const PAUSE_MS = 200;

/**
 * A text that is typed, and told once the typing rests: each letter is drawn at
 * once, but not each is a question to the server. Another value from outside
 * takes its place.
 */
export function useSettled(value: string, onSettled: (text: string) => void): [string, (text: string) => void] {
  const [typed, setTyped] = useState(value);
  const [outside, setOutside] = useState(value);
  const tell = useRef(onSettled);
  useEffect(() => {
    tell.current = onSettled;
  });
  if (outside !== value) {
    setOutside(value);
    if (typed.trim() !== value) setTyped(value);
  }
  useEffect(() => {
    if (typed.trim() === value) return undefined;
    return browserTimers.after(PAUSE_MS, () => tell.current(typed.trim()));
  }, [typed, value]);
  return [typed, setTyped];
}
