import type { Alert, AlertSeverity } from "../../api/types.gen";
import type { Notice, NoticeOptions } from "../../components/notice";
import type { Frames, Timers } from "../../lib/timers";
import type { LiveStore } from "../../store/liveStore";
import type { LiveView } from "../../store/view";
import { newsOf } from "./news";
import { overText, type Places, tellingsOf, titleOf } from "./words";

/** So long is waited for more of the same before any is told. */
export const FOLD_MS = 1_500;

export interface TellerParts {
  readonly store: Pick<LiveStore, "view" | "latest" | "subscribe" | "subscribeWakeful" | "serverNow">;
  readonly frames: Pick<Frames, "hidden">;
  readonly timers: Timers;
  readonly wanted: () => ReadonlySet<AlertSeverity>;
  readonly notify: (notice: NoticeOptions) => void;
  readonly withdraw: (key: string) => void;
  readonly settle: (key: string, now: Pick<Notice, "tone" | "title" | "text">) => void;
  readonly go: (path: string) => void;
}

/** Gives notice of the server's alerts, also while the page is hidden, and takes it back when it is no news any more. */
export class Teller {
  readonly #parts: TellerParts;
  #seen: LiveView["alerts"];
  #engines: LiveView["engines"] = [];
  #waiting = new Map<string, Alert>();
  /** The notices that were given, by their key: the alerts of each that still fire. */
  readonly #told = new Map<string, Map<string, Alert>>();

  constructor(parts: TellerParts) {
    this.#parts = parts;
    this.#seen = parts.store.view().alerts;
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

  #look({ alerts, engines }: LiveView): void {
    this.#engines = engines;
    if (alerts === this.#seen) return;
    const { fresh, hushed, over } = newsOf(this.#seen, alerts, this.#parts.store.serverNow());
    this.#seen = alerts;
    for (const a of hushed) this.#end(a, false);
    for (const a of over) this.#end(a, true);
    const wanted = this.#parts.wanted();
    for (const a of fresh) {
      if (!wanted.has(a.severity)) continue;
      if (this.#waiting.size === 0) this.#parts.timers.after(FOLD_MS, () => this.#tell());
      this.#waiting.set(a.id, a);
    }
  }

  #tell(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    for (const { notice, alerts } of tellingsOf(waiting, this.#places())) {
      this.#told.set(notice.key, new Map(alerts.map((a) => [a.id, a])));
      this.#parts.notify(notice);
    }
  }

  /** An alert is nobody's news any more: its notice goes, or says that it is over. */
  #end(a: Alert, over: boolean): void {
    this.#waiting.delete(a.id);
    for (const [key, alerts] of this.#told) {
      if (!alerts.delete(a.id) || alerts.size > 0) continue;
      this.#told.delete(key);
      if (over) this.#over(key, a);
      else this.#parts.withdraw(key);
    }
  }

  #over(key: string, a: Alert): void {
    const { engineName } = this.#places();
    // An engine that is back is good news for whoever waits for it.
    if (a.on === "engine-down") {
      this.#parts.notify({ key, tone: "good", title: `${engineName(a.engine)} is back`, text: overText(a) });
      return;
    }
    const title = key.startsWith("alerts ") ? `Over: ${a.rule}` : `Over: ${titleOf(a, engineName)}`;
    this.#parts.settle(key, { tone: "good", title, text: overText(a) });
  }

  #places(): Places {
    return {
      go: this.#parts.go,
      engineName: (id) => this.#engines.find((e) => e.id === id)?.name || "Docker",
    };
  }
}
