import type { ReactNode } from "react";

interface CheckInputProps {
  label: ReactNode;
  note?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function CheckInput({ label, note, checked, onChange }: CheckInputProps) {
  return (
    <label className="flex items-start gap-2">
      <input
        type="checkbox"
        className="mt-1 size-3.5 accent-accent"
        checked={checked}
        onChange={(e) => onChange(e.target.checked)}
      />
      <span>
        {label}
        {note !== undefined && <span className="block text-sm text-text-2">{note}</span>}
      </span>
    </label>
  );
}
