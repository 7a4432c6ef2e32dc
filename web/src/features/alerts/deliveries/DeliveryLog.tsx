import { useState, useSyncExternalStore } from "react";
import type { PagedReader } from "../../../api/pages";
import type { DeliveryAttempt } from "../../../api/types.gen";
import { Button } from "../../../components/Button";
import { formatClock, formatExact, parseTime } from "../../../components/format/time";
import { Prose } from "../../../components/Prose";
import { counted, OUTCOME_WORDS } from "../model/words";
import { useFresh } from "../useDesk";

const TONES = { sent: "text-running", retrying: "text-transitional", failed: "text-bad", dropped: "text-bad" } as const;

/** Every try to send a message, newest first. Who looks at older ones is not taken back to the newest by the next. */
export function DeliveryLog({ reader }: { reader: PagedReader<DeliveryAttempt> }) {
  const [older, setOlder] = useState(false);
  useFresh(reader, "deliveries", !older);
  const { items, more, loading, loaded, problem } = useSyncExternalStore(reader.subscribe, reader.state);
  return (
    <section aria-labelledby="delivery-log" className="px-4 py-3">
      <div className="flex items-center gap-3">
        <h2 id="delivery-log" className="text-base font-semibold">
          Log
        </h2>
        <Button tone="quiet" disabled={loading} onClick={() => (older ? setOlder(false) : void reader.refresh())}>
          Refresh
        </Button>
      </div>
      {problem !== "" && (
        <p role="alert" className="text-bad">
          <Prose text={problem} />
        </p>
      )}
      {loaded && items.length === 0 && <p className="text-text-2">No message was sent yet.</p>}
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="overflow-x-auto" aria-label="Messages" tabIndex={0}>
          <table className="w-full text-sm" data-testid="delivery-log">
            <thead>
              <tr className="text-text-2">
                {["Time", "Delivery", "Message", "Outcome"].map((name) => (
                  <th key={name} scope="col" className="py-1 pe-4 text-start font-normal">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((a) => (
                <Attempt key={a.id} attempt={a} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {more && (
        <Button
          className="mt-2"
          disabled={loading}
          onClick={() => {
            setOlder(true);
            void reader.more();
          }}
        >
          Show older ones
        </Button>
      )}
    </section>
  );
}

function Attempt({ attempt: a }: { attempt: DeliveryAttempt }) {
  const at = parseTime(a.at);
  return (
    <tr className="border-t border-line align-baseline" data-outcome={a.outcome}>
      <td className="py-1 pe-4 whitespace-nowrap text-text-2 tabular-nums">
        <time dateTime={a.at} title={formatExact(at)}>
          {formatExact(at).slice(5, 10)} {formatClock(at)}
        </time>
      </td>
      <td className="py-1 pe-4 whitespace-nowrap">{a.delivery}</td>
      <td className="min-w-40 py-1 pe-4 wrap-anywhere">
        {a.title}
        {a.test && <span className="text-text-3"> (test)</span>}
        {a.alerts.length > 1 && <span className="text-text-3"> {counted(a.alerts.length, "alert")}</span>}
      </td>
      <td className="min-w-40 py-1 wrap-anywhere">
        <span className={TONES[a.outcome]}>{OUTCOME_WORDS[a.outcome]}</span>
        {a.status !== 0 && <span className="text-text-2"> {a.status}</span>}
        {a.attempt > 1 && <span className="text-text-2">, try {a.attempt}</span>}
        {a.nextAt !== null && a.outcome === "retrying" && (
          <span className="text-text-2">, again at {formatClock(parseTime(a.nextAt))}</span>
        )}
        {a.error !== "" && <span className="block text-text-2">{a.error}</span>}
      </td>
    </tr>
  );
}
