/**
 * Signing in: the launch token comes in the address's fragment, which no server
 * sees, and is exchanged once for an HttpOnly cookie.
 */
import { type ApiClient, ApiError, type Secret, type Session } from "../api/client";
import type { Authenticator, SignIn } from "./auth";

/** The part of window that holds the address. */
export interface Address {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
}

/**
 * takeToken takes #token=… out of the address, at once and for good: it must not
 * stay in the history, nor be copied along with the address. Other parameters of
 * the fragment stay.
 */
export function takeToken(address: Address): string | null {
  const { hash, pathname, search } = address.location;
  const fragment = new URLSearchParams(hash.replace(/^#/, ""));
  const token = fragment.get("token");
  if (token === null) return null;
  fragment.delete("token");
  const rest = fragment.size > 0 ? `#${fragment}` : "";
  address.history.replaceState(null, "", pathname + search + rest);
  return token === "" ? null : token;
}

/** Signs in with the cookie, and with the fragment's token before there is one. */
export class SessionAuth implements Authenticator {
  readonly #client: Pick<ApiClient, "signIn" | "session">;
  /** A token that has not been exchanged yet; kept until the server has answered. */
  #token: string | null;

  constructor(client: Pick<ApiClient, "signIn" | "session">, token: string | null) {
    this.#client = client;
    this.#token = token;
  }

  async prepare(): Promise<SignIn> {
    const token = this.#token;
    if (token === null) return { ok: true };
    const answer = await this.#ask(() => this.#client.signIn({ token }));
    if (answer.ok || answer.refused) this.#token = null;
    if (answer.ok) return answer;
    // The address may be an old one while the cookie still is good.
    if (!answer.refused) return answer;
    const cookie = await this.check();
    return cookie.ok || !cookie.refused ? cookie : { ...cookie, link: true };
  }

  check(): Promise<SignIn> {
    return this.#ask(() => this.#client.session());
  }

  signIn(secret: Secret): Promise<SignIn> {
    this.#token = null;
    return this.#ask(() => this.#client.signIn(secret));
  }

  async #ask(call: () => Promise<Session>): Promise<SignIn> {
    try {
      const { role } = await call();
      return { ok: true, role };
    } catch (err) {
      const status = err instanceof ApiError ? err.status : 0;
      const message = err instanceof Error ? err.message : String(err);
      return { ok: false, refused: status === 401 || status === 403, code: status, message };
    }
  }
}
