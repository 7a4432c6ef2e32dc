import { type Field, SHAPES } from "./shapes.gen";

export type Json = Readonly<Record<string, unknown>>;

export function isObject(v: unknown): v is Json {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

/**
 * conform checks a value that came from outside against a type of shapes.gen.ts.
 * It returns the value (a copy where a null list or map, which is how Go writes
 * an empty one, had to be filled in), or null when it is not of that type.
 * Fields we don't know stay.
 */
export function conform(value: unknown, type: string): Json | null {
  const shape = SHAPES[type];
  if (!shape || !isObject(value)) return null;
  let fixed: Record<string, unknown> | null = null;
  for (const name in shape) {
    const field = shape[name];
    if (!field) continue;
    const before = value[name];
    if (isPlain(before, field)) continue;
    const after = conformField(before, field);
    if (after === undefined && !(before === undefined && field.optional)) return null;
    if (after !== before) {
      fixed ??= { ...value };
      fixed[name] = after;
    }
  }
  return fixed ?? value;
}

/** isPlain is the quick way through for most fields. */
function isPlain(v: unknown, field: Field): boolean {
  return typeof v === field.is && (field.is !== "number" || Number.isFinite(v)) && field.is !== "object";
}

/** conformField returns undefined for what does not fit. */
function conformField(v: unknown, field: Field): unknown {
  if (v === null && field.nullable) return null;
  switch (field.is) {
    case "any":
      return v;
    case "object":
      return conform(v, field.of ?? "") ?? undefined;
    case "list":
      return conformList(v, field.item);
    case "map":
      return conformMap(v, field.item);
    default:
      return isPlain(v, field) ? v : undefined;
  }
}

function conformList(v: unknown, item: Field | undefined): unknown {
  if (v === null) return [];
  if (!Array.isArray(v)) return undefined;
  if (!item || item.is === "any") return v;
  if (item.is === "number") return areNumbers(v, item.nullable ?? false) ? v : undefined;
  let fixed: unknown[] | null = null;
  for (let i = 0; i < v.length; i++) {
    const before: unknown = v[i];
    const after = conformField(before, item);
    if (after === undefined) return undefined;
    if (after === before) continue;
    fixed ??= [...v];
    fixed[i] = after;
  }
  return fixed ?? v;
}

/** A metrics frame has 100,000 numbers: they get the shortest way. */
function areNumbers(v: readonly unknown[], nullable: boolean): boolean {
  for (let i = 0; i < v.length; i++) {
    const n = v[i];
    if (!(Number.isFinite(n) || (nullable && n === null))) return false;
  }
  return true;
}

function conformMap(v: unknown, item: Field | undefined): unknown {
  if (v === null) return {};
  if (!isObject(v)) return undefined;
  if (!item || item.is === "any") return v;
  let fixed: Record<string, unknown> | null = null;
  for (const key of Object.keys(v)) {
    const before = v[key];
    const after = conformField(before, item);
    if (after === undefined) return undefined;
    if (after === before) continue;
    fixed ??= { ...v };
    fixed[key] = after;
  }
  return fixed ?? v;
}
