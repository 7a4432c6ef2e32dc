import { type ReactNode, useId } from "react";

/** What a control is named, described and marked with. */
export interface Control {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

interface FieldProps {
  label: string;
  note?: ReactNode;
  /** What is wrong with it, where that shall be said. */
  problem?: string | undefined;
  className?: string;
  children: (control: Control) => ReactNode;
}

export const INPUT =
  "h-8 min-w-0 rounded border border-line-strong bg-surface-1 px-2 text-base placeholder:text-text-3 aria-invalid:border-bad disabled:opacity-60";

/** A control with its name above it, and what may be written or is wrong below. */
export function Field({ label, note, problem, className = "", children }: FieldProps) {
  const id = useId();
  const described = [problem && `${id}-problem`, note !== undefined && `${id}-note`].filter(Boolean).join(" ");
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className="text-sm text-text-2">
        {label}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": problem ? true : undefined })}
      {problem && (
        <p id={`${id}-problem`} className="text-sm text-bad">
          {problem}
        </p>
      )}
      {note !== undefined && (
        <p id={`${id}-note`} className="text-sm text-text-2">
          {note}
        </p>
      )}
    </div>
  );
}
