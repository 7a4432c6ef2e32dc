import type { ColumnName } from "../../api/columns.gen";
import type { Container } from "../../api/types.gen";
import { isAlive } from "../container/stateView";
import { parseTime } from "../format/time";
import { METRICS, type Metric } from "./fields";
import type { Term } from "./filter";
import { type Figure, readFigure } from "./quantity";
import type { Sight } from "./sight";

const OPERATORS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "=": (a, b) => a === b,
};

type Read = (c: Container, sight: Sight) => number;

const column =
  (name: ColumnName): Read =>
  (c, sight) =>
    sight.metrics.read(c.row, name) ?? Number.NaN;

const sum =
  (a: ColumnName, b: ColumnName): Read =>
  (c, sight) =>
    (sight.metrics.read(c.row, a) ?? Number.NaN) + (sight.metrics.read(c.row, b) ?? Number.NaN);

/** NaN is not known and passes no comparison. What has ended has no load. */
const READERS: Readonly<Record<Metric, Read>> = {
  cpu: (c, sight) => sight.cpuPercent(c),
  mem: column("mem"),
  net: sum("rxRate", "txRate"),
  rx: column("rxRate"),
  tx: column("txRate"),
  disk: sum("readRate", "writeRate"),
  read: column("readRate"),
  write: column("writeRate"),
  pids: column("pids"),
  restarts: (c) => c.restartCount,
  uptime: (c, sight) => sight.now() - parseTime(c.startedAt),
};

const memoryShare: Read = (c, sight) => {
  const used = sight.metrics.read(c.row, "mem") ?? Number.NaN;
  const limit = c.memoryLimitBytes ?? sight.metrics.read(c.row, "memLimit") ?? Number.NaN;
  return (used / limit) * 100;
};

/** A comparison of a metric, or what is wrong with its figure. */
export function metricTerm(metric: Metric, operator: string, figure: string): Term | string {
  const read = readFigure(figure, METRICS[metric]);
  if (typeof read === "string") return read;
  const compare = OPERATORS[operator];
  if (!compare) return "should compare with >, >=, <, <= or =";
  const reader = readerOf(metric, read);
  const live = metric !== "restarts";
  return {
    live,
    test: (c, sight) => (!live || isAlive(c)) && compare(reader(c, sight), read.value),
  };
}

function readerOf(metric: Metric, figure: Figure): Read {
  return figure.ofLimit ? memoryShare : READERS[metric];
}
