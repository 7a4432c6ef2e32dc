import type { TransferAsked } from "../desk";

/** A pull or a push that an address asks for, behind its #. */
export interface Asked extends TransferAsked {
  readonly kind: "pull" | "push";
}

export function askedHash({ kind, reference, engine, platform }: Asked): string {
  const said = { [kind]: reference, ...(engine !== "" && { engine }), ...(platform !== "" && { platform }) };
  return `#${new URLSearchParams(said)}`;
}

/** Reads such an address; null where it asks for nothing. */
export function askedBy(hash: string): Asked | null {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  for (const kind of ["pull", "push"] as const) {
    const reference = said.get(kind);
    if (reference === null) continue;
    return { kind, reference, engine: said.get("engine") ?? "", platform: said.get("platform") ?? "" };
  }
  return null;
}
