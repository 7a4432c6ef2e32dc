/** What is worth telling of an engine's own document about itself. */
type Document = Readonly<Record<string, unknown>>;

const WORDS: readonly (readonly [key: string, name: string])[] = [
  ["OperatingSystem", "System"],
  ["KernelVersion", "Kernel"],
  ["Driver", "Storage driver"],
  ["LoggingDriver", "Log driver"],
  ["CgroupDriver", "Cgroup driver"],
  ["CgroupVersion", "Cgroup version"],
  ["DefaultRuntime", "Runtime"],
  ["DockerRootDir", "Data directory"],
  ["SecurityOptions", "Security"],
  ["RegistryConfig", "Registry mirrors"],
  ["HttpProxy", "HTTP proxy"],
  ["HttpsProxy", "HTTPS proxy"],
  ["NoProxy", "No proxy"],
  ["LiveRestoreEnabled", "Live restore"],
  ["Labels", "Labels"],
];

/** Names and values, without those that say nothing. */
export function infoFacts(info: Document | null): readonly { readonly name: string; readonly value: string }[] {
  if (info === null) return [];
  return WORDS.map(([key, name]) => ({ name, value: textOf(key, info[key]) })).filter((f) => f.value !== "");
}

function textOf(key: string, value: unknown): string {
  if (key === "RegistryConfig") {
    const mirrors = (value as { Mirrors?: unknown } | null)?.Mirrors;
    return Array.isArray(mirrors) ? mirrors.join(", ") : "";
  }
  if (Array.isArray(value)) return value.map((v) => String(v).replace(/^name=/, "")).join(", ");
  if (typeof value === "boolean") return value ? "on" : "";
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
