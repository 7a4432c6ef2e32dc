/** Lines as text, to be copied or kept. */
import { stripAnsi } from "./ansi";
import { LINE, type LogBuffer } from "./logBuffer";
import { exactTime } from "./timeText";

export interface ExportOptions {
  readonly times: boolean;
  /** The names of the sources, where there are several. */
  readonly names: readonly string[] | null;
}

/** linesText has one line for each place, without escape sequences. */
export function linesText(buffer: LogBuffer, places: Iterable<number>, options: ExportOptions): string {
  const out: string[] = [];
  for (const place of places) {
    const kind = buffer.kind(place);
    const text = kind > LINE.stderr ? `--- ${buffer.text(place)} ---` : stripAnsi(buffer.text(place));
    const name = options.names?.[buffer.src(place)];
    const at = buffer.at(place);
    out.push(`${options.times && at > 0 ? `${exactTime(at)} ` : ""}${name === undefined ? "" : `${name} | `}${text}`);
  }
  return out.length === 0 ? "" : `${out.join("\n")}\n`;
}
