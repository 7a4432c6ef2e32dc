import type { Container } from "../../../api/types.gen";
import type { MetricsReader } from "../../../store/liveStore";

/** What a filter looks at beside the container. */
export interface Sight {
  readonly metrics: Pick<MetricsReader, "read">;
  /** The server's clock, Unix milliseconds. */
  now(): number;
  /** CPU in percent of what the table shows it of; NaN is not known. */
  cpuPercent(c: Container): number;
  /** An engine's name by its id. */
  engineName(id: string): string;
}
