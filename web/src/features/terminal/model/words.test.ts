import { describe, expect, test } from "vitest";
import type { ContainerState, EngineStatus } from "../../../api/types.gen";
import { container, engine, server } from "../../../testing/samples";
import { optionsOf, PLAIN, splitCommand } from "./options";
import { reasonNot, type Surroundings } from "./reason";
import { endedWords } from "./words";

const exit = { type: "exit", code: 0, seconds: 1, reason: "", left: false } as const;

describe("how it ended", () => {
  test.each([
    [exit, "The session ended with exit code 0.", "plain"],
    [{ ...exit, code: 3 }, "The session ended with exit code 3.", "bad"],
    [{ ...exit, code: 127 }, "The session ended with exit code 127 (there is no such command).", "bad"],
    [
      { ...exit, code: 129, reason: "The server is shutting down." },
      "The session ended with exit code 129. The server is shutting down.",
      "bad",
    ],
    [
      { ...exit, code: null, reason: "Gone", left: true },
      "The session ended. Gone. What it ran may still run in the container: Docker could not be made to end it.",
      "bad",
    ],
  ])("%j", (e, text, tone) => {
    expect(endedWords({ how: "exit", exit: e })).toEqual({ text, tone });
  });

  test("a lost link says that the session is lost, too", () => {
    expect(endedWords({ how: "lost" }).text).toContain("and the session with it");
    // A server that is gone for good ends nothing.
    expect(endedWords({ how: "lost" }).text).toContain("unless Quaywatch itself was killed");
  });
});

describe("why not", () => {
  const fine: Surroundings = { phase: "live", role: "admin", server: server(), engine: engine(), there: true };
  const why = (change: Partial<Surroundings>, state: ContainerState = "running") =>
    reasonNot(container("a", 1, { state }), { ...fine, ...change });
  const other = (change: Partial<EngineStatus>) => ({ engine: engine(change) });

  test("an admin and a container that runs need no reason", () => {
    expect(why({})).toBeNull();
    expect(why({ phase: "polling", role: null, server: null, engine: undefined })).toBeNull();
  });

  test.each([
    ["read-only", why({ server: server({ readOnly: true, exec: false }) })],
    ["--no-exec", why({ server: server({ exec: false }) })],
    ["signed in as an operator", why({ role: "operator" })],
    ["signed in as a viewer", why({ role: "viewer" })],
    ["Not connected", why({ phase: "reconnecting" })],
    ["demo", why(other({ demo: true }))],
    ["Docker does not answer", why(other({ state: "unreachable" }))],
    ["is gone", why({ there: false })],
    ["unpause it", why({}, "paused")],
    ["once it runs", why({}, "restarting")],
    ["start it", why({}, "exited")],
  ])("%s", (words, reason) => {
    expect(reason).toContain(words);
  });
});

describe("what is wanted", () => {
  test.each([
    ["", []],
    ["  ", []],
    ["psql -U shop", ["psql", "-U", "shop"]],
    ["sh -c 'echo \"a  b\"; exit'", ["sh", "-c", 'echo "a  b"; exit']],
    ['a"b c"d', ["ab cd"]],
    ['"a\\"b" \'c\\d\' e\\ f', ['a"b', "c\\d", "e f"]],
    ["'' x", ["", "x"]],
    ["$HOME *", ["$HOME", "*"]],
    ["a\\", ["a\\"]],
    ["it's", null],
    ['say "hi', null],
  ])("%j", (text, words) => {
    expect(splitCommand(text)).toEqual(words);
  });

  test("nothing is a shell", () => {
    expect(optionsOf(PLAIN)).toEqual({ what: {} });
  });

  test("everything", () => {
    expect(optionsOf({ command: "id -u", user: " 1000:1000 ", workingDir: "/tmp", env: "A=1\n\nB=x y\n" })).toEqual({
      what: { command: ["id", "-u"], user: "1000:1000", workingDir: "/tmp", env: ["A=1", "B=x y"] },
    });
  });

  test.each([
    ["command", "'"],
    ["user", "a b"],
    ["workingDir", "tmp"],
    ["env", "A"],
  ] as const)("%s can be wrong", (field, text) => {
    expect(optionsOf({ ...PLAIN, [field]: text })).toMatchObject({ field });
  });
});
