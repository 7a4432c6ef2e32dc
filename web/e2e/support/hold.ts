import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Has containers that are told to stop wait until they are let: what is pending
 * meanwhile can be looked at for as long as that takes. The server gives an
 * engine 25 s for a stop.
 */
export class Hold {
  private constructor(private readonly directory: string) {}

  static async make(): Promise<Hold> {
    return new Hold(await mkdtemp(join(tmpdir(), "quaywatch-hold-")));
  }

  /** What `docker run` is given for such a container, its command included. */
  get container(): string[] {
    const end = "while [ ! -e /hold/go ]; do sleep 0.1; done; exit 0";
    return [
      ...["--stop-timeout", "120", "-v", `${this.directory}:/hold:ro`, "busybox:local"],
      ...["sh", "-c", `trap '${end}' TERM; while :; do sleep 0.1; done`],
    ];
  }

  /** Lets all of them end, those too that are told later. */
  async release(): Promise<void> {
    await writeFile(join(this.directory, "go"), "");
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
