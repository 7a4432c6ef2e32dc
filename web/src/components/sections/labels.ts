export interface Label {
  readonly name: string;
  readonly value: string;
}

export interface LabelGroup {
  readonly title: string;
  readonly labels: readonly Label[];
}

const KNOWN: readonly (readonly [prefix: string, title: string])[] = [
  ["com.docker.compose.", "Docker Compose"],
  ["com.docker.", "Docker"],
  ["org.opencontainers.image.", "Image (OCI)"],
  ["io.kubernetes.", "Kubernetes"],
  ["traefik.", "Traefik"],
];

/** Those without a namespace. */
const OWN = "Own";

/** Labels by who uses them, those that match a search in name or value. Own ones come first, then by title. */
export function labelGroups(labels: Readonly<Record<string, string>>, search: string): LabelGroup[] {
  const wanted = search.trim().toLowerCase();
  const groups = new Map<string, Label[]>();
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name] ?? "";
    if (wanted !== "" && !`${name}=${value}`.toLowerCase().includes(wanted)) continue;
    const title = titleOf(name);
    const group = groups.get(title);
    if (group) group.push({ name, value });
    else groups.set(title, [{ name, value }]);
  }
  return [...groups]
    .map(([title, list]) => ({ title, labels: list }))
    .sort((a, b) => Number(b.title === OWN) - Number(a.title === OWN) || (a.title < b.title ? -1 : 1));
}

/** A reversed domain of at least two parts names who uses a label. */
function titleOf(name: string): string {
  const known = KNOWN.find(([prefix]) => name.startsWith(prefix));
  if (known) return known[1];
  const parts = name.split(".");
  return parts.length > 2 ? parts.slice(0, 2).join(".") : OWN;
}
