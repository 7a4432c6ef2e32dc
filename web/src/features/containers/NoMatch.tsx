import { Button } from "../../components/Button";

interface NoMatchProps {
  query: string;
  total: number;
  onClear: () => void;
}

/** Containers there are, but none that passes the filter. */
export function NoMatch({ query, total, onClear }: NoMatchProps) {
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-3 px-6 py-12 text-center">
      <h2 className="text-lg font-semibold">No match</h2>
      <p className="max-w-full text-text-2 wrap-anywhere">
        No container of {total} matches <code className="font-mono">{query}</code>
      </p>
      <Button tone="primary" onClick={onClear}>
        Clear filter
      </Button>
    </div>
  );
}
