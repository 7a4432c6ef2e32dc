/** Which containers' logs an address asks for. */
import type { ContainerEntry } from "../../../store/state";

export interface Found {
  /** By name, so that the view is the same every time. */
  readonly keys: readonly string[];
  readonly names: readonly string[];
  /** Ids of the address that no container has. */
  readonly missing: readonly string[];
}

export interface Wanted {
  /** The same for the same question. */
  readonly id: string;
  readonly project: string | null;
  /** What to say when there is nothing. */
  readonly none: string;
  find(entries: readonly ContainerEntry[]): Found;
}

/** wanted reads ?project=NAME or ?c=ID,ID, where a name does as well. */
export function wanted(query: URLSearchParams): Wanted {
  const project = query.get("project");
  if (project !== null && project !== "") {
    return {
      id: `project ${project}`,
      project,
      none: `The project ${project} has no containers. Its logs show here as soon as it has.`,
      find: (entries) => sorted(entries.filter((e) => e.container.project === project)),
    };
  }
  const ids = (query.get("c") ?? "").split(",").filter((id) => id !== "");
  return {
    id: `containers ${ids.join(",")}`,
    project: null,
    none:
      ids.length === 0
        ? "No container is named in the address. Select some in the table and open their logs from there."
        : "There is no such container any more.",
    find: (entries) => {
      const found = new Map<string, ContainerEntry>();
      for (const e of entries) if (ids.some((id) => isNamed(e, id))) found.set(e.key, e);
      const missing = ids.filter((id) => !entries.some((e) => isNamed(e, id)));
      return { ...sorted([...found.values()]), missing };
    },
  };
}

/** By a name, an id or the beginning of one. */
function isNamed({ container }: ContainerEntry, id: string): boolean {
  return container.name === id || (id.length >= 4 && container.id.startsWith(id));
}

/** pageTitle names what is shown, in as few words as do. */
export function pageTitle({ project }: Wanted, names: readonly string[]): string {
  if (project !== null) return `Logs of ${project}`;
  if (names.length === 0) return "Logs";
  if (names.length <= 3) return `Logs of ${names.join(", ")}`;
  return `Logs of ${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

function sorted(entries: readonly ContainerEntry[]): Found {
  const list = [...entries].sort((a, b) => (a.container.name < b.container.name ? -1 : 1));
  return { keys: list.map((e) => e.key), names: list.map((e) => e.container.name), missing: [] };
}
