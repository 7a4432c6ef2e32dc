import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";

/** A process that runs, as /proc has it. */
export interface Process {
  readonly pid: number;
  /** The program's name. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The processes with an entry in their environment: a program's and those that it started. */
export async function processesWith(entry: string): Promise<Process[]> {
  const found: Process[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const all = await look(Number(pid)).catch(() => null); // it has ended meanwhile
    if (all?.environ.includes(entry)) {
      found.push(all.process);
    }
  }
  return found;
}

async function look(pid: number): Promise<{ process: Process; environ: readonly string[] }> {
  const environ = split(await readFile(`/proc/${pid}/environ`, "utf8"));
  const args = split(await readFile(`/proc/${pid}/cmdline`, "utf8"));
  const program = basename((await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, ""));
  const env = Object.fromEntries(environ.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));
  return { process: { pid, program, args, env }, environ };
}

const split = (text: string) => text.split("\0").filter((part) => part !== "");
