import type { ColumnName } from "../../api/columns.gen";
import type { Container } from "../../api/types.gen";
import { type Freshness, freshness } from "../../components/container/freshness";
import { isAlive } from "../../components/container/stateView";
import { uptimeText } from "../../components/container/uptime";
import { formatAgo } from "../../components/format/duration";
import {
  DASH,
  formatBytes,
  formatCentipercent,
  formatRate,
  formatShare,
  type Quantity,
  quantityText,
} from "../../components/format/quantity";
import type { CpuBase } from "../../components/preferences";
import type { MetricsReader } from "../../store/liveStore";
import type { ContainerEntry } from "../../store/state";
import { isGroup, type Line } from "./model/groups";
import { drawTrend, trendColor } from "./trendCanvas";
import type { TrendMetric, Trends } from "./trends";

/** How figures are written: as the settings want them. */
export interface PainterStyle {
  readonly units: "binary" | "decimal";
  readonly cpuBase: CpuBase;
  /** What percents of one core are multiplied by to be percents of the base. */
  cpuScale(c: Container): number;
  /** What a container's percents are of, "" where the head of the column says it for all. */
  cpuWords(c: Container): string;
}

/** What the painter reads beside the metrics themselves. */
export interface PainterClock {
  /** Monotonic milliseconds. */
  now(): number;
  /** How often watched rows are sampled now, in milliseconds. */
  tickMs(): number;
  /** The server's clock, for times that are over: a browser's may be wrong. */
  serverNow(): number;
  /**
   * Until when it is known that an engine's containers run, by the server's
   * clock: now, or when the engine or the link was lost. An uptime must not go
   * on growing on trust.
   */
  knownUntil(engine: string): number;
}

/**
 * A cell that is written by hand: its element, what it shows, and the text nodes
 * it is written to. New text in an old node costs the browser half of what a new
 * node does: no style, no box, and its layout begins where the text differs.
 */
interface PaintedCell {
  el: HTMLElement;
  id: string;
  value: Text | null;
  unit: Text | null;
  share: Text | null;
  empty: boolean;
  /** Null where the title is React's. */
  title: string | null;
  /** Where the cell is a picture. */
  canvas: HTMLCanvasElement | null;
}

interface PaintedRow {
  line: Line;
  cells: PaintedCell[];
  fresh: string;
}

const RATES: Partial<Record<string, ColumnName>> = { rx: "rxRate", tx: "txRate", read: "readRate", write: "writeRate" };
const TRENDS: Partial<Record<string, TrendMetric>> = { cpuTrend: "cpu", memTrend: "mem" };
const NOTHING: Quantity = { value: DASH, unit: "" };

/**
 * Writes the cells that change with every tick straight into the page. React
 * draws their empty elements once and never looks at them again, so that a tick
 * costs text for what is on the screen and nothing else. Writes only what
 * differs from what stands there.
 */
export class Painter {
  private readonly rows = new Map<HTMLElement, PaintedRow>();

  private readonly metrics: MetricsReader;
  private readonly clock: PainterClock;
  private readonly style: PainterStyle;
  private readonly trends: Trends;
  private color = "";

  constructor(metrics: MetricsReader, clock: PainterClock, style: PainterStyle, trends: Trends) {
    this.metrics = metrics;
    this.clock = clock;
    this.style = style;
    this.trends = trends;
  }

  /** Takes over a row's element for a line and paints it at once. */
  bind(el: HTMLElement, line: Line): void {
    const row: PaintedRow = { line, cells: collect(el), fresh: "" };
    this.rows.set(el, row);
    this.paintRow(el, row);
  }

  release(el: HTMLElement): void {
    this.rows.delete(el);
  }

  /** Paints every row it has; called once an animation frame at most. */
  paint(): void {
    this.color = "";
    for (const [el, row] of this.rows) this.paintRow(el, row);
  }

  private paintRow(el: HTMLElement, row: PaintedRow): void {
    if (isGroup(row.line)) {
      const sums = this.sums(row.line.members);
      const cpu = this.style.cpuBase === "limit" ? "Percent of one core" : "";
      for (const cell of row.cells) write(cell, sums[cell.id] ?? NOTHING, "", cell.id === "cpu" ? cpu : "");
      return;
    }
    this.paintContainer(el, row, row.line.container);
  }

  private paintContainer(el: HTMLElement, row: PaintedRow, c: Container): void {
    const alive = isAlive(c);
    const age = this.metrics.age(c.row) ?? Number.NaN;
    const fresh: Freshness = alive && !Number.isNaN(age) ? freshness(age, this.clock.tickMs()) : "fresh";
    if (row.fresh !== fresh) {
      row.fresh = fresh;
      el.dataset.fresh = fresh;
    }
    const old = fresh === "fresh" ? "" : formatAgo(age);
    for (const cell of row.cells) {
      if (cell.id === "uptime") {
        write(
          cell,
          { value: uptimeText(c, this.clock.serverNow(), this.clock.knownUntil(c.engine)), unit: "" },
          "",
          "",
        );
      } else if (cell.id === "age") {
        write(cell, { value: old, unit: "" }, "", "");
      } else if (cell.canvas) {
        this.paintTrend(cell.canvas, cell.id, row.line.key, c);
      } else {
        this.paintMetric(cell, c, alive, fresh, old);
      }
    }
  }

