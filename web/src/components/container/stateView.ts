import type { Container } from "../../api/types.gen";
import { exitCodeMeaning, exitIsClean } from "./exitCode";

/** The roles a state can have; each is a token pair in styles/tokens.css. */
export type Tone = "running" | "paused" | "stopped" | "transitional" | "bad";

export type StateIcon = "running" | "paused" | "exited" | "failed" | "busy" | "created" | "dead";

/** How a state is shown: icon, word and colour together, never one of them alone. */
export interface StateView {
  word: string;
  icon: StateIcon;
  tone: Tone;
  /** What stands behind the word, for the title. */
  title: string;
}

export function stateView(c: Container): StateView {
  switch (c.state) {
    case "running":
      return { word: "Running", icon: "running", tone: "running", title: "Running" };
    case "paused":
      return { word: "Paused", icon: "paused", tone: "paused", title: "Paused: its processes are frozen" };
    case "restarting":
      return {
        word: "Restarting",
        icon: "busy",
        tone: "transitional",
        title: `Restarting by policy “${c.restartPolicy || "unknown"}”; restarted ${c.restartCount} times so far`,
      };
    case "removing":
      return { word: "Removing", icon: "busy", tone: "transitional", title: "Being removed" };
    case "created":
      return { word: "Created", icon: "created", tone: "stopped", title: c.error || "Created, not started yet" };
    case "dead":
      return {
        word: "Dead",
        icon: "dead",
        tone: "bad",
        title: c.error || "Dead: the engine could not remove it whole",
      };
    case "exited":
      return exited(c);
  }
}

function exited(c: Container): StateView {
  if (c.exitCode === null) {
    return {
      word: "Exited",
      icon: "exited",
      tone: "stopped",
      title: c.error || "Exited; its exit code is not known yet",
    };
  }
  const clean = exitIsClean(c.exitCode, c.oomKilled);
  const meaning = exitCodeMeaning(c.exitCode, c.oomKilled);
  return {
    word: c.oomKilled ? `OOM (${c.exitCode})` : `Exited (${c.exitCode})`,
    icon: clean ? "exited" : "failed",
    tone: clean ? "stopped" : "bad",
    title: `Exit code ${c.exitCode}: ${meaning}${c.error ? `. ${c.error}` : ""}`,
  };
}

export function isAlive(c: Container): boolean {
  return c.state === "running" || c.state === "paused";
}

/** The order of states when they are the sort key: what needs a look comes first. */
export function stateRank(c: Container): number {
  switch (c.state) {
    case "dead":
      return 0;
    case "restarting":
      return 1;
    case "removing":
      return 2;
    case "running":
      return 3;
    case "paused":
      return 4;
    case "created":
      return 5;
    case "exited":
      return exitIsClean(c.exitCode, c.oomKilled) ? 7 : 6;
  }
}

export function healthRank(c: Container): number {
  if (!isAlive(c)) return 4;
  return { unhealthy: 0, starting: 1, healthy: 2, none: 3 }[c.health];
}
