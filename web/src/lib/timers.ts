/** Where timers come from; tests have their own. */
export interface Timers {
  /** Calls fn once after ms milliseconds, unless the returned function is called first. */
  after(ms: number, fn: () => void): () => void;
}

export const browserTimers: Timers = {
  after(ms, fn) {
    const id = setTimeout(fn, ms);
    return () => clearTimeout(id);
  },
};

/** When to draw; tests have their own. */
export interface Frames {
  /** Calls fn before the next picture. */
  request(fn: () => void): void;
  /** Whether nobody can see the page. */
  hidden(): boolean;
  /** Calls fn whenever the page becomes visible, until the returned function is called. */
  onShow(fn: () => void): () => void;
  /** Calls fn whenever nobody can see the page any more, until the returned function is called. */
  onHide(fn: () => void): () => void;
}

export const browserFrames: Frames = {
  request: (fn) => {
    requestAnimationFrame(fn);
  },
  hidden: () => document.hidden,
  onShow: (fn) => onVisibility(false, fn),
  onHide: (fn) => onVisibility(true, fn),
};

function onVisibility(hidden: boolean, fn: () => void): () => void {
  const listener = () => {
    if (document.hidden === hidden) fn();
  };
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}
