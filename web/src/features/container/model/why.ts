import type { Actor, Event } from "../../../api/types.gen";
import { exitCodeMeaning } from "../../../components/container/exitCode";
import type { EventRow } from "../../../store/state";

/**
 * Who or what made a container change:
 * - you: this page; other: somebody else through Quaywatch
 * - elsewhere: a client of the engine that Quaywatch knows nothing of
 * - own: its own program ended; signal: something that is no client of the engine
 * - oom, health, policy: the kernel, its health check, its restart policy
 * - engine: the engine itself; unknown: nobody told
 */
export type Cause =
  | "you"
  | "other"
  | "elsewhere"
  | "own"
  | "signal"
  | "oom"
  | "health"
  | "policy"
  | "engine"
  | "unknown";

export interface Why {
  readonly cause: Cause;
  readonly text: string;
}

/** What has to be known besides the events. */
export interface WhyFacts {
  /** Of this page: Event.by.client of what was asked here. */
  readonly clientId: string;
  /** "always", "on-failure:3", … as Container.restartPolicy has it. */
  readonly restartPolicy: string;
  /** Whether the engine removes it when it ends (--rm); null where not known. */
  readonly autoRemove: boolean | null;
}

const CLIENT = "a client elsewhere (docker CLI, Compose, …)";

/** How long a signal may take to end a container, when nothing else tells that it did. */
const HEED_MS = 15_000;
/** The kernel's kill is told a moment before the death that it causes. */
const OOM_MS = 10_000;
/** How soon after it has stopped its containers an engine that shuts down is gone. */
const SHUTDOWN_MS = 20_000;
/** What the engine does with a dead --rm container it does at once. */
const REMOVE_MS = 3_000;

/** What has happened since a container was last started. */
interface Life {
  kills: Event[];
  oomAt: number | null;
  unhealthy: boolean;
  died: { at: number; code: number | null; asked: boolean } | null;
  /** When the engine was lost since it was started, and when it was back; null where it was not. */
  engineLost: number | null;
  engineBack: number | null;
  /** Events are missing, or these are the first that are known: what was before can't be told. */
  blind: boolean;
  /** The stop that was told before the end, as Docker tells it from 28 on. */
  stop: Event | null;
}

/**
 * whysOf says for each row of a container's events, oldest first, why it came to
 * be; null where there is nothing to say. It claims no more than the events tell.
 */
export function whysOf(rows: readonly EventRow[], facts: WhyFacts): (Why | null)[] {
  let life: Life = { ...BORN, blind: true };
  return rows.map((row, i) => {
    if (row.kind === "gap") {
      if (row.lost !== 0) life = { ...life, blind: true };
      return null;
    }
    const e = row.event;
    const why = whyOf(rows, i, e, life, facts);
    if (e.kind === "engine") life = engineTold(life, e);
    if (e.kind === "container") life = after(life, e, why);
    return why;
  });
}

const BORN: Life = {
  kills: [],
  oomAt: null,
  unhealthy: false,
  died: null,
  engineLost: null,
  engineBack: null,
  blind: false,
  stop: null,
};

function after(life: Life, e: Event, why: Why | null): Life {
  const at = Date.parse(e.time);
  switch (e.action) {
    case "create":
    case "start":
      return BORN;
    case "kill":
      return { ...life, kills: [...life.kills, e] };
    case "stop":
      return { ...life, stop: e };
    case "oom":
      return { ...life, oomAt: at };
    case "health_status":
      return { ...life, unhealthy: e.detail === "unhealthy" };
    case "die": {
      const asked = why !== null && ["you", "other", "elsewhere"].includes(why.cause);
      // From here on all is heard, until something is missing again.
      return { ...life, died: { at, code: codeOf(e), asked }, blind: false };
    }
    default:
      return life;
  }
}

function engineTold(life: Life, e: Event): Life {
  const at = Date.parse(e.time);
  if (e.action === "unreachable") return { ...life, engineLost: at, engineBack: null };
  return e.action === "connected" ? { ...life, engineBack: at } : life;
}

function whyOf(rows: readonly EventRow[], i: number, e: Event, life: Life, facts: WhyFacts): Why | null {
  if (e.kind !== "container") return null;
  switch (e.action) {
    case "die":
      return whyDied(rows, i, e, life, facts);
    case "start":
      return whyStarted(rows, i, e, life, facts);
    case "destroy":
      return whyRemoved(e, life, facts);
    case "oom":
      return { cause: "oom", text: "Its processes wanted more memory than its limit" };
    case "health_status":
      return healthWhy(e);
    default: {
      const verb = VERBS[e.action];
      if (verb === undefined) return null;
      if (e.by || !e.inferred) {
        const ended = !e.by && (e.action === "kill" || e.action === "stop");
        return (ended ? engineStopped(rows, i, Date.parse(e.time), life) : null) ?? asked(e.by, verb, facts);
      }
      return nobodyTold();
    }
  }
}

