import TriangleAlert from "lucide-react/icons/triangle-alert";
import { useState } from "react";
import { testDelivery } from "../../../api/alerts";
import { ApiError } from "../../../api/client";
import type { DeliveryAttempt, DeliveryStatus } from "../../../api/types.gen";
import { useLive } from "../../../store/hooks";
import { ActButton } from "../ActButton";
import { Ago } from "../Ago";
import type { AlertDesk } from "../desk";
import { MoreMenu } from "../MoreMenu";
import { wordsOf } from "../model/deliveryDraft";
import { attemptText, counted, deliverySays, deliveryTarget } from "../model/words";
import { Switch } from "../Switch";

interface DeliveryItemProps {
  delivery: DeliveryStatus;
  desk: AlertDesk;
  reason: string | null;
  /** The log has something new. */
  onTested: () => void;
}

type Trial = { readonly running: true } | { readonly running: false; readonly well: boolean; readonly text: string };

/** One delivery: where it goes, what it tells, how it does, and a way to try it. */
export function DeliveryItem({ delivery: d, desk, reason, onTested }: DeliveryItemProps) {
  const { client } = useLive();
  const [trial, setTrial] = useState<Trial | null>(null);
  const test = async () => {
    setTrial({ running: true });
    setTrial(await tried(() => testDelivery(client, d.name)));
    void desk.deliveries.refresh();
    onTested();
  };
  const { lastSentAt, lastError, waiting, ...plain } = d;
  return (
    <li
      data-delivery={d.name}
      data-enabled={d.enabled}
      className="flex items-start gap-3 border-b border-line px-4 py-2.5"
    >
      <span className="flex h-5 items-center">
        <Switch on={d.enabled} label={d.name} reason={reason} onChange={(on) => void desk.switchDelivery(plain, on)} />
      </span>
      <div className={`flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-1 ${d.enabled ? "" : "text-text-2"}`}>
        <div className="min-w-60 flex-1">
          <p className="flex min-w-0 flex-wrap items-center gap-x-3">
            <span className="font-semibold wrap-anywhere">{d.name}</span>
            <span className="text-sm text-text-2">{wordsOf(d.kind).label}</span>
          </p>
          <p className="truncate font-mono text-sm" title={deliveryTarget(d)}>
            {deliveryTarget(d)}
          </p>
          <p className="text-sm text-text-2">{deliverySays(d)}</p>
          <p className="text-sm text-text-2">
            {lastSentAt === null ? (
              "Nothing was sent yet"
            ) : (
              <>
                Last sent <Ago time={lastSentAt} />
              </>
            )}
            {waiting > 0 && `, ${counted(waiting, "message")} waiting`}
          </p>
          {lastError !== "" && (
            <p className="flex items-baseline gap-1.5 text-sm text-bad" data-testid="last-error">
              <TriangleAlert size={14} aria-hidden className="shrink-0 self-center" />
              <span className="min-w-0 wrap-anywhere">{lastError}</span>
            </p>
          )}
          <p role="status" className={trial !== null && !trial.running && !trial.well ? "text-bad" : "text-running"}>
            {trial !== null && (trial.running ? "Sending…" : trial.text)}
          </p>
        </div>
        <ActButton
          reason={reason ?? (trial?.running ? "It is being sent" : null)}
          title="Send a message now"
          onClick={() => void test()}
        >
          Test
        </ActButton>
      </div>
      <MoreMenu
        name={d.name}
        items={[
          { label: "Edit…", reason, run: () => desk.ask({ kind: "delivery", delivery: plain, made: true }) },
          { label: "Remove…", reason, bad: true, run: () => desk.ask({ kind: "removeDelivery", delivery: plain }) },
        ]}
      />
    </li>
  );
}

async function tried(ask: () => Promise<DeliveryAttempt>): Promise<Trial> {
  try {
    const attempt = await ask();
    return { running: false, well: attempt.outcome === "sent", text: attemptText(attempt) };
  } catch (err) {
    return {
      running: false,
      well: false,
      text: err instanceof ApiError ? err.message : "The page could not ask for it.",
    };
  }
}
