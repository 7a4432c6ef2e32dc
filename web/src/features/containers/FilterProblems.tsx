import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { Problem } from "../../components/filter/filter";

interface FilterProblemsProps {
  id: string;
  problems: readonly Problem[];
  /** Puts what would be right in a word's place. */
  onFix: (word: string, fix: string) => void;
}

/** What the filter can't read, and what would be right; the rest of it still applies. */
export function FilterProblems({ id, problems, onFix }: FilterProblemsProps) {
  return (
    <div id={id} role="status" aria-live="polite" data-testid="filter-problems">
      {problems.length > 0 && (
        <ul className="flex flex-col gap-0.5 border-b border-line bg-paused-soft px-3 py-1 text-sm">
          {problems.map((p) => (
            <li key={p.word} className="flex items-center gap-2">
              <TriangleAlert size={14} aria-hidden className="shrink-0 text-paused" />
              <span className="min-w-0 wrap-anywhere">
                <code className="font-mono font-semibold">{p.word}</code>
                {p.message.slice(p.word.length)}
                <span className="text-text-2"> Left out; the rest applies.</span>
              </span>
              {p.fix !== undefined && (
                <button
                  type="button"
                  className="shrink-0 rounded border border-line-strong bg-surface-1 px-1.5 font-mono hover:bg-surface-2"
                  onClick={() => onFix(p.word, p.fix ?? "")}
                >
                  {p.fix}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
