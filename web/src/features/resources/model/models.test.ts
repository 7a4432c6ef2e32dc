import { describe, expect, it } from "vitest";
import type { Container, Image, Job, Network, Volume } from "../../../api/types.gen";
import { shareOf } from "./disk";
import { confirmation, listed } from "./doomed";
import { infoFacts } from "./engineInfo";
import { isGoing } from "./going";
import { imageConfig } from "./imageConfig";
import { imageName, imageRow, isDangling } from "./imageRow";
import type { Column, Kind, Row } from "./kind";
import { layoutOf } from "./layout";
import { sorted } from "./order";
import { projectRows, projectState } from "./projectRow";
import { nothingGoes } from "./prune";
import { parseQuery } from "./query";
import { imageKeys, usedText, volumeKeys } from "./uses";
import { isAnonymous } from "./volumeRow";

interface Thing extends Row {
  readonly size: number;
  readonly project: string;
}

function thing(name: string, size = 0, project = ""): Thing {
  return { key: `e1/${name}`, engine: "e1", name, size, project };
}

function column(id: keyof Thing, rank: number, min: number): Column<Thing> {
  return {
    id,
    label: id,
    title: id,
    min,
    grow: 1,
    rank,
    numeric: id === "size",
    sortBy: (row) => row[id],
    cell: () => null,
  };
}

const COLUMNS = [column("name", 0, 120), column("engine", 3, 100), column("size", 1, 80), column("project", 2, 80)];

const KIND: Kind<Thing> = {
  id: "volumes",
  one: "thing",
  many: "things",
  title: "Things",
  columns: COLUMNS,
  flags: [{ word: "empty", title: "", test: (row) => row.size === 0 }],
  fields: { project: (row) => [row.project] },
  text: (row) => [row.name],
  path: (row) => row.name,
};

function names(rows: readonly Row[]): string[] {
  return rows.map((r) => r.name);
}

describe("a query", () => {
  const rows = [thing("nginx:1.27", 5, "shop"), thing("redis", 0, "blog"), thing("nginx", 0, "blog")];
  const found = (text: string) => names(rows.filter(parseQuery(KIND, text).passes));

  it("lets pass what every word fits", () => {
    expect(found("")).toHaveLength(3);
    expect(found("NGINX")).toEqual(["nginx:1.27", "nginx"]);
    expect(found("project:blog is:empty -redis")).toEqual(["nginx"]);
  });

  it("takes a name with a colon for a name", () => {
    expect(found("nginx:1.27")).toEqual(["nginx:1.27"]);
  });

  it("says which words mean nothing, and lets everything pass them", () => {
    expect(parseQuery(KIND, "is:nothing redis").unknown).toEqual(["is:nothing"]);
    expect(found("is:nothing redis")).toEqual(["redis"]);
  });
});

describe("an order", () => {
  const rows = [thing("web-10", 1), thing("web-2", Number.NaN), thing("Web-1", 3)];

  it("puts numbers within names in their order", () => {
    expect(names(sorted(rows, COLUMNS, { id: "name", desc: false }))).toEqual(["Web-1", "web-2", "web-10"]);
  });

  it("has what is not known last in either direction", () => {
    expect(names(sorted(rows, COLUMNS, { id: "size", desc: true }))).toEqual(["Web-1", "web-10", "web-2"]);
    expect(names(sorted(rows, COLUMNS, { id: "size", desc: false }))).toEqual(["web-10", "Web-1", "web-2"]);
    expect(names(sorted([thing("b", 0, "x"), thing("a")], COLUMNS, { id: "project", desc: true }))).toEqual(["b", "a"]);
  });

  it("leaves the list it was given as it is", () => {
    sorted(rows, COLUMNS, { id: "name", desc: false });
    expect(names(rows)).toEqual(["web-10", "web-2", "Web-1"]);
  });
});

