/** The REST API over fetch. The session cookie authenticates; no token is kept here. */
import { isObject } from "./check";
import type {
  Action,
  ActionOptions,
  ActionResult,
  Container,
  ContainerDetail,
  Job,
  JobRequest,
  LogsFrame,
  Problem,
  Series,
  System,
} from "./types.gen";

/** An answer that was not a success, in the server's own words where it had any. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status; 0 when the server could not be reached. */
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, message: string, problem: Problem | null) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

/** Who we are: what GET /api/v1/session answers. */
export interface Session {
  readonly name: string;
  readonly role: string;
  /** When the sign-in ends if it is not used again, RFC 3339. */
  readonly expires: string | null;
  readonly readOnly: boolean;
}

/** What signs in: a launch or bearer token, with what makes its repetition ours, or the server's password. */
export type Secret = { readonly token: string; readonly proof?: string } | { readonly password: string };

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface ApiClientOptions {
  readonly fetch?: Fetch;
  /** Where the server is; "" is where the page came from. */
  readonly base?: string;
  /** No answer within so many milliseconds is an error. */
  readonly timeoutMs?: number;
  /** The id of this page's connection: what it asks for is then known to be its own. */
  readonly clientId?: string;
}

/** Which past lines of a log are wanted. */
export interface LogRange {
  readonly tail?: number;
  /** Unix microseconds. */
  readonly since?: number;
}

const TIMEOUT_MS = 15_000;
/** Everything waits for this one, and it may be asked again. */
const SIGN_IN_TIMEOUT_MS = 5_000;
/** The server has deadlines of its own for the engine; this one is behind them. Stopping takes what was asked besides. */
const ACTION_TIMEOUT_MS = 120_000;

export class ApiClient {
  readonly #fetch: Fetch;
  readonly #base: string;
  readonly #timeoutMs: number;
  readonly #clientId: string;

  constructor(options: ApiClientOptions = {}) {
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#base = options.base ?? "";
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#clientId = options.clientId ?? "";
  }

  /** Exchanges a secret for the session cookie. */
  signIn(secret: Secret): Promise<Session> {
    return this.#json("POST", "/api/v1/session", secret, {}, SIGN_IN_TIMEOUT_MS);
  }

  /** Ends the session, and every connection of it. */
  signOut(): Promise<void> {
    return this.#json("DELETE", "/api/v1/session");
  }

  /** The session of our cookie; an ApiError with status 401 when there is none. */
  session(): Promise<Session> {
    return this.#json("GET", "/api/v1/session");
  }

  system(): Promise<System> {
    return this.#json("GET", "/api/v1/system");
  }

  containers(): Promise<{ items: Container[]; next: string }> {
    return this.#json("GET", "/api/v1/containers");
  }

  /** A container with the engine's inspect document; `key` is ENGINE/ID. */
  container(key: string): Promise<ContainerDetail> {
    return this.#json("GET", `/api/v1/containers/${idOf(key)}`);
  }

  /**
   * Asks the engine for an action and waits for its answer. What becomes of the
   * container is told by the stream, not here. The same idempotency key asks
   * once, however often it is sent.
   */
  act(key: string, action: Action, options: ActionOptions = {}, idempotencyKey = newKey()): Promise<ActionResult> {
    const path = `/api/v1/containers/${idOf(key)}`;
    const headers = { "Idempotency-Key": idempotencyKey };
    const timeoutMs = ACTION_TIMEOUT_MS + Math.max(0, options.timeoutSeconds ?? 0) * 1000;
    if (action === "remove") {
      const query = new URLSearchParams();
      if (options.force) query.set("force", "true");
      if (options.volumes) query.set("volumes", "true");
      const suffix = query.size > 0 ? `?${query}` : "";
      return this.#json("DELETE", path + suffix, undefined, headers, timeoutMs);
    }
    return this.#json("POST", `${path}/${action}`, options, headers, timeoutMs);
  }

