import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { root } from "../e2e/support/run.ts";
import { PICTURES } from "./camera.ts";
import { shrink } from "./png.ts";

const GUIDE = `${root}/docs/guide/images`;
/** A picture in the repository is downloaded with every clone. */
const MOST_BYTES = 150_000;

/** The pictures that the guide and the README show, by their names there. */
const CHOSEN: Readonly<Record<string, string>> = {
  containers: "table-wide-light",
  "containers-dark": "table-wide-dark",
  grouped: "table-grouped-wide-light",
  filter: "filter-completion-wide-light",
  selection: "selection-wide-light",
  failures: "job-failures-wide-light",
  remove: "remove-project-wide-light",
  overview: "container-overview-wide-light",
  why: "container-events-wide-light",
  charts: "container-charts-wide-light",
  logs: "logs-project-wide-light",
  terminal: "container-terminal-wide-light",
  connection: "popover-wide-light",
  palette: "palette-wide-light",
  inspect: "container-inspect-search-wide-light",
  settings: "settings-wide-light",
  demo: "demo-wide-light",
  images: "images-wide-light",
  network: "network-wide-light",
  project: "project-wide-light",
  system: "system-wide-light",
  events: "events-wide-light",
  alerts: "alerts-wide-light",
  "alert-rules": "alert-rules-wide-light",
  narrow: "table-narrow-dark",
};

/** Puts the chosen pictures into the guide, made small; those that were not taken stay as they are. */
export async function publish(): Promise<void> {
  await mkdir(GUIDE, { recursive: true });
  for (const [name, from] of Object.entries(CHOSEN)) {
    const path = `${PICTURES}/${from}.png`;
    const taken = await access(path).then(
      () => true,
      () => false,
    );
    if (!taken) {
      console.warn(`docs/guide/images/${name}.png is as it was: ${from}.png was not taken`);
      continue;
    }
    const png = shrink(await readFile(path));
    if (png.length > MOST_BYTES) throw new Error(`${from}.png has ${png.length} bytes, more than ${MOST_BYTES}`);
    await writeFile(`${GUIDE}/${name}.png`, png);
  }
}
