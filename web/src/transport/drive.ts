import { type Effect, initialLink, type LinkEvent, type LinkState, nextTickAt } from "./link";
import { step } from "./machine";

export const BEAT = 2_000;

/** Drives the machine in tests: the clock moves by hand, events follow each other. */
export class Drive {
  state: LinkState = initialLink(0);
  now = 0;
  effects: readonly Effect[] = [];
  readonly all: Effect[] = [];
  /** What answers polls: nothing does, an error comes at once, or the test does it. */
  http: "down" | "manual" = "down";

  send(event: LinkEvent, wait = 0): this {
    this.now += wait;
    const next = step(this.state, event, this.now, () => 0.5);
    this.state = next.state;
    this.effects = next.effects;
    this.all.push(...next.effects);
    if (this.http === "down" && this.state.poll.askedAt !== null) {
      const { effects } = this;
      this.send({ type: "pollFailed", id: this.state.poll.id, code: 0, text: "The server can't be reached." });
      this.effects = [...effects, ...this.effects];
    }
    return this;
  }

  /** Ticks whenever the machine asks to, for so long, with a server that answers. */
  run(ms: number, answer = true, rtt = 5): this {
    const end = this.now + ms;
    while (this.now < end) {
      const due = Math.min(nextTickAt(this.state) ?? end, this.now + 1_000, end);
      this.send({ type: "tick" }, Math.max(0, due - this.now));
      const ping = this.effects.find((e) => e.type === "ping");
      if (answer && ping) this.pong(ping.n, rtt);
      else if (this.now >= end) break;
    }
    return this;
  }

  pong(n: number, rtt: number): this {
    const { generation } = this.state;
    return this.send({ type: "frame", generation }, rtt).send({ type: "pong", generation, n });
  }

  up(): this {
    this.send({ type: "connect" });
    return this.reopen();
  }

  reopen(): this {
    this.welcome();
    this.send({ type: "synced", generation: this.state.generation });
    return this.pong(this.state.pingSeq, 5);
  }

  /** The socket that is opening, a probe or not, is accepted. */
  welcome(): this {
    const { generation } = this.state;
    this.send({ type: "opened", generation }).send({ type: "frame", generation });
    return this.send({ type: "welcome", generation, heartbeatMs: BEAT });
  }

  close(code: number): this {
    return this.send({ type: "closed", generation: this.state.generation, code, text: "" });
  }

  /** Answers the poll under way. */
  polled(changed = false, ms = 20, again = false): this {
    return this.send({ type: "polled", id: this.state.poll.id, ms, changed, again }, ms);
  }

  pollFails(code = 0): this {
    return this.send({ type: "pollFailed", id: this.state.poll.id, code, text: "no" });
  }

  /** Two sockets are refused, and a poll is answered. */
  polling(): this {
    this.http = "manual";
    this.send({ type: "connect" }).close(1006);
    return this.send({ type: "tick" }, 1_000).close(1006).polled();
  }

  kinds(): string[] {
    return this.effects.map((e) => e.type);
  }

  /** The troubles written so far. */
  troubles(): string[] {
    return this.all.flatMap((e) => (e.type === "trouble" ? [e.what] : []));
  }
}
