import { type MouseEvent, useMemo } from "react";
import { type GridLine, shownKeys } from "./line";
import type { Selection } from "./selection";

/** How lines are selected: with the keys and with the pointer. */
export function useSelect(selection: Selection, lines: readonly GridLine[]) {
  const toggle = useMemo(() => toggler(selection), [selection]);

  /** A click that selects; tells whether it did. */
  const onClick = (e: MouseEvent): boolean => {
    const target = e.target as HTMLElement;
    const cell = target.closest<HTMLElement>("[data-select-cell]");
    const key = cell?.dataset.selectCell ?? target.closest<HTMLElement>("[data-key]")?.dataset.key;
    if (key === undefined || (!cell && target.closest("a, button"))) return false;
    const line = lines.find((l) => l.key === key);
    if (!line) return false;
    if (e.shiftKey && line.members === undefined) selection.range(lines, key);
    else if (cell || e.ctrlKey || e.metaKey) toggle(line);
    else return false;
    return true;
  };

  const roving = useMemo(
    () => ({
      toggle,
      extend: (from: GridLine, to: GridLine) => {
        // The line one comes from is part of the range too.
        if (!selection.has(from.key)) selection.range(lines, from.key, from.key);
        selection.range(lines, to.key);
      },
      all: () => selection.set(shownKeys(lines), true),
    }),
    [selection, lines, toggle],
  );
  return { toggle, onClick, roving };
}

// Made out here: made in the hook, what lives on would keep the lines of its first picture.
function toggler(selection: Selection): (line: GridLine) => void {
  return (line) => {
    if (line.members === undefined) selection.toggle(line.key);
    else {
      const keys = line.members.map((m) => m.key);
      selection.set(keys, !keys.every((key) => selection.has(key)));
    }
  };
}
