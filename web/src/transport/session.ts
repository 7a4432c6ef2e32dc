/**
 * Signing in: the launch token comes in the address's fragment, which no server
 * sees, and is exchanged once for an HttpOnly cookie.
 *
 * The answer to that may be lost (Chromium gives requests up when a network
 * comes or goes, and with containers they do), and then nobody knows whether the
 * token was used. So it is sent again, with the same proof: a random string of
 * this tab's own, by which the server knows that it is the same client. Until
 * the answer has come, the tab keeps both: whoever reloads meanwhile has no token
 * in the address any more.
 */
import { type ApiClient, ApiError, type Secret, type Session } from "../api/client";
import { browserTimers, type Timers } from "../lib/timers";
import type { Authenticator, SignIn } from "./auth";

/** The part of window that holds the address. */
export interface Address {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
}

/** The part of sessionStorage that keeps the proof, and a token that waits, over a reload. */
export type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * takeToken takes #token=… out of the address, at once and for good: it must not
 * stay in the history, nor be copied along with the address. Other parameters of
 * the fragment stay.
 */
export function takeToken(address: Address): string | null {
  const fragment = fragmentOf(address);
  const token = fragment.get("token");
  if (token === null) return null;
  fragment.delete("token");
  replaceFragment(address, fragment);
  return token === "" ? null : token;
}

function fragmentOf({ location }: Address): URLSearchParams {
  return new URLSearchParams(location.hash.replace(/^#/, ""));
}

function replaceFragment({ location, history }: Address, fragment: URLSearchParams): void {
  history.replaceState(null, "", location.pathname + location.search + (fragment.size > 0 ? `#${fragment}` : ""));
}

const PROOF = "quaywatch.proof";
const WAITING = "quaywatch.link";

/** What stands in the tab's storage; undefined where there is none to be had. */
function stored<T>(storage: () => TabStorage, use: (s: TabStorage) => T): T | undefined {
  try {
    return use(storage());
  } catch {
    // Storage is refused here: what is kept lasts as long as the page.
    return undefined;
  }
}

/** newProof is this tab's, as long as the tab lives: a reload goes on where the page was. */
function newProof(storage: () => TabStorage): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const fresh = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const old = stored(storage, (s) => s.getItem(PROOF)) ?? null;
  if (old !== null && /^[0-9a-f]{32}$/.test(old)) return old;
  stored(storage, (s) => s.setItem(PROOF, fresh));
  return fresh;
}

/** So often is a sign-in tried in all when nothing is heard of it, with so long between. */
const TRIES = 3;
const WAIT_MS = 400;

export interface SessionParts {
  readonly address: Address;
  readonly storage: () => TabStorage;
  readonly timers: Timers;
}

/** Signs in with the cookie, and with the fragment's token before there is one. */
export class SessionAuth implements Authenticator {
  readonly #client: Pick<ApiClient, "signIn" | "session">;
  readonly #address: Address;
  readonly #timers: Timers;
  readonly #storage: () => TabStorage;
  readonly #proof: string;
  /** A token that has not been exchanged yet; kept until the server has answered. */
  #token: string | null;
  /** The exchange under way: whoever asks meanwhile waits for the same. */
  #exchange: Promise<SignIn> | null = null;

  constructor(client: Pick<ApiClient, "signIn" | "session">, parts: Partial<SessionParts> = {}) {
    this.#client = client;
    this.#address = parts.address ?? window;
    this.#timers = parts.timers ?? browserTimers;
    this.#storage = parts.storage ?? (() => sessionStorage);
    const linked = takeToken(this.#address);
    if (linked !== null) stored(this.#storage, (s) => s.setItem(WAITING, linked));
    this.#token = linked ?? stored(this.#storage, (s) => s.getItem(WAITING)) ?? null;
    this.#proof = newProof(this.#storage);
  }

  prepare(): Promise<SignIn> {
    if (this.#token === null) return Promise.resolve({ ok: true });
    this.#exchange ??= this.#prepare(this.#token).finally(() => {
      this.#exchange = null;
    });
    return this.#exchange;
  }

  async #prepare(token: string): Promise<SignIn> {
    const answer = await this.#send({ token });
    if ((answer.ok || answer.refused) && this.#token === token) this.#drop();
    // The address may be an old one while the cookie still is good.
    if (answer.ok || !answer.refused) return answer;
    const cookie = await this.check();
    return cookie.ok || !cookie.refused ? cookie : { ...cookie, link: true };
  }

  check(): Promise<SignIn> {
    return this.#ask(() => this.#client.session());
  }

  signIn(secret: Secret): Promise<SignIn> {
    this.#drop();
    return this.#send(secret);
  }

  #drop(): void {
    this.#token = null;
    stored(this.#storage, (s) => s.removeItem(WAITING));
  }

  giveBack(): void {
    if (this.#token === null) return;
    const fragment = fragmentOf(this.#address);
    fragment.set("token", this.#token);
    replaceFragment(this.#address, fragment);
  }

  /** send sends again what got no answer at all. */
  async #send(secret: Secret): Promise<SignIn> {
    const body = "token" in secret ? { ...secret, proof: this.#proof } : secret;
    for (let left = TRIES - 1; ; left--) {
      const answer = await this.#ask(() => this.#client.signIn(body));
      if (answer.ok || answer.code !== 0 || left === 0) return answer;
      await new Promise<void>((done) => this.#timers.after(WAIT_MS, done));
    }
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
