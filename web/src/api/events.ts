/** The REST API of what was: events of the past, and what a user keeps on the server. */
import type { ApiClient } from "./client";
import type { Event, Preference } from "./types.gen";

const V1 = "/api/v1";

/** A page of the history, newest first; next is "" or that of the page before. */
export async function pastEvents(
  c: ApiClient,
  params: string,
  next: string,
  limit: number,
): Promise<{ items: readonly Event[]; next: string }> {
  const query = new URLSearchParams(params);
  query.set("limit", String(limit));
  if (next !== "") query.set("next", next);
  const page = await c.ask<{ items: Event[]; next?: string }>("GET", `${V1}/events?${query}`);
  return { items: page.items, next: page.next ?? "" };
}

/** Where all that a search finds can be downloaded. */
export function exportPath(params: string, format: "ndjson" | "csv"): string {
  const query = new URLSearchParams(params);
  query.set("format", format);
  query.set("order", "newest");
  return `${V1}/events/export?${query}`;
}

export async function preferences(c: ApiClient, space: string): Promise<readonly Preference[]> {
  const list = await c.ask<{ items: Preference[] }>("GET", `${V1}/preferences/${space}`);
  return list.items;
}

/** Keeps a value, in the place of the one of that name; answered when it is on the server's disk. */
export function keepPreference(c: ApiClient, space: string, name: string, value: unknown): Promise<Preference> {
  return c.ask("PUT", `${V1}/preferences/${space}/${encodeURIComponent(name)}`, value);
}

export function forgetPreference(c: ApiClient, space: string, name: string): Promise<void> {
  return c.ask("DELETE", `${V1}/preferences/${space}/${encodeURIComponent(name)}`);
}
