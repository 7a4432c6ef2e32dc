import { memo, useEffect, useSyncExternalStore } from "react";
import { useLive, useLiveJobs } from "../../store/hooks";
import { deskOf } from "./desk";
import { JobLine } from "./JobLine";
import { isBulk } from "./model/jobView";

/** Jobs under way, whoever asked for them, and this tab's that have failures nobody has looked at yet. */
export const JobPanel = memo(function JobPanel() {
  const desk = deskOf(useLive());
  const jobs = useLiveJobs();
  useEffect(() => desk.showPanel(), [desk]);
  useSyncExternalStore(desk.subscribe, desk.closings);
  const shown = jobs
    .filter(isBulk)
    .filter(
      (job) => job.state === "running" || (desk.isOwn(job) && !desk.own.closed(job.id) && job.failures.length > 0),
    );
  if (shown.length === 0) return null;
  return (
    <section
      aria-label="Jobs"
      data-testid="jobs"
      className="flex max-h-[40%] shrink-0 flex-col overflow-auto border-t border-line-strong bg-surface-0 print:hidden"
    >
      {shown.map((job) => (
        <JobLine
          key={job.id}
          job={job}
          own={desk.isOwn(job)}
          onCancel={() => desk.cancel(job)}
          onRetry={() => desk.retryFailed(job)}
          onClose={() => desk.closeJob(job.id)}
        />
      ))}
    </section>
  );
});
