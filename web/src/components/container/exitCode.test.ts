import { describe, expect, it } from "vitest";
import { exitCodeAdvice, exitCodeMeaning } from "./exitCode";

describe("an exit code in words", () => {
  it.each<[number, boolean, RegExp, RegExp]>([
    [0, false, /without an error/, /^$/],
    [1, false, /general error/, /log lines/],
    [125, false, /engine could not run/, /engine’s error/],
    [126, false, /can't be executed/, /executable/],
    [127, false, /not found/, /PATH/],
    [130, false, /SIGINT/, /^$/],
    [134, false, /SIGABRT/, /crashed/],
    [137, false, /SIGKILL/, /docker kill/],
    [137, true, /out of memory/, /more memory/],
    [139, false, /SIGSEGV/, /crashed/],
    [141, false, /SIGPIPE/, /closed/],
    [143, false, /SIGTERM/, /^$/],
    [42, false, /program's own/, /log lines/],
  ])("%i (OOM: %s) and what to do", (code, oom, meaning, advice) => {
    expect(exitCodeMeaning(code, oom)).toMatch(meaning);
    expect(exitCodeAdvice(code, oom)).toMatch(advice);
  });
});
