import type { Container } from "../../../api/types.gen";

/** More than so many are confirmed by typing. */
export const TYPED_OVER = 10;

/** What the user types before so much goes, or null where pressing the button is enough. */
export function typedConfirmation(
  containers: readonly Container[],
  volumes: boolean,
  project: string | null,
): string | null {
  if (containers.length <= TYPED_OVER && !volumes) return null;
  if (project !== null) return project;
  const [only] = containers;
  return containers.length === 1 && only ? only.name : String(containers.length);
}

/** How many of them have to be killed first. */
export function runningCount(containers: readonly Container[]): number {
  return containers.filter((c) => c.state === "running" || c.state === "paused" || c.state === "restarting").length;
}