/** What only a client of the engine can bring about. */
const VERBS: Readonly<Record<string, string>> = {
  create: "Created",
  stop: "Stopped",
  restart: "Restarted",
  kill: "Sent",
  pause: "Paused",
  unpause: "Resumed",
  rename: "Renamed",
  update: "Changed",
};

function whyDied(rows: readonly EventRow[], i: number, e: Event, life: Life, facts: WhyFacts): Why {
  const at = Date.parse(e.time);
  const code = codeOf(e);
  const kill = life.kills.findLast((k) => heeded(k, at, code));
  const followed = stopOf(rows, i, life);
  const by = e.by ?? kill?.by ?? followed?.by;
  const verb = followed || following(rows, i, ["restart"], ["die"]) ? "Stopped" : "Killed";
  if (by) return asked(by, verb, facts);
  const stopped = kill || followed ? engineStopped(rows, i, at, life) : null;
  if (stopped) return stopped;
  if (life.oomAt !== null && at - life.oomAt < OOM_MS) {
    return { cause: "oom", text: "The kernel killed it: out of memory" };
  }
  if (kill || followed) {
    const signals = life.kills.map((k) => signalName(k)).filter((s) => s !== "");
    const sent = signals.length > 0 ? `, with ${signals.join(", then ")}` : "";
    const sick = life.unhealthy ? "; it was unhealthy" : "";
    return { cause: "elsewhere", text: `${verb} by ${CLIENT}${sent}${sick}` };
  }
  if (e.inferred) return life.engineLost === null ? nobodyTold() : endedMeanwhile();
  if (life.blind || awayBefore(life, at)) {
    return { cause: "unknown", text: "Not known: what was before it was not heard" };
  }
  return ownEnd(code);
}

/** It ended, and nobody had asked the engine for it. */
function ownEnd(code: number | null): Why {
  if (code === null) return { cause: "own", text: "It ended by itself; its exit code is not known" };
  if (code > 128 && code !== 255) {
    const text = `Nobody asked the engine for it: ${exitCodeMeaning(code)}, sent from within or by the host`;
    return { cause: "signal", text };
  }
  return { cause: "own", text: `It ended by itself: exit code ${code}, ${exitCodeMeaning(code)}` };
}

function whyStarted(rows: readonly EventRow[], i: number, e: Event, life: Life, facts: WhyFacts): Why {
  const restart = following(rows, i, ["restart"], ["start", "die"]);
  const by = e.by ?? restart?.by;
  if (by) return asked(by, restart ? "Restarted" : "Started", facts);
  if (restart) return { cause: "elsewhere", text: `Restarted by ${CLIENT}` };
  if (e.inferred) return nobodyTold();
  const { died, engineLost } = life;
  if (engineLost !== null && died && outlives(facts, died.asked)) {
    if (!whileAway(life, Date.parse(e.time))) return startedUnheard();
    const text = `Its restart policy “${policyName(facts)}” started it as the engine came up again`;
    return { cause: "engine", text };
  }
  if (life.blind && policyName(facts) !== "no") return startedUnheard();
  if (died && !died.asked && policyRestarts(facts.restartPolicy, died.code)) {
    if (engineLost !== null) return startedUnheard();
    const exit = died.code === null ? "it ended" : `exit ${died.code}`;
    return { cause: "policy", text: `Its restart policy “${policyName(facts)}” started it again after ${exit}` };
  }
  return { cause: "elsewhere", text: `Started by ${CLIENT}` };
}

function whyRemoved(e: Event, life: Life, facts: WhyFacts): Why {
  if (e.by) return asked(e.by, "Removed", facts);
  if (e.inferred && facts.autoRemove !== false) {
    return { cause: "unknown", text: `Not known: ${CLIENT}, or the engine as it had ended (--rm)` };
  }
  if (e.inferred) return nobodyTold();
  if (facts.autoRemove === true) return { cause: "engine", text: "The engine removed it when it ended (--rm)" };
  const soon = life.died !== null && Date.parse(e.time) - life.died.at < REMOVE_MS && !life.died.asked;
  if (facts.autoRemove === null && soon) {
    return { cause: "unknown", text: `Not known: ${CLIENT}, or the engine as it had ended (--rm)` };
  }
  return { cause: "elsewhere", text: `Removed by ${CLIENT}` };
}

function healthWhy(e: Event): Why | null {
  if (e.detail === "healthy") return { cause: "health", text: "Its health check passed" };
  if (e.detail === "unhealthy") return { cause: "health", text: "Its health check failed too often in a row" };
  return null;
}

