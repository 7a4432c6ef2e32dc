import type { KeyboardEvent } from "react";
import type { TreeLine } from "./model/tree";
import type { Tree } from "./useTree";

const PAGE = 15;

/** The keys of a WAI-ARIA tree: up, down, first, last, open or go in, close or go out, and the letters of names. */
export function useTreeKeys(tree: Tree): (e: KeyboardEvent) => void {
  const { lines, focus } = tree;
  return (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const line = lines[focus];
    if (!line) return;
    const target = act(e.key, tree, line);
    if (target === null) return;
    if (target !== focus) {
      const to = lines[Math.min(lines.length - 1, Math.max(0, target))];
      if (to) tree.focusOn(to.id);
    }
    e.preventDefault();
    e.stopPropagation();
  };
}

/** Does what a key asks for; returns the line to go to, null for a key that is none of the tree's. */
function act(key: string, tree: Tree, line: TreeLine): number | null {
  const { lines, focus } = tree;
  switch (key) {
    case "ArrowDown":
      return focus + 1;
    case "ArrowUp":
      return focus - 1;
    case "PageDown":
      return focus + PAGE;
    case "PageUp":
      return focus - PAGE;
    case "Home":
      return 0;
    case "End":
      return lines.length - 1;
    case "ArrowRight":
      if (line.branch && !line.open) tree.set(line.id, true);
      return line.open ? focus + 1 : focus;
    case "ArrowLeft":
      if (!line.open) return parentOf(lines, focus);
      tree.set(line.id, false);
      return focus;
    case "Enter":
    case " ":
      if (line.branch) tree.set(line.id, !line.open);
      return focus;
    default:
      return /^[a-z]$/i.test(key) ? named(lines, focus, key.toLowerCase()) : null;
  }
}

function parentOf(lines: readonly TreeLine[], focus: number): number {
  const depth = lines[focus]?.depth ?? 1;
  for (let i = focus - 1; i >= 0; i--) if ((lines[i]?.depth ?? 0) < depth) return i;
  return focus;
}

/** The next line whose name begins with a letter. */
function named(lines: readonly TreeLine[], focus: number, letter: string): number {
  for (let i = 1; i <= lines.length; i++) {
    const at = (focus + i) % lines.length;
    if (lines[at]?.name.toLowerCase().startsWith(letter)) return at;
  }
  return focus;
}
