import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronRight from "lucide-react/icons/chevron-right";
import CircleAlert from "lucide-react/icons/circle-alert";
import LoaderCircle from "lucide-react/icons/loader-circle";
import X from "lucide-react/icons/x";
import { useId, useState } from "react";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import { LayerList } from "./LayerList";
import { layersText, outcomeText, progressParts, type Transfer, transferTitle } from "./transfer";

interface TransferLineProps {
  job: Transfer;
  own: boolean;
  onCancel: () => void;
  onAgain: (() => void) | undefined;
  onClose: () => void;
}

/** How far one is: a bar over all of it, its layers on demand, and why it failed. */
export function TransferLine({ job, own, onCancel, onAgain, onClose }: TransferLineProps) {
  const [open, setOpen] = useState(false);
  const list = useId();
  const running = job.state === "running";
  const layers = job.progress?.layers ?? [];
  const fraction = job.progress?.fraction ?? null;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <div className="border-b border-line px-3 py-1.5 last:border-b-0" data-transfer={job.id} data-state={job.state}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex min-w-0 items-center gap-1.5 text-sm">
          {running ? (
            <LoaderCircle size={14} aria-hidden className="qw-spin shrink-0 text-transitional" />
          ) : (
            <CircleAlert size={14} aria-hidden className="shrink-0 text-bad" />
          )}
          <span className="min-w-0 wrap-anywhere">
            <span className="font-semibold" data-testid="transfer-title">
              {transferTitle(job)}
            </span>
            {!own && <span className="text-text-2"> · asked for by {job.by.name}</span>}
          </span>
        </span>
        {running && (
          <>
            <progress
              className="qw-progress w-40 max-sm:w-full"
              aria-label={transferTitle(job)}
              {...(fraction !== null && { value: fraction })}
              max={1}
            />
            <span className="text-sm text-text-2" data-testid="transfer-progress">
              {progressParts(job).join(" · ")}
            </span>
          </>
        )}
        <span className="ms-auto flex items-center gap-1">
          {layers.length > 0 && (
            <Button
              tone="quiet"
              aria-expanded={open}
              aria-controls={open ? list : undefined}
              onClick={() => setOpen(!open)}
            >
              <Chevron size={14} aria-hidden />
              {layersText(layers)}
            </Button>
          )}
          {running && <Button onClick={onCancel}>Cancel</Button>}
          {!running && onAgain && <Button onClick={onAgain}>Try again…</Button>}
          {!running && (
            <Button tone="quiet" className="px-1.5" aria-label="Close" title="Close" onClick={onClose}>
              <X size={14} aria-hidden />
            </Button>
          )}
        </span>
      </div>
      {!running && (
        <p role="alert" className="mt-0.5 ps-5 text-sm wrap-anywhere text-text-2">
          <Prose text={outcomeText(job)} />
        </p>
      )}
      {open && <LayerList id={list} layers={layers} />}
    </div>
  );
}
