import type uPlot from "uplot";
import type { Scale } from "../../components/container/scale";
import { quantityText } from "../../components/format/quantity";
import { formatClock } from "../../components/format/time";
import { drawGaps, drawLimit, drawMarkers, drawMoment } from "./drawing";
import type { PlotClass } from "./loadPlot";
import { stepsOf, TIME_STEPS, tickText, timeText, topOf } from "./model/axis";
import { unknownRuns } from "./model/gaps";
import { lowerBound } from "./model/history";
import { union } from "./model/interval";
import type { Picture } from "./model/picture";
import { type ChartSpec, factor, limitOf, quantityOf } from "./model/specs";
import { type Summary, summaryOf } from "./model/summary";
import type { Palette } from "./palette";

/** What a plot tells: where the pointer is, and what was done with it. */
export interface PlotEvents {
  hover(at: number | null): void;
  enter(): void;
  leave(): void;
  zoom(from: number, to: number): void;
  reset(): void;
}

/** All plots of one page share this cursor. */
const SYNC = "quaywatch-charts";
const HEIGHT = 148;
const PADDING_RIGHT = 10;

/** One chart on the screen: a uPlot, what is drawn besides, and the numbers of what is shown. */
export class Plot {
  readonly spec: ChartSpec;
  readonly #u: uPlot;
  #scale: Scale;
  #palette: Palette;
  #picture: Picture | null = null;
  #values: (number | null)[][] = [];
  #steps: number[];

  constructor(
    uPlotClass: PlotClass,
    spec: ChartSpec,
    host: HTMLElement,
    events: PlotEvents,
    scale: Scale,
    palette: Palette,
  ) {
    this.spec = spec;
    this.#scale = scale;
    this.#palette = palette;
    this.#steps = stepsOf(spec.id, scale.units);
    const empty = [[], ...spec.lines.map(() => [])] as unknown as uPlot.AlignedData;
    this.#u = new uPlotClass(this.#options(host.clientWidth, events), empty, host);
  }

  /** The numbers of each line within the window. */
  summaries(capMs: number): Summary[] {
    const p = this.#picture;
    if (!p) return [];
    const first = lowerBound(p.at, p.from);
    const end = lowerBound(p.at, p.to + 1);
    return this.#values.map((v) => summaryOf(p.at.slice(first, end), v.slice(first, end), capMs));
  }

  /** Each line's value at a time, or null where nothing is known of it. */
  valuesAt(at: number): (number | null)[] {
    const p = this.#picture;
    const i = p && !p.gaps.some((g) => g.from < at && at < g.to) ? nearest(p.at, at) : -1;
    return this.#values.map((v) => v[i] ?? null);
  }

