import type { ReactNode } from "react";

interface SettingProps {
  /** The ids that its control is named and described by. */
  id: string;
  label: string;
  note?: string | undefined;
  /** The id of its control, where that is one that a label can name. */
  control?: string;
  children: ReactNode;
}

/** A line of the settings: what it is, what that means, and its control. */
export function Setting({ id, label, note, control, children }: SettingProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-line py-3">
      <div className="max-w-md min-w-48 flex-1">
        {control === undefined ? (
          <div id={id}>{label}</div>
        ) : (
          <label id={id} htmlFor={control} className="block">
            {label}
          </label>
        )}
        {note && (
          <p id={`${id}-note`} className="text-sm text-text-2">
            {note}
          </p>
        )}
      </div>
      {children}
    </div>
  );
}
