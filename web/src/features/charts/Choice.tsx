interface ChoiceProps<T extends string> {
  legend: string;
  options: readonly { value: T; text: string; title: string; disabled?: boolean }[];
  value: T;
  onChange: (value: T) => void;
}

/** One of a few, side by side: radio buttons that look like one bar. */
export function Choice<T extends string>({ legend, options, value, onChange }: ChoiceProps<T>) {
  return (
    <fieldset className="flex rounded border border-line-strong">
      <legend className="sr-only">{legend}</legend>
      {options.map((o) => (
        <label
          key={o.value}
          title={o.title}
          className={`relative flex h-[26px] items-center px-2 text-sm whitespace-nowrap first-of-type:rounded-s last-of-type:rounded-e has-focus-visible:outline-2 has-focus-visible:outline-accent ${
            o.value === value
              ? "bg-accent-soft text-text-1"
              : o.disabled
                ? "text-text-3 opacity-60"
                : "text-text-2 hover:bg-surface-2 hover:text-text-1"
          }`}
        >
          <input
            type="radio"
            className="sr-only"
            name={legend}
            checked={o.value === value}
            disabled={o.disabled ?? false}
            aria-label={o.title}
            onChange={() => onChange(o.value)}
          />
          {o.text}
        </label>
      ))}
    </fieldset>
  );
}