describe("a layout", () => {
  const ids = (width: number, engines = false) => layoutOf(COLUMNS, width, engines).columns.map((c) => c.id);

  it("gives room by rank, and leaves the order of the screen", () => {
    expect(ids(1000)).toEqual(["name", "size", "project"]);
    expect(ids(1000, true)).toEqual(["name", "engine", "size", "project"]);
    expect(ids(300)).toEqual(["name", "size"]);
    expect(ids(100)).toEqual(["name"]);
  });
});

describe("what goes", () => {
  const removal = (change: Partial<Job>): Job => ({
    ...{ id: "j1", kind: "remove", subject: "3 volumes", engine: "", action: "remove", options: {}, project: "" },
    ...{ by: { name: "launch", client: "tab" }, state: "running", startedAt: "2026-11-23T14:00:00Z", endedAt: null },
    items: ["a", "b", "c"].map((name) => ({ key: `e1/${name}`, name, kind: "volumes" })),
    ...{ next: 2, running: [1], failures: [], progress: null, error: null, result: null },
    ...change,
  });

  it("is what a job has under way or before it", () => {
    const jobs = [removal({ state: "done" }), removal({ id: "j2", kind: "prune", items: [] }), removal({})];
    expect(["a", "b", "c", "d"].map((name) => isGoing(jobs, `e1/${name}`))).toEqual([false, true, true, false]);
    expect(isGoing([removal({ action: "stop", kind: "containers" })], "e1/b")).toBe(false);
  });
});

function image(change: Partial<Image> = {}): Image {
  return {
    engine: "e1",
    id: `sha256:${"ab".repeat(32)}`,
    tags: ["nginx:1.27", "web"],
    digests: [],
    createdAt: null,
    sizeBytes: 1,
    sharedBytes: null,
    sharedAt: null,
    labels: {},
    ...change,
  };
}

describe("an image", () => {
  it("is called by its first tag, by where it came from, or by its id", () => {
    expect(imageName(image())).toBe("nginx:1.27");
    const digests = [`nginx@sha256:${"cd".repeat(32)}`];
    expect(imageName(image({ tags: [], digests }))).toBe("nginx@cdcdcdcdcdcd");
    expect(imageName(image({ tags: [] }))).toBe("abababababab");
    expect(isDangling(image({ tags: [], digests }))).toBe(true);
  });

  it("is the same row until it or who uses it changes", () => {
    const i = image();
    expect(imageRow(i, 1)).toBe(imageRow(i, 1));
    expect(imageRow(i, 2)).not.toBe(imageRow(i, 1));
  });

  it("says how it runs, without what it does not say", () => {
    const doc = { Os: "linux", Architecture: "arm64", Config: { Cmd: ["sh", "-c", "a b"], User: "", Env: null } };
    expect(imageConfig(doc)).toEqual([
      { name: "Platform", value: "linux/arm64" },
      { name: "Command", value: 'sh -c "a b"' },
    ]);
    expect(imageConfig(null)).toEqual([]);
    expect(imageConfig({ Config: "odd" })).toEqual([]);
  });
});

function container(change: Partial<Container>): Container {
  return {
    engine: "e1",
    id: "c",
    name: "c",
    project: "shop",
    service: "web",
    state: "running",
    health: "none",
    imageId: "i",
    volumes: [],
    exitCode: null,
    ...change,
  } as Container;
}

