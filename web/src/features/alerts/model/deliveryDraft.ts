/** A delivery as it stands in the fields of its dialog, and what is wrong with it. Pure. */
import type { Delivery, DeliveryKind, DeliveryMailServer } from "../../../api/types.gen";
import { type Measure, measureOf, readMeasure } from "./measures";
import { nameProblem } from "./ruleDraft";

export interface DeliveryWords {
  readonly kind: DeliveryKind;
  readonly label: string;
  readonly urlLabel: string;
  readonly urlHint: string;
  readonly placeholder: string;
  /** What its secret is, null where the address is all that is needed. */
  readonly secret: { readonly label: string; readonly hint: string } | null;
}

export const DELIVERY_KINDS: readonly DeliveryWords[] = [
  {
    kind: "webhook",
    label: "Webhook",
    urlLabel: "Address",
    urlHint: "Gets a POST with the alerts as JSON.",
    placeholder: "https://example.com/hooks/quaywatch",
    secret: {
      label: "Secret",
      hint: "Signs each message, so that the receiver knows where it comes from. 16 characters or more; without one it is not signed.",
    },
  },
  {
    kind: "slack",
    label: "Slack",
    urlLabel: "Address of the incoming webhook",
    urlHint: "From the app's page “Incoming Webhooks” in Slack.",
    placeholder: "https://hooks.slack.com/services/…",
    secret: null,
  },
  {
    kind: "discord",
    label: "Discord",
    urlLabel: "Address of the webhook",
    urlHint: "From the channel's settings, “Integrations”, “Webhooks”.",
    placeholder: "https://discord.com/api/webhooks/…",
    secret: null,
  },
  {
    kind: "teams",
    label: "Microsoft Teams",
    urlLabel: "Address of the workflow",
    urlHint: "From the channel's workflow “Post to a channel when a webhook request is received”.",
    placeholder: "https://….logic.azure.com/workflows/…",
    secret: null,
  },
  {
    kind: "ntfy",
    label: "ntfy",
    urlLabel: "Address of the topic",
    urlHint: "The server with the topic behind it.",
    placeholder: "https://ntfy.sh/my-topic",
    secret: { label: "Access token", hint: "Where the topic is protected." },
  },
  {
    kind: "gotify",
    label: "Gotify",
    urlLabel: "Address of the server",
    urlHint: "Without /message behind it.",
    placeholder: "https://gotify.example.com",
    secret: { label: "Application token", hint: "From “Apps” in Gotify." },
  },
  {
    kind: "mail",
    label: "Mail",
    urlLabel: "",
    urlHint: "",
    placeholder: "",
    secret: { label: "Password", hint: "Of the user at the mail server, where it asks for one." },
  },
];

export function wordsOf(kind: DeliveryKind): DeliveryWords {
  const known = DELIVERY_KINDS.find((k) => k.kind === kind) ?? DELIVERY_KINDS[0];
  return { ...(known as DeliveryWords), kind };
}

export type MailTls = "starttls" | "tls" | "none";

export const TLS_WORDS: Readonly<Record<MailTls, string>> = {
  starttls: "STARTTLS (usual, port 587)",
  tls: "TLS from the start (port 465)",
  none: "None (port 25)",
};

const PORTS: Readonly<Record<MailTls, string>> = { starttls: "587", tls: "465", none: "25" };

export interface DeliveryDraft {
  readonly name: string;
  readonly kind: DeliveryKind;
  readonly enabled: boolean;
  readonly url: string;
  /** What was typed; "" leaves what is set. */
  readonly secret: string;
  readonly secretSet: boolean;
  /** Whether what is set shall go. */
  readonly dropSecret: boolean;
  readonly host: string;
  readonly port: string;
  readonly tls: MailTls;
  readonly user: string;
  readonly from: string;
  /** Separated by commas or spaces. */
  readonly to: string;
  readonly minSeverity: Delivery["minSeverity"];
  readonly resolved: boolean;
  readonly group: Measure;
  readonly repeat: Measure;
}

export type DeliveryField = "name" | "url" | "secret" | "host" | "port" | "from" | "to" | "group" | "repeat";
export type DeliveryProblems = Partial<Readonly<Record<DeliveryField, string>>>;

