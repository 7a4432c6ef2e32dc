import { useCallback, useMemo, useState } from "react";
import { branchesOf, linesOf, searchTree, type TreeLine } from "./model/tree";

/** Opening more branches at once than that makes a wall, not a tree. */
const MOST_OPEN = 5_000;

export interface Tree {
  readonly lines: readonly TreeLine[];
  readonly query: string;
  /** How many places have the text, and which of them is looked at, from 0; -1 for none. */
  readonly found: number;
  readonly current: number;
  /** The line that has the focus. */
  readonly focus: number;
  search(query: string): void;
  /** To the next place that has the text, or by -1 to the one before. */
  next(by: 1 | -1): void;
  focusOn(id: string): void;
  set(id: string, open: boolean): void;
  openAll(): void;
  closeAll(): void;
}

/** What of a document is open, what is looked for in it, and where the focus is. */
export function useTree(doc: unknown): Tree {
  const [opened, setOpened] = useState<ReadonlySet<string>>(FIRST_OPEN);
  const [query, setQuery] = useState("");
  const [focusId, setFocusId] = useState("");
  const found = useMemo(() => searchTree(doc, query), [doc, query]);
  const lines = useMemo(() => linesOf(doc, (id) => opened.has(id)), [doc, opened]);
  const focus = Math.max(
    0,
    lines.findIndex((l) => l.id === focusId),
  );

  const open = useCallback((ids: Iterable<string>) => {
    setOpened((old) => new Set([...old, ...ids]));
  }, []);
  const search = (text: string) => {
    setQuery(text);
    const next = searchTree(doc, text);
    open(next.open);
    const [first] = next.hits;
    if (first !== undefined) setFocusId(first);
  };
  const current = found.hits.indexOf(focusId);
  const next = (by: 1 | -1) => {
    const { hits } = found;
    const at = current < 0 ? (by > 0 ? 0 : hits.length - 1) : (current + by + hits.length) % hits.length;
    const id = hits[at];
    if (id === undefined) return;
    open(found.open);
    setFocusId(id);
  };
  const set = useCallback((id: string, wanted: boolean) => {
    setOpened((old) => {
      const changed = new Set(old);
      if (wanted) changed.add(id);
      else changed.delete(id);
      return changed;
    });
  }, []);
  return {
    lines,
    query,
    found: found.hits.length,
    current,
    focus,
    search,
    next,
    focusOn: setFocusId,
    set,
    openAll: () => setOpened(new Set(branchesOf(doc, MOST_OPEN))),
    closeAll: () => setOpened(new Set()),
  };
}

/** What most people look for. */
const FIRST_OPEN: ReadonlySet<string> = new Set(['["State"]', '["Config"]']);
