import { type Choices, useChoices } from "../../components/choices";

interface ToggleChipsProps<T extends string> {
  label: string;
  of: Choices<T>;
  words: Record<T, string>;
}

/** Which of a few things are shown: a chip for each. */
export function ToggleChips<T extends string>({ label, of, words }: ToggleChipsProps<T>) {
  const wanted = useChoices(of);
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{label}</legend>
      {of.all.map((value) => {
        const on = wanted.has(value);
        return (
          <button
            key={value}
            type="button"
            aria-pressed={on}
            className={`rounded-full border px-2 text-xs/[22px] ${
              on ? "border-line-strong bg-surface-2 text-text-1" : "border-line text-text-3 hover:text-text-1"
            }`}
            onClick={() => of.set(value, !on)}
          >
            {words[value]}
          </button>
        );
      })}
    </fieldset>
  );
}