export const NEW_DELIVERY: Delivery = {
  name: "",
  kind: "webhook",
  enabled: true,
  url: "",
  secretSet: false,
  mail: null,
  minSeverity: "warning",
  resolved: true,
  groupSeconds: 10,
  repeatSeconds: 4 * 3_600,
};

export function deliveryDraft(d: Delivery): DeliveryDraft {
  const tls = d.mail && d.mail.tls in TLS_WORDS ? (d.mail.tls as MailTls) : "starttls";
  return {
    name: d.name,
    kind: d.kind,
    enabled: d.enabled,
    url: d.url,
    secret: "",
    secretSet: d.secretSet,
    dropSecret: false,
    host: d.mail?.host ?? "",
    port: d.mail ? String(d.mail.port) : PORTS[tls],
    tls,
    user: d.mail?.user ?? "",
    from: d.mail?.from ?? "",
    to: d.mail?.to.join(", ") ?? "",
    minSeverity: d.minSeverity,
    resolved: d.resolved,
    group: measureOf(d.groupSeconds, "time"),
    repeat: measureOf(d.repeatSeconds, "time"),
  };
}

/** The draft with another kind of encryption; the port goes along where it was the usual one. */
export function withTls(draft: DeliveryDraft, tls: MailTls): DeliveryDraft {
  const usual = draft.port === "" || draft.port === PORTS[draft.tls];
  return { ...draft, tls, port: usual ? PORTS[tls] : draft.port };
}

/** What is sent; null while something is wrong with it. */
export function deliveryOf(draft: DeliveryDraft, problems: DeliveryProblems): Delivery | null {
  if (Object.keys(problems).length > 0) return null;
  const mail = draft.kind === "mail";
  const secret = draft.secret !== "" ? draft.secret : draft.dropSecret ? "" : undefined;
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    enabled: draft.enabled,
    url: mail ? "" : draft.url.trim(),
    ...(secret !== undefined && wordsOf(draft.kind).secret !== null && { secret }),
    secretSet: draft.secretSet,
    mail: mail ? mailOf(draft) : null,
    minSeverity: draft.minSeverity,
    resolved: draft.resolved,
    groupSeconds: readMeasure(draft.group, "time") ?? 0,
    repeatSeconds: readMeasure(draft.repeat, "time") ?? 0,
  };
}

function mailOf(draft: DeliveryDraft): DeliveryMailServer {
  return {
    host: draft.host.trim(),
    port: Number(draft.port),
    tls: draft.tls,
    user: draft.user.trim(),
    from: draft.from.trim(),
    to: addresses(draft.to),
  };
}

function addresses(text: string): string[] {
  return text.split(/[\s,;]+/).filter((a) => a !== "");
}

export function deliveryProblems(draft: DeliveryDraft, taken: ReadonlySet<string>): DeliveryProblems {
  const problems: Partial<Record<DeliveryField, string>> = {};
  const say = (field: DeliveryField, problem: string | null) => {
    if (problem !== null) problems[field] = problem;
  };
  say("name", nameProblem(draft.name.trim(), taken, "delivery"));
  if (draft.kind === "mail") {
    if (draft.host.trim() === "") say("host", "The mail server's name is needed.");
    if (!/^\d+$/.test(draft.port) || Number(draft.port) < 1 || Number(draft.port) > 65_535) {
      say("port", "A port is a number from 1 to 65535.");
    }
    if (!draft.from.includes("@")) say("from", "An address to send from is needed.");
    const to = addresses(draft.to);
    const wrong = to.find((a) => !a.includes("@"));
    if (to.length === 0) say("to", "Who shall get it?");
    else if (wrong !== undefined) say("to", `${wrong} is no address.`);
  } else say("url", urlProblem(draft.url.trim()));
  if (draft.kind === "gotify" && draft.secret === "" && (!draft.secretSet || draft.dropSecret)) {
    say("secret", "Gotify takes no message without a token.");
  }
  for (const field of ["group", "repeat"] as const) {
    if (Number.isNaN(readMeasure(draft[field], "time") ?? 0)) say(field, "This is no number.");
  }
  return problems;
}

function urlProblem(text: string): string | null {
  if (text === "") return "An address is needed.";
  if (!/^https?:\/\/[^\s/]+/.test(text)) return "An address begins with https:// or http://.";
  return null;
}
