// biome-ignore-all lint/a11y/useSemanticElements: a line of a grid is no row of a table
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import Check from "lucide-react/icons/check";
import { memo } from "react";
import { type Selection, useSelected } from "../../../components/grid/selection";
import { ActButton } from "../ActButton";
import { Ago } from "../Ago";
import { AlertSubject } from "../AlertSubject";
import type { AlertDesk } from "../desk";
import type { AlertLine } from "../model/active";
import { alertValue } from "../model/figures";
import { SeverityWord } from "../SeverityWord";
import { Marks } from "./Marks";
import { SnoozeMenu } from "./SnoozeMenu";

interface AlertRowProps {
  line: AlertLine;
  index: number;
  active: boolean;
  selection: Selection;
  desk: AlertDesk;
  /** What is asked of the server for it now: "Acknowledging…". */
  pending: string | undefined;
  /** Why nothing can be done, null where it can. */
  reason: string | null;
  menuOpen: boolean;
  onMenu: (key: string | null) => void;
}

/** One alert: what, whom, since when, who knows, and what one can do. */
export const AlertRow = memo(function AlertRow(props: AlertRowProps) {
  const { line, index, active, selection } = props;
  const { alert: a } = line;
  const selected = useSelected(selection, line.key);
  const tab = active ? 0 : -1;
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={selected}
      tabIndex={tab}
      data-line={line.key}
      data-key={line.key}
      data-alert={a.id}
      data-name={a.name}
      data-rule={a.rule}
      data-standing={line.standing}
      className={`flex items-start gap-2 border-b border-line px-4 py-2 -outline-offset-2 [contain-intrinsic-height:56px] [content-visibility:auto] ${
        selected ? "bg-accent-soft" : "hover:bg-surface-2"
      }`}
    >
      <div role="gridcell" className="flex h-5 items-center" data-select-cell={line.key}>
        <input
          type="checkbox"
          className="qw-box"
          aria-label={`Select: ${a.summary}`}
          tabIndex={tab}
          checked={selected}
          data-select-of={line.key}
          readOnly
        />
      </div>
      <div role="gridcell" className="flex min-w-0 flex-1 flex-wrap items-start gap-x-4 gap-y-1">
        <div className="min-w-60 flex-1">
          <p className="font-semibold wrap-anywhere">{a.summary}</p>
          {a.description && <p className="text-sm text-text-2 wrap-anywhere">{a.description}</p>}
          <p className="flex min-w-0 flex-wrap items-center gap-x-3 text-sm text-text-2">
            <SeverityWord severity={a.severity} />
            <AlertSubject alert={a} tabIndex={tab} />
            <span className="truncate text-text-3">{a.rule}</span>
          </p>
          <Marks alert={a} />
        </div>
        <Figures line={line} />
        <Actions {...props} tab={tab} />
      </div>
    </div>
  );
});

function Figures({ line: { alert: a, standing } }: { line: AlertLine }) {
  const value = alertValue(a);
  return (
    <dl className="flex shrink-0 gap-x-4 text-end text-sm tabular-nums max-md:text-start">
      {a.count > 1 && (
        <div className="min-w-10">
          <dt className="text-xs text-text-3">Count</dt>
          <dd>×{a.count}</dd>
        </div>
      )}
      {value !== "" && (
        <div className="min-w-16">
          <dt className="text-xs text-text-3">Now</dt>
          <dd>{value}</dd>
        </div>
      )}
      <div className="min-w-16">
        <dt className="text-xs text-text-3">{standing === "pending" ? "Pending for" : "Firing for"}</dt>
        <dd>
          <Ago age time={a.firedAt ?? a.activeAt} />
        </dd>
      </div>
    </dl>
  );
}

function Actions(props: AlertRowProps & { tab: number }) {
  const { line, desk, pending, reason, menuOpen, onMenu, tab } = props;
  const { alert: a } = line;
  if (pending !== undefined) {
    return (
      <span className="flex h-7 min-w-52 items-center justify-end text-sm text-transitional" role="status">
        {pending}
      </span>
    );
  }
  return (
    <span className="flex min-w-52 shrink-0 flex-wrap justify-end gap-1 max-md:justify-start">
      {a.acknowledged ? (
        <ActButton
          tabIndex={tab}
          reason={reason}
          title="Take the acknowledgement back"
          onClick={() => void desk.unacknowledge([a])}
        >
          Unacknowledge
        </ActButton>
      ) : (
        line.standing !== "pending" && (
          <ActButton
            tabIndex={tab}
            reason={reason}
            title="Say that you look after it (a)"
            onClick={() => desk.ask({ kind: "acknowledge", alerts: [a] })}
          >
            <Check size={14} aria-hidden />
            Acknowledge
          </ActButton>
        )
      )}
      {a.snoozed ? (
        <ActButton tabIndex={tab} reason={reason} title="Tell of it again" onClick={() => void desk.unsnooze([a])}>
          Wake
        </ActButton>
      ) : (
        <SnoozeMenu
          label={a.summary}
          reason={reason}
          tabIndex={tab}
          open={menuOpen}
          onOpenChange={(open) => onMenu(open ? line.key : null)}
          onSnooze={(seconds) => void desk.snooze([a], seconds)}
          onCustom={() => desk.ask({ kind: "snooze", alerts: [a] })}
        />
      )}
    </span>
  );
}
