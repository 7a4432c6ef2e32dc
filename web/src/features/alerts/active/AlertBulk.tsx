import Check from "lucide-react/icons/check";
import X from "lucide-react/icons/x";
import { useState } from "react";
import { Button } from "../../../components/Button";
import { type Selection, useSelection } from "../../../components/grid/selection";
import { ActButton } from "../ActButton";
import type { AlertDesk } from "../desk";
import type { AlertLine } from "../model/active";
import { counted } from "../model/words";
import { SnoozeMenu } from "./SnoozeMenu";

interface AlertBulkProps {
  lines: readonly AlertLine[];
  selection: Selection;
  desk: AlertDesk;
  reason: string | null;
}

/** What can be done to the alerts that are selected. There while some are. */
export function AlertBulk({ lines, selection, desk, reason }: AlertBulkProps) {
  const keys = useSelection(selection);
  const [open, setOpen] = useState(false);
  if (keys.size === 0) return null;
  const alerts = lines.filter((l) => keys.has(l.key)).map((l) => l.alert);
  const unseen = alerts.filter((a) => a.acknowledged === null && a.state === "firing");
  const seen = alerts.filter((a) => a.acknowledged !== null);
  const awake = alerts.filter((a) => a.snoozed === null);
  const asleep = alerts.filter((a) => a.snoozed !== null);
  return (
    <section
      aria-label="Selection"
      data-testid="bulk-bar"
      className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-t border-line-strong bg-accent-soft px-4 py-1"
    >
      <span className="me-1 shrink-0 text-sm font-semibold" role="status">
        {keys.size} selected
      </span>
      {unseen.length > 0 && (
        <ActButton reason={reason} onClick={() => desk.ask({ kind: "acknowledge", alerts: unseen })}>
          <Check size={14} aria-hidden />
          Acknowledge {unseen.length}
        </ActButton>
      )}
      {awake.length > 0 && (
        <SnoozeMenu
          label={counted(awake.length, "alert")}
          reason={reason}
          open={open}
          onOpenChange={setOpen}
          onSnooze={(seconds) => void desk.snooze(awake, seconds)}
          onCustom={() => desk.ask({ kind: "snooze", alerts: awake })}
        />
      )}
      {seen.length > 0 && (
        <ActButton reason={reason} onClick={() => void desk.unacknowledge(seen)}>
          Unacknowledge {seen.length}
        </ActButton>
      )}
      {asleep.length > 0 && (
        <ActButton reason={reason} onClick={() => void desk.unsnooze(asleep)}>
          Wake {asleep.length}
        </ActButton>
      )}
      <Button tone="quiet" className="ms-auto" title="Esc" onClick={() => selection.clear()}>
        <X size={14} aria-hidden />
        Clear selection
      </Button>
    </section>
  );
}
