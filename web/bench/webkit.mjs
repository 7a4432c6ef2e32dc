// WebKitGTK for measuring: the driver of the end-to-end tests, which is
// TypeScript, bundled on the fly; and the CPU of a web process.
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

/** A browser with the pid of its busiest web process. */
export async function startWebKit() {
  // As deep in the repository as the driver is, which finds its files from where it stands.
  const results = fileURLToPath(new URL("../test-results", import.meta.url));
  await mkdir(results, { recursive: true });
  const dir = await mkdtemp(join(results, "bench-"));
  try {
    const file = join(dir, "webkit.mjs");
    const input = fileURLToPath(new URL("../e2e/support/webkit.ts", import.meta.url));
    const bundle = await rolldown({ input, platform: "node" });
    await bundle.write({ file, format: "esm" });
    await bundle.close();
    const { WebKit } = await import(pathToFileURL(file).href);
    const before = new Set(await webProcesses());
    const browser = await WebKit.start({});
    await browser.open("about:blank");
    const pids = (await webProcesses()).filter((pid) => !before.has(pid));
    if (pids.length === 0) throw new Error("WebKitGTK started no web process");
    return Object.assign(browser, { pid: pids.at(-1) });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function webProcesses() {
  const pids = [];
  for (const pid of (await readdir("/proc")).filter((d) => /^\d+$/.test(d))) {
    const comm = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (comm.startsWith("WebKitWebProc")) pids.push(Number(pid));
  }
  return pids.sort((a, b) => a - b);
}

/** CPU time of a process's first thread, in milliseconds: user and system, in ticks of 10. */
export async function mainThreadMs(pid) {
  const stat = await readFile(`/proc/${pid}/task/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