describe("a project", () => {
  const network = { engine: "e1", id: "n", name: "shop_front", project: "shop" } as Network;
  const volume = { engine: "e1", name: "old_data", project: "old" } as Volume;

  it("is what the labels say belongs together, its services and their containers by name", () => {
    const [shop, old] = projectRows(
      [
        container({ id: "1", name: "shop-web-10" }),
        container({ id: "2", name: "shop-web-2" }),
        container({ id: "3", name: "shop-db-1", service: "db", state: "exited", exitCode: 1 }),
        container({ id: "4", name: "alone", project: "", service: "" }),
      ],
      [network],
      [volume],
    );
    expect(shop?.services.map((s) => [s.name, s.running, s.containers.map((c) => c.name)])).toEqual([
      ["db", 0, ["shop-db-1"]],
      ["web", 2, ["shop-web-2", "shop-web-10"]],
    ]);
    expect(shop).toMatchObject({ key: "e1/shop", running: 2, bad: 1, networks: [network], volumes: [] });
    expect(old).toMatchObject({ name: "old", containers: [], volumes: [volume] });
  });

  it("has a state in words", () => {
    const of = (running: number, total: number) =>
      projectState({ running, containers: Array.from({ length: total }, () => container({})) });
    expect([of(0, 0), of(0, 2), of(1, 2), of(2, 2)]).toEqual(["no containers", "stopped", "1 of 2 running", "running"]);
  });
});

describe("who uses what", () => {
  it("is told from the containers", () => {
    expect(imageKeys(container({ imageId: "sha256:x" }))).toEqual(["e1/sha256:x"]);
    expect(volumeKeys(container({ volumes: ["a", "b"] }))).toEqual(["e1/a", "e1/b"]);
    expect([usedText(0), usedText(1), usedText(2)]).toEqual(["unused", "1 container", "2 containers"]);
  });
});

describe("what goes", () => {
  const doomed = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ key: `${i}`, name: `v${i}`, more: [], note: "" }));

  it("is typed where it is a volume, or more than ten", () => {
    expect(confirmation("images", doomed(10))).toBeNull();
    expect(confirmation("images", doomed(11))).toBe("11");
    expect(confirmation("volumes", doomed(1))).toBe("v0");
    expect(confirmation("volumes", doomed(2))).toBe("2");
    expect(listed(doomed(11).toReversed()).map((d) => d.name)).toEqual(doomed(11).map((d) => d.name));
  });

  it("knows a name that the engine made up", () => {
    expect(isAnonymous({ name: "a".repeat(64) } as Volume)).toBe(true);
    expect(isAnonymous({ name: "data" } as Volume)).toBe(false);
  });
});

describe("an engine", () => {
  it("tells what it says of itself and no more", () => {
    const info = {
      Driver: "overlay2",
      SecurityOptions: ["name=seccomp,profile=default"],
      HttpProxy: "",
      LiveRestoreEnabled: false,
      RegistryConfig: { Mirrors: null },
    };
    expect(infoFacts(info)).toEqual([
      { name: "Storage driver", value: "overlay2" },
      { name: "Security", value: "seccomp,profile=default" },
    ]);
    expect(infoFacts(null)).toEqual([]);
  });

  it("shows disk use as shares of the greatest", () => {
    const use = (totalBytes: number | null, reclaimableBytes: number | null) => ({
      count: 1,
      active: 1,
      totalBytes,
      reclaimableBytes,
    });
    expect(shareOf(use(50, 10), 100)).toEqual({ kept: 0.4, free: 0.1 });
    expect(shareOf(use(null, null), 100)).toEqual({ kept: 0, free: 0 });
    expect(shareOf(use(10, 20), 10)).toEqual({ kept: 0, free: 1 });
    expect(shareOf(use(0, 0), 0)).toEqual({ kept: 0, free: 0 });
  });
});

describe("a prune that would remove nothing", () => {
  it("says what it spares although nothing may use it", () => {
    expect(nothingGoes({ kinds: ["images"] })).toBe("Nothing would go: images that have a tag stay, used or not.");
    expect(nothingGoes({ kinds: ["images", "volumes"], allImages: true })).toBe(
      "Nothing would go: volumes that have a name stay, used or not.",
    );
    expect(nothingGoes({ kinds: ["images"], allImages: true })).toContain("everything there is, is used");
    expect(nothingGoes({ kinds: ["networks"] })).toContain("everything there is, is used");
  });
});
