import type { Action, Job, JobItem, JobThing } from "../../../api/types.gen";
import { engineWords, WORDS } from "./words";

/** An action on several containers, or the removal of several things. Jobs of other kinds have no items, and are shown elsewhere. */
export type BulkJob = Job & { readonly action: Action };

export function isBulk(job: Job): job is BulkJob {
  return (job.kind === "containers" || job.kind === "remove") && job.action !== undefined;
}

const ONE = { containers: "container", networks: "network", volumes: "volume", images: "image" } as const;

/** What the items of a removal are called, by how many: "images", "things" where they are of several kinds. */
function noun(job: Job, count: number): string {
  const kinds = new Set(job.items.map((item) => item.kind ?? "containers"));
  const [kind = "containers"] = kinds;
  const one = kinds.size === 1 && kind in ONE ? ONE[kind as keyof typeof ONE] : "thing";
  return count === 1 ? one : `${one}s`;
}

/** How far a job is. */
export interface JobCounts {
  readonly total: number;
  /** Tried to the end: succeeded, gone and failed together. */
  readonly ended: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Were not there any more when they were to be removed. */
  readonly gone: number;
  /** Not begun. */
  readonly left: number;
}

export function jobCounts(job: Job): JobCounts {
  const { items, next, failures } = job;
  const ended = next - job.running.length;
  const failed = failures.length;
  const gone = job.gone?.length ?? 0;
  return { total: items.length, ended, succeeded: ended - failed - gone, failed, gone, left: items.length - next };
}

/**
 * "Stopping 12 of 50, 1 failed"; "47 stopped, 3 failed"; "Cancelled: 12 stopped,
 * 38 left alone"; of a removal "3 images removed, 1 failed".
 */
export function jobText(job: BulkJob): string {
  const n = jobCounts(job);
  const words = WORDS[job.action];
  const of = (count: number) => (job.kind === "remove" ? ` ${noun(job, count)}` : "");
  if (job.state === "running") {
    const failed = n.failed > 0 ? `, ${n.failed} failed` : "";
    return `${words.doing.replace("…", "")} ${n.ended} of ${n.total}${of(n.total)}${failed}`;
  }
  const parts: string[] = [];
  if (n.succeeded > 0 || n.failed + n.gone === 0) parts.push(`${n.succeeded}${of(n.succeeded)} ${words.done}`);
  if (n.gone > 0) parts.push(`${n.gone} already gone`);
  if (n.failed > 0) parts.push(`${n.failed} failed`);
  if (n.left > 0) parts.push(`${n.left} left alone`);
  return job.state === "cancelled" ? `Cancelled: ${parts.join(", ")}` : parts.join(", ");
}

interface FailureView {
  readonly key: string;
  readonly name: string;
  /** A sentence that says what to do. */
  readonly message: string;
  /** The engine's own, "" where it said no more than that. */
  readonly words: string;
}

/** Why each item failed, in the order in which they did. */
export function jobFailures(job: Job): FailureView[] {
  return job.failures.map((f) => {
    const item = job.items[f.item];
    const words = engineWords(f.message, f.engine);
    return { key: item?.key ?? `${f.item}`, name: item?.name ?? "?", message: f.message, words };
  });
}

/** The keys of the items that have succeeded. */
export function succeededKeys(job: Job): string[] {
  const not = new Set([...job.running, ...job.failures.map((f) => f.item), ...(job.gone ?? [])]);
  return job.items.slice(0, job.next).flatMap((item, i) => (not.has(i) ? [] : [item.key]));
}

/** The items that failed as things to be removed, where trying again asks for that: containers of an action are asked for as such. */
export function thingsFailed(job: BulkJob): JobThing[] | null {
  const failed = job.failures.flatMap((f) => job.items[f.item] ?? []);
  if (job.kind !== "remove" && failed.every(isContainer)) return null;
  return failed.map((item) => ({ kind: item.kind ?? "containers", id: item.key }));
}

function isContainer(item: JobItem): boolean {
  return item.kind === undefined;
}
