import type { ReactNode } from "react";

interface ToggleProps {
  readonly label: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  onToggle(): void;
  readonly children: ReactNode;
}

/** A button that is pressed or not. */
export function Toggle({ label, on, disabled = false, onToggle, children }: ToggleProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={on}
      title={label}
      disabled={disabled}
      onClick={onToggle}
      className={`inline-flex h-7 min-w-7 shrink-0 items-center justify-center gap-1.5 rounded border px-1.5 text-sm disabled:opacity-50 ${
        on
          ? "border-accent bg-accent-soft text-accent"
          : "border-line-strong bg-surface-1 text-text-2 hover:bg-surface-2 hover:text-text-1"
      }`}
    >
      {children}
    </button>
  );
}
