import type { LinkPhase } from "../transport/link";

const LINKED: ReadonlySet<LinkPhase> = new Set(["live", "slow", "silent", "syncing", "polling"]);

/** Whether what happens comes here, by whichever transport. Without that, what is shown is the last known. */
export function isLinked(phase: LinkPhase): boolean {
  return LINKED.has(phase);
}
