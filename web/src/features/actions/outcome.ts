/** What is told of an action that had its effect, was refused, or of a job that ended. */
import { ApiError } from "../../api/client";
import type { Action } from "../../api/types.gen";
import { announce } from "../../components/Announcer";
import { closeToast, type NoticeAction, notify } from "../../components/notice";
import { type BulkJob, jobCounts, jobFailures, jobText } from "./model/jobView";
import { refusalText, UNDO, WORDS, worthRetrying } from "./model/words";
import type { Settled } from "./pendingBook";

/** What undoing and retrying are done with. */
export interface Redo {
  act(key: string, action: Action, name?: string): void;
  bulk(keys: readonly string[], action: Action): void;
  retryFailed(job: BulkJob): void;
}

/** An action that was asked for here has happened, as the engine says. */
export function tellSettled({ key, pending, now }: Settled, redo: Redo): void {
  const { action, before } = pending;
  const name = before.name;
  if (action === "rename" && now) {
    const back = { label: "Rename back", run: () => redo.act(key, "rename", name) };
    notify({ key: `action ${key}`, tone: "good", title: `${name} is now ${now.name}`, action: back });
    return;
  }
  const undo = now === undefined ? undefined : UNDO[action];
  const title =
    action !== "remove" && now === undefined
      ? `${name} ${WORDS[action].done} and gone`
      : `${name} ${WORDS[action].done}`;
  if (undo === undefined && action !== "remove") {
    // Its row says so, and there is nothing to take back: no toast for that.
    announce(title);
    return;
  }
  const back: NoticeAction | undefined = undo && { label: WORDS[undo].verb, run: () => redo.act(key, undo) };
  notify({ key: `action ${key}`, tone: "good", title, ...(back && { action: back }) });
}

/** An action that was asked for here was refused, or nobody could be asked. */
export function tellRefused(title: string, key: string, err: unknown, retry?: () => void): void {
  const code = err instanceof ApiError ? err.problem?.code : undefined;
  const action = retry && worthRetrying(code) ? { action: { label: "Retry", run: retry } } : {};
  notify({ key, tone: "bad", title, text: refusal(err), ...action });
}

/** Why something was refused, in words. */
export function refusal(err: unknown): string {
  const message = err instanceof Error ? err.message : "The page could not ask for it.";
  return refusalText(message, err instanceof ApiError ? err.problem?.engine : undefined);
}

const TOLD_FAILURES = 3;

/** A job of this tab has ended. Where its failures stand on the screen already, no toast says so too. */
export function tellJob(job: BulkJob, succeeded: readonly string[], redo: Redo, onScreen: boolean): void {
  const { failed } = jobCounts(job);
  const of = job.project === "" ? "" : `${job.project}: `;
  const undo = UNDO[job.action];
  let action: NoticeAction | undefined;
  if (failed > 0) action = { label: "Retry failed", run: () => redo.retryFailed(job) };
  else if (undo && succeeded.length > 0) {
    action = { label: `${WORDS[undo].verb} again`, run: () => redo.bulk(succeeded, undo) };
    if (undo === "unpause") action = { ...action, label: WORDS[undo].verb };
  }
  const failures = jobFailures(job);
  const lines = failures.slice(0, TOLD_FAILURES).map((f) => `${f.name}: ${refusalText(f.message, f.words)}`);
  if (failures.length > TOLD_FAILURES) lines.push(`and ${failures.length - TOLD_FAILURES} more`);
  const id = notify({
    key: `job ${job.id}`,
    tone: failed > 0 ? "bad" : "good",
    title: `${of}${jobText(job)}`,
    text: lines.join("\n"),
    ...(action && { action }),
  });
  if (onScreen && failed > 0) closeToast(id);
}