function asked(by: Actor | undefined, verb: string, facts: WhyFacts): Why {
  if (!by) return { cause: "elsewhere", text: `${verb} by ${CLIENT}` };
  if (by.client !== "" && by.client === facts.clientId) return { cause: "you", text: `${verb} by you, here` };
  return { cause: "other", text: `${verb} by ${by.name || "somebody"} through Quaywatch` };
}

/** Whether the engine was gone just after: one that is shut down stops its containers first. */
function goneSoon(rows: readonly EventRow[], i: number, at: number): boolean {
  for (const row of rows.slice(i + 1, i + 12)) {
    if (row.kind === "gap") return false;
    const { kind, action, time } = row.event;
    if (kind === "engine" && action === "unreachable") return Date.parse(time) - at < SHUTDOWN_MS;
    if (kind === "container" && action === "start") return false;
  }
  return false;
}

/** It was the engine that stopped it, for reasons of its own; null where that is not so, or not known. */
function engineStopped(rows: readonly EventRow[], i: number, at: number, life: Life): Why | null {
  if (goneSoon(rows, i, at)) {
    return { cause: "engine", text: "Stopped with the engine, which was shut down or started anew" };
  }
  // What had outlived a crash of it is stopped as it comes up, before it answers anybody.
  if (!whileAway(life, at)) return null;
  return { cause: "engine", text: "Stopped by the engine as it came up again" };
}

/** Whether the engine answered nobody then: what it did was its own doing. */
function whileAway({ engineLost, engineBack }: Life, at: number): boolean {
  return engineLost !== null && at >= engineLost && (engineBack === null || at <= engineBack);
}

/** Whether the engine was away so shortly before that what was asked of it may be what ended the container now. */
function awayBefore({ engineLost, engineBack }: Life, at: number): boolean {
  return engineLost !== null && at >= engineLost && (engineBack === null || at < engineBack + HEED_MS);
}

function startedUnheard(): Why {
  return { cause: "unknown", text: `Not known: ${CLIENT}, its restart policy, or the engine as it came up` };
}

function endedMeanwhile(): Why {
  return {
    cause: "unknown",
    text: "Not known: it ended while the engine was away, which was shut down, started anew, or out of reach",
  };
}

function nobodyTold(): Why {
  return {
    cause: "unknown",
    text: "Nobody told: found by looking, after the engine or its event stream had been away",
  };
}

/** Whether a signal that was sent is what ended it. */
function heeded(kill: Event, at: number, code: number | null): boolean {
  const signal = Number(kill.attributes["signal"]);
  const sent = at - Date.parse(kill.time);
  if (sent < -1_000) return false;
  // The exit code names the signal: that says more than the time between.
  if (code !== null && code === 128 + signal) return true;
  return sent < HEED_MS && signal !== 1 && signal !== 28;
}

/** The stop that brought an end about: told after it, or just before. */
function stopOf(rows: readonly EventRow[], i: number, life: Life): Event | null {
  return following(rows, i, ["stop", "restart"], ["start", "die"]) ?? life.stop;
}

/** The next event of these actions, before one of those that begin something else. */
function following(
  rows: readonly EventRow[],
  i: number,
  actions: readonly string[],
  until: readonly string[],
): Event | undefined {
  for (const row of rows.slice(i + 1, i + 12)) {
    if (row.kind === "gap") return undefined;
    if (row.event.kind !== "container") continue;
    if (actions.includes(row.event.action)) return row.event;
    if (until.includes(row.event.action)) return undefined;
  }
  return undefined;
}

function policyRestarts(policy: string, code: number | null): boolean {
  const name = policy.split(":")[0];
  if (name === "always" || name === "unless-stopped") return true;
  return name === "on-failure" && code !== 0;
}

/** Whether the engine starts it when it comes up itself. */
function outlives(facts: WhyFacts, asked: boolean): boolean {
  const name = policyName(facts);
  return name === "always" || (name === "unless-stopped" && !asked);
}

function policyName({ restartPolicy }: WhyFacts): string {
  return restartPolicy.split(":")[0] || "no";
}

function codeOf(e: Event): number | null {
  const text = e.attributes["exitCode"];
  return text === undefined || text === "" ? null : Number(text);
}

const SIGNALS: Readonly<Record<string, string>> = {
  "1": "SIGHUP",
  "2": "SIGINT",
  "3": "SIGQUIT",
  "9": "SIGKILL",
  "15": "SIGTERM",
};

function signalName(kill: Event): string {
  const signal = kill.attributes["signal"] ?? "";
  return SIGNALS[signal] ?? (signal === "" ? "" : `signal ${signal}`);
}
