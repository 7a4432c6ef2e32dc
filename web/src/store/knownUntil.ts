import { isLinked } from "./linked";
import type { Live } from "./live";

/**
 * Until when it is known that an engine's containers are as they are shown, by
 * the server's clock: now, or when the engine or the link was lost. An uptime
 * must not go on growing on trust.
 */
export function knownUntil({ store, clock }: Live, engineId: string): number {
  const { connection, engines } = store.view();
  const now = store.serverNow();
  const engine = engines.find((e) => e.id === engineId);
  if (engine?.state === "unreachable") return Math.min(now, Date.parse(engine.since));
  return isLinked(connection.phase) || connection.lastFrameAt === null
    ? now
    : now - Math.max(0, clock.wall() - connection.lastFrameAt);
}
