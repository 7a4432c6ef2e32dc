/** What is run, as it is typed into the form. Pure. */
import type { ExecOptions } from "../../../api/types.gen";

export interface Wanted {
  /** As in a shell, with quotes; empty is a shell. */
  readonly command: string;
  readonly user: string;
  readonly workingDir: string;
  /** NAME=VALUE, one a line. */
  readonly env: string;
}

export const PLAIN: Wanted = { command: "", user: "", workingDir: "", env: "" };

export type What = Omit<ExecOptions, "cols" | "rows">;

/** What the server is asked for, or what is wrong with a field. */
export function optionsOf(
  wanted: Wanted,
): { readonly what: What } | { readonly field: keyof Wanted; readonly problem: string } {
  const what: What = {};
  const command = splitCommand(wanted.command);
  if (command === null) return { field: "command", problem: "A quote is not closed." };
  if (command.length > 0) what.command = command;
  const user = wanted.user.trim();
  if (/[\s/]/.test(user)) return { field: "user", problem: "A user is a name or a number, with :GROUP if you like." };
  if (user !== "") what.user = user;
  const dir = wanted.workingDir.trim();
  if (dir !== "" && !dir.startsWith("/"))
    return { field: "workingDir", problem: "It begins with a slash, as in /var/log." };
  if (dir !== "") what.workingDir = dir;
  const env = wanted.env.split("\n").filter((line) => line.trim() !== "");
  const bad = env.find((line) => line.indexOf("=") < 1);
  if (bad !== undefined) return { field: "env", problem: `“${bad.trim()}” is not NAME=VALUE.` };
  if (env.length > 0) what.env = env;
  return { what };
}

/** White space, a single-quoted part, a double-quoted one, an escaped character, plain text, or a quote left open. */
const PARTS = /(\s+)|'([^']*)'|"((?:\\["\\]|[^"])*)"|\\([\s\S])|([^\s'"\\]+)|(\\)|['"]/g;

/**
 * Splits a command into its words as a shell does, with single and double quotes
 * and backslashes, and nothing of what else a shell does: no variables, no
 * patterns. null where a quote is not closed.
 */
export function splitCommand(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (const [, space, single, double, escaped, plain, last] of text.matchAll(PARTS)) {
    if (space !== undefined) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    const part: string | undefined = single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? plain ?? last;
    if (part === undefined) return null;
    word = (word ?? "") + part;
  }
  if (word !== null) words.push(word);
  return words;
}
