/** A word beside a name, in a quieter tone. */
export function NameMark({ word, title }: { word: string; title: string }) {
  return (
    <span className="ms-2 rounded bg-surface-2 px-1 text-xs text-text-2" title={title}>
      {word}
    </span>
  );
}
