/** How a session ended, in words. */
import type { ExecExit } from "../../../api/types.gen";
import type { Ended } from "./session";

export interface EndedWords {
  readonly text: string;
  readonly tone: "plain" | "bad";
}

export function endedWords(ended: Ended): EndedWords {
  switch (ended.how) {
    case "exit":
      return exitWords(ended.exit);
    case "refused":
      return { text: stopped(ended.message), tone: "bad" };
    case "lost":
      return {
        text: "The connection was lost, and the session with it. What ran in it is ended, unless Quaywatch itself was killed.",
        tone: "bad",
      };
    case "left":
      return { text: "The session was ended.", tone: "plain" };
  }
}

function exitWords({ code, reason, left }: ExecExit): EndedWords {
  const how = code === null ? "The session ended" : `The session ended with exit code ${code}${meaning(code)}`;
  const why = reason === "" ? "" : ` ${stopped(reason)}`;
  const runsOn = left ? " What it ran may still run in the container: Docker could not be made to end it." : "";
  return { text: `${how}.${why}${runsOn}`, tone: code === 0 && !left ? "plain" : "bad" };
}

/** What shells, and the engine, mean by a code. */
function meaning(code: number): string {
  if (code === 126) return " (the command can’t be run)";
  if (code === 127) return " (there is no such command)";
  return "";
}

/** With its full stop. */
function stopped(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
