import { useMemo, useState } from "react";
import { PopoverButton } from "./PopoverButton";
import { FACET_WORDS, type Facet, valueWord } from "./query";

interface FacetMenuProps {
  facet: Facet;
  chosen: readonly string[];
  /** What is known to choose from. */
  offered: readonly string[];
  onToggle: (value: string) => void;
}

/** What can be looked through without a search. */
const FEW = 8;
/** So many are drawn: the rest is found by its name. */
const DRAWN = 100;
/** Of these, history may know more than the page does: a name that is typed can be asked for. */
const OPEN: readonly Facet[] = ["container", "project", "actor", "action"];

/** Several values of one thing, of which one must fit. */
export function FacetMenu({ facet, chosen, offered, onToggle }: FacetMenuProps) {
  const word = FACET_WORDS[facet];
  const count = chosen.length === 0 ? "" : ` ${chosen.length}`;
  return (
    <PopoverButton
      label={`${word}${count}`}
      name={chosen.length === 0 ? word : `${word}${count} chosen`}
      marked={chosen.length > 0}
    >
      {() => <Values facet={facet} chosen={chosen} offered={offered} onToggle={onToggle} />}
    </PopoverButton>
  );
}

function Values({ facet, chosen, offered, onToggle }: FacetMenuProps) {
  const [text, setText] = useState("");
  const asked = text.trim();
  const all = useMemo(() => [...new Set([...chosen, ...offered])], [chosen, offered]);
  const found = all.filter((v) => valueWord(facet, v).toLowerCase().includes(asked.toLowerCase()));
  const open = OPEN.includes(facet);
  const other = open && asked !== "" && !asked.includes(",") && !all.includes(asked);
  return (
    <>
      {(open || all.length > FEW) && (
        <input
          type="search"
          aria-label={`Find in ${FACET_WORDS[facet]}`}
          placeholder={open ? "Find, or type a name" : "Find"}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            if (e.key !== "Enter" || asked === "") return;
            const value = found[0] ?? (other ? asked : undefined);
            if (value !== undefined) onToggle(value);
            setText("");
          }}
          className="m-2 h-7 rounded border border-line-strong bg-surface-1 px-2 text-sm placeholder:text-text-3"
        />
      )}
      <ul className="min-h-0 overflow-y-auto py-1" aria-label={FACET_WORDS[facet]}>
        {found.slice(0, DRAWN).map((value) => (
          <li key={value}>
            <label className="flex min-h-7 items-center gap-2 px-3 hover:bg-surface-2">
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
              <span className="min-w-0 truncate" title={value}>
                {valueWord(facet, value)}
              </span>
            </label>
          </li>
        ))}
        {other && (
          <li>
            <button
              type="button"
              className="flex min-h-7 w-full items-center px-3 text-start text-accent hover:bg-surface-2"
              onClick={() => {
                onToggle(asked);
                setText("");
              }}
            >
              <span className="truncate">Ask the history for “{asked}”</span>
            </button>
          </li>
        )}
        {found.length === 0 && !other && <li className="px-3 py-1 text-text-2">Nothing is called that.</li>}
        {found.length > DRAWN && <li className="px-3 py-1 text-sm text-text-3">and {found.length - DRAWN} more</li>}
      </ul>
    </>
  );
}
