import { describe, expect, test } from "vitest";
import { ApiClient, ApiError, type Secret } from "../api/client";
import type { Timers } from "../lib/timers";
import { SessionAuth, takeToken } from "./session";

function address(hash: string) {
  const urls: string[] = [];
  return {
    urls,
    location: { hash, pathname: "/containers", search: "?q=web" },
    history: { replaceState: (_data: unknown, _unused: string, url: string) => urls.push(url) },
  };
}

describe("takeToken", () => {
  test("takes it out of the address, at once", () => {
    const a = address("#token=qw_abc%2Fd");
    expect(takeToken(a)).toBe("qw_abc/d");
    expect(a.urls).toEqual(["/containers?q=web"]);
  });

  test("leaves the rest of the fragment", () => {
    const a = address("#tab=events&token=x&y=1");
    expect(takeToken(a)).toBe("x");
    expect(a.urls).toEqual(["/containers?q=web#tab=events&y=1"]);
  });

  test("does nothing where there is none", () => {
    const a = address("#tab=events");
    expect(takeToken(a)).toBeNull();
    expect(a.urls).toEqual([]);
    expect(takeToken(address("#token="))).toBeNull();
  });
});

const atOnce: Timers = {
  after(_, fn) {
    queueMicrotask(fn);
    return () => {};
  },
};

/** A tab that was opened by a link with this token, or without one. */
function tab(client: ReturnType<typeof fake>, token: string | null, kept = new Map<string, string>()) {
  const a = address(token === null ? "" : `#token=${token}`);
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (k: string, v: string) => void kept.set(k, v),
    removeItem: (k: string) => void kept.delete(k),
  };
  return { a, kept, auth: new SessionAuth(client, { address: a, storage: () => storage, timers: atOnce }) };
}

type Answer = "ok" | 401 | 403 | 500 | "unreachable";

/** A server that answers signIn and session as told, and writes down what was asked. */
function fake(signIn: Answer[], session: Answer = "ok") {
  const asked: string[] = [];
  const proofs: (string | undefined)[] = [];
  const give = (answer: Answer | undefined) => {
    if (answer === "ok" || answer === undefined)
      return Promise.resolve({ name: "launch", role: "admin", expires: null, readOnly: false });
    const status = answer === "unreachable" ? 0 : answer;
    return Promise.reject(new ApiError(status, `status ${status}`, null));
  };
  return {
    asked,
    proofs,
    signIn: (secret: Secret) => {
      proofs.push("token" in secret ? secret.proof : undefined);
      asked.push("token" in secret ? `signIn ${secret.token}` : "signIn with the password");
      return give(signIn.shift());
    },
    session: () => {
      asked.push("session");
      return give(session);
    },
  };
}

