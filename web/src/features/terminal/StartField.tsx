import { useId } from "react";

interface StartFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly problem: string | null;
  /** A field of so many lines. */
  readonly lines?: number;
  onChange(value: string): void;
}

/** A field of the form, with what it takes and what is wrong with it. */
export function StartField({ label, hint, placeholder, value, problem, lines = 1, onChange }: StartFieldProps) {
  const id = useId();
  const common = {
    id,
    value,
    placeholder,
    "aria-invalid": problem !== null,
    "aria-describedby": `${id}-hint`,
    autoComplete: "off",
    autoCapitalize: "off",
    spellCheck: false,
    className:
      "min-h-8 w-full rounded border border-line-strong bg-surface-1 px-2 py-1 font-mono placeholder:text-text-3 aria-invalid:border-bad",
    onChange: (e: { target: { value: string } }) => onChange(e.target.value),
  };
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm text-text-2">
        {label}
      </label>
      {lines > 1 ? <textarea rows={lines} {...common} /> : <input {...common} />}
      <p id={`${id}-hint`} className={`text-sm ${problem === null ? "text-text-3" : "text-bad"}`}>
        {problem ?? hint}
      </p>
    </div>
  );
}
