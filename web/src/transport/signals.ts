import { browserFrames } from "../lib/timers";

/** Tells of the world outside. Each returns how to stop. */
export interface Signals {
  onOnline(fn: () => void): () => void;
  onOffline(fn: () => void): () => void;
  onVisible(fn: () => void): () => void;
  onHidden(fn: () => void): () => void;
  /** The page runs again after the browser had frozen it. */
  onWake(fn: () => void): () => void;
  hidden(): boolean;
}

export const browserSignals: Signals = {
  onOnline: (fn) => on(window, "online", fn),
  onOffline: (fn) => on(window, "offline", fn),
  onVisible: browserFrames.onShow,
  onHidden: browserFrames.onHide,
  onWake(fn) {
    // Page Lifecycle's resume, and the way back out of the back/forward cache.
    const stops = [on(document, "resume", fn), on(window, "pageshow", (e) => (isPersisted(e) ? fn() : undefined))];
    return () => {
      for (const stop of stops) stop();
    };
  },
  hidden: browserFrames.hidden,
};

function on(target: EventTarget, type: string, fn: (e: Event) => void): () => void {
  const listener = (e: Event) => fn(e);
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}

function isPersisted(e: Event): boolean {
  return "persisted" in e && e.persisted === true;
}
