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

/** Who draws again so soon draws with the screen's own frames. */
const BUSY_MS = 100;
let drawnAt = Number.NEGATIVE_INFINITY;

export const browserFrames: Frames = {
  /**
   * A frame of the screen that is asked for is made and composed, and in WebKit a
   * third of a second of its clock with it, though nothing may have changed. What
   * comes once in a while is drawn at once: only what it writes costs a picture.
   */
  request: (fn) => {
    const draw = () => {
      drawnAt = performance.now();
      fn();
    };
    if (document.hidden || performance.now() - drawnAt < BUSY_MS) requestAnimationFrame(draw);
    else setTimeout(draw);
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
