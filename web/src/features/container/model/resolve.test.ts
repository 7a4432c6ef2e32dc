import { describe, expect, it } from "vitest";
import type { Container, Event } from "../../../api/types.gen";
import type { ContainerEntry } from "../../../store/state";
import { removedAt, resolve, successorOf } from "./resolve";

function entry(id: string, name: string, fields: Partial<Container> = {}): ContainerEntry {
  const container = { engine: "e", id, name, project: "", service: "", labels: {}, createdAt: null, ...fields };
  return { key: `e/${id}`, container: container as Container, changedAt: 0 };
}

const A = entry("aaaa1111", "web");
const B = entry("aaaa2222", "db");
const C = entry("bbbb3333", "aaaa1");

describe("whom an address means", () => {
  it.each([
    ["aaaa2222", "aaaa2222"],
    ["db", "aaaa2222"],
    ["aaaa2", "aaaa2222"],
    // A name is meant before the beginning of an id, as the docker CLI does.
    ["aaaa1", "bbbb3333"],
    ["BBBB3333", "bbbb3333"],
  ])("%s is %s", (text, id) => {
    const found = resolve(text, [A, B, C]);
    expect(found.kind === "one" && found.entry.container.id).toBe(id);
  });

  it("says when it is more than one, or none", () => {
    expect(resolve("aaaa", [A, B, C])).toEqual({ kind: "many", entries: [A, B] });
    expect(resolve("bbb", [A, B, C]).kind).toBe("none");
    expect(resolve("WEB", [A, B, C]).kind).toBe("none");
  });
});

describe("who came after a container that is gone", () => {
  const service = (number: string) => ({
    project: "shop",
    service: "web",
    labels: { "com.docker.compose.container-number": number },
  });
  const old = entry("old", "shop-web-1", { ...service("1"), createdAt: "2026-11-23T14:00:00Z" });
  const later = { ...service("1"), createdAt: "2026-11-23T15:00:00Z" };

  it("is a namesake before all", () => {
    const next = entry("new", "shop-web-1");
    expect(successorOf(old.container, [entry("x", "other", later), next])).toEqual({ entry: next, by: "name" });
  });

  it("is the same number of the same service, made later", () => {
    const next = entry("new", "shop-web-1-b", later);
    const second = entry("two", "shop-web-2", { ...later, ...service("2") });
    const before = entry("before", "shop-web-0", { ...later, createdAt: "2026-11-23T13:00:00Z" });
    expect(successorOf(old.container, [second, before, next])).toEqual({ entry: next, by: "service" });
  });

  it("is nobody on another engine, and not itself", () => {
    expect(successorOf(old.container, [old, entry("new", "shop-web-1", { engine: "f" })])).toBeNull();
  });
});

it("the removal is told by its own event", () => {
  const event = (id: string, action: string) =>
    ({ kind: "container", engine: "e", id, action, time: "2026-11-23T14:02:07Z" }) as Event;
  expect(removedAt(A.container, [event("aaaa1111", "destroy"), event("x", "destroy")])).toBe(
    Date.parse("2026-11-23T14:02:07Z"),
  );
  expect(removedAt(A.container, [event("aaaa1111", "die"), event("x", "destroy")])).toBeNull();
});
