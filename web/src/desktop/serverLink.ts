import { onServer, type ServerStatus, serverStatus } from "./commands";

export interface Address {
  readonly origin: string;
  readonly token: string;
}

/** Follows where the server is: it moves to another port when it is started again. */
export class ServerLink {
  #status: ServerStatus;
  readonly #listeners = new Set<() => void>();

  private constructor(status: ServerStatus) {
    this.#status = status;
  }

  static async open(): Promise<ServerLink> {
    // Listened to first: what changes while the question is under way is not lost.
    let link: ServerLink | null = null;
    let early: ServerStatus | null = null;
    await onServer((status) => {
      if (link) link.#set(status);
      else early = status;
    });
    const asked = await serverStatus();
    link = new ServerLink(early ?? asked);
    return link;
  }

  readonly get = (): ServerStatus => this.#status;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Where requests go and what signs them; null while there is no server. */
  address(): Address | null {
    const { state, url, token } = this.#status;
    return state === "ready" && url !== null ? { origin: url, token: token ?? "" } : null;
  }

  #set(status: ServerStatus): void {
    this.#status = status;
    for (const fn of [...this.#listeners]) fn();
  }
}
