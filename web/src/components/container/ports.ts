import type { Container, Port } from "../../api/types.gen";

/** A port as the table shows it, at most once for IPv4 and IPv6 together. */
export interface PortView {
  key: string;
  text: string;
  title: string;
  /** Where a browser finds it; only what is published by TCP can be opened. */
  href: string | null;
}

const HTTPS_PORTS = new Set([443, 8443, 9443]);

/** Published ports first, by number; of the others one line says that they exist. */
export function portViews(c: Container, pageHost: string): PortView[] {
  const seen = new Map<string, PortView>();
  const published = c.ports.filter((p) => p.public > 0).sort((a, b) => a.public - b.public);
  for (const p of published) {
    const key = `${p.public}/${p.private}/${p.proto}`;
    if (!seen.has(key)) seen.set(key, publishedView(p, key, pageHost));
  }
  return [...seen.values()];
}

function publishedView(p: Port, key: string, pageHost: string): PortView {
  const suffix = p.proto === "tcp" ? "" : `/${p.proto}`;
  const text = p.public === p.private ? `${p.public}${suffix}` : `${p.public}→${p.private}${suffix}`;
  const local = p.ip === "" || p.ip === "0.0.0.0" || p.ip === "::";
  const host = local ? pageHost : p.ip;
  const scheme = HTTPS_PORTS.has(p.private) || HTTPS_PORTS.has(p.public) ? "https" : "http";
  return {
    key,
    text,
    title: `${p.ip || "0.0.0.0"}:${p.public} → ${p.private}/${p.proto}`,
    href: p.proto === "tcp" ? `${scheme}://${bracket(host)}:${p.public}/` : null,
  };
}

function bracket(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Ports that are exposed and not published, for the title: "80/tcp, 443/tcp". */
export function exposedText(c: Container): string {
  const list = c.ports.filter((p) => p.public === 0).map((p) => `${p.private}/${p.proto}`);
  return [...new Set(list)].join(", ");
}
