import BellOff from "lucide-react/icons/bell-off";
import { useEffect, useSyncExternalStore } from "react";
import { Link } from "wouter";
import type { AlertSeverity } from "../api/types.gen";
import { SeverityIcon } from "../components/alert/SeverityIcon";
import { Button } from "../components/Button";
import { formatExact } from "../components/format/time";
import { whenText } from "../components/format/when";
import { clearNotices, closeToast, type Notice, noticeList, readNotices } from "../components/notice";
import { NoticeIcon } from "../components/noticeIcon";
import { ALERTS_PATH, SETTINGS_PATH } from "../components/routes";
import { useFiring, useLive, useTimedText } from "../store/hooks";
import { overlay } from "./overlay";

/** All that was told since the page was loaded, newest first. */
export function NoticeCentre() {
  const notices = useSyncExternalStore(noticeList.subscribe, noticeList.get);
  // Who sees the list needs no toasts of it.
  useEffect(() => {
    for (const n of noticeList.get()) if (n.toast) closeToast(n.id);
    // What was new is marked as long as it is looked at.
    return readNotices;
  }, []);
  return (
    <>
      <div className="flex h-11 shrink-0 items-center justify-between border-b border-line ps-4 pe-2">
        <h2 className="text-base font-semibold">Notifications</h2>
        <span className="flex items-center gap-1">
          {notices.length > 0 && (
            <Button tone="quiet" onClick={clearNotices}>
              Clear all
            </Button>
          )}
          <Link
            href={`${SETTINGS_PATH}#notifications`}
            className="rounded px-2 py-1 text-sm text-text-2 hover:bg-surface-2 hover:text-text-1"
            onClick={() => overlay.set(null)}
          >
            Choose
          </Link>
        </span>
      </div>
      <FiringLine />
      {notices.length === 0 ? (
        <div className="m-auto flex flex-col items-center gap-2 px-6 py-8 text-center text-text-2">
          <BellOff size={24} strokeWidth={1.5} aria-hidden className="text-text-3" />
          <p>Nothing was told since the page was opened. Alerts and the outcome of actions are kept here.</p>
        </div>
      ) : (
        <ul className="min-h-0 overflow-y-auto" data-testid="notices">
          {notices.map((n) => (
            <Item key={n.id} notice={n} />
          ))}
        </ul>
      )}
    </>
  );
}

/** What fires now, whether it was told here or not. */
function FiringLine() {
  const [count, worst = "warning"] = useFiring().split(" ");
  if (!count) return null;
  return (
    <Link
      href={ALERTS_PATH}
      className="flex items-center gap-2 border-b border-line bg-surface-2 px-4 py-1.5 text-sm hover:underline"
      onClick={() => overlay.set(null)}
    >
      <SeverityIcon severity={worst as AlertSeverity} size={16} />
      {count === "1" ? "1 alert fires now" : `${count} alerts fire now`}
    </Link>
  );
}

function Item({ notice: n }: { notice: Notice }) {
  return (
    <li
      className={`flex items-start gap-2 border-b border-line px-4 py-2 last:border-b-0 ${n.read ? "" : "bg-accent-soft"}`}
    >
      <NoticeIcon tone={n.tone} />
      <div className="min-w-0 flex-1 wrap-anywhere">
        <div className="flex items-baseline justify-between gap-2">
          <p className="font-semibold">{n.title}</p>
          <time className="shrink-0 text-xs text-text-2" title={formatExact(n.at)}>
            <When at={n.at} />
          </time>
        </div>
        {n.text !== "" && <p className="text-sm text-text-2">{n.text}</p>}
        {n.action && (
          <Button
            className="mt-1.5"
            onClick={() => {
              overlay.set(null);
              n.action?.run();
            }}
          >
            {n.action.label}
          </Button>
        )}
      </div>
    </li>
  );
}

/** By this machine's clock, as the notice's own time is. */
function When({ at }: { at: number }) {
  const { clock } = useLive();
  return useTimedText(() => whenText(at, clock.wall()));
}
