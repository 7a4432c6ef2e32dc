/** Ways to be without a WebSocket; for tests of the machine. */
import { BEAT, Drive } from "./drive";
import { OFFLINE_AFTER_MS, POLL_METRICS_MS } from "./link";

export const WHY = "a setting";

/** A live link that is told to poll. */
export function forced(): Drive {
  const d = new Drive();
  d.http = "manual";
  return d.up().send({ type: "force", why: WHY });
}

export function probing(): Drive {
  const d = new Drive().polling();
  return d.send({ type: "tick" }, (d.state.probeAt ?? 0) - d.now).polled();
}

/** A probe that was welcomed and has answered so many heartbeats. */
export function proving(beats: number): Drive {
  const d = probing().welcome();
  d.pong(d.state.pingSeq, 5);
  for (let i = 0; i < beats; i++) {
    d.send({ type: "tick" }, BEAT);
    const ping = d.effects.find((e) => e.type === "ping");
    if (d.state.poll.askedAt !== null) d.polled();
    d.pong(ping?.n ?? 0, 5);
  }
  return d;
}

export function failing(): Drive {
  return new Drive().polling().send({ type: "tick" }, POLL_METRICS_MS).pollFails();
}

/** A link in each of the ways there are without a WebSocket. */
export const IN = {
  "connecting, forced": () => {
    const d = new Drive();
    d.http = "manual";
    return d.send({ type: "force", why: WHY }).send({ type: "connect" });
  },
  "reconnecting, asking": () => {
    const d = new Drive();
    d.http = "manual";
    return d.send({ type: "connect" }).close(1006).send({ type: "tick" }, 1_000).close(1006);
  },
  polling: () => new Drive().polling(),
  "polling, asking": () => new Drive().polling().send({ type: "tick" }, POLL_METRICS_MS),
  "polling, probing": probing,
  "polling, proving": () => proving(1),
  "polling, promoted": () => proving(2),
  "polling, forced": () => forced().polled(),
  "syncing, forced": forced,
  "reconnecting, by polls": failing,
  "offline, by polls": () => {
    const d = failing();
    d.http = "down";
    return d.run(OFFLINE_AFTER_MS + 20_000, false);
  },
} satisfies Record<string, () => Drive>;
export type Where = keyof typeof IN;
export const every = Object.keys(IN) as Where[];
