import Send from "lucide-react/icons/send";
import { useState } from "react";
import { deliveryLog } from "../../../api/alerts";
import { PagedReader } from "../../../api/pages";
import type { DeliveryAttempt } from "../../../api/types.gen";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";
import { useLive, useServer } from "../../../store/hooks";
import { useDeliveries, useDesk } from "../useDesk";
import { useMay } from "../useMay";
import { DeliveryItem } from "./DeliveryItem";
import { DeliveryLog } from "./DeliveryLog";

/** Where alerts are told besides this page, and what became of each message. */
export function DeliveriesTab() {
  const { client } = useLive();
  const desk = useDesk();
  const { manage } = useMay();
  const { role } = useServer();
  const { data, problem } = useDeliveries();
  const [log] = useState(() => new PagedReader<DeliveryAttempt>((before) => deliveryLog(client, before)));
  return (
    <div className="min-h-0 flex-1 overflow-y-auto" data-page-scroll>
      {problem !== "" && (
        <p role="alert" className="flex flex-wrap items-center gap-3 px-4 py-2 text-bad">
          <Prose text={problem} />
          <Button onClick={() => void desk.deliveries.refresh()}>Try again</Button>
        </p>
      )}
      {data === null && problem === "" && <p className="qw-late p-4 text-text-2">Reading the deliveries…</p>}
      {data?.items.length === 0 && (
        <div className="flex flex-col items-center gap-2 border-b border-line px-6 py-10 text-center">
          <Send size={28} strokeWidth={1.5} aria-hidden className="text-text-3" />
          <h2 className="text-lg font-semibold">Nobody else is told</h2>
          <p className="max-w-lg text-text-2">
            Alerts are told on this page. A delivery tells them elsewhere too: by a webhook, in Slack, Discord, Teams,
            ntfy or Gotify, or by mail.
          </p>
        </div>
      )}
      <ul aria-label="Deliveries">
        {data?.items.map((d) => (
          <DeliveryItem key={d.name} delivery={d} desk={desk} reason={manage} onTested={() => void log.refresh()} />
        ))}
      </ul>
      {role !== "viewer" && <DeliveryLog reader={log} />}
    </div>
  );
}
