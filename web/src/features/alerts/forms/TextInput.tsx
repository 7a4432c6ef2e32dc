import { type ComponentProps, type ReactNode, useState } from "react";
import { Field, INPUT } from "./Field";

interface TextInputProps extends Omit<ComponentProps<"input">, "onChange" | "value"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  note?: ReactNode;
  problem?: string | undefined;
  /** Whether what is wrong is said before it was touched too: somebody has pressed the button. */
  strict: boolean;
  fieldClass?: string;
}

/** A line to write in. What is wrong with it is said once it was left. */
export function TextInput(props: TextInputProps) {
  const { label, value, onChange, note, problem, strict, fieldClass = "", className = "", ...rest } = props;
  const [left, setLeft] = useState(false);
  return (
    <Field label={label} note={note} problem={strict || left ? problem : undefined} className={fieldClass}>
      {(control) => (
        <input
          {...control}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          {...rest}
          value={value}
          onChange={(e) => onChange(e.target.value)}
          onBlur={() => setLeft(true)}
          className={`${INPUT} ${className}`}
        />
      )}
    </Field>
  );
}
