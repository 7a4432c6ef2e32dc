/** The REST API of alerts, of their rules and of where they are told. */
import type { ApiClient } from "./client";
import type {
  Alert,
  AlertPreview,
  AlertPreviewRequest,
  AlertRule,
  AlertRuleStatus,
  AlertRules,
  AlertState,
  Delivery,
  DeliveryAttempt,
  DeliveryStatus,
} from "./types.gen";

const V1 = "/api/v1";

/** A page of a list that is read from its newest; `next` is what leads on, "" at the end. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: string;
}

/** Which alerts of the past are wanted; "" is any. */
export interface AlertQuery {
  readonly state: AlertState | "";
  readonly rule: string;
  /** A container's id or name. */
  readonly container: string;
}

export const PAGE_SIZE = 50;

async function page<T>(
  c: ApiClient,
  path: string,
  query: Record<string, string>,
  before: string,
): Promise<ListPage<T>> {
  const search = new URLSearchParams({ limit: String(PAGE_SIZE) });
  for (const [name, value] of Object.entries(query)) if (value !== "") search.set(name, value);
  if (before !== "") search.set("before", before);
  const answer = await c.ask<{ items: T[] | null; next?: string | number | null }>("GET", `${V1}/${path}?${search}`);
  return { items: answer.items ?? [], next: answer.next ? String(answer.next) : "" };
}

export function alertHistory(c: ApiClient, query: AlertQuery, before: string): Promise<ListPage<Alert>> {
  return page(c, "alerts", { ...query }, before);
}

function alertPath(id: string, what: "acknowledgement" | "snooze"): string {
  return `${V1}/alerts/${encodeURIComponent(id)}/${what}`;
}

export function acknowledge(c: ApiClient, id: string, note: string): Promise<unknown> {
  return c.ask("PUT", alertPath(id, "acknowledgement"), { note });
}

export function unacknowledge(c: ApiClient, id: string): Promise<unknown> {
  return c.ask("DELETE", alertPath(id, "acknowledgement"));
}

export function snooze(c: ApiClient, id: string, seconds: number): Promise<unknown> {
  return c.ask("PUT", alertPath(id, "snooze"), { seconds });
}

export function unsnooze(c: ApiClient, id: string): Promise<unknown> {
  return c.ask("DELETE", alertPath(id, "snooze"));
}

export function alertRules(c: ApiClient): Promise<AlertRules> {
  return c.ask("GET", `${V1}/alert-rules`);
}

function rulePath(name: string): string {
  return `${V1}/alert-rules/${encodeURIComponent(name)}`;
}

export function putRule(c: ApiClient, rule: AlertRule): Promise<AlertRuleStatus> {
  return c.ask("PUT", rulePath(rule.name), rule);
}

/** Removes a rule; a built-in one is as it came then. */
export function deleteRule(c: ApiClient, name: string): Promise<unknown> {
  return c.ask("DELETE", rulePath(name));
}

export function previewRule(c: ApiClient, request: AlertPreviewRequest): Promise<AlertPreview> {
  return c.ask("POST", `${V1}/alert-rules/preview`, request);
}

export function deliveries(c: ApiClient): Promise<{ items: DeliveryStatus[] }> {
  return c.ask("GET", `${V1}/deliveries`);
}

function deliveryPath(name: string): string {
  return `${V1}/deliveries/${encodeURIComponent(name)}`;
}

export function putDelivery(c: ApiClient, delivery: Delivery): Promise<unknown> {
  return c.ask("PUT", deliveryPath(delivery.name), delivery);
}

export function deleteDelivery(c: ApiClient, name: string): Promise<unknown> {
  return c.ask("DELETE", deliveryPath(name));
}

/** Sends a message now, and tells what became of it. */
export function testDelivery(c: ApiClient, name: string): Promise<DeliveryAttempt> {
  return c.ask("POST", `${deliveryPath(name)}/test`);
}

export function deliveryLog(c: ApiClient, before: string): Promise<ListPage<DeliveryAttempt>> {
  return page(c, "deliveries/log", {}, before);
}
