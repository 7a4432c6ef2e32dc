/**
 * The desk where images, volumes and networks are asked to be changed: one for a
 * page's live data, without React. It holds which dialog is open and what is
 * under way, and tells outcomes. What becomes of a thing is the stream's word
 * alone.
 */
import { announce } from "../../components/Announcer";
import { notify } from "../../components/notice";
import type { Live } from "../../store/live";
import { tellRefused } from "../actions/outcome";
import type { Deed } from "./model/deeds";

export type Thing = "images" | "volumes" | "networks";

/** What a pull or a push is asked for with. */
export interface TransferAsked {
  readonly reference: string;
  /** The engine's id; "" is the only one, or the first. */
  readonly engine: string;
  /** os/architecture[/variant], "" for the engine's own. */
  readonly platform: string;
}

/** The dialog that is open. */
export type Question =
  | ({ readonly kind: "pull" | "push" } & TransferAsked)
  | { readonly kind: "tag"; readonly image: string }
  | { readonly kind: "remove"; readonly of: Thing; readonly keys: readonly string[] }
  | { readonly kind: "createVolume" }
  | { readonly kind: "createNetwork" }
  | { readonly kind: "connect"; readonly network: string }
  | { readonly kind: "prune"; readonly of: Thing | "all" };

export class ResourceDesk {
  readonly #listeners = new Set<() => void>();
  #question: Question | null = null;
  /** What is asked of the engine now, by the thing's key: "Removing…". */
  #pending: ReadonlyMap<string, string> = new Map();

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  readonly question = (): Question | null => this.#question;

  readonly pending = (): ReadonlyMap<string, string> => this.#pending;

  ask(question: Question | null): void {
    this.#question = question;
    this.#tell();
  }

  /** Asks for one thing, and tells where it is refused. */
  async one(deed: Deed): Promise<void> {
    try {
      await this.attempt(deed);
    } catch (err) {
      tellRefused(`Could not ${deed.what}`, `resource ${deed.key} ${deed.what}`, err, () => void this.one(deed));
    }
  }

  /**
   * Asks for one thing. Its success is told where nothing on the screen would tell
   * it; that it is refused is the asker's to say.
   */
  async attempt(deed: Deed): Promise<void> {
    this.#mark(deed, true);
    try {
      const said = await deed.run();
      if (typeof said === "string" && said !== "") notify({ tone: "info", title: deed.done, text: said });
      else announce(deed.done);
    } finally {
      this.#mark(deed, false);
    }
  }

  #mark(deed: Deed, on: boolean): void {
    const next = new Map(this.#pending);
    if (on) next.set(deed.key, deed.doing);
    else next.delete(deed.key);
    this.#pending = next;
    this.#tell();
  }

  #tell(): void {
    for (const fn of [...this.#listeners]) fn();
  }
}

const desks = new WeakMap<Live, ResourceDesk>();

/** The desk of a page's live data, made when it is first wanted. */
export function deskOf(live: Live): ResourceDesk {
  let desk = desks.get(live);
  if (desk === undefined) {
    desk = new ResourceDesk();
    desks.set(live, desk);
  }
  return desk;
}
