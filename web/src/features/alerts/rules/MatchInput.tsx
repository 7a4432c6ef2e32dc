import { useId, useRef } from "react";
import { ALL_WORDS, type Seen } from "../../../components/filter/complete";
import { FilterSuggestions } from "../../../components/filter/FilterSuggestions";
import { useCompletion } from "../../../components/filter/useCompletion";
import { useEngines, useLiveContainers } from "../../../store/hooks";
import { INPUT } from "../forms/Field";

interface MatchInputProps {
  value: string;
  onChange: (value: string) => void;
  problem: string | undefined;
}

/** What stays the same of a container: its state and its figures are the condition's business. */
const IDENTITY: readonly string[] = ["name", "project", "service", "image", "label", "network", "engine"];
const OFFERED = ALL_WORDS.filter((word) => IDENTITY.includes(word));

/** Which containers a rule is about, in the words of the table's filter, with its completion. */
export function MatchInput({ value, onChange, problem }: MatchInputProps) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const { entries } = useLiveContainers();
  const engines = useEngines();
  const seen = (): Seen => ({
    containers: entries.map((e) => e.container),
    engineName: (of) => engines.find((e) => e.id === of)?.name ?? of,
  });
  const completion = useCompletion({ input, query: value, seen, offered: OFFERED, onChange });
  const { open, active } = completion;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm text-text-2">
        Containers
      </label>
      <div className="relative">
        <input
          ref={input}
          id={id}
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={open ? `${id}-list` : undefined}
          aria-activedescendant={open && active >= 0 ? `${id}-list-${active}` : undefined}
          aria-invalid={problem !== undefined || undefined}
          aria-describedby={`${id}-note${problem === undefined ? "" : ` ${id}-problem`}`}
          placeholder="all of them"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={value}
          onChange={(e) => {
            onChange(e.target.value);
            completion.typed(e.target.value, e.target.selectionStart ?? e.target.value.length);
          }}
          onKeyDown={(e) => {
            if (!completion.onKeyDown(e)) return;
            e.preventDefault();
            e.stopPropagation();
          }}
          onBlur={completion.close}
          className={`${INPUT} w-full font-mono`}
        />
        {open && <FilterSuggestions id={`${id}-list`} completion={completion} problems={0} />}
      </div>
      {problem !== undefined && (
        <p id={`${id}-problem`} role="status" className="text-sm text-bad">
          {problem}
        </p>
      )}
      <p id={`${id}-note`} className="text-sm text-text-2">
        In the words of the table’s filter: <code className="font-mono">project:shop -name:test label:tier=web</code>.
        Empty is all of them.
      </p>
    </div>
  );
}
