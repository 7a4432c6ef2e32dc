/** Lines that are a JSON object, as structured loggers write them: what they say first, then the rest. */
export interface JsonLine {
  /** In lower case, "" when there is none. */
  readonly level: string;
  readonly tone: Tone;
  readonly message: string;
  /** All but level and message, in their order; values as text. */
  readonly fields: readonly (readonly [key: string, value: string])[];
}

export type Tone = "bad" | "warn" | "plain" | "quiet";

const MESSAGES = ["message", "msg", "event", "log", "body", "error", "err"];
const LEVELS = ["level", "severity", "lvl", "loglevel", "log.level"];
/** pino's and bunyan's. */
const NUMBERS: Record<string, string> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
/** A value of a one-line view at most; all of it is in the unfolded one. */
const SHORT = 200;

/** looksJson tells cheaply whether it is worth parsing. */
export function looksJson(text: string): boolean {
  return text.length > 2 && text.trimStart().startsWith("{") && text.trimEnd().endsWith("}");
}

/** parseJson reads an object; null for everything else. */
export function parseJson(text: string): Record<string, unknown> | null {
  if (!looksJson(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** jsonLine makes the one-line view; null when the text is no JSON object. */
export function jsonLine(text: string): JsonLine | null {
  const object = parseJson(text);
  if (!object) return null;
  const keys = Object.keys(object);
  const find = (names: readonly string[], ok: (v: unknown) => boolean) =>
    names.map((n) => keys.find((k) => k.toLowerCase() === n && ok(object[k]))).find((k) => k !== undefined);
  const messageKey = find(MESSAGES, (v) => typeof v === "string" && v !== "");
  const levelKey = find(LEVELS, (v) => typeof v === "string" || typeof v === "number");
  const raw = levelKey === undefined ? "" : String(object[levelKey]).toLowerCase();
  const level = NUMBERS[raw] ?? raw.slice(0, 12);
  return {
    level,
    tone: toneOf(level),
    message: messageKey === undefined ? "" : String(object[messageKey]),
    fields: keys
      .filter((k) => k !== messageKey && k !== levelKey)
      .map((k) => [k, shorten(valueText(object[k]))] as const),
  };
}

/** The unfolded view: message first, one key a line, nested values indented. */
export function jsonFields(text: string): readonly (readonly [key: string, value: string])[] | null {
  const object = parseJson(text);
  if (!object) return null;
  const first = Object.keys(object).filter((k) => [...MESSAGES, ...LEVELS].includes(k.toLowerCase()));
  first.sort((a, b) => rank(a) - rank(b));
  const keys = [...first, ...Object.keys(object).filter((k) => !first.includes(k))];
  return keys.map((k) => {
    const v = object[k];
    return [k, typeof v === "string" ? v : (JSON.stringify(v, null, 2) ?? "null")] as const;
  });
}

function rank(key: string): number {
  const i = [...MESSAGES, ...LEVELS].indexOf(key.toLowerCase());
  return i < 0 ? Number.POSITIVE_INFINITY : i;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "null");
}

function shorten(text: string): string {
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}

function toneOf(level: string): Tone {
  if (/^(err|fatal|crit|panic|alert|emerg)/.test(level)) return "bad";
  if (level.startsWith("warn")) return "warn";
  if (level.startsWith("debug") || level.startsWith("trace")) return "quiet";
  return "plain";
}
