/** What the events page is asked to show: all of it stands in the address. Pure. */
import type { EventTone } from "../../../components/event/eventText";
import { EXEC_ACTIONS } from "../../../store/past/matching";

/** Lists of which one must fit; empty is everything. */
export const FACETS = ["kind", "severity", "action", "container", "project", "actor"] as const;
export type Facet = (typeof FACETS)[number];

export interface EventQuery {
  readonly facets: Readonly<Record<Facet, readonly string[]>>;
  readonly inferred: "" | "true" | "false";
  readonly text: string;
  /** How long ago ("24h"), or an RFC 3339 time; "" is no bound. */
  readonly since: string;
  readonly until: string;
  /** A moment that is looked around: instead of since and until. */
  readonly around: string;
}

const NONE: EventQuery["facets"] = { kind: [], severity: [], action: [], container: [], project: [], actor: [] };
export const EVERYTHING: EventQuery = { facets: NONE, inferred: "", text: "", since: "", until: "", around: "" };

/** So much before and after a moment is around it. */
export const AROUND_MS = 5 * 60_000;

/** The kinds that can be chosen, in this order; "exec" is commands run inside containers. */
export const KIND_WORDS: Readonly<Record<string, string>> = {
  container: "Containers",
  exec: "Commands inside",
  image: "Images",
  volume: "Volumes",
  network: "Networks",
  engine: "Engine lost and found",
  daemon: "Docker itself",
  audit: "Asked of Quaywatch",
  job: "Jobs",
  state: "State changes",
  history: "History itself",
};

export const SEVERITY_WORDS: Readonly<Record<EventTone, string>> = {
  bad: "Problems",
  warn: "Warnings",
  good: "Good news",
  plain: "The rest",
};

/** Reads an address. What makes no sense in it is left out. */
export function queryOf(search: string): EventQuery {
  const p = new URLSearchParams(search);
  const list = (name: Facet) => [...new Set((p.get(name) ?? "").split(",").filter((v) => v !== ""))];
  const inferred = p.get("inferred");
  return {
    facets: {
      kind: list("kind").filter((k) => k in KIND_WORDS),
      severity: list("severity").filter((s) => s in SEVERITY_WORDS),
      action: list("action"),
      container: list("container"),
      project: list("project"),
      actor: list("actor"),
    },
    inferred: inferred === "true" || inferred === "false" ? inferred : "",
    text: p.get("text") ?? "",
    since: timeWord(p.get("since")),
    until: timeWord(p.get("until")),
    around: Number.isNaN(Date.parse(p.get("around") ?? "")) ? "" : (p.get("around") ?? ""),
  };
}

function timeWord(text: string | null): string {
  if (text === null) return "";
  return /^\d{1,5}[smhd]$/.test(text) || !Number.isNaN(Date.parse(text)) ? text : "";
}

/** searchOf is the address of a query, and what a saved filter keeps. */
export function searchOf(q: EventQuery): string {
  const p = new URLSearchParams();
  for (const name of FACETS) if (q.facets[name].length > 0) p.set(name, q.facets[name].join(","));
  for (const name of ["inferred", "text", "since", "until", "around"] as const)
    if (q[name] !== "") p.set(name, q[name]);
  // Commas and colons need no escape there, and a link is read by people.
  return p.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/** The parameters of GET /api/v1/events and of its export. */
export function paramsOf(q: EventQuery): string {
  const p = new URLSearchParams();
  for (const name of FACETS) if (q.facets[name].length > 0) p.set(name, q.facets[name].join(","));
  const { kind, action } = q.facets;
  // Health checks alone would drown the rest: commands come when they are asked for.
  const execs = kind.includes("exec") || action.some((a) => EXEC_ACTIONS.includes(a));
  if (!execs) p.set("notAction", EXEC_ACTIONS.join(","));
  if (q.inferred !== "") p.set("inferred", q.inferred);
  if (q.text.trim() !== "") p.set("text", q.text.trim());
  const { since, until } = rangeOf(q);
  if (since !== "") p.set("since", since);
  if (until !== "") p.set("until", until);
  p.set("gaps", "true");
  return p.toString();
}

export function rangeOf({ since, until, around }: EventQuery): { since: string; until: string } {
  if (around === "") return { since, until };
  const at = Date.parse(around);
  return { since: new Date(at - AROUND_MS).toISOString(), until: new Date(at + AROUND_MS).toISOString() };
}

export function withFacet(q: EventQuery, facet: Facet, values: readonly string[]): EventQuery {
  return { ...q, facets: { ...q.facets, [facet]: values } };
}

export function toggled(q: EventQuery, facet: Facet, value: string): EventQuery {
  const has = q.facets[facet];
  return withFacet(q, facet, has.includes(value) ? has.filter((v) => v !== value) : [...has, value]);
}

/**
 * Whether all events of a container are there, so that some can explain others:
 * who sees only the ends can't say that nobody asked for them.
 */
export function tellsWhy({ facets, inferred, text }: EventQuery): boolean {
  const { kind, severity, action, actor } = facets;
  const within = severity.length + action.length + actor.length > 0 || inferred !== "" || text.trim() !== "";
  return !within && (kind.length === 0 || kind.includes("container"));
}

/** Whether rows that tell of gaps are what is looked for. */
export function wantsGaps({ facets, text, inferred }: EventQuery): boolean {
  if (facets.kind.includes("engine") || facets.kind.includes("history")) return true;
  return text.trim() === "" && inferred !== "false" && FACETS.every((f) => facets[f].length === 0);
}

/** One thing a query is narrowed by, and the query without it. */
export interface Narrowing {
  readonly key: string;
  readonly word: string;
  readonly without: EventQuery;
}

/** What a query is narrowed by: chips, and what can be relaxed where nothing is found. */
export function narrowings(q: EventQuery, rangeWord: string): readonly Narrowing[] {
  const out: Narrowing[] = [];
  for (const facet of FACETS) {
    for (const value of q.facets[facet]) {
      out.push({ key: `${facet} ${value}`, word: chipWord(facet, value), without: toggled(q, facet, value) });
    }
  }
  const add = (key: string, word: string, without: EventQuery) => out.push({ key, word, without });
  if (q.inferred === "true") add("inferred", "Inferred", { ...q, inferred: "" });
  if (q.inferred === "false") add("inferred", "Not inferred", { ...q, inferred: "" });
  if (q.text.trim() !== "") add("text", `“${q.text.trim()}”`, { ...q, text: "" });
  if (rangeWord !== "") add("range", rangeWord, { ...q, since: "", until: "", around: "" });
  return out;
}

/** Under what heading a value stands. */
export const FACET_WORDS: Readonly<Record<Facet, string>> = {
  kind: "Type",
  severity: "How bad",
  action: "Action",
  container: "Container",
  project: "Project",
  actor: "Asked by",
};

export function valueWord(facet: Facet, value: string): string {
  if (facet === "kind") return KIND_WORDS[value] ?? value;
  if (facet === "severity") return SEVERITY_WORDS[value as EventTone] ?? value;
  return facet === "action" ? value.replaceAll("_", " ") : value;
}

function chipWord(facet: Facet, value: string): string {
  const word = valueWord(facet, value);
  return facet === "kind" || facet === "severity" ? word : `${FACET_WORDS[facet].toLowerCase()} ${word}`;
}
