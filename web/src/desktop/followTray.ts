import { ailmentsOf, troubleOf } from "../app/trouble";
import { browserTimers } from "../lib/timers";
import { firingOf } from "../store/firing";
import type { Live } from "../store/live";
import { Tally } from "../store/tally";
import { noticesPaused, togglePause } from "./choices";
import { trayView } from "./tray";
import { TrayMenu } from "./trayMenu";

const TRAY_MS = 1_000;

/** Keeps the tray up to date and carries out what is chosen there, with the window hidden too. */
export function followTray({ store, client }: Live): void {
  const ailments = new Tally(ailmentsOf);
  let waiting = false;
  let last = "";
  const send = () => {
    waiting = false;
    const state = store.latest();
    const trouble = troubleOf(state, ailments.count(state.containers));
    const view = trayView(state.containers.entries, trouble, firingOf(state.alerts), noticesPaused());
    const text = JSON.stringify(view);
    if (text === last) return;
    last = text;
    menu.show(view);
  };
  const mark = () => {
    if (waiting) return;
    waiting = true;
    browserTimers.after(TRAY_MS, send);
  };
  const menu = new TrayMenu({
    project: (action, project) => void client.createJob({ action, project, options: {} }),
    pause: () => {
      togglePause();
      // The menu has changed its mark by itself; what is paused is ours to say.
      last = "";
      mark();
    },
  });
  store.subscribeWakeful(mark);
  mark();
}
