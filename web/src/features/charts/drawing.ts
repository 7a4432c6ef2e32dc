/** What is drawn on a plot besides its lines. All coordinates are canvas pixels. */
import type uPlot from "uplot";
import type { Interval } from "./model/interval";
import type { Marker } from "./model/life";
import type { Palette } from "./palette";

/** Distance and width of the hatching, in CSS pixels. */
const HATCH_STEP = 7;

/** Hatches the times of which nothing is known. */
export function drawGaps(u: uPlot, gaps: readonly Interval[], palette: Palette, ratio: number): void {
  const { left, top, width, height } = u.bbox;
  const g = u.ctx;
  for (const gap of gaps) {
    const x0 = clamp(u.valToPos(gap.from, "x", true), left, left + width);
    const x1 = clamp(u.valToPos(gap.to, "x", true), left, left + width);
    if (x1 - x0 < 1) continue;
    g.save();
    g.beginPath();
    g.rect(x0, top, x1 - x0, height);
    g.clip();
    g.strokeStyle = palette.hatch;
    g.lineWidth = ratio;
    g.beginPath();
    const step = HATCH_STEP * ratio;
    // From a fixed origin, so that the lines of neighbouring gaps and frames fit.
    for (let x = Math.floor((x0 - height) / step) * step; x < x1; x += step) {
      g.moveTo(x, top + height);
      g.lineTo(x + height, top);
    }
    g.stroke();
    g.restore();
  }
}

/** Draws the limit as a dashed line with its name; what is above the picture is said in the chart's head only. */
export function drawLimit(u: uPlot, limit: number | null, words: string, palette: Palette, ratio: number): void {
  const max = u.scales["y"]?.max ?? 0;
  if (limit === null || limit > max) return;
  const { left, top, width } = u.bbox;
  const y = Math.round(u.valToPos(limit, "y", true)) + 0.5;
  const g = u.ctx;
  g.save();
  g.strokeStyle = palette.limit;
  g.lineWidth = ratio;
  g.setLineDash([5 * ratio, 4 * ratio]);
  g.beginPath();
  g.moveTo(left, y);
  g.lineTo(left + width, y);
  g.stroke();
  g.fillStyle = palette.limit;
  g.font = scaled(palette.font, ratio);
  g.textAlign = "right";
  const above = y - top > 16 * ratio;
  g.textBaseline = above ? "bottom" : "top";
  g.fillText(words, left + width - 4 * ratio, y + (above ? -2 : 3) * ratio);
  g.restore();
}

/** Draws what happened: a line through the picture, and its sign at the foot. Shapes differ, not only colours. */
export function drawMarkers(u: uPlot, markers: readonly Marker[], palette: Palette, ratio: number): void {
  const { left, top, width, height } = u.bbox;
  const g = u.ctx;
  for (const m of markers) {
    const x = Math.round(u.valToPos(m.at, "x", true)) + 0.5;
    if (x < left || x > left + width) continue;
    g.save();
    g.strokeStyle = palette.markers[m.kind];
    g.fillStyle = palette.markers[m.kind];
    g.lineWidth = ratio;
    g.globalAlpha = 0.55;
    g.setLineDash([2 * ratio, 3 * ratio]);
    g.beginPath();
    g.moveTo(x, top);
    g.lineTo(x, top + height);
    g.stroke();
    g.globalAlpha = 1;
    g.setLineDash([]);
    sign(g, m.kind, x, top + height, 4 * ratio);
    g.restore();
  }
}

/** Draws the moment that is looked around: a whole line over everything, with its time at the top. */
export function drawMoment(u: uPlot, at: number | null, words: string, palette: Palette, ratio: number): void {
  if (at === null) return;
  const { left, top, width, height } = u.bbox;
  const x = Math.round(u.valToPos(at, "x", true)) + 0.5;
  if (x < left || x > left + width) return;
  const g = u.ctx;
  g.save();
  g.font = scaled(palette.font, ratio);
  const room = g.measureText(words).width + 8 * ratio;
  const start = x + room > left + width ? x - room : x;
  g.strokeStyle = palette.moment;
  g.fillStyle = palette.moment;
  g.lineWidth = 2 * ratio;
  g.beginPath();
  g.moveTo(x, top);
  g.lineTo(x, top + height);
  g.stroke();
  g.fillRect(start, top, room, 15 * ratio);
  g.fillStyle = palette.surface;
  g.textAlign = "left";
  g.textBaseline = "middle";
  g.fillText(words, start + 4 * ratio, top + 8 * ratio);
  g.restore();
}

function sign(g: CanvasRenderingContext2D, kind: Marker["kind"], x: number, y: number, r: number): void {
  g.beginPath();
  switch (kind) {
    case "start":
    case "resumed":
    case "restart":
      g.moveTo(x - r, y + r);
      g.lineTo(x + r, y + r);
      g.lineTo(x, y - r);
      break;
    case "end":
    case "paused":
      g.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
      break;
    case "oom":
      cross(g, x, y, r);
      return;
    default:
      g.arc(x, y, r, 0, 2 * Math.PI);
  }
  if (kind === "unhealthy") g.stroke();
  else g.fill();
}

function cross(g: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  g.lineWidth = r / 2;
  g.moveTo(x - r, y - r);
  g.lineTo(x + r, y + r);
  g.moveTo(x + r, y - r);
  g.lineTo(x - r, y + r);
  g.stroke();
}

function scaled(font: string, ratio: number): string {
  return font.replace(/^(\d+)px/, (_, size: string) => `${Number(size) * ratio}px`);
}

function clamp(v: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, v));
}
