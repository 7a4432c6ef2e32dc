import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { persist } from "../lib/persist";

/** A part of the page that could not be fetched: the server has others since it was updated, or is out of reach. */
export class ChunkError extends Error {
  override readonly name = "ChunkError";
}

/** lazy() whose failure to load is told apart from a failure of what was loaded. */
export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => {
    try {
      return { default: await persist(load) };
    } catch (cause) {
      throw new ChunkError("A part of this page could not be loaded.", { cause });
    }
  });
}
