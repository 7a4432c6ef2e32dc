/** Things to be asked of the engine, one by one or several at once. */

export interface Deed {
  /** The key of what it is done to, and its name. */
  readonly key: string;
  readonly name: string;
  /** "remove nginx:1.27", "Removing…", "nginx:1.27 removed". */
  readonly what: string;
  readonly doing: string;
  readonly done: string;
  /** Asks; a text that it answers is the engine's warning. */
  run(): Promise<unknown>;
}

export interface Failure {
  readonly deed: Deed;
  readonly message: string;
}

/** An engine has other things to do as well. */
export const AT_ONCE = 4;

/** Runs all of them, a few at a time, in their order; answers those that failed, in their order too. */
export async function runAll(deeds: readonly Deed[], ended: (deed: Deed) => void): Promise<readonly Failure[]> {
  const failed = new Map<Deed, string>();
  let next = 0;
  const worker = async () => {
    for (let deed = deeds[next++]; deed !== undefined; deed = deeds[next++]) {
      try {
        await deed.run();
      } catch (err) {
        failed.set(deed, err instanceof Error ? err.message : "It was refused.");
      }
      ended(deed);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, deeds.length) }, worker));
  return deeds.flatMap((deed) => {
    const message = failed.get(deed);
    return message === undefined ? [] : [{ deed, message }];
  });
}
