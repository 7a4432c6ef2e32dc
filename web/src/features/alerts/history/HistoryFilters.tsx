import { useId } from "react";
import type { AlertQuery } from "../../../api/alerts";
import { INPUT } from "../forms/Field";

interface HistoryFiltersProps {
  query: AlertQuery;
  /** The names of the rules there are. */
  rules: readonly string[];
  onChange: (query: AlertQuery) => void;
}

const SMALL = `${INPUT} h-7! text-sm!`;

/** Which alerts of the past are listed. */
export function HistoryFilters({ query, rules, onChange }: HistoryFiltersProps) {
  const id = useId();
  const commit = (container: string) => {
    if (container.trim() !== query.container) onChange({ ...query, container: container.trim() });
  };
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 text-sm">
      <label htmlFor={`${id}-state`} className="text-text-2">
        State
      </label>
      <select
        id={`${id}-state`}
        className={SMALL}
        value={query.state}
        onChange={(e) => onChange({ ...query, state: e.target.value as AlertQuery["state"] })}
      >
        <option value="">Any</option>
        <option value="firing">Firing</option>
        <option value="resolved">Resolved</option>
      </select>
      <label htmlFor={`${id}-rule`} className="text-text-2">
        Rule
      </label>
      <select
        id={`${id}-rule`}
        className={`${SMALL} max-w-48`}
        value={query.rule}
        onChange={(e) => onChange({ ...query, rule: e.target.value })}
      >
        <option value="">Any</option>
        {query.rule !== "" && !rules.includes(query.rule) && <option>{query.rule}</option>}
        {rules.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <label htmlFor={`${id}-container`} className="text-text-2">
        Container
      </label>
      <input
        key={query.container}
        id={`${id}-container`}
        type="search"
        className={`${SMALL} w-40`}
        placeholder="name or id"
        autoComplete="off"
        spellCheck={false}
        defaultValue={query.container}
        onBlur={(e) => commit(e.target.value)}
        onKeyDown={(e) => e.key === "Enter" && commit(e.currentTarget.value)}
      />
    </div>
  );
}
