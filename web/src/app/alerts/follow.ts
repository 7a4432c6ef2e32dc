import { navigate } from "wouter/use-browser-location";
import { notify } from "../../components/notice";
import { alertChoices } from "../../components/preferences";
import { browserFrames, browserTimers } from "../../lib/timers";
import type { Live } from "../../store/live";
import { followOnDesktop } from "./desktop";
import { Watchdog } from "./Watchdog";

/** Gives notice of trouble, on the page and on the desktop. */
export function followAlerts({ store }: Live): void {
  new Watchdog({
    store,
    frames: browserFrames,
    timers: browserTimers,
    wanted: alertChoices.get,
    notify,
    go: navigate,
  }).start();
  followOnDesktop();
}
