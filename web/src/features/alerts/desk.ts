/**
 * The desk where alerts, rules and deliveries are asked to be changed: one for a
 * page's live data, without React. It holds which dialog is open, what is under
 * way, and the lists of which the stream only says that they changed. What becomes of an alert is the
 * stream's word alone.
 */
import {
  acknowledge,
  alertRules,
  deleteDelivery,
  deleteRule,
  deliveries,
  putDelivery,
  putRule,
  snooze,
  unacknowledge,
  unsnooze,
} from "../../api/alerts";
import { ApiError } from "../../api/client";
import { DetailReader } from "../../api/reader";
import type { Alert, AlertRule, AlertRules, Delivery, DeliveryStatus } from "../../api/types.gen";
import { announce } from "../../components/Announcer";
import { notify } from "../../components/notice";
import type { Live } from "../../store/live";
import { alertKey } from "./model/active";
import { counted } from "./model/words";

/** The dialog that is open. */
export type Question =
  | { readonly kind: "acknowledge"; readonly alerts: readonly Alert[] }
  | { readonly kind: "snooze"; readonly alerts: readonly Alert[] }
  | { readonly kind: "rule"; readonly rule: AlertRule; readonly made: boolean }
  | { readonly kind: "removeRule"; readonly rule: AlertRule }
  | { readonly kind: "delivery"; readonly delivery: Delivery; readonly made: boolean }
  | { readonly kind: "removeDelivery"; readonly delivery: Delivery };

/** Something that is asked of the server for each of several alerts. */
interface Deed {
  /** "Acknowledging…" */
  readonly doing: string;
  /** "acknowledged" */
  readonly done: string;
  /** "acknowledge" */
  readonly verb: string;
  ask(id: string): Promise<unknown>;
}

/** So many requests are under way at once. */
const AT_ONCE = 6;
const TOLD_FAILURES = 3;

export class AlertDesk {
  readonly rules: DetailReader<AlertRules>;
  readonly deliveries: DetailReader<{ items: DeliveryStatus[] }>;
  readonly #client: Live["client"];
  readonly #listeners = new Set<() => void>();
  #question: Question | null = null;
  #pending: ReadonlyMap<string, string> = new Map();

  constructor({ client }: Pick<Live, "client">) {
    this.#client = client;
    this.rules = new DetailReader(() => alertRules(client));
    this.deliveries = new DetailReader(() => deliveries(client));
  }

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  readonly question = (): Question | null => this.#question;

  /** What is asked of the server now, by the alert's key: "Acknowledging…". */
  readonly pending = (): ReadonlyMap<string, string> => this.#pending;

  ask(question: Question | null): void {
    this.#question = question;
    this.#tell();
  }

  acknowledge(alerts: readonly Alert[], note: string): Promise<void> {
    const ask = (id: string) => acknowledge(this.#client, id, note);
    return this.#all(alerts, { doing: "Acknowledging…", done: "acknowledged", verb: "acknowledge", ask });
  }

  unacknowledge(alerts: readonly Alert[]): Promise<void> {
    const ask = (id: string) => unacknowledge(this.#client, id);
    return this.#all(alerts, { doing: "Undoing…", done: "not acknowledged any more", verb: "take back", ask });
  }

  snooze(alerts: readonly Alert[], seconds: number): Promise<void> {
    const ask = (id: string) => snooze(this.#client, id, seconds);
    return this.#all(alerts, { doing: "Snoozing…", done: "snoozed", verb: "snooze", ask });
  }

  unsnooze(alerts: readonly Alert[]): Promise<void> {
    const ask = (id: string) => unsnooze(this.#client, id);
    return this.#all(alerts, { doing: "Waking…", done: "awake", verb: "wake", ask });
  }

  /** Puts a rule in force, new or changed. */
  async saveRule(rule: AlertRule): Promise<void> {
    await putRule(this.#client, rule);
    announce(`Rule ${rule.name} saved`);
    await this.rules.refresh();
  }

  /** Removes a rule; a built-in one is as it came then. */
  async removeRule(rule: AlertRule): Promise<void> {
    await deleteRule(this.#client, rule.name);
    announce(rule.source === "builtin" ? `Rule ${rule.name} is as it came` : `Rule ${rule.name} removed`);
    await this.rules.refresh();
  }

  /** Switches a rule on or off; tells why where that could not be. */
  async switchRule(rule: AlertRule, enabled: boolean): Promise<void> {
    await this.#told(`Could not switch ${rule.name} ${enabled ? "on" : "off"}`, () =>
      this.saveRule({ ...rule, enabled }),
    );
  }

  async saveDelivery(delivery: Delivery): Promise<void> {
    await putDelivery(this.#client, delivery);
    announce(`Delivery ${delivery.name} saved`);
    await this.deliveries.refresh();
  }

  async removeDelivery(delivery: Delivery): Promise<void> {
    await deleteDelivery(this.#client, delivery.name);
    announce(`Delivery ${delivery.name} removed`);
    await this.deliveries.refresh();
  }

  async switchDelivery(delivery: Delivery, enabled: boolean): Promise<void> {
    const title = `Could not switch ${delivery.name} ${enabled ? "on" : "off"}`;
    await this.#told(title, () => this.saveDelivery({ ...delivery, enabled }));
  }

  async #told(title: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (err) {
      const text = err instanceof ApiError ? err.message : "The page could not ask for it.";
      notify({ key: title, tone: "bad", title, text });
    }
  }

  async #all(alerts: readonly Alert[], deed: Deed): Promise<void> {
    this.#mark(alerts, deed.doing);
    const failed: { alert: Alert; message: string }[] = [];
    const left = [...alerts];
    const work = async () => {
      for (let alert = left.shift(); alert !== undefined; alert = left.shift()) {
        try {
          await deed.ask(alert.id);
        } catch (err) {
          failed.push({ alert, message: err instanceof ApiError ? err.message : "The page could not ask for it." });
        }
        this.#mark([alert], null);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, alerts.length) }, work));
    const well = alerts.length - failed.length;
    if (well > 0) announce(`${counted(well, "alert")} ${deed.done}`);
    if (failed.length === 0) return;
    const lines = failed.slice(0, TOLD_FAILURES).map((f) => `${f.alert.summary} ${f.message}`);
    if (failed.length > TOLD_FAILURES) lines.push(`and ${failed.length - TOLD_FAILURES} more`);
    const again = failed.map((f) => f.alert);
    notify({
      key: `alerts ${deed.verb}`,
      tone: "bad",
      title: `Could not ${deed.verb} ${counted(failed.length, "alert")}`,
      text: lines.join("\n"),
      action: { label: "Retry", run: () => void this.#all(again, deed) },
    });
  }

  #mark(alerts: readonly Alert[], word: string | null): void {
    const next = new Map(this.#pending);
    for (const alert of alerts) {
      if (word === null) next.delete(alertKey(alert));
      else next.set(alertKey(alert), word);
    }
    this.#pending = next;
    this.#tell();
  }

  #tell(): void {
    for (const fn of [...this.#listeners]) fn();
  }
}

const desks = new WeakMap<Live, AlertDesk>();

/** The desk of a page's live data, made when it is first wanted. */
export function alertDeskOf(live: Live): AlertDesk {
  let desk = desks.get(live);
  if (desk === undefined) {
    desk = new AlertDesk(live);
    desks.set(live, desk);
  }
  return desk;
}
