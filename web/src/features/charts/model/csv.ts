import { CHARTED, type Charted, type History } from "./history";

/** Columns of the file: their names say the units. Percentages are of one core, whatever the picture is of. */
const HEADS: Record<Charted, string> = {
  cpu: "cpu_percent_of_one_core",
  mem: "memory_bytes",
  memLimit: "memory_limit_bytes",
  swap: "swap_bytes",
  rxRate: "network_received_bytes_per_second",
  txRate: "network_sent_bytes_per_second",
  readRate: "block_read_bytes_per_second",
  writeRate: "block_written_bytes_per_second",
  pids: "processes_and_threads",
  throttled: "cpu_throttled_percent",
  psiCpu: "pressure_cpu_percent",
  psiMem: "pressure_memory_percent",
  psiIo: "pressure_io_percent",
};

const PERCENT = new Set<Charted>(["cpu", "throttled", "psiCpu", "psiMem", "psiIo"]);

/** The samples from one time to another as CSV (RFC 4180). What is not known is an empty field. */
export function csvOf(history: History, from: number, to: number): string {
  const known = CHARTED.filter((name) => history.knows(name));
  const lines = [["time", ...known.map((name) => HEADS[name])].join(",")];
  for (let i = 0; i < history.at.length; i++) {
    const at = history.at[i] ?? 0;
    if (at < from || at > to) continue;
    const cells = known.map((name) => cell(name, history.cols[name][i] ?? null));
    lines.push([new Date(at).toISOString(), ...cells].join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function cell(name: Charted, value: number | null): string {
  if (value === null) return "";
  return String(PERCENT.has(name) ? Number((value / 100).toFixed(2)) : value);
}
