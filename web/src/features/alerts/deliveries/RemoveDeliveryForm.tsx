import type { Delivery } from "../../../api/types.gen";
import type { AlertDesk } from "../desk";
import { FormFrame } from "../forms/FormFrame";
import { deliveryTarget } from "../model/words";

interface RemoveDeliveryFormProps {
  delivery: Delivery;
  desk: AlertDesk;
  reason: string | null;
  onClose: () => void;
}

/** A delivery goes, with its secret. */
export function RemoveDeliveryForm({ delivery, desk, reason, onClose }: RemoveDeliveryFormProps) {
  return (
    <FormFrame
      title={`Remove “${delivery.name}”?`}
      text="Nothing is told there any more, and its secret is forgotten. What it sent stays in the log."
      verb="Remove"
      bad
      reason={reason}
      onSubmit={() => desk.removeDelivery(delivery)}
      onDone={onClose}
    >
      <p className="rounded border border-line bg-surface-0 px-3 py-1.5 font-mono text-sm wrap-anywhere">
        {deliveryTarget(delivery)}
      </p>
    </FormFrame>
  );
}
