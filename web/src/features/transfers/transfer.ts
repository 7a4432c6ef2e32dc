/** What is shown of a job of one thing: a pull, a push, a save, a prune. Pure. */
import type { Job, JobKind, JobLayer, JobPhase } from "../../api/types.gen";
import { formatDuration } from "../../components/format/duration";
import { formatBytes, formatRate, quantityText } from "../../components/format/quantity";
import { refusalText } from "../actions/model/words";

type OneKind = Exclude<JobKind, "containers" | "remove">;
export type Transfer = Job & { readonly kind: OneKind };

export function isTransfer(job: Job): job is Transfer {
  return job.kind !== "containers" && job.kind !== "remove";
}

interface Words {
  readonly doing: string;
  readonly done: string;
  readonly verb: string;
}

const WORDS: Readonly<Record<OneKind, Words>> = {
  pull: { doing: "Pulling", done: "Pulled", verb: "pull" },
  push: { doing: "Pushing", done: "Pushed", verb: "push" },
  save: { doing: "Saving", done: "Saved", verb: "save" },
  prune: { doing: "Pruning", done: "Pruned", verb: "prune" },
};

/** "Pulling alpine:3.20", "Pulled alpine:3.20", "Could not pull alpine:3.20". */
export function transferTitle(job: Transfer): string {
  const words = WORDS[job.kind];
  switch (job.state) {
    case "running":
      return `${words.doing} ${job.subject}`;
    case "done":
      return `${words.done} ${job.subject}`;
    case "failed":
      return `Could not ${words.verb} ${job.subject}`;
    case "cancelled":
      return `Cancelled: ${words.verb} ${job.subject}`;
  }
}

const PHASES: Readonly<Record<JobPhase, string>> = {
  preparing: "preparing",
  waiting: "waiting",
  downloading: "downloading",
  verifying: "verifying",
  downloaded: "downloaded",
  extracting: "unpacking",
  pushing: "pushing",
  saving: "saving",
  removing: "removing",
  retrying: "trying again",
  exists: "there already",
  done: "done",
};

export function phaseText(phase: JobPhase): string {
  return PHASES[phase];
}

/** "12.3 MiB of 40.1 MiB", "12.3 MiB", "" where nothing has moved; least is that there may be more. */
export function bytesText(current: number, total: number | null, least = false): string {
  if (total === null || total <= 0) return current > 0 ? quantityText(formatBytes(current)) : "";
  return `${quantityText(formatBytes(current))} of ${least ? "at least " : ""}${quantityText(formatBytes(total))}`;
}

/** Whether there may be much to move for a layer of which nobody has said how large it is. */
function isUnsized({ phase, totalBytes }: JobLayer): boolean {
  return totalBytes === null && !["done", "exists", "downloaded", "verifying"].includes(phase);
}

/** What is known of how far it is, in its parts: phase, bytes, rate, time left. */
export function progressParts(job: Transfer): readonly string[] {
  const p = job.progress;
  if (p === null) return ["preparing"];
  const parts = [phaseText(p.phase)];
  const bytes = bytesText(p.currentBytes, p.totalBytes, p.layers.some(isUnsized));
  if (bytes !== "") parts.push(bytes);
  if (p.bytesPerSecond !== null) parts.push(quantityText(formatRate(p.bytesPerSecond)));
  if (p.etaSeconds !== null) parts.push(`${formatDuration(Math.max(1, Math.ceil(p.etaSeconds)) * 1000)} left`);
  return parts;
}

/** How many of the layers have been worked through: "3 of 8 layers". */
export function layersText(layers: readonly JobLayer[]): string {
  const ended = layers.filter((l) => l.phase === "done" || l.phase === "exists").length;
  return `${ended} of ${layers.length} ${layers.length === 1 ? "layer" : "layers"}`;
}

/** A layer's bar, from 0 to 1; null where it can't be told. */
export function layerFraction(layer: JobLayer): number | null {
  if (layer.phase === "done" || layer.phase === "exists") return 1;
  if (layer.totalBytes === null || layer.totalBytes <= 0) return null;
  // The engine counts past the end now and then.
  return Math.min(1, layer.currentBytes / layer.totalBytes);
}

/** What a job that ended says of itself. */
export function outcomeText(job: Transfer): string {
  if (job.error) {
    const { message, engine } = job.error;
    return refusalText(message, engine);
  }
  return job.result?.message ?? "";
}
