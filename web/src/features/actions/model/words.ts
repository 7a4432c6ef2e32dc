import type { Action, ErrorCode } from "../../../api/types.gen";

/** How an action is spoken of. */
export interface ActionWords {
  /** On a button: "Stop". */
  readonly verb: string;
  /** While it is under way: "Stopping…". */
  readonly doing: string;
  /** When it has happened: "stopped". */
  readonly done: string;
}

export const WORDS: Readonly<Record<Action, ActionWords>> = {
  start: { verb: "Start", doing: "Starting…", done: "started" },
  stop: { verb: "Stop", doing: "Stopping…", done: "stopped" },
  restart: { verb: "Restart", doing: "Restarting…", done: "restarted" },
  pause: { verb: "Pause", doing: "Pausing…", done: "paused" },
  unpause: { verb: "Unpause", doing: "Unpausing…", done: "unpaused" },
  kill: { verb: "Kill", doing: "Killing…", done: "killed" },
  rename: { verb: "Rename", doing: "Renaming…", done: "renamed" },
  remove: { verb: "Remove", doing: "Removing…", done: "removed" },
};

/** The actions in the order in which menus and bars show them. */
export const ACTIONS: readonly Action[] = ["start", "stop", "restart", "pause", "unpause", "kill", "rename", "remove"];

/** Those that make sense for several containers at once. */
export const BULK_ACTIONS: readonly Action[] = ["start", "stop", "restart", "pause", "unpause", "kill", "remove"];

/** What takes an action back, where something truly does. */
export const UNDO: Partial<Readonly<Record<Action, Action>>> = { stop: "start", kill: "start", pause: "unpause" };

/** "1 container", "12 containers". */
export function containersText(count: number): string {
  return count === 1 ? "1 container" : `${count} containers`;
}

/** Our sentence, and the engine's own words behind it where they say something else. */
export function refusalText(message: string, engine: string | undefined): string {
  const words = engineWords(message, engine);
  return words === "" ? message : `${message} ${dockerSaid(words)}`;
}

/** The engine's own words, "" where our sentence holds them already. */
export function engineWords(message: string, engine: string | undefined): string {
  const words = engine?.trim() ?? "";
  return message.includes(words) ? "" : words;
}

export function dockerSaid(words: string): string {
  return `Docker said: “${words}”`;
}

/** Whether trying once more may end otherwise: what is forbidden stays so. */
export function worthRetrying(code: ErrorCode | undefined): boolean {
  return code !== "forbidden" && code !== "unauthorized" && code !== "not_found" && code !== "unsupported";
}
