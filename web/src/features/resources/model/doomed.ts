import { naturalKey } from "./order";

/** One thing that is about to go. */
export interface Doomed {
  readonly key: string;
  readonly name: string;
  /** Other names that go with it. */
  readonly more: readonly string[];
  readonly note: string;
}

/** By name, as people look for one in a list. */
export function listed(doomed: readonly Doomed[]): readonly Doomed[] {
  const keyed = doomed.map((d) => ({ d, by: naturalKey(d.name) }));
  return keyed.toSorted((a, b) => (a.by < b.by ? -1 : Number(a.by > b.by))).map((k) => k.d);
}

/** More than so many are confirmed by typing. */
const TYPED_OVER = 10;

/** What the user types before it goes, or null where pressing the button is enough: volumes always ask. */
export function confirmation(of: string, doomed: readonly Doomed[]): string | null {
  if (of !== "volumes" && doomed.length <= TYPED_OVER) return null;
  const [only] = doomed;
  return doomed.length === 1 && only ? only.name : String(doomed.length);
}
