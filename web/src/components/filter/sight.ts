import type { ColumnName } from "../../api/columns.gen";
import type { Container } from "../../api/types.gen";

/** What a filter looks at beside the container. */
export interface Sight {
  /** A cell of a container's row in its column's unit, null where it is not known. */
  readonly metrics: { read(row: number, column: ColumnName): number | null };
  /** The server's clock, Unix milliseconds. */
  now(): number;
  /** CPU in percent of what the table shows it of; NaN is not known. */
  cpuPercent(c: Container): number;
  /** An engine's name by its id. */
  engineName(id: string): string;
}