  setScale(scale: Scale): void {
    this.#scale = scale;
    this.#steps = stepsOf(this.spec.id, scale.units);
    if (this.#picture) this.draw(this.#picture);
  }

  recolor(palette: Palette): void {
    this.#palette = palette;
    this.#u.redraw(true, true);
  }

  draw(picture: Picture): void {
    this.#picture = picture;
    const by = factor(this.spec.id, this.#scale);
    this.#values = this.spec.lines.map(({ column }) => {
      const cells = picture.cols[column];
      return by === 1 ? cells : cells.map((v) => (v === null ? null : v * by));
    });
    const { from, to } = picture;
    this.#u.batch(() => {
      this.#u.setData([picture.at, ...this.#values] as uPlot.AlignedData, false);
      this.#u.setScale("x", { min: from, max: to });
    });
  }

  resize(width: number): void {
    if (width > 0 && width !== this.#u.width) this.#u.setSize({ width, height: HEIGHT });
  }

  /** Puts the cursor at a time, here and by synchronisation everywhere; null takes it away. */
  point(at: number | null): void {
    const left = at === null ? -10 : this.#u.valToPos(at, "x");
    this.#u.setCursor({ left, top: at === null ? -10 : 10 });
  }

  /** The picture as it stands, in its own pixels. */
  get canvas(): HTMLCanvasElement {
    return this.#u.ctx.canvas;
  }

  destroy(): void {
    this.#u.destroy();
  }

  #options(width: number, events: PlotEvents): uPlot.Options {
    const { spec } = this;
    const own = (handler: () => void) => () => () => {
      handler();
      return null;
    };
    const watch =
      (handler: () => void): uPlot.Cursor.MouseListenerFactory =>
      (_u, _target, original) =>
      (e) => {
        handler();
        return original(e);
      };
    return {
      width: Math.max(120, width),
      height: HEIGHT,
      ms: 1,
      padding: [8, PADDING_RIGHT, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 6, width: 1.5, fill: () => this.#palette.surface, stroke: (_u, i) => this.#line(i) },
        drag: { x: true, y: false, dist: 6, setScale: false },
        // A drag is one plot's own: the others get the new window from the deck.
        sync: {
          key: SYNC,
          scales: ["x", null],
          setSeries: false,
          filters: { sub: (type) => type.startsWith("mousem") || type === "mouseleave" },
        },
        bind: { dblclick: own(events.reset), mouseenter: watch(events.enter), mouseleave: watch(events.leave) },
      },
      scales: {
        x: { time: true, auto: false },
        y: { range: (_u, _min, max) => [0, topOf(spec.id, max ?? Number.NaN, this.#limit())] },
      },
      axes: [this.#timeAxis(), this.#valueAxis()],
      series: [{}, ...spec.lines.map((_, i) => this.#series(i + 1))],
      hooks: {
        drawAxes: [(u) => drawGaps(u, this.#gaps(), this.#palette, devicePixelRatio)],
        draw: [(u) => this.#drawOver(u)],
        setCursor: [
          (u) => events.hover(u.cursor.left === undefined || u.cursor.left < 0 ? null : u.posToVal(u.cursor.left, "x")),
        ],
        setSelect: [(u) => select(u, events)],
      },
    };
  }

  #series(i: number): uPlot.Series {
    const fill = () => this.#palette.fills[i - 1] ?? "transparent";
    return {
      width: 1.5,
      stroke: () => this.#line(i),
      fill,
      ...(i > 1 ? { dash: i === 2 ? [6, 3] : [2, 3] } : {}),
      // A sample between two gaps has no neighbour to draw a line to.
      points: {
        show: true,
        size: 4,
        width: 1,
        fill: () => this.#line(i),
        filter: (u, series) => lonely(u.data[series] as (number | null)[]),
      },
    };
  }

  #timeAxis(): uPlot.Axis {
    return {
      stroke: () => this.#palette.quiet,
      font: this.#palette.font,
      size: 26,
      gap: 4,
      space: 84,
      incrs: TIME_STEPS,
      grid: { stroke: () => this.#palette.grid, width: 1 },
      ticks: { show: false },
      values: (u, splits, _axis, _space, step) =>
        splits.map((t) => {
          const text = timeText(t, step);
          return fits(u, t, text, this.#palette.font) ? text : null;
        }),
    };
  }

  #valueAxis(): uPlot.Axis {
    const { id } = this.spec;
    return {
      stroke: () => this.#palette.quiet,
      font: this.#palette.font,
      size: 62,
      gap: 6,
      space: 30,
      incrs: () => this.#steps,
      grid: { stroke: () => this.#palette.grid, width: 1 },
      ticks: { show: false },
      values: (_u, splits) => splits.map((v) => tickText(id, v, this.#scale)),
    };
  }

  #drawOver(u: uPlot): void {
    const limit = this.#limit();
    const words = limit === null ? "" : `limit ${quantityText(quantityOf(this.spec.id, limit, this.#scale))}`;
    drawLimit(u, limit, words, this.#palette, devicePixelRatio);
    drawMarkers(u, this.#picture?.markers ?? [], this.#palette, devicePixelRatio);
    const moment = this.#picture?.moment ?? null;
    drawMoment(u, moment, formatClock(moment ?? 0), this.#palette, devicePixelRatio);
  }

  #gaps() {
    const p = this.#picture;
    const [first] = this.#values;
    return p && first ? union([...p.gaps, ...unknownRuns(p.at, first, p.breaks, p.tickMs)]) : [];
  }

  #limit(): number | null {
    return limitOf(this.spec.id, this.#scale);
  }

  #line(series: number): string {
    return this.#palette.lines[series - 1] ?? this.#palette.text;
  }
}

/** Whether a label below a time has room: the picture's edge would cut it off. */
function fits(u: uPlot, at: number, text: string, font: string): boolean {
  const g = u.ctx;
  g.save();
  g.font = font;
  const half = g.measureText(text).width / 2;
  g.restore();
  return u.bbox.width / devicePixelRatio - u.valToPos(at, "x") + PADDING_RIGHT >= half;
}

/** A drag ended: what it covers is the new window, and the cover goes. */
function select(u: uPlot, events: PlotEvents): void {
  const { left, width } = u.select;
  if (width <= 0) return;
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  events.zoom(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
}

/** The positions of values without a neighbour. */
function lonely(values: readonly (number | null)[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const alone = values[i] != null && values[i - 1] == null && values[i + 1] == null;
    if (alone) out.push(i);
  }
  return out;
}

/** The position of the time that is nearest, -1 in an empty list. */
function nearest(at: readonly number[], t: number): number {
  const after = lowerBound(at, t);
  if (after === 0) return at.length === 0 ? -1 : 0;
  const before = after - 1;
  if (after >= at.length) return before;
  return (at[after] ?? 0) - t < t - (at[before] ?? 0) ? after : before;
}
