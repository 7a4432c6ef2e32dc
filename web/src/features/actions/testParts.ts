/** For tests: a container, and a page's live data as the desk sees it, driven by hand. */
import { ApiError } from "../../api/client";
import type { Container, Job, Problem } from "../../api/types.gen";
import { Keyed } from "../../lib/keyed";
import { ContainerTable } from "../../store/containerTable";
import type { ContainerEntry } from "../../store/state";
import type { LiveView } from "../../store/view";
import { container } from "../../testing/samples";
import type { DeskLive } from "./desk";

export function testContainer(fields: Partial<Container> = {}): Container {
  const plain = { image: "nginx", imageId: "", command: "", createdAt: null, networks: [], pid: 1 };
  const startedAt = "2026-11-23T14:00:00Z";
  return container(fields.name ?? "web", 1, { engine: "e1", name: "web", ...plain, startedAt, ...fields });
}

/** One call of the API that waits for the test to answer it. */
export interface Call {
  readonly args: readonly unknown[];
  answer(value?: unknown): void;
  refuse(code: Problem["code"], detail: string, engine?: string): void;
  fail(): void;
}

/** A store and an API that do what the test says. */
export class TestPage {
  readonly calls: Call[] = [];
  readonly live: DeskLive;
  #view: LiveView;
  readonly #listeners = new Set<() => void>();

  constructor(containers: readonly Container[], jobs: readonly Job[] = []) {
    this.#view = { containers: table(containers), jobs } as unknown as LiveView;
    const call =
      () =>
      (...args: unknown[]) =>
        this.#call(args);
    this.live = {
      clientId: "tab-1",
      client: { act: call(), createJob: call(), cancelJob: call() } as unknown as DeskLive["client"],
      store: {
        view: () => this.#view,
        subscribe: (fn) => {
          this.#listeners.add(fn);
          return () => this.#listeners.delete(fn);
        },
      },
    };
  }

  /** What the stream brought. */
  commit(containers: readonly Container[] | null, jobs?: readonly Job[]): void {
    const now = this.#view;
    this.#view = { ...now, containers: containers ? table(containers) : now.containers, jobs: jobs ?? now.jobs };
    for (const fn of this.#listeners) fn();
  }

  #call(args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        args,
        answer: resolve,
        refuse: (code, detail, engine) => {
          const problem = { type: "", title: "", status: 409, detail, code, ...(engine && { engine }) };
          reject(new ApiError(409, detail, problem));
        },
        fail: () => reject(new ApiError(0, "The server can't be reached.", null)),
      });
    });
  }
}

function table(containers: readonly Container[]): LiveView["containers"] {
  const keyed = Keyed.empty<ContainerEntry>().edit();
  for (const container of containers) {
    const key = `${container.engine}/${container.id}`;
    keyed.set(key, { key, container, changedAt: 0 });
  }
  return new ContainerTable(keyed.done(), true);
}

/** Lets what was answered be heard. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

/** sessionStorage of a tab: it outlives the page. */
export class TestStorage {
  readonly #items = new Map<string, string>();
  getItem = (key: string): string | null => this.#items.get(key) ?? null;
  setItem = (key: string, value: string): void => {
    this.#items.set(key, value);
  };
}
