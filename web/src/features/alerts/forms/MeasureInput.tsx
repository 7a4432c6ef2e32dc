import { type ReactNode, useState } from "react";
import { type Measure, type MeasureKind, unitsOf } from "../model/measures";
import { Field, INPUT } from "./Field";

interface MeasureInputProps {
  label: string;
  kind: MeasureKind;
  value: Measure;
  onChange: (value: Measure) => void;
  note?: ReactNode;
  problem?: string | undefined;
  strict: boolean;
  placeholder?: string;
  className?: string;
}

/** A number with its unit, of those that the kind has. */
export function MeasureInput(props: MeasureInputProps) {
  const { label, kind, value, onChange, note, problem, strict, placeholder, className = "" } = props;
  const [left, setLeft] = useState(false);
  const units = unitsOf(kind);
  return (
    <Field label={label} note={note} problem={strict || left ? problem : undefined} className={className}>
      {(control) => (
        <span className="flex gap-1">
          <input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            placeholder={placeholder}
            value={value.text}
            onChange={(e) => onChange({ ...value, text: e.target.value })}
            onBlur={() => setLeft(true)}
            className={`${INPUT} w-20 flex-1 text-end tabular-nums`}
          />
          {units.length === 1 ? (
            <span className="self-center text-text-2">{units[0]}</span>
          ) : (
            <select
              aria-label={`Unit of: ${label}`}
              value={value.unit}
              onChange={(e) => onChange({ ...value, unit: e.target.value })}
              className={INPUT}
            >
              {units.map((unit) => (
                <option key={unit}>{unit}</option>
              ))}
            </select>
          )}
        </span>
      )}
    </Field>
  );
}
