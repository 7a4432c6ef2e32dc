import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * A WebSocket server that measures: it sends text frames of a size, each with a
 * number in front, and hears numbers back. Only what that needs is here.
 */
export class FrameServer {
  private readonly sockets = new Map<string, Duplex>();
  private heard: (n: number) => void = () => {};

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FrameServer> {
    const server = createServer();
    const frames = new FrameServer(server);
    server.on("upgrade", (request, socket) => frames.accept(request.url ?? "", request.headers, socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return frames;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The paths that sockets are open at. */
  get open(): string[] {
    return [...this.sockets.keys()];
  }

  /** Sends frames one after the other and returns how long each took to be heard of, in milliseconds. */
  async measure(path: string, bytes: number, count: number): Promise<number[]> {
    const took: number[] = [];
    for (let n = 0; n < count; n++) {
      const text = `${n} `.padEnd(bytes, "x");
      const answer = new Promise<void>((resolve) => {
        this.heard = (number) => number === n && resolve();
      });
      const began = performance.now();
      this.sockets.get(path)?.write(frame(text));
      await answer;
      took.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return took;
  }

  stop(): void {
    for (const socket of this.sockets.values()) socket.destroy();
    this.server.close();
  }

  private accept(path: string, headers: Record<string, unknown>, socket: Duplex): void {
    const accept = createHash("sha1")
      .update(String(headers["sec-websocket-key"]) + GUID)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    this.sockets.set(path, socket);
    let rest = Buffer.alloc(0);
    socket.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      // What is heard is short and masked: two bytes, four of the mask, the text.
      for (let size = 6 + ((rest[1] ?? 0) & 127); rest.length >= 6 && rest.length >= size; ) {
        const mask = rest.subarray(2, 6);
        const text = rest.subarray(6, size).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
        this.heard(Number(Buffer.from(text).toString()));
        rest = rest.subarray(size);
        size = 6 + ((rest[1] ?? 0) & 127);
      }
    });
    socket.on("error", () => socket.destroy());
  }
}

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, body.length])
      : body.length < 65_536
        ? Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
        : Buffer.alloc(10);
  if (body.length >= 65_536) {
    head[0] = 0x81;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}
