/**
 * Commands: what the palette (Ctrl/⌘ K) can do on what is on screen. A leaf:
 * whoever is on screen offers them, the palette lists them.
 */
import { type ComponentType, useEffect, useRef } from "react";

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

/** Makes the commands when the palette is opened, not before. */
export type CommandSource = () => readonly Command[];

const sources = new Set<{ current: CommandSource }>();

/** Offers commands for as long as the component is there. */
export function useCommands(source: CommandSource): void {
  const holder = useRef(source);
  useEffect(() => {
    holder.current = source;
  });
  useEffect(() => {
    sources.add(holder);
    return () => {
      sources.delete(holder);
    };
  }, []);
}

export function allCommands(): readonly Command[] {
  return [...sources].flatMap((s) => s.current());
}