  private paintTrend(canvas: HTMLCanvasElement, id: string, key: string, c: Container): void {
    const metric = TRENDS[id];
    if (!metric) return;
    if (this.color === "") this.color = trendColor();
    if (canvas.dataset.of !== key) canvas.dataset.of = key;
    drawTrend(canvas, this.trends.ring(key, c), metric, this.clock.now(), this.color);
  }

  private paintMetric(cell: PaintedCell, c: Container, alive: boolean, fresh: Freshness, old: string): void {
    const title = old === "" ? "" : `Measured ${old}`;
    if (cell.id === "mem") {
      const used = alive ? this.read(c, "mem") : Number.NaN;
      const limit = c.memoryLimitBytes === null ? Number.NaN : this.read(c, "memLimit");
      write(cell, formatBytes(used, this.style.units), formatShare(used, limit), title || this.memoryTitle(c));
      return;
    }
    // A size is still the last known one after 30 s; a rate then means nothing.
    const known = alive && fresh !== "lost";
    const rate = RATES[cell.id];
    if (!known) write(cell, NOTHING, "", title);
    else if (rate) write(cell, formatRate(this.read(c, rate)), "", title);
    else if (cell.id === "pids") write(cell, formatCount(this.read(c, "pids")), "", title);
    else write(cell, formatCentipercent(this.read(c, "cpu") * this.style.cpuScale(c)), "", title || this.cpuTitle(c));
  }

  private read(c: Container, column: ColumnName): number {
    return this.metrics.read(c.row, column) ?? Number.NaN;
  }

  /** The members' sums of what is known; a rate that is lost is left out. */
  private sums(members: readonly ContainerEntry[]): Partial<Record<string, Quantity>> {
    const tick = this.clock.tickMs();
    const cpu = new Sum();
    const mem = new Sum();
    const rx = new Sum();
    const tx = new Sum();
    for (const { container: c } of members) {
      if (!isAlive(c)) continue;
      mem.add(this.read(c, "mem"));
      if (freshness(this.metrics.age(c.row) ?? Number.NaN, tick) === "lost") continue;
      // Shares of different limits can't be added: those of one core can.
      cpu.add(this.read(c, "cpu") * (this.style.cpuBase === "limit" ? 1 : this.style.cpuScale(c)));
      rx.add(this.read(c, "rxRate"));
      tx.add(this.read(c, "txRate"));
    }
    return {
      cpu: formatCentipercent(cpu.value),
      mem: formatBytes(mem.value, this.style.units),
      rx: formatRate(rx.value),
      tx: formatRate(tx.value),
    };
  }

  private cpuTitle(c: Container): string {
    const words = this.style.cpuWords(c);
    return words === "" ? "" : `Percent ${words}`;
  }

  private memoryTitle(c: Container): string {
    if (c.memoryLimitBytes === null) return "";
    return `Limit ${quantityText(formatBytes(c.memoryLimitBytes, this.style.units))}`;
  }
}

/** A sum of what is known; of nothing known it is not known either. */
class Sum {
  value = Number.NaN;

  add(x: number): void {
    if (!Number.isNaN(x)) this.value = (Number.isNaN(this.value) ? 0 : this.value) + x;
  }
}

function formatCount(n: number): Quantity {
  return Number.isNaN(n) ? NOTHING : { value: String(n), unit: "" };
}

function collect(el: HTMLElement): PaintedCell[] {
  const cells: PaintedCell[] = [];
  for (const cell of el.querySelectorAll<HTMLElement>("[data-live]")) {
    cells.push({
      el: cell,
      id: cell.dataset.live ?? "",
      value: textIn(cell, ".qw-value"),
      unit: textIn(cell, ".qw-unit"),
      share: textIn(cell, ".qw-share"),
      empty: cell.hasAttribute("data-empty"),
      canvas: cell.querySelector("canvas"),
      title: cell.dataset.keepTitle === undefined ? cell.title : null,
    });
  }
  return cells;
}

/** The text of a part of a cell, which React leaves empty and never looks at again. */
function textIn(cell: HTMLElement, part: string): Text | null {
  const el = cell.querySelector(part);
  if (!el) return null;
  const first = el.firstChild;
  return first instanceof Text ? first : el.appendChild(document.createTextNode(""));
}

function write(cell: PaintedCell, q: Quantity, share: string, title: string): void {
  writeText(cell.value, q.value);
  writeText(cell.unit, q.unit);
  writeText(cell.share, share);
  const empty = q.value === DASH;
  if (cell.empty !== empty) {
    cell.empty = empty;
    cell.el.toggleAttribute("data-empty", empty);
  }
  if (cell.title === null || cell.title === title) return;
  cell.title = title;
  if (title === "") cell.el.removeAttribute("title");
  else cell.el.title = title;
}

function writeText(node: Text | null, text: string): void {
  if (node && node.data !== text) node.data = text;
}
