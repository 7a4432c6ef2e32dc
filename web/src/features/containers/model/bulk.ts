import type { Action, Container } from "../../../api/types.gen";

/** An action on several containers: on which of them it makes sense, and why not if on none. */
export interface BulkChoice {
  readonly action: Action;
  readonly keys: readonly string[];
  readonly reason: string | null;
}

/** What can be done to containers together. Those on which an action makes no sense are left out of it. */
export function bulkChoices(
  containers: readonly Container[],
  actions: readonly Action[],
  reasonNot: (c: Container, action: Action) => string | null,
): BulkChoice[] {
  // Containers alike in state and engine have the same answer: asked once for each kind, not for 10,000.
  const kinds = new Map<string, Container[]>();
  for (const c of containers) {
    const kind = `${c.engine} ${c.state}`;
    const list = kinds.get(kind);
    if (list) list.push(c);
    else kinds.set(kind, [c]);
  }
  return actions.map((action) => {
    const keys: string[] = [];
    let reason: string | null = "Nothing is selected";
    for (const list of kinds.values()) {
      const [one] = list;
      const why = one ? reasonNot(one, action) : null;
      if (why !== null) reason = kinds.size === 1 && list.length === 1 ? why : common(why);
      else for (const c of list) keys.push(`${c.engine}/${c.id}`);
    }
    return { action, keys, reason: keys.length > 0 ? null : reason };
  });
}

/** "It does not run" of one is "None of them …" of several: said so that it fits both. */
function common(why: string): string {
  return why.startsWith("It ") ? `None of them can be: ${why.charAt(0).toLowerCase()}${why.slice(1)}` : why;
}
