import { useMemo, useState } from "react";
import type { AlertSeverity, Delivery, DeliveryKind } from "../../../api/types.gen";
import type { AlertDesk } from "../desk";
import { CheckInput } from "../forms/CheckInput";
import { FormFrame } from "../forms/FormFrame";
import { MeasureInput } from "../forms/MeasureInput";
import { SelectInput } from "../forms/SelectInput";
import { TextInput } from "../forms/TextInput";
import {
  DELIVERY_KINDS,
  type DeliveryDraft,
  deliveryDraft,
  deliveryOf,
  deliveryProblems,
  wordsOf,
} from "../model/deliveryDraft";
import { useDeliveries } from "../useDesk";
import { MailFields } from "./MailFields";
import { SecretField } from "./SecretField";

interface DeliveryFormProps {
  delivery: Delivery;
  /** Whether it is there already: then its name and kind stay. */
  made: boolean;
  desk: AlertDesk;
  reason: string | null;
  onClose: () => void;
}

/** A delivery, new or changed: where, what and when. */
export function DeliveryForm({ delivery: first, made, desk, reason, onClose }: DeliveryFormProps) {
  const [draft, setDraft] = useState(() => deliveryDraft(first));
  const [strict, setStrict] = useState(false);
  const there = useDeliveries().data;
  const taken = useMemo(() => new Set(made ? [] : there?.items.map((d) => d.name)), [made, there]);
  const problems = useMemo(() => deliveryProblems(draft, taken), [draft, taken]);
  const words = wordsOf(draft.kind);
  const set = (change: Partial<DeliveryDraft>) => setDraft({ ...draft, ...change });
  return (
    <FormFrame
      title={made ? `Delivery “${first.name}”` : "New delivery"}
      verb={made ? "Save" : "Add the delivery"}
      reason={reason}
      onSubmit={() => {
        setStrict(true);
        const delivery = deliveryOf(draft, problems);
        return delivery === null ? null : desk.saveDelivery(delivery);
      }}
      onDone={onClose}
      beside={<CheckInput label="Switched on" checked={draft.enabled} onChange={(enabled) => set({ enabled })} />}
    >
      <div className="grid grid-cols-[1fr_12rem] gap-3 max-sm:grid-cols-1">
        <TextInput
          label="Name"
          value={draft.name}
          disabled={made}
          problem={problems.name}
          strict={strict}
          onChange={(name) => set({ name })}
        />
        {made ? (
          <TextInput label="Kind" value={words.label} disabled strict={false} onChange={() => {}} />
        ) : (
          <SelectInput label="Kind" value={draft.kind} onChange={(kind: DeliveryKind) => set({ kind })}>
            {DELIVERY_KINDS.map((k) => (
              <option key={k.kind} value={k.kind}>
                {k.label}
              </option>
            ))}
          </SelectInput>
        )}
      </div>
      {draft.kind === "mail" ? (
        <MailFields draft={draft} problems={problems} strict={strict} onChange={setDraft} />
      ) : (
        <TextInput
          label={words.urlLabel}
          type="url"
          value={draft.url}
          placeholder={words.placeholder}
          note={words.urlHint}
          problem={problems.url}
          strict={strict}
          onChange={(url) => set({ url })}
          className="font-mono"
        />
      )}
      <SecretField draft={draft} problems={problems} strict={strict} onChange={setDraft} />
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
        <SelectInput
          label="Tells"
          value={draft.minSeverity}
          onChange={(minSeverity: AlertSeverity) => set({ minSeverity })}
        >
          <option value="info">Everything</option>
          <option value="warning">Warning and worse</option>
          <option value="critical">Critical only</option>
        </SelectInput>
        <MeasureInput
          label="Gathers for"
          kind="time"
          value={draft.group}
          note="What comes within it is one message."
          problem={problems.group}
          strict={strict}
          onChange={(group) => set({ group })}
        />
        <MeasureInput
          label="Tells again after"
          kind="time"
          value={draft.repeat}
          placeholder="never"
          note="While it fires and nobody acknowledged it. 0 is never."
          problem={problems.repeat}
          strict={strict}
          onChange={(repeat) => set({ repeat })}
        />
      </div>
      <CheckInput
        label="Tell also when an alert is over"
        checked={draft.resolved}
        onChange={(resolved) => set({ resolved })}
      />
    </FormFrame>
  );
}
