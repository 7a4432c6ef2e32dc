import type { Action, Container, ContainerState } from "../../../api/types.gen";
import { isLinked } from "../../../store/linked";
import type { LinkPhase } from "../../../transport/link";

/** What stands between the user and any action, whatever the container's state. */
export interface Surroundings {
  /** The link's phase: ConnectionState.phase. */
  readonly phase: LinkPhase;
  readonly role: string | null;
  readonly readOnly: boolean;
  /** Engines that don't answer now, by their id, with their names. */
  readonly unreachable: ReadonlyMap<string, string>;
}

/** Why nothing can be asked for at all, or null. */
export function blockedBy(s: Surroundings, action: Action): string | null {
  if (!isLinked(s.phase)) return "Not connected to Quaywatch: what you see is the last known";
  if (s.readOnly) return "This Quaywatch is read-only: it was started with --read-only";
  if (s.role === "viewer") return "You are signed in as a viewer: actions need the role operator";
  if (action === "remove" && s.role !== null && s.role !== "admin") {
    return "Removing needs the role admin; you are signed in as an operator";
  }
  return null;
}

/** Why an action can't be asked for now, in a sentence without its stop, or null where it can. */
export function reasonNot(c: Container, action: Action, s: Surroundings): string | null {
  const blocked = blockedBy(s, action);
  if (blocked !== null) return blocked;
  const engine = s.unreachable.get(c.engine);
  if (engine !== undefined) return `Docker${engine === "" ? "" : ` on ${engine}`} does not answer now`;
  return stateForbids(c, action);
}

const NOT_RUNNING = "It does not run";
const DEAD = "It is dead: it can only be removed";
const RUNS_ALREADY = "It runs already";

type Forbidden = Partial<Readonly<Record<ContainerState, string>>>;

/** In which states an action makes no sense, and why. */
const FORBIDDEN: Readonly<Record<Action, Forbidden>> = {
  start: { running: RUNS_ALREADY, restarting: RUNS_ALREADY, paused: "It is paused: unpause it", dead: DEAD },
  stop: { created: NOT_RUNNING, exited: NOT_RUNNING, dead: DEAD },
  restart: { dead: DEAD },
  pause: {
    created: NOT_RUNNING,
    exited: NOT_RUNNING,
    restarting: NOT_RUNNING,
    paused: "It is paused already",
    dead: DEAD,
  },
  unpause: {
    created: NOT_RUNNING,
    exited: NOT_RUNNING,
    restarting: NOT_RUNNING,
    running: "It is not paused",
    dead: DEAD,
  },
  kill: { created: NOT_RUNNING, exited: NOT_RUNNING, restarting: NOT_RUNNING, dead: DEAD },
  rename: { dead: DEAD },
  remove: {},
};

function stateForbids(c: Container, action: Action): string | null {
  return c.state === "removing" ? "It is being removed" : (FORBIDDEN[action][c.state] ?? null);
}
