import type { Container, ContainerState } from "../../../api/types.gen";
import { isAlive } from "../../../components/container/stateView";

export interface StateCount {
  word: string;
  count: number;
  /** The filter that shows just these. */
  query: string;
  bad: boolean;
}

export type CountedWord = ContainerState | "unhealthy";

const WORDS: readonly { word: CountedWord; query: string; bad: boolean }[] = [
  { word: "running", query: "state:running", bad: false },
  { word: "paused", query: "state:paused", bad: false },
  { word: "restarting", query: "state:restarting", bad: true },
  { word: "exited", query: "state:exited", bad: false },
  { word: "dead", query: "state:dead", bad: true },
  { word: "unhealthy", query: "health:unhealthy", bad: true },
];

/** The words a container is counted under. */
export function wordsOf(c: Container): readonly CountedWord[] {
  return c.health === "unhealthy" && isAlive(c) ? [c.state, "unhealthy"] : [c.state];
}

/** How many containers are in each state and how many are unhealthy; what there is none of is left out. */
export function stateCounts(count: (word: CountedWord) => number): StateCount[] {
  return WORDS.map((w) => ({ ...w, count: count(w.word) })).filter((w) => w.count > 0);
}
