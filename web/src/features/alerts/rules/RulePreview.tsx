import { useEffect, useState, useSyncExternalStore } from "react";
import { previewRule } from "../../../api/alerts";
import type { AlertRule } from "../../../api/types.gen";
import { formatDuration } from "../../../components/format/duration";
import { formatExact, parseTime } from "../../../components/format/time";
import { Prose } from "../../../components/Prose";
import { browserTimers } from "../../../lib/timers";
import { useLive } from "../../../store/hooks";
import { INPUT } from "../forms/Field";
import { conditionOf } from "../model/conditions";
import { counted, previewText } from "../model/words";
import { PreviewReader } from "./previewReader";

/** What the rule would have found in what is remembered; follows the fields. */
export function RulePreview({ rule }: { rule: AlertRule | null }) {
  const { client } = useLive();
  const [days, setDays] = useState(7);
  const [reader] = useState(
    () => new PreviewReader((of, within) => previewRule(client, { rule: of, days: within }), browserTimers),
  );
  useEffect(() => reader.want(rule, days), [reader, rule, days]);
  useEffect(() => () => reader.close(), [reader]);
  const { preview, days: ofDays, loading, problem } = useSyncExternalStore(reader.subscribe, reader.state);
  return (
    <section aria-label="Preview" data-testid="preview" className="rounded border border-line bg-surface-0 px-3 py-2">
      <div className="flex items-center gap-2">
        <p role="status" className={`min-w-0 flex-1 font-semibold ${loading ? "text-text-3" : ""}`} aria-busy={loading}>
          {rule === null && "As soon as the fields are right, this says what it would have found."}
          {rule !== null && problem === "" && (preview ? previewText(preview, ofDays) : "Looking it up…")}
        </p>
        <select
          aria-label="Days to look back"
          className={`${INPUT} h-7! text-sm!`}
          value={days}
          onChange={(e) => setDays(Number(e.target.value))}
        >
          <option value={1}>1 day</option>
          <option value={7}>7 days</option>
          <option value={30}>30 days</option>
          <option value={90}>90 days</option>
        </select>
      </div>
      {problem !== "" && (
        <p className="text-sm text-bad">
          <Prose text={problem} />
        </p>
      )}
      {preview && rule !== null && (
        <>
          {conditionOf(rule.on).ofContainers && (
            <p className="text-sm text-text-2">It looks at {counted(preview.matching, "container")} of now.</p>
          )}
          {preview.note !== "" && <p className="text-sm text-text-2">{preview.note}</p>}
          {preview.items.length > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            <ul className="mt-1 max-h-32 overflow-auto text-sm" aria-label="When it would have fired" tabIndex={0}>
              {preview.items.map((item) => (
                <li key={`${item.name} ${item.at}`} className="flex gap-3 border-t border-line py-0.5">
                  <span className="shrink-0 text-text-2 tabular-nums">
                    {formatExact(parseTime(item.at)).slice(0, 16)}
                  </span>
                  <span className="min-w-0 flex-1 truncate">{item.name}</span>
                  <span className="shrink-0 text-text-2">
                    {item.until === null ? "until now" : formatDuration(parseTime(item.until) - parseTime(item.at))}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
