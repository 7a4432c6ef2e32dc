import type { ReactNode } from "react";

interface CheckFieldProps {
  label: ReactNode;
  note?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function CheckField({ label, note, checked, onChange }: CheckFieldProps) {
  return (
    <label className="flex items-start gap-2 text-sm">
      <input
        type="checkbox"
        className="mt-0.5 accent-(--accent)"
        checked={checked}
        onChange={(e) => onChange(e.target.checked)}
      />
      <span>
        {label}
        {note !== undefined && <span className="block text-text-2">{note}</span>}
      </span>
    </label>
  );
}
