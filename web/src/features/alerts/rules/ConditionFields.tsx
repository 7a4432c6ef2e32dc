import type { AlertBase, AlertCondition } from "../../../api/types.gen";
import { MeasureInput } from "../forms/MeasureInput";
import { SelectInput } from "../forms/SelectInput";
import { TextInput } from "../forms/TextInput";
import { CONDITIONS, conditionOf, unitOf } from "../model/conditions";
import { type RuleDraft, type RuleProblems, withCondition } from "../model/ruleDraft";

interface ConditionFieldsProps {
  draft: RuleDraft;
  problems: RuleProblems;
  strict: boolean;
  onChange: (draft: RuleDraft) => void;
}

const BASES: Readonly<Record<AlertBase, string>> = {
  limit: "percent of its limit",
  core: "percent of one core",
  bytes: "bytes",
};

/** What is looked for, with the fields that this has: a figure, times, how long. */
export function ConditionFields({ draft, problems, strict, onChange }: ConditionFieldsProps) {
  const condition = conditionOf(draft.on);
  const unit = unitOf(draft.on, draft.of);
  const set = (change: Partial<RuleDraft>) => onChange({ ...draft, ...change });
  return (
    <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
      <SelectInput
        label="Condition"
        value={draft.on}
        onChange={(on: AlertCondition) => onChange(withCondition(draft, on))}
      >
        {(["State", "Metric", "Engine", "Quaywatch"] as const).map((group) => (
          <optgroup key={group} label={group}>
            {CONDITIONS.filter((c) => c.group === group).map((c) => (
              <option key={c.on} value={c.on}>
                {c.label}
              </option>
            ))}
          </optgroup>
        ))}
      </SelectInput>
      {condition.bases && (
        <SelectInput
          label="In"
          value={draft.of}
          note={draft.of === "limit" ? "What has no limit never alerts." : undefined}
          onChange={(of: AlertBase) => onChange(withCondition(draft, draft.on, of))}
        >
          {condition.bases.map((base) => (
            <option key={base} value={base}>
              {BASES[base]}
            </option>
          ))}
        </SelectInput>
      )}
      {draft.on === "crash-loop" && (
        <>
          <TextInput
            label="Ends so many times"
            inputMode="numeric"
            value={draft.times}
            problem={problems.times}
            strict={strict}
            onChange={(times) => set({ times })}
            className="text-end"
          />
          <MeasureInput
            label="Within"
            kind="time"
            value={draft.within}
            problem={problems.within}
            strict={strict}
            onChange={(within) => set({ within })}
          />
        </>
      )}
      {unit !== null && (
        <>
          <MeasureInput
            label="Over"
            kind={unit}
            value={draft.above}
            problem={problems.above}
            strict={strict}
            onChange={(above) => set({ above })}
          />
          <MeasureInput
            label="Until it is under"
            kind={unit}
            value={draft.clearBelow}
            placeholder="the same"
            note="Lower than where it begins, so that it does not come and go."
            problem={problems.clearBelow}
            strict={strict}
            onChange={(clearBelow) => set({ clearBelow })}
          />
        </>
      )}
      {draft.on !== "oom" && (
        <MeasureInput
          label="For at least"
          kind="time"
          value={draft.held}
          note="So long it is pending, then it fires."
          problem={problems.held}
          strict={strict}
          onChange={(held) => set({ held })}
        />
      )}
      <MeasureInput
        label="Over when it was well for"
        kind="time"
        value={draft.keep}
        problem={problems.keep}
        strict={strict}
        onChange={(keep) => set({ keep })}
      />
    </div>
  );
}
