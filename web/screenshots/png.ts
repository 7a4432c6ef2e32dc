import { crc32, deflateSync, inflateSync } from "node:zlib";

/**
 * Makes a screenshot small: 256 colours of its own and the best compression,
 * which takes two thirds off and can't be seen on a picture of a page.
 */
export function shrink(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const counts = new Map<number, number>();
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  const palette = paletteOf(counts);
  const index = new Map<number, number>();
  for (const color of counts.keys()) index.set(color, nearest(palette, color));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = index.get(pixels[y * width + x] ?? 0) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap((c) => [(c >> 16) & 255, (c >> 8) & 255, c & 255]))),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

/** Reads what browsers write: eight bits a channel, not interlaced, all of it opaque. */
function decode(png: Buffer): { width: number; height: number; pixels: Uint32Array } {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = { 2: 3, 6: 4 }[png[25] ?? 0];
  if (png[24] !== 8 || channels === undefined || png[28] !== 0) throw new Error("not a browser's PNG");
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const data = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const line = new Uint8Array(data.subarray(from + 1, from + 1 + stride));
    unfilter(data[from] ?? 0, line, above, channels);
    for (let x = 0, i = 0; x < width; x++, i += channels) {
      pixels[y * width + x] = ((line[i] ?? 0) << 16) | ((line[i + 1] ?? 0) << 8) | (line[i + 2] ?? 0);
    }
    above = line;
  }
  return { width, height, pixels };
}

function unfilter(kind: number, line: Uint8Array, above: Uint8Array, channels: number): void {
  if (kind === 0) return;
  for (let i = 0; i < line.length; i++) {
    const a = i >= channels ? (line[i - channels] ?? 0) : 0;
    const b = above[i] ?? 0;
    const c = i >= channels ? (above[i - channels] ?? 0) : 0;
    const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][kind] ?? 0;
    line[i] = ((line[i] ?? 0) + guess) & 255;
  }
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

const SHIFTS = [16, 8, 0] as const;

/** Median cut: the box of colours that is widest, by its extent and how often it is seen, is halved until there are 256. */
function paletteOf(counts: ReadonlyMap<number, number>): number[] {
  // What fills the page must be exact: surfaces that are off by one are seen.
  const often = [...counts].sort((a, b) => b[1] - a[1]);
  const exact = often.slice(0, 64).map(([color]) => color);
  let boxes = [often.slice(64).map(([color]) => color)].filter((box) => box.length > 0);
  while (boxes.length > 0 && exact.length + boxes.length < 256) {
    const sized = boxes.map((box) => ({ box, ...widest(box) })).sort((a, b) => b.extent - a.extent);
    const [first] = sized;
    if (!first || first.extent === 0) break;
    const sorted = first.box.toSorted((a, b) => ((a >> first.shift) & 255) - ((b >> first.shift) & 255));
    const half = sorted.length >> 1;
    boxes = [sorted.slice(0, half), sorted.slice(half), ...sized.slice(1).map((s) => s.box)];
  }
  return [...exact, ...boxes.map((box) => mean(box, counts))];
}

function widest(box: readonly number[]): { shift: number; extent: number } {
  let found = { shift: 0, extent: 0 };
  for (const shift of SHIFTS) {
    let [least, most] = [255, 0];
    for (const color of box) {
      const v = (color >> shift) & 255;
      if (v < least) least = v;
      if (v > most) most = v;
    }
    if (most - least > found.extent) found = { shift, extent: most - least };
  }
  return found;
}

function mean(box: readonly number[], counts: ReadonlyMap<number, number>): number {
  let total = 0;
  const sums = [0, 0, 0];
  for (const color of box) {
    const n = counts.get(color) ?? 0;
    total += n;
    SHIFTS.forEach((shift, i) => {
      sums[i] = (sums[i] ?? 0) + n * ((color >> shift) & 255);
    });
  }
  return SHIFTS.reduce((color, shift, i) => color | (Math.round((sums[i] ?? 0) / total) << shift), 0);
}

function nearest(palette: readonly number[], color: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, p] of palette.entries()) {
    let d = 0;
    for (const shift of SHIFTS) d += (((p >> shift) & 255) - ((color >> shift) & 255)) ** 2;
    if (d < least) [best, least] = [i, d];
  }
  return best;
}
