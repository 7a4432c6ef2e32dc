/** What the list could be narrowed to: what is there now, and what the list has seen. Pure. */

import type { Known } from "../../../store/past/identity";
import { projectOf } from "../../../store/past/matching";
import type { ContainerEntry } from "../../../store/state";
import { type Facet, KIND_WORDS, SEVERITY_WORDS } from "./query";

export type Offered = Readonly<Record<Facet, readonly string[]>>;

/** So many of the newest are looked through. */
const LOOKED = 2_000;
/** What is always worth asking for. */
const ACTIONS = ["create", "start", "die", "stop", "kill", "restart", "oom", "health_status", "destroy"];

export function offeredOf(events: readonly Known[], containers: readonly ContainerEntry[]): Offered {
  const actions = new Set(ACTIONS);
  const names = new Set<string>();
  const projects = new Set<string>();
  const actors = new Set<string>();
  for (const { event } of events.slice(0, LOOKED)) {
    actions.add(event.action);
    if (event.kind === "container") names.add(event.name);
    projects.add(projectOf(event));
    if (event.by) actors.add(event.by.name);
  }
  for (const { container } of containers) {
    names.add(container.name);
    projects.add(container.project);
  }
  const sorted = (set: ReadonlySet<string>) => [...set].filter((v) => v !== "" && !v.includes(",")).sort();
  return {
    kind: Object.keys(KIND_WORDS),
    severity: Object.keys(SEVERITY_WORDS),
    action: [...actions],
    container: sorted(names),
    project: sorted(projects),
    actor: sorted(actors),
  };
}
