import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronUp from "lucide-react/icons/chevron-up";
import type { KeyboardEvent } from "react";
import { Button } from "../../components/Button";
import type { Tree } from "./useTree";

/** The search within the document: Enter goes to the next place, Shift Enter to the one before. */
export function TreeSearch({ tree }: { tree: Tree }) {
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Enter") tree.next(e.shiftKey ? -1 : 1);
    else if (e.key === "Escape" && tree.query !== "") tree.search("");
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const { query, found, current } = tree;
  return (
    <search className="flex items-center gap-1 max-sm:w-full">
      <input
        type="search"
        aria-label="Search names and values"
        placeholder="Search names and values"
        value={query}
        onChange={(e) => tree.search(e.target.value)}
        onKeyDown={onKeyDown}
        className="h-7 w-56 min-w-0 max-sm:flex-1 rounded border border-line-strong bg-surface-0 px-2"
      />
      <span
        className="min-w-[9ch] ps-1.5 text-sm max-sm:min-w-[7ch] whitespace-nowrap text-text-2"
        role="status"
        data-testid="found"
      >
        {query.trim() === "" ? "" : found === 0 ? "not found" : `${current + 1} of ${found}`}
      </span>
      <Button
        tone="quiet"
        className="px-1"
        aria-label="Previous place"
        disabled={found === 0}
        onClick={() => tree.next(-1)}
      >
        <ChevronUp size={16} aria-hidden />
      </Button>
      <Button tone="quiet" className="px-1" aria-label="Next place" disabled={found === 0} onClick={() => tree.next(1)}>
        <ChevronDown size={16} aria-hidden />
      </Button>
    </search>
  );
}
