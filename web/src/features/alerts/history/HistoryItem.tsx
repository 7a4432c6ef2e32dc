import type { Alert, AlertState } from "../../../api/types.gen";
import { formatDuration } from "../../../components/format/duration";
import { formatClock, formatExact, parseTime } from "../../../components/format/time";
import { MomentLinks } from "../../../components/sections/MomentLinks";
import { Ago } from "../Ago";
import { AlertSubject } from "../AlertSubject";
import { alertValue } from "../model/figures";
import { SeverityWord } from "../SeverityWord";

const STATES: Readonly<Record<AlertState, { word: string; tone: string }>> = {
  firing: { word: "Firing", tone: "text-bad" },
  pending: { word: "Pending", tone: "text-transitional" },
  resolved: { word: "Resolved", tone: "text-running" },
};

/** One alert of the past: what, whom, when, for how long, and who looked after it. */
export function HistoryItem({ alert: a }: { alert: Alert }) {
  const began = parseTime(a.firedAt ?? a.activeAt);
  const ended = parseTime(a.resolvedAt);
  const value = alertValue(a);
  return (
    <li
      data-alert={a.id}
      data-name={a.name}
      data-state={a.state}
      className="flex flex-wrap items-start gap-x-4 gap-y-1 border-b border-line px-4 py-2 [contain-intrinsic-height:56px] [content-visibility:auto]"
    >
      <time
        dateTime={a.firedAt ?? a.activeAt}
        title={formatExact(began)}
        className="w-24 shrink-0 text-sm text-text-2 tabular-nums"
      >
        <span className="block">{formatClock(began)}</span>
        <span className="block text-xs text-text-3">{formatExact(began).slice(0, 10)}</span>
      </time>
      <div className="min-w-60 flex-1">
        <p className="wrap-anywhere">{a.summary}</p>
        {a.description && <p className="text-sm text-text-2 wrap-anywhere">{a.description}</p>}
        <p className="flex min-w-0 flex-wrap items-center gap-x-3 text-sm text-text-2">
          <SeverityWord severity={a.severity} />
          <AlertSubject alert={a} />
          {a.container !== "" && (
            <MomentLinks containerKey={`${a.engine}/${a.container}`} of={a.name} time={a.firedAt ?? a.activeAt} />
          )}
          <span className="text-text-3">{a.rule}</span>
          {a.count > 1 && <span>×{a.count}</span>}
          {value !== "" && <span>{value}</span>}
          {a.acknowledged && (
            <span>
              acknowledged by {a.acknowledged.by.name || "somebody"}
              {a.acknowledged.note && `: “${a.acknowledged.note}”`}
            </span>
          )}
        </p>
      </div>
      <p className="w-28 shrink-0 text-sm">
        <span className={`block ${STATES[a.state].tone}`}>{STATES[a.state].word}</span>
        <span className="block text-xs text-text-2">
          {a.resolvedAt === null ? (
            <>
              for <Ago age time={a.firedAt ?? a.activeAt} />
            </>
          ) : (
            <span title={formatExact(ended)}>after {formatDuration(ended - began)}</span>
          )}
        </span>
      </p>
    </li>
  );
}
