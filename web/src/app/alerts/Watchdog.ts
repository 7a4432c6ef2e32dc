import type { NoticeOptions } from "../../components/notice";
import type { AlertKind } from "../../components/preferences";
import type { Frames, Timers } from "../../lib/timers";
import type { LiveStore } from "../../store/liveStore";
import { type Alert, EMPTY, look, type Memory } from "./rules";
import { noticesOf } from "./words";

/** So long is waited for more of the same before any is told. */
export const FOLD_MS = 1_500;

export interface WatchdogParts {
  readonly store: Pick<LiveStore, "view" | "latest" | "subscribe" | "subscribeWakeful">;
  readonly frames: Pick<Frames, "hidden">;
  readonly timers: Timers;
  readonly wanted: () => ReadonlySet<AlertKind>;
  readonly notify: (notice: NoticeOptions) => void;
  readonly go: (path: string) => void;
}

/** Looks at every change, also while the page is hidden, and gives notice of what is bad. */
export class Watchdog {
  readonly #parts: WatchdogParts;
  #memory: Memory = EMPTY;
  #waiting: Alert[] = [];

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  /** Begins; the returned function ends it. */
  start(): () => void {
    const { store, frames } = this.#parts;
    const stops = [
      store.subscribe(() => this.#look(store.view())),
      store.subscribeWakeful(() => frames.hidden() && this.#look(store.latest())),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #look(view: Parameters<typeof look>[1]): void {
    const { memory, alerts } = look(this.#memory, view);
    this.#memory = memory;
    if (alerts.length === 0) return;
    if (this.#waiting.length === 0) this.#parts.timers.after(FOLD_MS, () => this.#tell());
    this.#waiting.push(...alerts);
  }

  #tell(): void {
    const wanted = this.#parts.wanted();
    const alerts = this.#waiting.filter((a) => wanted.has(a.kind));
    this.#waiting = [];
    for (const notice of noticesOf(alerts, this.#parts.go)) this.#parts.notify(notice);
  }
}
