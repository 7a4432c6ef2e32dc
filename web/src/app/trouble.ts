/** What the tab itself shows while nobody looks at the page: trouble, in a word and in the icon. Pure. */
import type { Container } from "../api/types.gen";
import type { LiveView } from "../store/view";

export interface Trouble {
  /** offline hides the rest: it is only last known. */
  readonly kind: "none" | "bad" | "engine" | "offline" | "ask";
  /** In front of the title; "" for none. */
  readonly words: string;
  /** How many containers are in trouble. */
  readonly count: number;
}

export type Ailment = "unhealthy" | "restarting";

const NONE: Trouble = { kind: "none", words: "", count: 0 };

/** The words a container in trouble is counted under. */
export function ailmentsOf(c: Container): readonly Ailment[] {
  if (c.state === "restarting") return ["restarting"];
  return c.state === "running" && c.health === "unhealthy" ? ["unhealthy"] : [];
}

/** What is the matter; `count` tells how many containers have an ailment. */
export function troubleOf(view: Pick<LiveView, "engines" | "connection">, count: (a: Ailment) => number): Trouble {
  const { phase } = view.connection;
  if (phase === "offline" || phase === "closed") return { kind: "offline", words: "Offline", count: 0 };
  if (phase === "signin") return { kind: "ask", words: "Sign in", count: 0 };
  if (phase === "update") return { kind: "ask", words: "Reload to update", count: 0 };
  const down = view.engines.filter((e) => e.state === "unreachable").length;
  if (down > 0) {
    return { kind: "engine", words: down === 1 ? "Docker unreachable" : `${down} engines unreachable`, count: 0 };
  }
  const unhealthy = count("unhealthy");
  const restarting = count("restarting");
  if (unhealthy + restarting === 0) return NONE;
  const words = [unhealthy > 0 && `${unhealthy} unhealthy`, restarting > 0 && `${restarting} restarting`];
  return { kind: "bad", words: words.filter(Boolean).join(", "), count: unhealthy + restarting };
}

/** "2 unhealthy · Settings · Quaywatch" */
export function titleText(page: string, trouble: Trouble): string {
  return [trouble.words, page, "Quaywatch"].filter((part) => part !== "").join(" · ");
}

const LINE = "#2f7fb8";
const BADGES: Record<Exclude<Trouble["kind"], "none">, { line: string; badge: string }> = {
  bad: { line: LINE, badge: "#d92d20" },
  engine: { line: LINE, badge: "#d92d20" },
  offline: { line: "#808891", badge: "#808891" },
  ask: { line: LINE, badge: "#b7791f" },
};

/** The mark with a badge, as a picture the policy allows: a data URL. Null is the mark as it is. */
export function iconUrl(trouble: Trouble): string | null {
  if (trouble.kind === "none") return null;
  const { line, badge } = BADGES[trouble.kind];
  const text = trouble.kind === "bad" ? (trouble.count > 9 ? "9+" : String(trouble.count)) : "!";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><g fill="none" stroke="${line}" stroke-width="2" stroke-linecap="round"><circle cx="9.5" cy="8.5" r="5.5"/><path d="M9.5 6v2.7l1.8 1.3" stroke-linejoin="round"/><path d="M2 18.2c1.6 0 1.6-1.2 3.2-1.2s1.6 1.2 3.1 1.2"/></g><circle cx="16.5" cy="16.5" r="7.5" fill="${badge}"/><text x="16.5" y="20.6" font-family="sans-serif" font-size="${text.length > 1 ? 9 : 11.5}" font-weight="700" text-anchor="middle" fill="#fff">${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
