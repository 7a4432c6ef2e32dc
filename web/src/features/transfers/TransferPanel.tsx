import { useEffect, useSyncExternalStore } from "react";
import { useLocation } from "wouter";
import { IMAGES_PATH } from "../../components/routes";
import { useLive, useLiveJobs } from "../../store/hooks";
import { deskOf as actionDeskOf } from "../actions/desk";
import { deskOf as resourceDeskOf } from "../resources/desk";
import { askedHash } from "../resources/model/asked";
import { cancelTransfer, followTransfers } from "./followTransfers";
import { TransferLine } from "./TransferLine";
import { isTransfer, type Transfer } from "./transfer";

/** Pulls, pushes and the like under way, whoever asked for them, and this tab's that have failed. On every page. */
export function TransferPanel() {
  const live = useLive();
  const desk = actionDeskOf(live);
  const [, navigate] = useLocation();
  const jobs = useLiveJobs();
  useEffect(() => followTransfers(live), [live]);
  useSyncExternalStore(desk.subscribe, desk.closings);
  const shown = jobs
    .filter(isTransfer)
    .filter((j) => j.state === "running" || (j.state === "failed" && desk.isOwn(j) && !desk.own.closed(j.id)));
  if (shown.length === 0) return null;
  const again = (job: Transfer) => {
    desk.closeJob(job.id);
    if (job.kind !== "pull" && job.kind !== "push") return;
    const asked = { kind: job.kind, reference: job.subject, engine: job.engine, platform: job.platform ?? "" };
    if (location.pathname === IMAGES_PATH) resourceDeskOf(live).ask(asked);
    else navigate(IMAGES_PATH + askedHash(asked));
  };
  return (
    <section
      aria-label="Transfers"
      data-testid="transfers"
      className="flex max-h-[40%] shrink-0 flex-col overflow-auto border-t border-line-strong bg-surface-0 print:hidden"
    >
      {shown.map((job) => (
        <TransferLine
          key={job.id}
          job={job}
          own={desk.isOwn(job)}
          onCancel={() => cancelTransfer(live, job)}
          onAgain={job.kind === "pull" || job.kind === "push" ? () => again(job) : undefined}
          onClose={() => desk.closeJob(job.id)}
        />
      ))}
    </section>
  );
}
