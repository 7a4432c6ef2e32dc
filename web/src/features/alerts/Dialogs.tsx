import { useEffect, useSyncExternalStore } from "react";
import { DialogFrame } from "../../components/DialogFrame";
import { AcknowledgeForm } from "./active/AcknowledgeForm";
import { SnoozeForm } from "./active/SnoozeForm";
import { DeliveryForm } from "./deliveries/DeliveryForm";
import { RemoveDeliveryForm } from "./deliveries/RemoveDeliveryForm";
import type { AlertDesk, Question } from "./desk";
import { RemoveRuleForm } from "./rules/RemoveRuleForm";
import { RuleForm } from "./rules/RuleForm";
import { useDesk } from "./useDesk";
import { useMay } from "./useMay";

/** What is asked before something is acknowledged, made, changed or removed. Stands once in the page. */
export function Dialogs() {
  const desk = useDesk();
  const question = useSyncExternalStore(desk.subscribe, desk.question);
  const onClose = () => desk.ask(null);
  // What was asked on the page does not wait there until one comes back.
  useEffect(() => () => desk.ask(null), [desk]);
  const wide = question?.kind === "rule" || question?.kind === "delivery";
  return (
    <DialogFrame open={question !== null} onClose={onClose} wide={wide}>
      {question !== null && <Form question={question} desk={desk} onClose={onClose} />}
    </DialogFrame>
  );
}

function Form({ question: q, desk, onClose }: { question: Question; desk: AlertDesk; onClose: () => void }) {
  const { operate, manage } = useMay();
  switch (q.kind) {
    case "acknowledge":
      return <AcknowledgeForm alerts={q.alerts} desk={desk} reason={operate} onClose={onClose} />;
    case "snooze":
      return <SnoozeForm alerts={q.alerts} desk={desk} reason={operate} onClose={onClose} />;
    case "rule":
      return <RuleForm rule={q.rule} made={q.made} desk={desk} reason={manage} onClose={onClose} />;
    case "removeRule":
      return <RemoveRuleForm rule={q.rule} desk={desk} reason={manage} onClose={onClose} />;
    case "delivery":
      return <DeliveryForm delivery={q.delivery} made={q.made} desk={desk} reason={manage} onClose={onClose} />;
    case "removeDelivery":
      return <RemoveDeliveryForm delivery={q.delivery} desk={desk} reason={manage} onClose={onClose} />;
  }
}
