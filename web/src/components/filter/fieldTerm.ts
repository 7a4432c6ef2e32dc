import type { Container } from "../../api/types.gen";
import { exitIsClean } from "../container/exitCode";
import { isAlive } from "../container/stateView";
import { parseTime } from "../format/time";
import { CONDITIONS, type Condition, type Field, HEALTHS, STATES } from "./fields";
import type { Term } from "./filter";
import type { Sight } from "./sight";
import { alternatives, unquote } from "./tokens";

type Test = (c: Container, sight: Sight) => boolean;

/** A field with its value, or what is wrong with the value. */
export function fieldTerm(field: Field, value: string): Term | string {
  if (value.startsWith("~")) return regularExpression(field, unquote(value.slice(1)));
  const tests: Test[] = [];
  for (const part of alternatives(value)) {
    const test = testOf(field, part.toLowerCase());
    if (typeof test === "string") return test;
    tests.push(test);
  }
  const live = field === "is" && alternatives(value.toLowerCase()).some((part) => "looping".startsWith(part));
  const [only] = tests;
  if (tests.length === 1 && only) return { live, test: only };
  return { live, test: (c, sight) => tests.some((test) => test(c, sight)) };
}

function testOf(field: Field, value: string): Test | string {
  switch (field) {
    // Few words with fixed meanings: a prefix is enough, the middle of one is not.
    case "state":
      return oneOf(value, STATES) ?? ((c) => c.state.startsWith(value));
    // The engine keeps the last verdict of a container that has ended.
    case "health":
      return oneOf(value, HEALTHS) ?? ((c) => isAlive(c) && c.health.startsWith(value));
    case "is":
      return condition(value);
    case "id":
      return (c) => c.id.startsWith(value);
    case "label":
      return label(value);
    case "port":
      return port(value);
    case "exit":
      return /^\d{1,3}$/.test(value)
        ? (c) => !isAlive(c) && c.exitCode === Number(value)
        : "should be an exit code like 137";
    default:
      return value.startsWith("=")
        ? (c, sight) => texts(c, field, sight).some((text) => text.toLowerCase() === value.slice(1))
        : (c, sight) => texts(c, field, sight).some((text) => text.toLowerCase().includes(value));
  }
}

/** The texts of a field that holds any. */
function texts(c: Container, field: Field, sight: Sight): readonly string[] {
  switch (field) {
    case "network":
      return c.networks;
    case "engine":
      return [sight.engineName(c.engine), c.engine];
    case "label":
      return Object.entries(c.labels).map(([key, value]) => `${key}=${value}`);
    case "name":
    case "image":
    case "project":
    case "service":
    case "id":
    case "state":
    case "health":
      return [c[field]];
    default:
      return [];
  }
}

const NO_EXPRESSION: ReadonlySet<Field> = new Set(["port", "is", "exit"]);

function regularExpression(field: Field, source: string): Term | string {
  if (NO_EXPRESSION.has(field)) return "takes no regular expression";
  let expression: RegExp;
  try {
    expression = new RegExp(source, "i");
  } catch (err) {
    return `is no regular expression: ${why(err)}`;
  }
  return { live: false, test: (c, sight) => texts(c, field, sight).some((text) => expression.test(text)) };
}

/** "Invalid regular expression: /[/i: Unterminated character class" says twice what it is about. */
function why(err: unknown): string {
  const text = err instanceof Error ? err.message : String(err);
  const last = text.slice(text.lastIndexOf(": ") + 2);
  return last.charAt(0).toLowerCase() + last.slice(1);
}

/** What is wrong with a word that should be the beginning of one of a list. */
function oneOf(value: string, words: readonly string[]): string | null {
  if (words.some((word) => word.startsWith(value))) return null;
  return `should be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function label(value: string): Test {
  const at = value.indexOf("=");
  const key = at < 0 ? value : value.slice(0, at);
  const wanted = at < 0 ? "" : value.slice(at + 1);
  return (c) => {
    for (const name in c.labels) {
      if (name.toLowerCase() === key && (wanted === "" || c.labels[name]?.toLowerCase() === wanted)) return true;
    }
    return false;
  };
}

function port(value: string): Test | string {
  const m = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value);
  const from = Number(m?.[1]);
  const to = m?.[2] === undefined ? from : Number(m[2]);
  if (!m || from > 65_535 || to > 65_535 || to < from) return "should be a port like 8080, or a range like 8000-8999";
  const within = (n: number) => n >= from && n <= to;
  return (c) => c.ports.some((p) => within(p.public) || within(p.private));
}

/** Restarted so often, and again within so long, it is going round in circles. */
const LOOP_RESTARTS = 3;
const LOOP_MS = 10 * 60_000;

const TESTS: Readonly<Record<Condition, Test>> = {
  unhealthy: (c) => isAlive(c) && c.health === "unhealthy",
  failed: (c) => c.state === "dead" || (c.state === "exited" && !exitIsClean(c.exitCode, c.oomKilled)),
  oom: (c) => c.oomKilled,
  looping: (c, sight) =>
    c.state === "restarting" ||
    (c.restartCount >= LOOP_RESTARTS && isAlive(c) && sight.now() - parseTime(c.startedAt) < LOOP_MS),
  running: (c) => isAlive(c),
  stopped: (c) => c.state === "exited" || c.state === "created" || c.state === "dead",
};

function condition(value: string): Test | string {
  const wrong = oneOf(value, CONDITIONS);
  if (wrong !== null) return wrong;
  const found = CONDITIONS.filter((word) => word.startsWith(value));
  return (c, sight) => found.some((word) => TESTS[word](c, sight));
}
