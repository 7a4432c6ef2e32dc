import type { AlertRule } from "../../../api/types.gen";
import type { AlertDesk } from "../desk";
import { FormFrame } from "../forms/FormFrame";
import { sentence } from "../model/figures";

interface RemoveRuleFormProps {
  rule: AlertRule;
  desk: AlertDesk;
  reason: string | null;
  onClose: () => void;
}

/** A rule goes, or a built-in one is as it came. */
export function RemoveRuleForm({ rule, desk, reason, onClose }: RemoveRuleFormProps) {
  const reset = rule.source === "builtin";
  return (
    <FormFrame
      title={reset ? `Reset “${rule.name}”?` : `Remove “${rule.name}”?`}
      text={
        reset
          ? "What was changed in it is lost: it is as it came with Quaywatch."
          : "Its alerts of now are over then; those of the past stay in the history."
      }
      verb={reset ? "Reset" : "Remove"}
      bad
      reason={reason}
      onSubmit={() => desk.removeRule(rule)}
      onDone={onClose}
    >
      <p className="rounded border border-line bg-surface-0 px-3 py-1.5">{sentence(rule)}</p>
    </FormFrame>
  );
}
