/** Commands: what the palette (Ctrl/⌘ K) can do. */
import type { ComponentType } from "react";

export interface Command {
  readonly id: string;
  /** "Stop shop-web-1", "Go to settings". */
  readonly title: string;
  /** Where it stands: "Containers", "Actions", "Pages", "Settings". */
  readonly group: string;
  /** Other words to find it by. */
  readonly words?: string;
  /** The keys that do the same, as in keys.ts. */
  readonly keys?: string;
  readonly icon?: ComponentType<{ size?: number }>;
  run(): void;
}
