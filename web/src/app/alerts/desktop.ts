import { type Notice, noticeList } from "../../components/notice";
import { desktopNoticesPreference } from "../../components/preferences";
import { shellOf } from "../../components/shell";

/**
 * Shows new notices on the desktop too, when the window is not focused and the
 * user allowed it. A notice of the same key replaces the one before, also from
 * another tab.
 */
export function followOnDesktop(): () => void {
  let last = noticeList.get()[0]?.id ?? 0;
  return noticeList.subscribe(() => {
    const fresh = noticeList.get().filter((n) => n.id > last);
    last = Math.max(last, ...fresh.map((n) => n.id));
    if (desktopNoticesPreference.get() === "off" || document.hasFocus()) return;
    for (const n of fresh) show(n);
  });
}

function show(n: Notice): void {
  const shell = shellOf();
  if (shell) {
    shell.notify(n);
    return;
  }
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(n.title, { body: n.text, tag: n.key ?? `notice ${n.id}` });
    shown.onclick = () => {
      window.focus();
      n.action?.run();
      shown.close();
    };
  } catch {
    // Some browsers have the name and allow it to service workers only: the toast is there all the same.
  }
}
