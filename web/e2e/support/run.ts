import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** The repository's root. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a program to its end and returns its standard output, trimmed. */
export async function run(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await exec(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    timeout: 180_000,
    maxBuffer: 64 << 20,
  });
  return stdout.trim();
}
