import type { ContainerState } from "../../../api/types.gen";
import { isAlive } from "../../../components/container/stateView";
import type { ContainerEntry } from "../../../store/state";

export interface StateCount {
  word: string;
  count: number;
  /** The filter that shows just these. */
  query: string;
  bad: boolean;
}

const WORDS: readonly { state: ContainerState; word: string; bad: boolean }[] = [
  { state: "running", word: "running", bad: false },
  { state: "paused", word: "paused", bad: false },
  { state: "restarting", word: "restarting", bad: true },
  { state: "exited", word: "exited", bad: false },
  { state: "dead", word: "dead", bad: true },
];

/** How many containers are in each state and how many are unhealthy; what there is none of is left out. */
export function countStates(entries: readonly ContainerEntry[]): StateCount[] {
  const byState = new Map<ContainerState, number>();
  let unhealthy = 0;
  for (const { container: c } of entries) {
    byState.set(c.state, (byState.get(c.state) ?? 0) + 1);
    if (c.health === "unhealthy" && isAlive(c)) unhealthy++;
  }
  const counts: StateCount[] = [];
  for (const { state, word, bad } of WORDS) {
    const count = byState.get(state) ?? 0;
    if (count > 0) counts.push({ word, count, query: `state:${state}`, bad });
  }
  if (unhealthy > 0) counts.push({ word: "unhealthy", count: unhealthy, query: "health:unhealthy", bad: true });
  return counts;
}
