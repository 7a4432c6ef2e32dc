import type { Event } from "../../../api/types.gen";

/** The key of the container that an event is about, or that it happened with; null for none. */
export function aboutOf(e: Event): string | null {
  const id = e.kind === "container" || e.kind === "state" ? e.id : (e.attributes["container"] ?? "");
  return id === "" ? null : `${e.engine}/${id}`;
}
