import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Container } from "../../../api/types.gen";
import { TestMetrics, testContainer } from "../model/testContainer";
import { FIELDS, METRICS } from "./fields";
import { matches } from "./filter";
import { parseFilter } from "./parse";
import type { Sight } from "./sight";
import { tokens } from "./tokens";

const NOW = Date.parse("2026-11-23T17:00:00Z");
const metrics = new TestMetrics();
const sight: Sight = {
  metrics,
  now: () => NOW,
  cpuPercent: (c) => (metrics.read(c.row, "cpu") ?? Number.NaN) / 100,
  engineName: (id) => (id === "e1" ? "local" : id),
};

const web = testContainer({
  id: "8d1f0c6be5a9",
  row: 1,
  name: "shop-web-1",
  image: "ghcr.io/acme/Shop-Web:2",
  project: "shop",
  service: "web",
  health: "unhealthy",
  labels: { app: "web", "com.acme.tier": "Front" },
  ports: [{ ip: "0.0.0.0", public: 8080, private: 80, proto: "tcp" }],
  networks: ["shop_default"],
  startedAt: "2026-11-23T16:57:00Z",
  restartCount: 4,
});
const db = testContainer({
  id: "aa11",
  row: 2,
  name: "mail-db",
  project: "mail",
  service: "db",
  state: "exited",
  exitCode: 137,
  oomKilled: true,
  networks: ["mail_default", "backup"],
});
const api = testContainer({ id: "bb22", row: 3, name: "api", project: "mail", service: "api", image: "node:20" });

metrics.set(1, "cpu", 7550);
metrics.set(3, "cpu", 100);
metrics.set(1, "mem", 300e6);
metrics.set(1, "memLimit", 400e6);
metrics.set(3, "mem", 20e6);
metrics.set(2, "mem", 900e6);
metrics.set(1, "rxRate", 600e3);
metrics.set(1, "txRate", 600e3);
metrics.set(1, "pids", 120);

function names(query: string, list: readonly Container[] = [web, db, api]): string {
  const filter = parseFilter(query);
  return list
    .filter((c) => matches(c, filter, sight))
    .map((c) => c.name)
    .join(" ");
}

const ALL = "shop-web-1 mail-db api";

describe("a filter", () => {
  it.each([
    ["", ALL],
    ["   ", ALL],
    ["WEB", "shop-web-1"],
    ["acme/shop", "shop-web-1"],
    ["8d1f0c", "shop-web-1"],
    ["shop mail", ""],
    ["shop,api", "shop-web-1 api"],
    ["state:exited", "mail-db"],
    ["state:run", "shop-web-1 api"],
    ["state:exited,running", ALL],
    ["STATE:Exited", "mail-db"],
    ["health:unhealthy", "shop-web-1"],
    ["health:healthy", ""],
    ["-state:exited", "shop-web-1 api"],
    ["-web", "mail-db api"],
    ["project:shop web", "shop-web-1"],
    ["project:mail -service:db", "api"],
    ['"mail-db"', "mail-db"],
    ['"shop mail"', ""],
    ["name:db project:mail", "mail-db"],
    ["name=api", "api"],
    ["name:=api", "api"],
    ["name=ap", ""],
    ["image:shop-web", "shop-web-1"],
    ["id:1f0c", ""],
    ["id:8d1f", "shop-web-1"],
    ["state:", ALL],
    ["cpu>", ALL],
    ["exited", "mail-db"],
    ["-", "shop-web-1 mail-db"],
    ["none", ""],
    ["node:20", "api"],
    ["name:~^(shop|mail)-", "shop-web-1 mail-db"],
    ["name:~B$", "mail-db"],
    ["-name:~-", "api"],
    ["label:app", "shop-web-1"],
    ["label:app=web", "shop-web-1"],
    ["label:app=db", ""],
    ["label:com.acme.tier=front", "shop-web-1"],
    ["label:~tier=f", "shop-web-1"],
    ["port:8080", "shop-web-1"],
    ["port:80", "shop-web-1"],
    ["port:8000-8999", "shop-web-1"],
    ["port:81", ""],
    ["network:backup", "mail-db"],
    ["network:shop,backup", "shop-web-1 mail-db"],
    ["engine:local", ALL],
    ["exit:137", "mail-db"],
    ["is:oom", "mail-db"],
    ["is:failed", "mail-db"],
    ["is:unhealthy", "shop-web-1"],
    ["is:looping", "shop-web-1"],
    ["is:running -is:looping", "api"],
    ["cpu>50", "shop-web-1"],
    ["cpu>50%", "shop-web-1"],
    ["cpu<50", "api"],
    ["-cpu>50", "mail-db api"],
    ["mem>=200MB", "shop-web-1"],
    ["mem>286.1MiB", "shop-web-1"],
    ["mem<1GB", "shop-web-1 api"],
    ["mem>70%", "shop-web-1"],
    ["mem>80%", ""],
    ["net>1MB/s", "shop-web-1"],
    ["net>1.3MB/s", ""],
    ["rx>500kB", "shop-web-1"],
    ["pids>100", "shop-web-1"],
    ["restarts>3", "shop-web-1"],
    ["restarts=0", "mail-db api"],
    ["uptime<5m", "shop-web-1"],
    ["uptime>1h30m", "api"],
  ])("%j leaves %j", (query, left) => expect(names(query)).toBe(left));

  it("finds no ended container by the verdict it ended with", () => {
    const ended = testContainer({ name: "was-sick", state: "exited", health: "unhealthy" });
    expect(names("health:unhealthy", [web, ended])).toBe("shop-web-1");
    expect(names("is:unhealthy", [web, ended])).toBe("shop-web-1");
  });

  it("survives an open quote", () => {
    expect(names('name:"mail')).toBe("mail-db");
  });

  it("knows what changes with the metrics and the time", () => {
    const filter = parseFilter("web cpu>50 uptime<5m restarts>1 is:loop -mem<1MB");
    expect([filter.still.length, filter.live.length]).toEqual([2, 4]);
  });
});

