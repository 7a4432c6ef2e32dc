import { describe, expect, test } from "vitest";
import { ManualTime } from "../../../testing/manual";
import { FakeNetwork } from "../../../transport/fakeSocket";
import type { Sockets } from "../../../transport/socket";
import { type Screen, TerminalSession } from "./session";

const OPENED = {
  type: "opened",
  id: "K4NQ",
  container: "c1",
  heartbeatMs: 15_000,
  inputWindow: 65_536,
  frameCost: 64,
  maxInbound: 65_536,
  idleSeconds: 1_800,
  unattendedSeconds: 28_800,
};

/** A screen that draws when the test says so. */
class SlowScreen implements Screen {
  text = "";
  readonly waiting: (() => void)[] = [];
  write(text: string, done: () => void): void {
    this.text += text;
    this.waiting.push(done);
  }
  draw(): void {
    for (const done of this.waiting.splice(0)) done();
  }
}

function begin(maxFrame = 0) {
  const network = new FakeNetwork();
  const time = new ManualTime();
  const screen = new SlowScreen();
  const sockets: Sockets = { open: network.open, client: { id: "tab-1", name: "web", version: "1" }, maxFrame };
  const session = new TerminalSession({
    sockets,
    timers: time,
    screen,
    container: "c1",
    options: { cols: 80, rows: 24 },
  });
  const socket = network.last;
  const says = (m: object) => socket.frame(JSON.stringify(m));
  return { network, time, screen, session, socket, says };
}

function opened() {
  const all = begin();
  all.socket.open();
  all.says(OPENED);
  all.socket.sent.length = 0;
  return all;
}

describe("a terminal's session", () => {
  test("opens with what is wanted", () => {
    const { socket, session, says } = begin(8_000);
    expect(socket.url).toBe("/api/v1/containers/c1/exec");
    socket.open();
    const client = { id: "tab-1", name: "web", version: "1" };
    expect(socket.sent).toEqual([{ type: "open", v: 1, client, maxFrame: 8_000, cols: 80, rows: 24 }]);
    expect(session.get().phase).toBe("connecting");
    says(OPENED);
    expect(session.get().phase).toBe("open");
  });

  test("confirms output when it is drawn, not before", () => {
    const { screen, socket, says } = opened();
    says({ type: "output", n: 1, text: "a" });
    says({ type: "output", n: 2, text: "b" });
    expect(screen.text).toBe("ab");
    expect(socket.sent).toEqual([]);
    screen.draw();
    expect(socket.sent).toEqual([
      { type: "took", n: 1 },
      { type: "took", n: 2 },
    ]);
  });

  test("types, tells its size and answers pings", () => {
    const { session, socket, says } = opened();
    session.type("ls\r");
    session.resize(80, 24);
    session.resize(100, 30);
    says({ type: "ping", n: 4 });
    expect(socket.sent).toEqual([
      { type: "input", n: 1, text: "ls\r" },
      { type: "resize", cols: 100, rows: 30 },
      { type: "pong", n: 4 },
    ]);
  });

  test("tells a size that changed while it was opening", () => {
    const { session, socket, says } = begin();
    socket.open();
    session.resize(100, 30);
    says(OPENED);
    expect(socket.sent.at(-1)).toEqual({ type: "resize", cols: 100, rows: 30 });
  });

  test("ends with the exit code", () => {
    const { session, socket, says } = opened();
    const exit = { type: "exit", code: 3, seconds: 1.5, reason: "", left: false };
    says(exit);
    socket.end(1000);
    expect(session.get()).toEqual({ phase: "ended", ended: { how: "exit", exit } });
  });

  test("is refused with the server's words", () => {
    const { session, socket, says } = begin();
    socket.open();
    says({ type: "error", code: "forbidden", message: "A terminal needs the role admin." });
    socket.end(4403, "A terminal needs…");
    expect(session.get()).toEqual({
      phase: "ended",
      ended: { how: "refused", message: "A terminal needs the role admin." },
    });
  });

  test("is lost with its link, and does not come back", () => {
    const { session, socket, network } = opened();
    socket.end(1006);
    expect(session.get()).toEqual({ phase: "ended", ended: { how: "lost" } });
    expect(network.sockets).toHaveLength(1);
  });

  test("is lost when nothing is heard for 2.5 heartbeats", () => {
    const { session, time, says, socket } = opened();
    time.advance(37_000);
    says({ type: "ping", n: 1 });
    time.advance(37_000);
    expect(session.get().phase).toBe("open");
    time.advance(1_000);
    expect(session.get()).toEqual({ phase: "ended", ended: { how: "lost" } });
    expect(socket.closedWith).not.toBeNull();
    expect(time.waiting).toBe(0);
  });

  test("what comes after it was left does nothing", () => {
    const { session, socket, says, screen, time } = opened();
    says({ type: "output", n: 1, text: "a" });
    session.leave();
    screen.draw();
    says({ type: "output", n: 2, text: "b" });
    socket.end(1000);
    expect(screen.text).toBe("a");
    expect(socket.sent).toEqual([]);
    expect(session.get()).toEqual({ phase: "ended", ended: { how: "left" } });
    expect(time.waiting).toBe(0);
  });

  test.each(["x", "[]", '{"type":"output"}', '{"type":"opened","id":7}', '{"type":"new"}'])(
    "%s is passed over",
    (frame) => {
      const { session, socket } = opened();
      socket.frame(frame);
      expect(session.get().phase).toBe("open");
    },
  );
});
