import type { Selection } from "../../../components/grid/selection";
import type { Roving } from "../../../components/grid/useRoving";
import { type KeyBinding, useKeys } from "../../../components/keys";
import type { Row } from "../model/kind";

interface ListKeysOptions {
  roving: Roving;
  lines: readonly Row[];
  selection: Selection;
  onRemove: ((keys: readonly string[]) => void) | undefined;
}

const GROUP = "Table";

/** The list's single keys: on the row in focus, or on all that is selected if it is one of them. */
export function useListKeys({ roving, lines, selection, onRemove }: ListKeysOptions): void {
  const line = () => (roving.focused ? lines[roving.activeIndex] : undefined);
  const bind = (keys: string, what: string, run: () => boolean): KeyBinding => ({ keys, what, group: GROUP, run });
  const remove = bind("Delete", "Remove", () => {
    const at = line();
    const keys = at && !selection.has(at.key) ? [at.key] : [...selection.get()];
    if (keys.length === 0) return false;
    onRemove?.(keys);
    return true;
  });
  useKeys([
    bind("j", "Next row", () => {
      roving.step(1);
      return true;
    }),
    bind("k", "Row before", () => {
      roving.step(-1);
      return true;
    }),
    bind("x", "Select", () => {
      const at = line();
      if (at) selection.toggle(at.key);
      return at !== undefined;
    }),
    ...(onRemove ? [remove] : []),
    bind("Escape", "Clear the selection", () => {
      if (selection.size() === 0) return false;
      selection.clear();
      return true;
    }),
  ]);
}
