/** What the palette finds: commands and containers, in one ranking. */
import type { Command } from "../../components/commands";
import type { ContainerEntry } from "../../store/state";
import { type Field, fitness } from "./fuzzy";

export type Result =
  | { readonly kind: "command"; readonly id: string; readonly command: Command }
  | { readonly kind: "container"; readonly id: string; readonly entry: ContainerEntry };

export const SHOWN = 50;
/** So many containers stand in the list before anything is typed. */
const AT_FIRST = 8;

// Containers are immutable: what is searched in one is made once.
const containerFields = new WeakMap<ContainerEntry, readonly Field[]>();

function fieldsOf(entry: ContainerEntry): readonly Field[] {
  let fields = containerFields.get(entry);
  if (fields === undefined) {
    const c = entry.container;
    fields = [
      { text: c.name.toLowerCase(), weight: 1, loose: true },
      { text: c.project.toLowerCase(), weight: 0.6, loose: false },
      { text: c.image.toLowerCase(), weight: 0.5, loose: false },
      { text: c.id.slice(0, 12), weight: 0.5, loose: false },
    ];
    containerFields.set(entry, fields);
  }
  return fields;
}

function commandFields(c: Command): readonly Field[] {
  return [
    { text: c.title.toLowerCase(), weight: 1.05, loose: true },
    { text: c.group.toLowerCase(), weight: 0.4, loose: false },
    { text: (c.words ?? "").toLowerCase(), weight: 0.7, loose: false },
  ];
}

export function commandResult(command: Command): Result {
  return { kind: "command", id: `command:${command.id}`, command };
}

export function containerResult(entry: ContainerEntry): Result {
  return { kind: "container", id: `container:${entry.key}`, entry };
}

export interface Found {
  readonly results: readonly Result[];
  /** How many fit, also of those not shown. */
  readonly total: number;
}

/** find ranks everything by how well it fits; without words, the recent come first. */
export function find(
  query: string,
  commands: readonly Command[],
  containers: readonly ContainerEntry[],
  recent: readonly string[],
): Found {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "");
  if (words.length === 0) return atFirst(commands, containers, recent);
  const scored: { score: number; order: number; result: Result }[] = [];
  const add = (score: number, result: () => Result) => {
    if (score <= 0) return;
    const r = result();
    const bonus = recent.includes(r.id) ? 15 : 0;
    scored.push({ score: score + bonus, order: scored.length, result: r });
  };
  for (const c of commands) add(fitness(words, commandFields(c)), () => commandResult(c));
  for (const e of containers) add(fitness(words, fieldsOf(e)), () => containerResult(e));
  scored.sort((a, b) => b.score - a.score || a.order - b.order);
  return { results: scored.slice(0, SHOWN).map((s) => s.result), total: scored.length };
}

function atFirst(
  commands: readonly Command[],
  containers: readonly ContainerEntry[],
  recent: readonly string[],
): Found {
  const all = commands.map(commandResult);
  const known = new Map(all.map((r) => [r.id, r]));
  const wanted = new Set(recent);
  for (const e of containers) {
    const id = `container:${e.key}`;
    if (wanted.has(id)) known.set(id, containerResult(e));
  }
  const first = recent.flatMap((id) => known.get(id) ?? []);
  const rest = all.filter((r) => !wanted.has(r.id));
  const few = containers
    .filter((e) => !wanted.has(`container:${e.key}`))
    .slice(0, AT_FIRST)
    .map(containerResult);
  const results = [...first, ...rest, ...few].slice(0, SHOWN);
  return { results, total: results.length };
}
