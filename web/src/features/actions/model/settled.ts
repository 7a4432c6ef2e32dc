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
