import { ApiClient, ApiError, type Fetch, type Secret } from "../api/client";
import type { Authenticator, SignIn } from "../transport/auth";
import { setRemoteToken } from "./commands";
import type { ServerLink } from "./serverLink";

/** fetch to wherever the server is now, with its token: the page's own origin has no server. */
export function serverFetch(server: Pick<ServerLink, "address">): Fetch {
  return (path, init = {}) => {
    const address = server.address();
    if (!address) return Promise.reject(new TypeError("The server is not running"));
    const headers = new Headers(init.headers);
    if (address.token !== "") headers.set("Authorization", `Bearer ${address.token}`);
    return fetch(address.origin + path, { ...init, headers, credentials: "omit" });
  };
}

/** Signs in with the token that came with the server's address. */
export class ServerAuth implements Authenticator {
  readonly #server: Pick<ServerLink, "address" | "get">;
  readonly #client: ApiClient;

  constructor(server: Pick<ServerLink, "address" | "get">, client: ApiClient) {
    this.#server = server;
    this.#client = client;
  }

  async prepare(): Promise<SignIn> {
    if (this.#server.address()) return { ok: true };
    const message = this.#server.get().reason ?? "The server is being started";
    return { ok: false, refused: false, code: 0, message };
  }

  check(): Promise<SignIn> {
    return ask(this.#client);
  }

  /** The app tells the token again. */
  giveBack(): void {}

  /** A server elsewhere wants a token: it is tried, then kept. */
  async signIn(secret: Secret): Promise<SignIn> {
    const { url, target } = this.#server.get();
    if (target.kind !== "remote" || url === null || !("token" in secret)) {
      const message = "The server inside the app needs no password: try again, or restart the app.";
      return { ok: false, refused: true, code: 401, message };
    }
    const { token } = secret;
    const fetch = serverFetch({ address: () => ({ origin: url, token }) });
    const answer = await ask(new ApiClient({ fetch }));
    if (answer.ok) await setRemoteToken(target.url, token);
    return answer;
  }
}

async function ask(client: ApiClient): Promise<SignIn> {
  try {
    const { role } = await client.session();
    return { ok: true, role };
  } catch (err) {
    const code = err instanceof ApiError ? err.status : 0;
    const message = err instanceof Error ? err.message : String(err);
    return { ok: false, refused: code === 401 || code === 403, code, message };
  }
}
