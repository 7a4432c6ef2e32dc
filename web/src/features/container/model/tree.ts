/** A JSON document as the lines of a tree. */

export type Path = readonly (string | number)[];

export interface TreeLine {
  /** The path as text: what is open is known by it. */
  readonly id: string;
  readonly path: Path;
  readonly depth: number;
  /** The name within its parent; "" at the root. */
  readonly name: string;
  /** What stands behind the name: a value, or how much is in it. */
  readonly text: string;
  readonly kind: "object" | "array" | "string" | "number" | "boolean" | "null";
  readonly open: boolean;
  readonly branch: boolean;
  /** Among how many siblings, and which of them, from 1. */
  readonly size: number;
  readonly position: number;
}

const ROOT: Path = [];

export function idOf(path: Path): string {
  return JSON.stringify(path);
}

function entriesOf(value: unknown): [string | number, unknown][] | null {
  if (Array.isArray(value)) return value.map((v, i) => [i, v]);
  return typeof value === "object" && value !== null ? Object.entries(value) : null;
}

function kindOf(value: unknown): TreeLine["kind"] {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "object" || type === "string" || type === "number" || type === "boolean" ? type : "null";
}

function textOf(value: unknown, children: number | null): string {
  if (children === null) return JSON.stringify(value) ?? "null";
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return children === 0 ? `${open}${close}` : `${open}${children}${close}`;
}

/** The lines that are shown: those whose ancestors are all open. The document itself is not a line. */
export function linesOf(doc: unknown, isOpen: (id: string) => boolean): TreeLine[] {
  const out: TreeLine[] = [];
  const add = (value: unknown, path: Path, size: number, position: number) => {
    const children = entriesOf(value);
    const id = idOf(path);
    const branch = children !== null && children.length > 0;
    const open = branch && isOpen(id);
    const name = String(path.at(-1) ?? "");
    const text = textOf(value, children?.length ?? null);
    out.push({ id, path, depth: path.length, name, text, kind: kindOf(value), open, branch, size, position });
    if (open) addAll(children, path);
  };
  const addAll = (children: readonly [string | number, unknown][], path: Path) => {
    for (const [i, [key, child]] of children.entries()) add(child, [...path, key], children.length, i + 1);
  };
  addAll(entriesOf(doc) ?? [], ROOT);
  return out;
}

/** All branches of a document, to open them all. */
export function branchesOf(doc: unknown, most: number): string[] {
  const out: string[] = [];
  const walk = (value: unknown, path: Path) => {
    const children = entriesOf(value);
    if (!children || children.length === 0 || out.length >= most) return;
    if (path.length > 0) out.push(idOf(path));
    for (const [key, child] of children) walk(child, [...path, key]);
  };
  walk(doc, ROOT);
  return out;
}

export interface Found {
  /** Where it was found, in the order of the document. */
  readonly hits: readonly string[];
  /** The branches that have to be open for all of them to be seen. */
  readonly open: ReadonlySet<string>;
}

/** searchTree looks for a text in names and values, ignoring case. */
export function searchTree(doc: unknown, query: string): Found {
  const wanted = query.trim().toLowerCase();
  const hits: string[] = [];
  const open = new Set<string>();
  if (wanted === "") return { hits, open };
  const walk = (value: unknown, path: Path) => {
    const children = entriesOf(value);
    const own = children === null ? `${path.at(-1)}\n${textOf(value, null)}` : String(path.at(-1) ?? "");
    if (path.length > 0 && own.toLowerCase().includes(wanted)) {
      hits.push(idOf(path));
      for (let i = 1; i < path.length; i++) open.add(idOf(path.slice(0, i)));
    }
    for (const [key, child] of children ?? []) walk(child, [...path, key]);
  };
  walk(doc, ROOT);
  return { hits, open };
}

/** The value at a path. */
export function valueAt(doc: unknown, path: Path): unknown {
  let here = doc;
  for (const key of path) here = (here as Record<string | number, unknown> | undefined)?.[key];
  return here;
}

/** The path as jq and the docker CLI's templates write it: ".State.Health.Log[0].Output". */
export function pathText(path: Path): string {
  return path
    .map((key) => {
      if (typeof key === "number") return `[${key}]`;
      return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    })
    .join("")
    .replace(/^\[/, ".[");
}

/** Where a text stands in another, for the highlight: its parts, the found ones at odd positions. */
export function split(text: string, query: string): string[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [text];
  const parts: string[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)];
}
