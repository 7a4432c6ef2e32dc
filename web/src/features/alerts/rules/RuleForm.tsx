import { useMemo, useState } from "react";
import type { AlertRule, AlertSeverity } from "../../../api/types.gen";
import type { AlertDesk } from "../desk";
import { CheckInput } from "../forms/CheckInput";
import { FormFrame } from "../forms/FormFrame";
import { SelectInput } from "../forms/SelectInput";
import { TextInput } from "../forms/TextInput";
import { conditionOf, SEVERITIES, SEVERITY_WORDS } from "../model/conditions";
import { sentence } from "../model/figures";
import { draftOf, problemsOf, type RuleDraft, ruleOf } from "../model/ruleDraft";
import { useRules } from "../useDesk";
import { ConditionFields } from "./ConditionFields";
import { DeliverFields } from "./DeliverFields";
import { MatchInput } from "./MatchInput";
import { RulePreview } from "./RulePreview";

interface RuleFormProps {
  rule: AlertRule;
  /** Whether it is there already: then its name stays. */
  made: boolean;
  desk: AlertDesk;
  reason: string | null;
  onClose: () => void;
}

/** A rule, new or changed, with what it would have found. */
export function RuleForm({ rule: first, made, desk, reason, onClose }: RuleFormProps) {
  const [draft, setDraft] = useState(() => draftOf(first));
  const [strict, setStrict] = useState(false);
  const rules = useRules().data;
  const taken = useMemo(() => new Set(made ? [] : rules?.items.map((r) => r.name)), [made, rules]);
  const problems = useMemo(() => problemsOf(draft, taken), [draft, taken]);
  const rule = ruleOf(draft, problems);
  const tried = useMemo(() => triedOf(draft), [draft]);
  const set = (change: Partial<RuleDraft>) => setDraft({ ...draft, ...change });
  return (
    <FormFrame
      title={made ? `Rule “${first.name}”` : "New rule"}
      text={tried === null ? undefined : `${sentence(tried)}.`}
      verb={made ? "Save" : "Add the rule"}
      reason={reason}
      onSubmit={() => {
        setStrict(true);
        return rule === null ? null : desk.saveRule(rule);
      }}
      onDone={onClose}
      beside={<CheckInput label="Switched on" checked={draft.enabled} onChange={(enabled) => set({ enabled })} />}
    >
      <div className="grid grid-cols-[1fr_10rem] gap-3 max-sm:grid-cols-1">
        <TextInput
          label="Name"
          value={draft.name}
          disabled={made}
          problem={problems.name}
          strict={strict}
          onChange={(name) => set({ name })}
        />
        <SelectInput label="Severity" value={draft.severity} onChange={(severity: AlertSeverity) => set({ severity })}>
          {SEVERITIES.map((s) => (
            <option key={s} value={s}>
              {SEVERITY_WORDS[s]}
            </option>
          ))}
        </SelectInput>
      </div>
      <ConditionFields draft={draft} problems={problems} strict={strict} onChange={setDraft} />
      {conditionOf(draft.on).ofContainers && (
        <MatchInput value={draft.match} onChange={(match) => set({ match })} problem={problems.match} />
      )}
      <DeliverFields value={draft.deliver} onChange={(deliver) => set({ deliver })} />
      <TextInput
        label="Description, for whoever gets the alert"
        value={draft.description}
        maxLength={500}
        spellCheck
        strict={strict}
        onChange={(description) => set({ description })}
      />
      <RulePreview rule={tried} />
    </FormFrame>
  );
}

/** The rule as far as it can be tried: for that it needs no name, and nothing but its name may be wrong. */
function triedOf(draft: RuleDraft): AlertRule | null {
  const named = { ...draft, name: "Preview", description: "", deliver: [], enabled: true };
  return ruleOf(named, problemsOf(named, new Set()));
}
