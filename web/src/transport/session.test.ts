import { describe, expect, test } from "vitest";
import { ApiClient, ApiError, type Secret } from "../api/client";
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

type Answer = "ok" | 401 | 403 | 500 | "unreachable";

/** A server that answers signIn and session as told, and writes down what was asked. */
function fake(signIn: Answer[], session: Answer = "ok") {
  const asked: string[] = [];
  const give = (answer: Answer | undefined) => {
    if (answer === "ok" || answer === undefined)
      return Promise.resolve({ name: "launch", role: "admin", expires: null, readOnly: false });
    const status = answer === "unreachable" ? 0 : answer;
    return Promise.reject(new ApiError(status, `status ${status}`, null));
  };
  return {
    asked,
    signIn: (secret: Secret) => {
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
    const auth = new SessionAuth(client, "t");
    expect(await auth.prepare()).toMatchObject({ ok: true });
    expect(await auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn t"]);
    expect(await auth.check()).toEqual({ ok: true, role: "admin" });
  });

  test("keeps it while the server can't be asked", async () => {
    const client = fake(["unreachable", 500, "ok"]);
    const auth = new SessionAuth(client, "t");
    expect(await auth.prepare()).toMatchObject({ ok: false, refused: false });
    expect(await auth.prepare()).toMatchObject({ ok: false, refused: false });
    expect(await auth.prepare()).toMatchObject({ ok: true });
  });

  test("an old token does no harm while the cookie is good", async () => {
    const client = fake([401]);
    const auth = new SessionAuth(client, "old");
    expect(await auth.prepare()).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn old", "session"]);
  });

  test("refused when neither is", async () => {
    const auth = new SessionAuth(fake([401], 401), "old");
    expect(await auth.prepare()).toMatchObject({ ok: false, refused: true, code: 401, link: true });
  });

  test("says nothing of a link where there was none", async () => {
    const auth = new SessionAuth(fake([], 401), null);
    expect(await auth.check()).not.toHaveProperty("link");
  });

  test("signs in with a password too", async () => {
    const client = fake(["ok"]);
    expect(await new SessionAuth(client, null).signIn({ password: "secret" })).toMatchObject({ ok: true });
    expect(client.asked).toEqual(["signIn with the password"]);
  });

  test("asks nothing when there is no token", async () => {
    const client = fake([]);
    expect(await new SessionAuth(client, null).prepare()).toMatchObject({ ok: true });
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
