const SIGNALS: Record<number, string> = {
  1: "SIGHUP (its terminal went away)",
  2: "SIGINT (interrupted, as by Ctrl-C)",
  3: "SIGQUIT",
  4: "SIGILL (illegal instruction)",
  6: "SIGABRT (it aborted itself)",
  7: "SIGBUS (bad memory access)",
  8: "SIGFPE (arithmetic error)",
  9: "SIGKILL (killed without a chance to clean up)",
  11: "SIGSEGV (segmentation fault)",
  13: "SIGPIPE (wrote to a closed pipe)",
  15: "SIGTERM (asked to stop)",
};

/** What an exit code says, in words, following the shell's and the engine's conventions. */
export function exitCodeMeaning(code: number, oomKilled = false): string {
  if (oomKilled) return "killed by the kernel: out of memory";
  switch (code) {
    case 0:
      return "finished without an error";
    case 1:
      return "failed with a general error";
    case 2:
      return "failed: wrong use of a command or its arguments";
    case 125:
      return "the engine could not run it";
    case 126:
      return "its command can't be executed (permission, or not a program)";
    case 127:
      return "its command was not found in the image";
    case 255:
      return "failed with an exit status out of range";
    default:
  }
  if (code > 128 && code < 193) {
    const signal = code - 128;
    return `ended by ${SIGNALS[signal] ?? `signal ${signal}`}`;
  }
  return "failed; the code is the program's own";
}

/** Whether an exit is nothing to worry about: done, or stopped on request. */
export function exitIsClean(code: number | null, oomKilled: boolean): boolean {
  if (oomKilled) return false;
  return code === null || code === 0 || code === 143 || code === 130;
}

/** What to do about an exit, in a sentence; "" where nothing is to be done. */
export function exitCodeAdvice(code: number, oomKilled = false): string {
  if (oomKilled) return "Give it more memory, or find what it holds on to; the memory chart shows how it got there.";
  switch (code) {
    case 0:
    case 130:
    case 143:
      return "";
    case 125:
      return "The engine’s error below says why; options, mounts and ports are the usual reasons.";
    case 126:
      return "Check that the file is executable and made for this machine’s architecture.";
    case 127:
      return "Check the spelling and the PATH; a script whose first line names a missing interpreter ends so too.";
    case 134:
    case 135:
    case 136:
    case 139:
      return "The program crashed: its last log lines and, if it writes one, its core dump tell where.";
    case 137:
      return "Something killed it: `docker kill`, a stop that took longer than its timeout, or the machine’s own OOM killer (see `dmesg`). If it was a stop, let the program end on SIGTERM.";
    case 141:
      return "What it wrote to was closed before it had finished.";
    default:
      return "Its last log lines tell more.";
  }
}
