import { useEffect, useRef } from "react";
import { type Selection, useSelection } from "../../components/grid/selection";

interface GroupBoxProps {
  keys: readonly string[];
  name: string;
  lineKey: string;
  selection: Selection;
  tabbable: boolean;
}

/** Selects all of a project that pass the filter. The grid hears its clicks. */
export function GroupBox({ keys, name, lineKey, selection, tabbable }: GroupBoxProps) {
  const selected = useSelection(selection);
  const box = useRef<HTMLInputElement>(null);
  const on = selected.size === 0 ? 0 : keys.reduce((n, key) => n + Number(selected.has(key)), 0);
  const all = on > 0 && on === keys.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = on > 0 && !all;
  });
  return (
    <input
      ref={box}
      type="checkbox"
      className="qw-box"
      aria-label={`Select all of ${name}`}
      tabIndex={tabbable ? 0 : -1}
      checked={all}
      data-select-of={lineKey}
      readOnly
    />
  );
}
