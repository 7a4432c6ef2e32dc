import type { ReactNode } from "react";
import { Field, INPUT } from "./Field";

interface SelectInputProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  note?: ReactNode;
  className?: string;
  /** Its options. */
  children: ReactNode;
}

/** One of a few. */
export function SelectInput<T extends string>(props: SelectInputProps<T>) {
  const { label, value, onChange, note, className = "", children } = props;
  return (
    <Field label={label} note={note} className={className}>
      {(control) => (
        <select {...control} value={value} onChange={(e) => onChange(e.target.value as T)} className={INPUT}>
          {children}
        </select>
      )}
    </Field>
  );
}
