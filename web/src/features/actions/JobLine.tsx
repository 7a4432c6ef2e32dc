import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronRight from "lucide-react/icons/chevron-right";
import CircleAlert from "lucide-react/icons/circle-alert";
import LoaderCircle from "lucide-react/icons/loader-circle";
import X from "lucide-react/icons/x";
import { useId, useState } from "react";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import { type BulkJob, jobCounts, jobFailures, jobText } from "./model/jobView";
import { dockerSaid } from "./model/words";

interface JobLineProps {
  job: BulkJob;
  own: boolean;
  onCancel: () => void;
  onRetry: () => void;
  onClose: () => void;
}

/** How far a job is, and why each failed that did. */
export function JobLine({ job, own, onCancel, onRetry, onClose }: JobLineProps) {
  const [open, setOpen] = useState(false);
  const list = useId();
  const running = job.state === "running";
  const counts = jobCounts(job);
  const failures = jobFailures(job);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <div className="border-b border-line px-3 py-1.5 last:border-b-0" data-job={job.id} data-state={job.state}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex min-w-0 items-center gap-1.5 text-sm">
          {running ? (
            <LoaderCircle size={14} aria-hidden className="qw-spin shrink-0 text-transitional" />
          ) : (
            <CircleAlert size={14} aria-hidden className="shrink-0 text-bad" />
          )}
          <span className="truncate">
            {job.project !== "" && <span className="font-semibold">{job.project}: </span>}
            <span data-testid="job-text">{jobText(job)}</span>
            {!own && <span className="text-text-2"> · asked for by {job.by.name}</span>}
          </span>
        </span>
        {running && (
          <progress
            className="qw-progress w-32"
            aria-label={jobText(job)}
            value={counts.ended}
            max={Math.max(1, counts.total)}
          />
        )}
        <span className="flex items-center gap-1">
          {failures.length > 0 && (
            <Button
              tone="quiet"
              aria-expanded={open}
              aria-controls={open ? list : undefined}
              onClick={() => setOpen(!open)}
            >
              <Chevron size={14} aria-hidden />
              {failures.length === 1 ? "1 failure" : `${failures.length} failures`}
            </Button>
          )}
          {running ? (
            <Button onClick={onCancel} title="What has not begun is left alone">
              Cancel
            </Button>
          ) : (
            <>
              <Button onClick={onRetry}>Retry failed</Button>
              <Button tone="quiet" className="px-1.5" aria-label="Close" title="Close" onClick={onClose}>
                <X size={14} aria-hidden />
              </Button>
            </>
          )}
        </span>
      </div>
      {open && (
        <ul id={list} aria-label="Failures" className="mt-1 flex max-h-48 flex-col gap-0.5 overflow-auto text-sm">
          {failures.map((f) => (
            <li key={f.key} className="flex gap-x-3 max-sm:flex-col">
              <span className="shrink-0 truncate font-semibold sm:w-48">{f.name}</span>
              <span className="min-w-0 wrap-anywhere">
                <Prose text={f.message} />
                {f.words !== "" && <span className="block text-text-2">{dockerSaid(f.words)}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
