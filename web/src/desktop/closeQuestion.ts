import { closingPreference } from "./choices";
import { hideWindow, onClose, quit } from "./commands";

/** Whether the user is asked what closing the window shall mean. */
export interface CloseQuestion {
  get(): boolean;
  subscribe(fn: () => void): () => void;
  done(): void;
}

export function createCloseQuestion(): CloseQuestion {
  let asked = false;
  const listeners = new Set<() => void>();
  const set = (to: boolean) => {
    asked = to;
    for (const fn of [...listeners]) fn();
  };
  void onClose(() => {
    const closing = closingPreference.get();
    if (closing === "ask") set(true);
    else void (closing === "quit" ? quit() : hideWindow());
  });
  return {
    get: () => asked,
    subscribe(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
    done: () => set(false),
  };
}
