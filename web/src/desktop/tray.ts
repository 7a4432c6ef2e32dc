import type { Trouble } from "../app/trouble";
import type { Firing } from "../store/firing";
import type { ContainerEntry } from "../store/state";

/** What the tray shows. */
export interface TrayView {
  readonly trouble: "none" | "warning" | "error";
  readonly summary: string;
  /** Each Compose project's name, and how it is. */
  readonly projects: readonly (readonly [name: string, state: string])[];
  readonly paused: boolean;
}

/** The menu lists so many projects at most. */
const MOST = 20;

/** What the tray shows: the Compose projects that run, and trouble. Pure. */
export function trayView(
  entries: readonly ContainerEntry[],
  trouble: Trouble,
  firing: Firing | null,
  paused: boolean,
): TrayView {
  const projects = new Map<string, { project: string; running: number; total: number }>();
  let running = 0;
  let killed = 0;
  for (const { container: c } of entries) {
    if (c.state === "running") running++;
    // Until it is started again, or removed.
    if (c.state === "exited" && c.oomKilled) killed++;
    if (c.project === "") continue;
    let p = projects.get(c.project);
    if (!p) {
      p = { project: c.project, running: 0, total: 0 };
      projects.set(c.project, p);
    }
    p.total++;
    if (c.state === "running") p.running++;
  }
  const all = [...projects.values()].sort((a, b) => (a.project < b.project ? -1 : 1));
  // Those that run come first where not all fit.
  const shown = [...all.filter((p) => p.running > 0), ...all.filter((p) => p.running === 0)].slice(0, MOST);
  const said = troubleSaid(trouble, killed, firing);
  return {
    trouble: said.level,
    summary: said.words || `${running} of ${entries.length} running`,
    projects: shown.map((p) => [p.project, `${p.running} of ${p.total} running`]),
    paused,
  };
}

const LEVELS = { none: "none", bad: "error", engine: "error", offline: "warning", ask: "warning" } as const;

/** What is wrong, in words; "" for nothing. Alerts are counted where nothing else says it. */
function troubleSaid(
  trouble: Trouble,
  killed: number,
  firing: Firing | null,
): { level: TrayView["trouble"]; words: string } {
  const lost = killed > 0 && (trouble.kind === "none" || trouble.kind === "bad");
  const words = [trouble.words, lost && `${killed} out of memory`].filter(Boolean).join(", ");
  if (words !== "" || firing === null || firing.worst === "info") {
    return { level: lost ? "error" : LEVELS[trouble.kind], words };
  }
  return {
    level: firing.worst === "critical" ? "error" : "warning",
    words: firing.count === 1 ? "1 alert fires" : `${firing.count} alerts fire`,
  };
}
