import { useId } from "react";
import { type Preference, usePreference } from "../../components/preference";
import { Setting } from "./Setting";

interface ChoiceSettingProps<T extends string> {
  label: string;
  of: Preference<T>;
  words: Record<T, string>;
  note?: string;
  /** What has to be said of one value, while it is chosen. */
  notes?: Partial<Record<T, string>>;
}

/** One of a few values, all of them in sight. */
export function ChoiceSetting<T extends string>({ label, of, words, note, notes }: ChoiceSettingProps<T>) {
  const id = useId();
  const value = usePreference(of);
  const said = notes?.[value] ?? note;
  return (
    <Setting id={id} label={label} note={said}>
      <div
        role="radiogroup"
        aria-labelledby={id}
        aria-describedby={said === undefined ? undefined : `${id}-note`}
        className="flex flex-wrap rounded border border-line-strong"
      >
        {(Object.keys(words) as T[]).map((key) => (
          <label
            key={key}
            className="qw-segment relative flex h-7 items-center border-line-strong px-3 text-sm text-text-2 not-first:border-s hover:text-text-1 has-checked:bg-accent-soft has-checked:text-text-1"
          >
            <input
              type="radio"
              name={id}
              value={key}
              checked={value === key}
              onChange={() => of.set(key)}
              className="qw-fill absolute inset-0 appearance-none"
            />
            {words[key]}
          </label>
        ))}
      </div>
    </Setting>
  );
}
