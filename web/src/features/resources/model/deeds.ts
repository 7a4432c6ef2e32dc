/** A thing to be asked of the engine. */

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
