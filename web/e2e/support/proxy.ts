import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from "node:net";
import { Direction } from "./proxyDirection.ts";

/**
 * A TCP proxy that does to a connection what networks do: it stalls, cuts,
 * delays, narrows, loses one direction, or lets no WebSocket through. It knows
 * nothing of HTTP but the word by which an upgrade is recognised, as a middlebox
 * that hinders one does.
 */
export class TcpProxy {
  readonly #target: { host: string; port: number };
  readonly #listener: NetServer;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #stalled = false;
  #upgradesBlocked = false;
  #refusing = false;
  /** What begins a request whose answer is cut off, and how many of those are left. */
  #unanswered: { readonly request: string; left: number } | null = null;
  #cutOff = 0;

  private constructor(listener: NetServer, target: string) {
    const at = target.lastIndexOf(":");
    this.#target = { host: target.slice(0, at), port: Number(target.slice(at + 1)) };
    this.#listener = listener;
    listener.on("connection", (client) => this.#take(client));
  }

  /** Listens on a free port of the loopback; target is host:port. */
  static async start(target: string): Promise<TcpProxy> {
    const listener = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    const proxy = new TcpProxy(listener, target);
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** Takes bytes and forwards none, on the connections that are and those that come. */
  stall(): void {
    this.#stalled = true;
    for (const pair of this.#pairs) pair.stall(true);
  }

  /** The same for the WebSockets that are. Plain HTTP passes, and so do new ones. */
  stallUpgraded(): void {
    for (const pair of this.#pairs) if (pair.upgraded) pair.stall(true);
  }

  resume(): void {
    this.#stalled = false;
    for (const pair of this.#pairs) pair.stall(false);
  }

  /** Resets every connection; new ones are taken. */
  cut(): void {
    for (const pair of this.#pairs) pair.destroy();
  }

  /** Resets every connection, and new ones too, until told otherwise. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) this.cut();
  }

  /** The next requests that begin like this reach the server; their answers are cut off, with the connection. */
  cutAnswers(request: string, times: number): void {
    this.#unanswered = { request, left: times };
  }

  /** How many answers were. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** Each byte comes so much later, both ways. */
  delay(ms: number): void {
    this.#delayMs = ms;
    for (const pair of this.#pairs) pair.each((d) => d.delay(ms));
  }

  /** Each direction of each connection carries so many bytes a second. */
  limit(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    for (const pair of this.#pairs) pair.each((d) => d.limit(bytesPerSecond));
  }

  /**
   * Loses one direction of the connections that are, for good: what is sent is
   * taken and comes nowhere. New connections are whole.
   */
  halfOpen(dead: "toServer" | "toPage"): void {
    for (const pair of this.#pairs) (dead === "toServer" ? pair.up : pair.down).lose();
  }

  /** Resets connections that ask for an upgrade, those that have one included. Plain HTTP passes. */
  blockUpgrades(blocked: boolean): void {
    this.#upgradesBlocked = blocked;
    if (!blocked) return;
    for (const pair of this.#pairs) if (pair.upgraded) pair.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#listener, "close");
    this.#listener.close();
    this.cut();
    await closed;
  }

  #take(client: Socket): void {
    client.on("error", () => client.destroy());
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    // Before the pair listens: what is blocked must not get through.
    client.once("data", (first: Buffer) => {
      pair.upgraded = /^upgrade: *websocket/im.test(first.toString("latin1"));
      if (pair.upgraded && this.#upgradesBlocked) pair.destroy();
    });
    const server = connect({ ...this.#target, allowHalfOpen: true });
    const pair = new Pair(client, server, () => this.#pairs.delete(pair));
    this.#pairs.add(pair);
    client.on("data", (sent: Buffer) => {
      const wanted = this.#unanswered;
      if (!wanted || wanted.left === 0 || !sent.toString("latin1").startsWith(wanted.request)) return;
      wanted.left--;
      server.prependOnceListener("data", () => {
        this.#cutOff++;
        pair.destroy();
      });
    });
    pair.each((d) => {
      d.delay(this.#delayMs);
      d.limit(this.#bytesPerSecond);
    });
    pair.stall(this.#stalled);
    client.resume();
  }
}

/** A client's connection and ours to the target. */
class Pair {
  readonly up: Direction;
  readonly down: Direction;
  upgraded = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly gone: () => void,
  ) {
    this.up = new Direction(client, server);
    this.down = new Direction(server, client);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on("error", () => this.destroy());
      // An orderly end has been forwarded as one by the time both are closed.
      socket.on("close", () => {
        if (client.destroyed && server.destroyed) this.destroy();
      });
    }
  }

  each(fn: (direction: Direction) => void): void {
    fn(this.up);
    fn(this.down);
  }

  stall(stalled: boolean): void {
    this.each((d) => d.stall(stalled));
  }

  destroy(): void {
    this.gone();
    this.each((d) => d.end());
    for (const socket of [this.client, this.server]) if (!socket.destroyed) socket.resetAndDestroy();
  }
}
