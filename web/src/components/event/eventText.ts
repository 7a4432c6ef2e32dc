import type { Event } from "../../api/types.gen";

/** What the feed can be narrowed to. "exec" is apart: health checks would drown the rest. */
export const KINDS = ["container", "exec", "image", "network", "volume", "other"] as const;
export type Kind = (typeof KINDS)[number];

export type EventTone = "good" | "bad" | "warn" | "plain";

export type EventIcon =
  | "start"
  | "stop"
  | "fail"
  | "pause"
  | "remove"
  | "create"
  | "health"
  | "exec"
  | "rename"
  | "link"
  | "image"
  | "volume"
  | "other";

export interface EventView {
  /** What happened, as a verb phrase that follows the name. */
  words: string;
  icon: EventIcon;
  tone: EventTone;
}

export function kindOf(e: Event): Kind {
  if (e.kind === "container") return e.action.startsWith("exec_") ? "exec" : "container";
  return KINDS.find((k) => k === e.kind) ?? "other";
}

const PLAIN: Record<string, [words: string, icon: EventIcon, tone?: EventTone]> = {
  "container create": ["created", "create"],
  "container start": ["started", "start", "good"],
  "container stop": ["stopped", "stop"],
  "container restart": ["restarted", "start", "good"],
  "container pause": ["paused", "pause", "warn"],
  "container unpause": ["resumed", "start", "good"],
  "container destroy": ["removed", "remove"],
  "container oom": ["ran out of memory", "fail", "bad"],
  "container attach": ["attached to", "link"],
  "container detach": ["detached from", "link"],
  "container update": ["limits changed", "other"],
  "container resize": ["terminal resized", "other"],
  "container top": ["processes listed", "other"],
  "container copy": ["files copied", "other"],
  "container archive-path": ["files copied out", "other"],
  "container extract-to-dir": ["files copied in", "other"],
  "container commit": ["saved as an image", "image"],
  "container export": ["exported", "other"],
  "container prune": ["stopped containers pruned", "remove"],
  "image pull": ["pulled", "image"],
  "image push": ["pushed", "image"],
  "image tag": ["tagged", "image"],
  "image untag": ["untagged", "image"],
  "image delete": ["deleted", "remove"],
  "image import": ["imported", "image"],
  "image load": ["loaded", "image"],
  "image create": ["added", "image"],
  "image save": ["saved", "image"],
  "image prune": ["unused images pruned", "remove"],
  "network create": ["created", "create"],
  "network destroy": ["removed", "remove"],
  "network remove": ["removed", "remove"],
  "network connect": ["connected a container", "link"],
  "network disconnect": ["disconnected a container", "link"],
  "network prune": ["unused networks pruned", "remove"],
  "volume create": ["created", "create"],
  "volume mount": ["mounted", "volume"],
  "volume unmount": ["unmounted", "volume"],
  "volume destroy": ["removed", "remove"],
  "volume prune": ["unused volumes pruned", "remove"],
  "engine unreachable": ["became unreachable", "fail", "bad"],
  "engine connected": ["answers again", "start", "good"],
  "engine gap": ["was not listened to", "link", "warn"],
  "history lost": ["events were lost", "fail", "warn"],
  "history set-aside": ["history begun anew", "volume", "warn"],
  "history resumed": ["history goes on", "volume", "good"],
  "daemon reload": ["configuration reloaded", "other"],
};

/** An event in words. What is not known is shown as the engine named it. */
export function eventView(e: Event): EventView {
  const special = specialView(e);
  if (special) return special;
  const plain = PLAIN[`${e.kind} ${e.action}`];
  if (plain) return { words: plain[0], icon: plain[1], tone: plain[2] ?? "plain" };
  return { words: e.action.replaceAll(/[_-]/g, " "), icon: "other", tone: "plain" };
}

function specialView(e: Event): EventView | null {
  if (e.kind !== "container") return ownView(e) ?? aboutView(e);
  switch (e.action) {
    case "die":
      return dieView(e.attributes["exitCode"]);
    case "kill": {
      const signal = e.attributes["signal"];
      return { words: signal ? `was sent ${signalName(signal)}` : "was killed", icon: "stop", tone: "warn" };
    }
    case "rename": {
      const old = e.attributes["oldName"]?.replace(/^\//, "");
      return { words: old ? `renamed, was ${old}` : "renamed", icon: "rename", tone: "plain" };
    }
    case "health_status":
      return { words: `became ${e.detail || "checked"}`, icon: "health", tone: HEALTH_TONES[e.detail] ?? "plain" };
    case "exec_create":
    case "exec_start":
    case "exec_die":
      return { words: execWords(EXEC_WORDS[e.action], e.detail), icon: "exec", tone: "plain" };
    default:
      return null;
  }
}

/** What only the history tells: what was asked of Quaywatch, its jobs, and states. */
function ownView({ kind, action, detail }: Event): EventView | null {
  if (kind === "state") return { words: `${detail || "not there"} → ${action}`, icon: "other", tone: "plain" };
  if (kind !== "audit" && kind !== "job") return null;
  const failed = detail === "failed";
  return {
    words: `${action === "exec" ? "terminal" : action}: ${detail}`,
    icon: failed ? "fail" : "other",
    tone: failed ? "bad" : "plain",
  };
}

const ABOUT: Record<string, [words: (name: string) => string, icon: EventIcon]> = {
  "network connect": [(name) => `connected ${name}`, "link"],
  "network disconnect": [(name) => `disconnected ${name}`, "link"],
  "volume mount": [(name) => `mounted in ${name}`, "volume"],
  "volume unmount": [(name) => `unmounted from ${name}`, "volume"],
};

/** What happened between something and a container, where its name is known. */
function aboutView(e: Event): EventView | null {
  const about = ABOUT[`${e.kind} ${e.action}`];
  const name = e.attributes["containerName"];
  return about && name ? { words: about[0](name), icon: about[1], tone: "plain" } : null;
}

const HEALTH_TONES: Record<string, EventTone> = { healthy: "good", unhealthy: "bad" };
const EXEC_WORDS = { exec_create: "prepared", exec_start: "ran", exec_die: "ended" } as const;
const CLEAN_EXITS = new Set(["0", "130", "143"]);

function dieView(code: string | undefined): EventView {
  if (code === undefined) return { words: "exited", icon: "stop", tone: "plain" };
  const clean = CLEAN_EXITS.has(code);
  return { words: `exited with ${code}`, icon: clean ? "stop" : "fail", tone: clean ? "plain" : "bad" };
}

function execWords(verb: string, command: string): string {
  return command === "" ? `command ${verb}` : `${verb} ${command}`;
}

const SIGNALS: Record<string, string> = {
  "1": "SIGHUP",
  "2": "SIGINT",
  "3": "SIGQUIT",
  "9": "SIGKILL",
  "15": "SIGTERM",
};

function signalName(signal: string): string {
  return SIGNALS[signal] ?? (/^\d+$/.test(signal) ? `signal ${signal}` : signal);
}

/** The name of what it happened to; ids and digests are cut to where they tell apart. */
export function subjectOf(e: Event): string {
  const name = e.name || e.id;
  const digest = /^(?:sha256:)?([0-9a-f]{64})$/.exec(name)?.[1];
  return digest ? digest.slice(0, 12) : name;
}
