import { createContext, useContext, useEffect, useRef } from "react";
import { isGroup, type Line } from "./model/groups";
import { type Selection, useSelection } from "./selection";

/** The lines that are shown. A context, so that the head of the table is not drawn anew whenever they change. */
export const LinesContext = createContext<readonly Line[]>([]);

/** Selects all that pass the filter, folded or not, or none of them. */
export function SelectAll({ selection }: { selection: Selection }) {
  const lines = useContext(LinesContext);
  const keys = useSelection(selection);
  const box = useRef<HTMLInputElement>(null);
  // Only while something is selected: 10,000 lines are not looked through for nothing.
  const shown = keys.size === 0 ? [] : shownKeys(lines);
  const on = shown.reduce((n, key) => n + Number(keys.has(key)), 0);
  const all = on > 0 && on === shown.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = on > 0 && !all;
  });
  return (
    <input
      ref={box}
      type="checkbox"
      className="qw-box"
      aria-label="Select all that are shown"
      title={all ? "Select none of them" : "Select all that are shown"}
      checked={all}
      onChange={() => selection.set(shownKeys(lines), !all)}
    />
  );
}

/** The containers of the lines; those of folded projects too. */
export function shownKeys(lines: readonly Line[]): string[] {
  return lines.flatMap((l) => {
    if (!isGroup(l)) return [l.key];
    return l.collapsed ? l.members.map((m) => m.key) : [];
  });
}
