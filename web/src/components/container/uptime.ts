import type { Container } from "../../api/types.gen";
import { formatAgo, formatDuration } from "../format/duration";
import { formatExact, parseTime } from "../format/time";
import { isAlive } from "./stateView";

interface Times {
  started: number;
  finished: number;
  created: number;
}

// Parsed once for a container, which never changes: this is asked every second.
const parsed = new WeakMap<Container, Times>();

function times(c: Container): Times {
  let t = parsed.get(c);
  if (t === undefined) {
    t = { started: parseTime(c.startedAt), finished: parseTime(c.finishedAt), created: parseTime(c.createdAt) };
    parsed.set(c, t);
  }
  return t;
}

/**
 * "3 h 5 min" while it lives, "3 min ago" after it ended. Both times are the
 * server's; an uptime ends where it is no longer known that it lives.
 */
export function uptimeText(c: Container, now: number, knownUntil: number): string {
  const t = times(c);
  if (isAlive(c)) return formatDuration(knownUntil - t.started);
  if (c.state === "restarting") return formatAgo(now - t.finished);
  if (c.state === "created") return formatAgo(now - t.created);
  return formatAgo(now - t.finished);
}

export function uptimeTitle(c: Container): string {
  const t = times(c);
  const lines = [`Created ${formatExact(t.created)}`];
  if (!Number.isNaN(t.started)) lines.push(`Started ${formatExact(t.started)}`);
  if (!isAlive(c) && !Number.isNaN(t.finished)) lines.push(`Finished ${formatExact(t.finished)}`);
  if (c.restartCount > 0) lines.push(`Restarted ${c.restartCount} times by its policy`);
  return lines.join("\n");
}

/**
 * The sort key: the living by how long they have been up, then the others by
 * how long ago they ended. NaN is not known.
 */
export function uptimeRank(c: Container): number {
  const t = times(c);
  if (isAlive(c)) return -t.started;
  return -(Number.isNaN(t.finished) ? t.created : t.finished);
}
