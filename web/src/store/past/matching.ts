/**
 * The meaning of a search for events, as internal/history has it: for those that
 * come live, which no server filters. api/event-cases.json holds both to the same.
 */
import type { Event } from "../../api/types.gen";
import { eventView } from "../../components/event/eventText";

/** Kinds that are answered only where they are asked for: they tell what others tell, too. */
export const OWN_KINDS: readonly string[] = ["audit", "job", "state"];
export const EXEC_ACTIONS: readonly string[] = ["exec_create", "exec_start", "exec_die", "exec_detach"];

const MAX_WORDS = 64;
const MAX_SEARCH_WORDS = 8;
const PROJECT = "com.docker.compose.project";
const SEARCHED = [
  "image",
  "container",
  "containerName",
  "reference",
  "type",
  "reason",
  "message",
  "error",
  "signal",
  "exitCode",
  "oldName",
  "project",
  PROJECT,
  "com.docker.compose.service",
];

/** matcherOf reads the parameters of GET /api/v1/events, but for those of time, engine and paging. */
export function matcherOf(params: URLSearchParams): (e: Event) => boolean {
  const list = (name: string) =>
    params.getAll(name).flatMap((v) =>
      v
        .split(",")
        .map((s) => s.trim())
        .filter((s) => s !== ""),
    );
  const kinds = list("kind");
  const actions = list("action");
  const notActions = list("notAction");
  const severities = list("severity");
  const containers = list("container").map(containerRef);
  const projects = list("project").map((p) => p.toLowerCase());
  const actors = list("actor").map((a) => a.toLowerCase());
  const inferred = params.get("inferred") ?? "";
  const gaps = params.get("gaps") === "true";
  const words = split([params.get("text") ?? ""], MAX_SEARCH_WORDS).map(cutId);
  const checks: ((e: Event) => boolean)[] = [(e) => kindMatches(e, kinds)];
  const check = (asked: boolean, fn: (e: Event) => boolean) => asked && checks.push(fn);
  check(actions.length > 0, (e) => actions.includes(e.action));
  check(notActions.length > 0, (e) => !notActions.includes(e.action));
  check(inferred !== "", (e) => e.inferred === (inferred === "true"));
  check(severities.length > 0, (e) => severities.includes(eventView(e).tone));
  check(actors.length > 0, (e) => e.by !== undefined && actors.includes(e.by.name.toLowerCase()));
  check(projects.length > 0, (e) => projects.includes(projectOf(e).toLowerCase()));
  check(containers.length > 0, (e) => containerRefs(e).some((ref) => containers.includes(ref)));
  check(words.length > 0, (e) => hasWords(e, words));
  return (e) => (gaps && isGap(e)) || checks.every((passes) => passes(e));
}

/** Rows that say what may be missing: engines that came and went, and the history itself. */
export function isGap(e: Event): boolean {
  return e.kind === "engine" || e.kind === "history";
}

/** The Compose project that an event is about; "" for none. */
export function projectOf(e: Event): string {
  return (e.kind === "job" ? e.attributes["project"] : e.attributes[PROJECT]) ?? "";
}

function kindMatches(e: Event, kinds: readonly string[]): boolean {
  if (kinds.length === 0) return !OWN_KINDS.includes(e.kind);
  if (kinds.includes("all") || kinds.includes(e.kind)) return true;
  return kinds.includes("exec") && e.kind === "container" && EXEC_ACTIONS.includes(e.action);
}

/** An id, cut, or a name; of ENGINE/ID the id. */
function containerRef(text: string): string {
  const ref = text.replace(/^\//, "");
  return cutId(ref.slice(ref.indexOf("/") + 1)).toLowerCase();
}

/** What an event's container is called: ids, cut, and names. */
function containerRefs(e: Event): string[] {
  const a = e.attributes;
  const about = a["kind"] ?? "";
  const own = e.kind === "container" || e.kind === "state" || (e.kind === "audit" && /^(container)?$/.test(about));
  const refs = [cutId(a["container"] ?? ""), a["containerName"] ?? "", a["oldName"] ?? ""];
  if (own) refs.push(cutId(e.id), e.name);
  return refs.map((ref) => ref.replace(/^\//, "").toLowerCase()).filter((ref) => ref !== "");
}

function cutId(id: string): string {
  return id.length > 12 && /^[0-9a-f]+$/i.test(id) ? id.slice(0, 12) : id;
}

/** Each word must begin one of the event's. */
function hasWords(e: Event, words: readonly string[]): boolean {
  const has = wordsOf(e);
  return words.every((w) => has.some((h) => h.startsWith(w)));
}

function wordsOf(e: Event): string[] {
  const texts = [e.name, cutId(e.id), e.kind, e.action, e.by?.name ?? "", e.detail];
  for (const name of SEARCHED) texts.push(cutId(e.attributes[name] ?? ""));
  return split(texts, MAX_WORDS);
}

/** Lower-case words of letters and digits, each once. */
function split(texts: readonly string[], most: number): string[] {
  const words = new Set<string>();
  for (const text of texts) {
    for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u)) {
      if (words.size >= most) return [...words];
      if (word !== "") words.add(word);
    }
  }
  return [...words];
}
