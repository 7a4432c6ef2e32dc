import { useEffect, useState, useSyncExternalStore } from "react";
import { browserFrames, browserTimers } from "../lib/timers";
import { closeToast, type Notice, noticeList } from "./notice";
import { ToastClock } from "./noticeClock";
import { Toast } from "./ToasterToast";

const MOST = 3;

interface ToasterProps {
  /** Opens the place where all of them are. */
  onMore: () => void;
}

/** The latest notices, three at most, in the corner where they cover least. Said once, errors at once. */
export function Toaster({ onMore }: ToasterProps) {
  const notices = useSyncExternalStore(noticeList.subscribe, noticeList.get);
  const [clock] = useState(() => new ToastClock(browserTimers, () => performance.now(), closeToast));
  useEffect(() => clock.follow(notices), [clock, notices]);
  useEffect(() => {
    const stopHide = browserFrames.onHide(() => clock.hold("hidden"));
    const stopShow = browserFrames.onShow(() => clock.release("hidden"));
    return () => {
      stopHide();
      stopShow();
    };
  }, [clock]);

  const toasts = notices.filter((n) => n.toast);
  const shown = toasts.slice(0, MOST).toReversed();
  const more = toasts.length - shown.length;
  return (
    <section
      aria-label="New notifications"
      className="qw-toaster pointer-events-none fixed end-3 bottom-3 z-40 flex w-88 max-w-[calc(100vw-24px)] flex-col items-stretch gap-2"
      onPointerEnter={() => clock.hold("pointer")}
      onPointerLeave={() => clock.release("pointer")}
      onFocus={() => clock.hold("focus")}
      onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && clock.release("focus")}
    >
      <Said notices={notices} />
      {more > 0 && (
        <button
          type="button"
          className="pointer-events-auto self-end rounded-full border border-line-strong bg-surface-1 px-2.5 text-sm text-text-2 hover:text-text-1"
          onClick={onMore}
        >
          {more} more
        </button>
      )}
      {shown.map((n) => (
        <Toast key={n.key ?? n.id} notice={n} />
      ))}
    </section>
  );
}

/** Both kinds of live region, always there: one that comes with its words is not heard. */
function Said({ notices }: { notices: readonly Notice[] }) {
  const bad = notices.find((n) => n.tone === "bad");
  const other = notices.find((n) => n.tone !== "bad");
  return (
    <>
      <div role="alert" className="sr-only">
        {bad && textOf(bad)}
      </div>
      <div role="status" className="sr-only">
        {other && textOf(other)}
      </div>
    </>
  );
}

function textOf(n: Notice): string {
  return n.text === "" ? n.title : `${n.title}. ${n.text}`;
}
