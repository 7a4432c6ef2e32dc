/**
 * Asks before the page is left, while something would be lost by it: for a link or
 * the history's back within the page by a question of our own, for a reload or a
 * closed tab by the browser's. A leaf. wouter, which routes, has no such thing; it
 * follows the history's pushState, and so does this.
 */
export type Ask = () => Promise<boolean>;

/** What hears first that the history has gone elsewhere. */
let held: ((e: PopStateEvent) => void) | null = null;

/**
 * Called once, before anything routes: of a window's listeners the first that was
 * added is the first that hears, and who captures has no precedence there (Chromium).
 */
export function watchLeaving(): void {
  window.addEventListener("popstate", (e) => held?.(e));
}

/** Holds the page where it is until the returned function is called; ask answers true for leaving. */
export function holdLeaving(ask: Ask): () => void {
  const { pathname, href } = location;
  const pushed = history.pushState;
  let asking = false;
  let over = false;

  /** Asks, once at a time, and leaves if that is the answer. */
  const wanted = (leave: () => void) => {
    if (asking) return;
    asking = true;
    void ask().then((yes) => {
      asking = false;
      if (!yes || over) return;
      release();
      leave();
    });
  };
  const push: typeof history.pushState = (state, unused, url) => {
    const go = () => pushed.call(history, state, unused, url);
    if (url === undefined || url === null || new URL(url, href).pathname === pathname) go();
    else wanted(go);
  };
  const onPop = (e: PopStateEvent) => {
    if (location.pathname === pathname) return;
    // Nobody has seen it yet: the address goes back to what it was.
    e.stopImmediatePropagation();
    History.prototype.pushState.call(history, null, "", href);
    wanted(() => history.back());
  };
  const onUnload = (e: BeforeUnloadEvent) => e.preventDefault();
  const release = () => {
    if (over) return;
    over = true;
    if (history.pushState === push) history.pushState = pushed;
    if (held === onPop) held = null;
    window.removeEventListener("beforeunload", onUnload);
  };
  history.pushState = push;
  held = onPop;
  window.addEventListener("beforeunload", onUnload);
  return release;
}
