import { type ReactNode, useId } from "react";

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What may be written, under the field. */
  note?: ReactNode;
  placeholder?: string;
  type?: "text" | "password";
  autoComplete?: string;
  /** Suggestions. */
  options?: readonly string[];
}

/** A line to write in, with its name above it. */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, note, placeholder, type = "text", autoComplete = "off", options } = props;
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm text-text-2">
        {label}
      </label>
      <input
        id={id}
        type={type}
        value={value}
        placeholder={placeholder}
        onChange={(e) => onChange(e.target.value)}
        autoComplete={autoComplete}
        autoCapitalize="off"
        spellCheck={false}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        list={options && `${id}-list`}
        className="h-8 rounded border border-line-strong bg-surface-1 px-2 font-mono text-base placeholder:text-text-3"
      />
      {options && (
        <datalist id={`${id}-list`}>
          {options.map((o) => (
            <option key={o} value={o} />
          ))}
        </datalist>
      )}
      {note !== undefined && (
        <p id={`${id}-note`} className="text-sm text-text-2">
          {note}
        </p>
      )}
    </div>
  );
}
