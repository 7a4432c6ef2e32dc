/** What the palette finds: commands and containers, in one ranking. */
import type { Command } from "../../components/commands";
import type { ContainerEntry } from "../../store/state";
import { ailmentsOf } from "../trouble";
import type { Verb } from "./actionCommands";
import { type Field, fitness } from "./fuzzy";
import { KEPT } from "./recent";

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

/** The best containers have their actions below them; a verb in front asks for that of more. */
const WITH_ACTIONS = 2;
const WITH_VERB = 20;

/** find ranks everything by how well it fits; without words, the likeliest come first. */
export function find(
  query: string,
  commands: readonly Command[],
  containers: readonly ContainerEntry[],
  recent: readonly string[],
  verbsOf: (entry: ContainerEntry) => readonly Verb[] = () => [],
): Found {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "");
  if (words.length === 0) return atFirst(commands, containers, recent);
  const scored: Scored[] = [];
  const add = (score: number, result: () => Result) => {
    if (score <= 0) return;
    const r = result();
    const bonus = recent.includes(r.id) ? 15 : 0;
    scored.push({ score: score + bonus, order: scored.length, result: r });
  };
  for (const c of commands) add(fitness(words, commandFields(c)), () => commandResult(c));
  const ranked = rank(words, containers);
  for (const r of ranked) add(r.score, () => containerResult(r.entry));
  for (const r of ranked.slice(0, WITH_ACTIONS)) {
    for (const v of verbsOf(r.entry)) add(r.score - 1, () => commandResult(v.command));
  }
  const [verb = "", ...rest] = words;
  if (verb.length > 1) {
    const meant = rest.length === 0 ? containers.map((entry) => ({ entry, score: 1 })) : rank(rest, containers);
    for (const r of meant.slice(0, WITH_VERB)) {
      for (const v of verbsOf(r.entry)) {
        if (v.verb.startsWith(verb)) add(r.score + 110, () => commandResult(v.command));
      }
    }
  }
  scored.sort((a, b) => b.score - a.score || a.order - b.order);
  const once = new Set<string>();
  const results = scored.map((s) => s.result).filter((r) => !once.has(r.id) && once.add(r.id));
  return { results: results.slice(0, SHOWN), total: results.length };
}

interface Scored {
  readonly score: number;
  readonly order: number;
  readonly result: Result;
}

interface Ranked {
  readonly entry: ContainerEntry;
  readonly score: number;
}

/** Best first. */
function rank(words: readonly string[], containers: readonly ContainerEntry[]): Ranked[] {
  const ranked: Ranked[] = [];
  for (const entry of containers) {
    const score = fitness(words, fieldsOf(entry));
    if (score > 0) ranked.push({ entry, score });
  }
  return ranked.sort((a, b) => b.score - a.score);
}

/** The containers one is likely to want come first, then what was done last, then all that can be done. */
function atFirst(
  commands: readonly Command[],
  containers: readonly ContainerEntry[],
  recent: readonly string[],
): Found {
  const rankOf = new Map(recent.map((id, i) => [id, i]));
  const byRecency = (a: Result, b: Result) => (rankOf.get(a.id) ?? KEPT) - (rankOf.get(b.id) ?? KEPT);
  const few = likely(containers, rankOf).map(containerResult);
  const rest = commands.map(commandResult).sort(byRecency);
  const results = [...few, ...rest].slice(0, SHOWN);
  return { results, total: results.length };
}

/** Those chosen lately, then those in trouble, then those that have changed last. */
function likely(containers: readonly ContainerEntry[], rankOf: ReadonlyMap<string, number>): ContainerEntry[] {
  const placed = containers.map((entry) => {
    const sick = ailmentsOf(entry.container).length > 0;
    return { entry, place: rankOf.get(`container:${entry.key}`) ?? KEPT + Number(!sick) };
  });
  placed.sort((a, b) => a.place - b.place || b.entry.changedAt - a.entry.changedAt);
  return placed.slice(0, AT_FIRST).map((p) => p.entry);
}