  /** Has the server work through an action on many containers; topic "jobs" tells how far it is. */
  createJob(request: JobRequest, idempotencyKey = newKey()): Promise<Job> {
    return this.#json("POST", "/api/v1/jobs", request, { "Idempotency-Key": idempotencyKey });
  }

  /** What was not begun is left alone. */
  cancelJob(id: string): Promise<Job> {
    return this.#json("DELETE", `/api/v1/jobs/${encodeURIComponent(id)}`);
  }

  /** The past of a container's metrics. */
  series(key: string, seconds: number, columns: readonly string[]): Promise<Series> {
    const query = new URLSearchParams({ seconds: String(seconds), cols: columns.join(",") });
    return this.#json("GET", `/api/v1/containers/${idOf(key)}/series?${query}`);
  }

  /** The environment with its values, which nothing else shows: for operators. */
  async env(key: string): Promise<readonly string[]> {
    const answer = await this.#json<{ items: string[] }>("GET", `/api/v1/containers/${idOf(key)}/env`);
    return answer.items;
  }

  /** Lines of a container's log, where there is no stream to bring them. */
  logs(key: string, range: LogRange = {}): Promise<LogsFrame> {
    const query = new URLSearchParams({ format: "json" });
    if (range.tail !== undefined) query.set("tail", String(range.tail));
    if (range.since !== undefined) query.set("since", String(range.since));
    return this.#json("GET", `/api/v1/containers/${idOf(key)}/logs?${query}`);
  }

  /** Where the whole log can be downloaded as text. */
  logsUrl(key: string): string {
    return `${this.#base}/api/v1/containers/${idOf(key)}/logs?download=1&timestamps=1&tail=-1`;
  }

  /** GET of a poll: /api/v1/sync with a query. The text, for whoever counts what comes. */
  async sync(query: URLSearchParams): Promise<string> {
    const response = await this.#request("GET", `/api/v1/sync?${query}`);
    try {
      return await response.text();
    } catch {
      throw new ApiError(0, "The server's answer broke off.", null);
    }
  }

  /** Any other operation, for parts of the page that come later. What changes something has an idempotency key. */
  ask<T>(method: string, path: string, body?: unknown, idempotencyKey = newKey()): Promise<T> {
    const headers: Record<string, string> = method === "GET" ? {} : { "Idempotency-Key": idempotencyKey };
    return this.#json(method, path, body, headers, ACTION_TIMEOUT_MS);
  }

  async #json<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    timeoutMs = this.#timeoutMs,
  ): Promise<T> {
    const response = await this.#request(method, path, body, headers, timeoutMs);
    return (await response.json().catch(() => null)) as T;
  }

  /** The answer of a success; an ApiError for every other. */
  async #request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    timeoutMs = this.#timeoutMs,
  ): Promise<Response> {
    const init: RequestInit = {
      method,
      headers: { Accept: "application/json", ...headers },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    };
    if (this.#clientId !== "") init.headers = { ...init.headers, "X-Quaywatch-Client": this.#clientId };
    if (body !== undefined) {
      init.headers = { ...init.headers, "Content-Type": "application/json" };
      init.body = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await this.#fetch(this.#base + path, init);
    } catch (err) {
      const late = err instanceof DOMException && err.name === "TimeoutError";
      throw new ApiError(0, late ? "The server did not answer in time." : "The server can't be reached.", null);
    }
    if (!response.ok) throw failure(response, await response.json().catch(() => null));
    return response;
  }
}

/** crypto.randomUUID needs a secure context, which plain http on another host is not. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function idOf(key: string): string {
  return encodeURIComponent(key.slice(key.indexOf("/") + 1));
}

function failure(response: Response, answer: unknown): ApiError {
  if (isObject(answer) && typeof answer["detail"] === "string" && typeof answer["title"] === "string") {
    const problem = answer as unknown as Problem;
    return new ApiError(response.status, problem.detail || problem.title, problem);
  }
  return new ApiError(response.status, `The server answered ${response.status} ${response.statusText}`.trim(), null);
}
