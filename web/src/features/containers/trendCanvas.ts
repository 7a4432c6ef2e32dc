/** Draws trends on the canvases of cells, each at its turn. */
import { GAP_MS, type Ring, type TrendMetric, WINDOW_MS } from "./trends";

/** What a picture shows at least, so that the noise of an idle container is no mountain. */
const LEAST_TOP: Readonly<Record<TrendMetric, number>> = { cpu: 500, mem: 1 };
const LINE_PX = 1.5;

/**
 * A pixel is two seconds wide: a picture is drawn anew every four, a quarter of
 * them with each tick, which costs a quarter of drawing all of them each second.
 */
const PACE_MS = 4_000;
const TURNS = 4;

/** What stands on a canvas, and since when. */
interface Drawn {
  readonly of: string | undefined;
  readonly look: string;
  readonly count: number;
  at: number;
}

const drawn = new WeakMap<HTMLCanvasElement, Drawn>();

/** Whether a canvas shows what it should, or will when its turn comes. */
function isGood(was: Drawn | undefined, el: HTMLCanvasElement, look: string, ring: Ring, now: number): boolean {
  if (was === undefined || was.of !== el.dataset.of || was.look !== look) return false;
  if (newest(ring) <= was.at && ring.count === was.count) return true;
  // A picture that begins, or that was given its past, does not wait.
  if (ring.count < TURNS || Math.abs(ring.count - was.count) > 2 * TURNS) return false;
  return now - was.at < PACE_MS;
}

function newest(ring: Ring): number {
  return ring.at[(ring.first + ring.count - 1) % ring.at.length] ?? 0;
}

/** Those that are drawn together for the first time come apart by their containers' ids. */
function turnOf(key = ""): number {
  return key.charCodeAt(key.length - 1) % TURNS || 0;
}

export function drawTrend(el: HTMLCanvasElement, ring: Ring, metric: TrendMetric, now: number, color: string): void {
  const width = Number(el.dataset.width);
  const height = Number(el.dataset.height);
  const ratio = window.devicePixelRatio || 1;
  const look = `${color} ${width} ${ratio}`;
  const was = drawn.get(el);
  if (isGood(was, el, look, ring, now)) return;
  const again = was !== undefined && was.of === el.dataset.of && now - was.at >= PACE_MS;
  const at = again ? now : now - (turnOf(el.dataset.of) * PACE_MS) / TURNS;
  drawn.set(el, { of: el.dataset.of, look, count: ring.count, at });
  if (el.width !== Math.round(width * ratio)) {
    el.width = Math.round(width * ratio);
    el.height = Math.round(height * ratio);
  }
  const g = el.getContext("2d");
  if (!g) return;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  if (ring.count > 0) paint(g, ring, ring[metric], LEAST_TOP[metric], { width, height, now, color });
}

interface Ground {
  width: number;
  height: number;
  now: number;
  color: string;
}

function paint(
  g: CanvasRenderingContext2D,
  ring: Ring,
  values: Float32Array | Float64Array,
  leastTop: number,
  { width, height, now, color }: Ground,
): void {
  let top = leastTop;
  for (let i = 0; i < ring.count; i++) {
    const v = values[(ring.first + i) % values.length] ?? 0;
    if (v > top) top = v;
  }
  g.strokeStyle = color;
  g.fillStyle = color;
  g.lineWidth = LINE_PX;
  g.lineJoin = "round";
  const y = (v: number) => height - LINE_PX / 2 - (v / top) * (height - 2 * LINE_PX);
  const x = (at: number) => width - ((now - at) / WINDOW_MS) * width;
  let line: Path2D | null = null;
  let begin = 0;
  let end = 0;
  let before = Number.NEGATIVE_INFINITY;
  const finish = () => {
    if (line === null) return;
    g.stroke(line);
    line.lineTo(end, height);
    line.lineTo(begin, height);
    g.globalAlpha = 0.12;
    g.fill(line);
    g.globalAlpha = 1;
    line = null;
  };
  for (let i = 0; i < ring.count; i++) {
    const k = (ring.first + i) % values.length;
    const at = ring.at[k] ?? 0;
    const v = values[k] ?? Number.NaN;
    if (now - at > WINDOW_MS) continue;
    if (Number.isNaN(v) || at - before > GAP_MS) finish();
    if (Number.isNaN(v)) continue;
    before = at;
    end = x(at);
    if (line === null) {
      line = new Path2D();
      begin = end;
      line.moveTo(end, y(v));
    } else {
      line.lineTo(end, y(v));
    }
  }
  finish();
}

/** The accent of the theme that is on, read once a round: reading it for each canvas would cost a style each. */
export function trendColor(): string {
  return getComputedStyle(document.documentElement).getPropertyValue("--accent").trim() || "currentColor";
}
