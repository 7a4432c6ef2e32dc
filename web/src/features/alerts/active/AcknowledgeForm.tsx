import { useState } from "react";
import type { Alert } from "../../../api/types.gen";
import type { AlertDesk } from "../desk";
import { FormFrame } from "../forms/FormFrame";
import { TextInput } from "../forms/TextInput";
import { counted } from "../model/words";
import { AlertNames } from "./AlertNames";

interface AcknowledgeFormProps {
  alerts: readonly Alert[];
  desk: AlertDesk;
  reason: string | null;
  onClose: () => void;
}

const MAX_NOTE = 500;

/** Somebody says that he looks after it, with a word for the others. */
export function AcknowledgeForm({ alerts, desk, reason, onClose }: AcknowledgeFormProps) {
  const [note, setNote] = useState("");
  const many = alerts.length > 1;
  return (
    <FormFrame
      title={many ? `Acknowledge ${counted(alerts.length, "alert")}` : "Acknowledge the alert"}
      text={`Everybody sees that you look after ${many ? "them" : "it"}, and nobody is told again until ${many ? "they are" : "it is"} over.`}
      verb="Acknowledge"
      reason={reason}
      onSubmit={async () => void desk.acknowledge(alerts, note.trim())}
      onDone={onClose}
    >
      <AlertNames alerts={alerts} />
      <TextInput
        label="Note, if there is something to say"
        value={note}
        onChange={setNote}
        strict={false}
        maxLength={MAX_NOTE}
        placeholder="Looking into it"
        spellCheck
      />
    </FormFrame>
  );
}