describe("what a filter can't read", () => {
  it.each([
    ["state:rnning", "state:rnning should be created, running, paused, restarting, removing, exited or dead"],
    ["stat:running", "stat:running is no field. Did you mean state:running?"],
    ["label>3", "label>3 can't be compared; write label:3"],
    ["cpu:50", "cpu:50 is compared: cpu>50"],
    ["cpu>lots", "cpu>lots should be a figure like 50 or 50%"],
    ["mem>200", "mem>200 needs a unit: 200MB"],
    ["net>5", "net>5 needs a unit: 5kB/s"],
    ["uptime<5", "uptime<5 should be a figure like 30s, 5m, 2h or 1d"],
    ["memm>5MB", "memm>5MB is no field. Did you mean mem>5MB?"],
    ["load>5", "load>5 compares nothing: there is no metric “load”"],
    ["port:http", "port:http should be a port like 8080, or a range like 8000-8999"],
    ["is:broken", "is:broken should be unhealthy, failed, oom, looping, running or stopped"],
    ["name:~[", "name:~[ is no regular expression: unterminated character class"],
    ["port:~80", "port:~80 takes no regular expression"],
    ["-stat:x", "-stat:x is no field. Did you mean state:x?"],
  ])("%j says %j", (query, message) => {
    expect(parseFilter(query).problems.map((p) => p.message)).toEqual([message]);
  });

  it("comes with what to write instead, where that can be told", () => {
    const fixes = parseFilter("stat:up cpu:50 -nam:x mem>200 state:no").problems.map((p) => p.fix);
    expect(fixes).toEqual(["state:up", "cpu>50", "-name:x", "mem>200MB", undefined]);
  });

  it("is left out, and the rest counts", () => {
    expect(names("stat:running project:mail cpu>much")).toBe("mail-db api");
    expect(parseFilter("stat:running project:mail cpu>much").problems.map((p) => p.word)).toEqual([
      "stat:running",
      "cpu>much",
    ]);
  });
});

describe("any text", () => {
  const word = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.constantFrom("", "-"),
        fc.constantFrom(...FIELDS, ...Object.keys(METRICS)),
        fc.constantFrom(":", ">", "<=", "=", ":~"),
        fc.string(),
      )
      .map((parts) => parts.join("")),
  );

  it("is read without a throw, and each of its words is a term, a problem or only begun", () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const query = words.join(" ");
        const filter = parseFilter(query);
        for (const c of [web, db, api]) matches(c, filter, sight);
        const count = filter.still.length + filter.live.length + filter.problems.length;
        expect(count).toBeLessThanOrEqual(tokens(query).length);
        for (const p of filter.problems) expect(query).toContain(p.word);
      }),
    );
  });

  it("with a minus before a word leaves exactly what the word does not", () => {
    fc.assert(
      fc.property(word, (text) => {
        const [token] = tokens(text);
        fc.pre(token !== undefined && !token.raw.startsWith("-"));
        const plain = parseFilter(token?.raw ?? "");
        fc.pre(plain.problems.length === 0 && plain.still.length + plain.live.length === 1);
        const negated = parseFilter(`-${token?.raw}`);
        for (const c of [web, db, api]) expect(matches(c, negated, sight)).toBe(!matches(c, plain, sight));
      }),
    );
  });

  it("stands in its tokens, in order, and nothing but spaces between", () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        let at = 0;
        for (const t of tokens(query)) {
          expect(query.slice(t.start, t.end)).toBe(t.raw);
          expect(query.slice(at, t.start).trim()).toBe("");
          at = t.end;
        }
      }),
    );
  });
});
