import type { Action, Container } from "../../../api/types.gen";

/**
 * Whether what the engine says of a container now shows that an action on it
 * has had its effect: by what is different from before, never by what was hoped
 * for. now is undefined when the container is gone.
 */
export function settled(action: Action, before: Container, now: Container | undefined): boolean {
  if (now === undefined) return true;
  const ranAgain = now.startedAt !== before.startedAt;
  const ended = now.finishedAt !== before.finishedAt;
  switch (action) {
    case "start":
      return ranAgain || now.state === "running";
    case "restart":
      return ranAgain && now.state !== "restarting";
    // A restart policy may have started it again before anybody saw it ended.
    case "stop":
    case "kill":
      return ended || ranAgain || now.state === "exited" || now.state === "dead" || now.state === "created";
    case "pause":
      return now.state !== "running";
    case "unpause":
      return now.state !== "paused";
    case "rename":
      return now.name !== before.name;
    case "remove":
      return false;
  }
}

/**
 * Whether a job's action on a container has had its effect before the page
 * heard that it was begun. before is the container as the job came to be known,
 * undefined where the job had begun it by then: its own times tell more or less.
 */
export function hadEffect(action: Action, before: Container | undefined, now: Container, since: string): boolean {
  const alive = now.state === "running" || now.state === "paused";
  // It may have ended and come back by itself while it waited.
  if ((action === "stop" || action === "kill") && alive) return false;
  if (before !== undefined) return now !== before && settled(action, before, now);
  switch (action) {
    case "start":
    case "restart":
      return isSince(now.startedAt, since);
    case "stop":
    case "kill":
      return isSince(now.finishedAt, since);
    case "pause":
      return now.state === "paused";
    case "unpause":
      return now.state === "running";
    default:
      return false;
  }
}

function isSince(at: string | null, since: string): boolean {
  return at !== null && Date.parse(at) >= Date.parse(since);
}
