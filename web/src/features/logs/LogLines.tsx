import { useEffect, useRef } from "react";
import { listenToLines } from "./screen/lineInput";
import type { LogScreen } from "./screen/logScreen";

/** The lines. What is in here is drawn by the screen, not by React. */
export function LogLines({ screen, title }: { screen: LogScreen; title: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const sizer = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!scroller.current || !sizer.current || !rows.current) return undefined;
    const detach = screen.attach(scroller.current, sizer.current, rows.current);
    const mute = listenToLines(screen, scroller.current);
    return () => {
      mute();
      detach();
    };
  }, [screen]);
  return (
    <div
      ref={scroller}
      className="ql-log"
      role="log"
      aria-live="off"
      aria-label={`Lines of ${title}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
      tabIndex={0}
      data-testid="log"
    >
      <div ref={sizer} aria-hidden />
      <div ref={rows} className="ql-window" />
    </div>
  );
}
