/**
 * Follows the jobs of one thing, without React: tells the outcome of those that
 * this tab has asked for, once, also where they ended while the page was away.
 */
import { notify } from "../../components/notice";
import type { Live } from "../../store/live";
import { deskOf } from "../actions/desk";
import { tellRefused } from "../actions/outcome";
import { isTransfer, outcomeText, type Transfer, transferTitle } from "./transfer";

/** Follows from now until the returned function is called. */
export function followTransfers(live: Live): () => void {
  const look = () => {
    for (const job of live.store.view().jobs) if (isTransfer(job) && job.state !== "running") tell(live, job);
  };
  look();
  return live.store.subscribe(look);
}

function tell(live: Live, job: Transfer): void {
  const { own } = deskOf(live);
  if (own.told(job.id) || !deskOf(live).isOwn(job)) return;
  own.add(job.id);
  own.tell(job.id);
  // What failed stands on the screen until it is closed, with all the engine said.
  if (job.state === "failed") return;
  notify({ key: `job ${job.id}`, tone: "good", title: transferTitle(job), text: outcomeText(job) });
}

export function cancelTransfer(live: Live, job: Transfer): void {
  live.client.cancelJob(job.id).catch((err: unknown) => {
    tellRefused(`Could not cancel: ${transferTitle(job)}`, `cancel ${job.id}`, err, () => cancelTransfer(live, job));
  });
}
