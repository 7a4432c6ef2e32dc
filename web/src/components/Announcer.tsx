import { useSyncExternalStore } from "react";

let message = "";
const listeners = new Set<() => void>();

/** Says something once to a screen reader, politely. The same words twice are said twice. */
export function announce(text: string): void {
  // A no-break space makes a repeated sentence a new one.
  message = message === text ? `${text}\u00a0` : text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The one place where announcements appear; it stands in the page once. */
export function Announcer() {
  const text = useSyncExternalStore(subscribe, () => message);
  return (
    <div className="sr-only" aria-live="polite" aria-atomic="true" data-testid="announcer">
      {text}
    </div>
  );
}
