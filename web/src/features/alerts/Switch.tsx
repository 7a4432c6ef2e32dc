interface SwitchProps {
  on: boolean;
  label: string;
  /** Why it can't be changed, null where it can. */
  reason: string | null;
  onChange: (on: boolean) => void;
}

/** On or off, at once. */
export function Switch({ on, label, reason, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      aria-disabled={reason !== null || undefined}
      aria-description={reason ?? undefined}
      title={reason ?? (on ? "Switch off" : "Switch on")}
      onClick={() => reason === null && onChange(!on)}
      className={`relative h-4.5 w-8 shrink-0 rounded-full border aria-disabled:opacity-50 ${
        on ? "border-accent bg-accent" : "border-line-strong bg-surface-2"
      }`}
    >
      <span
        aria-hidden
        className={`absolute top-0.5 size-3 rounded-full ${on ? "end-0.5 bg-on-accent" : "start-0.5 bg-text-3"}`}
      />
    </button>
  );
}
