import type { Job } from "../../../api/types.gen";

/** The keys of what a job is still to remove. A job's next state is another object. */
const left = new WeakMap<Job, ReadonlySet<string>>();

function leftOf(job: Job): ReadonlySet<string> {
  let keys = left.get(job);
  if (keys === undefined) {
    const running = new Set(job.running);
    keys = new Set(job.items.flatMap((item, i) => (i >= job.next || running.has(i) ? [item.key] : [])));
    left.set(job, keys);
  }
  return keys;
}

/** Whether a job that runs is about to remove a thing, whoever asked for it. */
export function isGoing(jobs: readonly Job[], key: string): boolean {
  return jobs.some((job) => job.state === "running" && job.action === "remove" && leftOf(job).has(key));
}
