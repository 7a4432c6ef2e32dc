import { navigate } from "wouter/use-browser-location";
import { notify, settle, withdraw } from "../../components/notice";
import { noticeSeverities } from "../../components/preferences";
import { browserFrames, browserTimers } from "../../lib/timers";
import type { Live } from "../../store/live";
import { followOnDesktop } from "./desktop";
import { Teller } from "./Teller";

/** Gives notice of alerts, on the page and on the desktop. */
export function followAlerts({ store }: Live): void {
  new Teller({
    store,
    frames: browserFrames,
    timers: browserTimers,
    wanted: noticeSeverities.get,
    notify,
    withdraw,
    settle,
    go: navigate,
  }).start();
  followOnDesktop();
}