describe("SessionAuth", () => {
  test("exchanges the token once", async () => {
    const client = fake(["ok"]);
    const auth = tab(client, "t").auth;
    expect(await auth.prepare()).toMatchObject({ ok: true });
    expect(await auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn t"]);
    expect(await auth.check()).toEqual({ ok: true, role: "admin" });
  });

  test("an exchange of which nothing is heard is sent again at once, as the same client", async () => {
    const client = fake(["unreachable", "unreachable", "ok"]);
    expect(await tab(client, "t").auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn t", "signIn t", "signIn t"]);
    expect(client.proofs[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(client.proofs).size).toBe(1);
  });

  test("what was refused is not asked again", async () => {
    const client = fake([401, "ok"], 401);
    const { auth } = tab(client, "t");
    expect(await auth.prepare()).toMatchObject({ ok: false, refused: true, link: true });
    expect(client.asked).toEqual(["signIn t", "session"]);
    expect(await auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toHaveLength(2);
  });

  test("keeps it while the server can't be asked", async () => {
    const client = fake(["unreachable", "unreachable", "unreachable", 500, "ok"]);
    const { auth } = tab(client, "t");
    expect(await auth.prepare()).toMatchObject({ ok: false, refused: false });
    expect(await auth.prepare()).toMatchObject({ ok: false, refused: false });
    expect(await auth.prepare()).toMatchObject({ ok: true });
  });

  test("who asks during an exchange waits for the same", async () => {
    const client = fake(["ok"]);
    const { auth } = tab(client, "t");
    const answers = await Promise.all([auth.prepare(), auth.prepare()]);
    expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
    expect(client.asked).toEqual(["signIn t"]);
  });

  test("a page that is loaded anew goes on with the token and the proof of the first", async () => {
    const client = fake(["unreachable", "unreachable", "unreachable", "ok"]);
    const first = tab(client, "t");
    expect(first.a.urls).toEqual(["/containers?q=web"]);
    await first.auth.prepare();
    first.auth.giveBack();
    expect(first.a.urls.at(-1)).toBe("/containers?q=web#token=t");
    expect(await tab(client, "t", first.kept).auth.prepare()).toMatchObject({ ok: true });
    expect(new Set(client.proofs).size).toBe(1);
    first.auth.signIn({ token: "other" });
    first.a.urls.length = 0;
    first.auth.giveBack();
    expect(first.a.urls, "what was exchanged does not go back").toEqual([]);
  });

  test("a page reloaded before the answer came has its token still, and not once it is used", async () => {
    const client = fake(["ok", 401], "ok");
    const first = tab(client, "t");
    expect(await tab(client, null, first.kept).auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn t"]);
    expect([...first.kept.keys()]).toEqual(["quaywatch.proof"]);
    await tab(client, null, first.kept).auth.prepare();
    expect(client.asked).toHaveLength(1);
    // One that is refused is not kept either.
    const old = tab(client, "used");
    await old.auth.prepare();
    expect([...old.kept.keys()]).toEqual(["quaywatch.proof"]);
  });

  test("where nothing can be stored the page has a proof all the same, and tabs differ", async () => {
    const client = fake(["ok", "ok"]);
    for (let i = 0; i < 2; i++) {
      const storage = () => {
        throw new DOMException("denied", "SecurityError");
      };
      await new SessionAuth(client, { address: address("#token=t"), storage, timers: atOnce }).prepare();
    }
    expect(new Set(client.proofs).size).toBe(2);
    for (const proof of client.proofs) expect(proof).toMatch(/^[0-9a-f]{32}$/);
  });

  test("a sign-in by hand is tried again too, a password without a proof", async () => {
    const client = fake(["unreachable", "ok"]);
    expect(await tab(client, null).auth.signIn({ password: "secret" })).toMatchObject({ ok: true });
    expect(client.asked).toHaveLength(2);
    expect(client.proofs).toEqual([undefined, undefined]);
  });

  test("an old token does no harm while the cookie is good", async () => {
    const client = fake([401]);
    const auth = tab(client, "old").auth;
    expect(await auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn old", "session"]);
  });

  test("refused when neither is", async () => {
    const auth = tab(fake([401], 401), "old").auth;
    expect(await auth.prepare()).toMatchObject({ ok: false, refused: true, code: 401, link: true });
  });

  test("says nothing of a link where there was none", async () => {
    const auth = tab(fake([], 401), null).auth;
    expect(await auth.check()).not.toHaveProperty("link");
  });

  test("signs in with a password too", async () => {
    const client = fake(["ok"]);
    expect(await tab(client, null).auth.signIn({ password: "secret" })).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn with the password"]);
  });

  test("asks nothing when there is no token", async () => {
    const client = fake([]);
    expect(await tab(client, null).auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toEqual([]);
  });
});

describe("ApiClient", () => {
  const client = (status: number, body: unknown) => {
    const calls: { url: string; init: RequestInit | undefined }[] = [];
    const fetch = (url: string, init?: RequestInit) => {
      calls.push({ url, init });
      return Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
    };
    return { calls, api: new ApiClient({ fetch }) };
  };

  test("a problem is told in the server's words", async () => {
    const problem = {
      type: "about:blank",
      title: "Conflict",
      status: 409,
      detail: "The container is already stopped.",
      code: "conflict",
      engine: "container 8d1f is not running",
    };
    const error = await client(409, problem)
      .api.act("e/8d1f", "stop")
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, message: problem.detail, problem });
  });

  test("an answer that is no problem document is told by its status", async () => {
    await expect(client(502, "<html>").api.system()).rejects.toMatchObject({ status: 502, problem: null });
  });

  test("no answer is status 0", async () => {
    const api = new ApiClient({ fetch: () => Promise.reject(new TypeError("failed")) });
    await expect(api.session()).rejects.toMatchObject({ status: 0, message: "The server can't be reached." });
  });

  test("actions carry their key, and remove is a DELETE", async () => {
    const { api, calls } = client(200, {});
    await api.act("e/8d1f", "stop", { timeoutSeconds: 3 }, "key-1");
    await api.act("e/8d1f", "remove", { force: true }, "key-2");
    expect(calls.map((c) => `${c.init?.method} ${c.url}`)).toEqual([
      "POST /api/v1/containers/8d1f/stop",
      "DELETE /api/v1/containers/8d1f?force=true",
    ]);
    expect(calls[0]?.init).toMatchObject({ body: '{"timeoutSeconds":3}', headers: { "Idempotency-Key": "key-1" } });
  });
});
