import { useState } from "react";
import type { Alert } from "../../../api/types.gen";
import type { AlertDesk } from "../desk";
import { FormFrame } from "../forms/FormFrame";
import { MeasureInput } from "../forms/MeasureInput";
import { type Measure, readMeasure } from "../model/measures";
import { counted } from "../model/words";
import { AlertNames } from "./AlertNames";

interface SnoozeFormProps {
  alerts: readonly Alert[];
  desk: AlertDesk;
  reason: string | null;
  onClose: () => void;
}

const LONGEST = 30 * 86_400;

/** For how long nobody is told, in any length. */
export function SnoozeForm({ alerts, desk, reason, onClose }: SnoozeFormProps) {
  const [length, setLength] = useState<Measure>({ text: "2", unit: "h" });
  const [strict, setStrict] = useState(false);
  const seconds = readMeasure(length, "time") ?? 0;
  let problem: string | undefined;
  if (!(seconds > 0)) problem = "For how long?";
  else if (seconds > LONGEST) problem = "30 days are the longest.";
  return (
    <FormFrame
      title={alerts.length > 1 ? `Snooze ${counted(alerts.length, "alert")}` : "Snooze the alert"}
      text="Nobody is told of it until then. If it still fires then, it is told anew."
      verb="Snooze"
      reason={reason}
      onSubmit={() => {
        setStrict(true);
        if (problem !== undefined) return null;
        void desk.snooze(alerts, Math.round(seconds));
        return Promise.resolve();
      }}
      onDone={onClose}
    >
      <AlertNames alerts={alerts} />
      <MeasureInput label="For" kind="time" value={length} onChange={setLength} problem={problem} strict={strict} />
    </FormFrame>
  );
}
