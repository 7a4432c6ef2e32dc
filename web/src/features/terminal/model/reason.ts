/** Why there can be no terminal, in a sentence without its stop, or null where there can. */
import type { Container, EngineStatus, ServerStatus } from "../../../api/types.gen";
import { isLinked } from "../../../store/linked";
import type { LinkPhase } from "../../../transport/link";

export interface Surroundings {
  readonly phase: LinkPhase;
  readonly role: string | null;
  readonly server: ServerStatus | null;
  readonly engine: EngineStatus | undefined;
  /** The container is in the engine; what is shown may be the last of it. */
  readonly there: boolean;
}

export function reasonNot(c: Container, s: Surroundings): string | null {
  if (!isLinked(s.phase)) return "Not connected to Quaywatch: a terminal needs the connection";
  return forbidden(s) ?? unable(s) ?? notRunning(c, s.there);
}

/** What an administrator of this Quaywatch has decided. */
function forbidden({ server, role }: Surroundings): string | null {
  if (server?.readOnly) return "This Quaywatch is read-only: it was started with --read-only and opens no terminals";
  if (server && !server.exec) return "Terminals are switched off: this Quaywatch was started with --no-exec";
  if (role === null || role === "admin") return null;
  return `A terminal needs the role admin, and you are signed in as ${role === "operator" ? "an operator" : `a ${role}`}`;
}

function unable({ engine }: Surroundings): string | null {
  if (engine?.demo) return "This is the demo: its containers are made up, and there is nothing to run a command in";
  if (engine && engine.state !== "connected") return "Docker does not answer now";
  return null;
}

function notRunning(c: Container, there: boolean): string | null {
  if (!there) return "The container is gone";
  switch (c.state) {
    case "running":
      return null;
    case "paused":
      return "The container is paused: unpause it, then a terminal can be opened";
    case "restarting":
      return "The container is restarting: a terminal can be opened once it runs";
    default:
      return "The container does not run: start it, then a terminal can be opened";
  }
}
