import { describe, expect, it } from "vitest";
import type { Container } from "../../../api/types.gen";
import { matches, parseFilter } from "./filter";
import { testContainer } from "./testContainer";

const web = testContainer({
  id: "8d1f0c6be5a9",
  name: "shop-web-1",
  image: "ghcr.io/acme/Shop-Web:2",
  project: "shop",
  service: "web",
  health: "unhealthy",
});
const db = testContainer({ id: "aa11", name: "mail-db", project: "mail", service: "db", state: "exited" });

function names(query: string, list: readonly Container[] = [web, db]): string[] {
  const filter = parseFilter(query);
  return list.filter((c) => matches(c, filter)).map((c) => c.name);
}

describe("a filter", () => {
  it.each([
    ["", ["shop-web-1", "mail-db"]],
    ["   ", ["shop-web-1", "mail-db"]],
    ["WEB", ["shop-web-1"]],
    ["acme/shop", ["shop-web-1"]],
    ["8d1f0c", ["shop-web-1"]],
    ["shop mail", []],
    ["state:exited", ["mail-db"]],
    ["state:run", ["shop-web-1"]],
    ["state:unning", []],
    ["health:unhealthy", ["shop-web-1"]],
    ["health:healthy", []],
    ["-state:exited", ["shop-web-1"]],
    ["-web", ["mail-db"]],
    ["project:shop web", ["shop-web-1"]],
    ['"mail-db"', ["mail-db"]],
    ["name:db project:mail", ["mail-db"]],
    ["image:shop-web", ["shop-web-1"]],
    ["id:1f0c", []],
    ["id:8d1f", ["shop-web-1"]],
    ["state:", ["shop-web-1", "mail-db"]],
    ["nosuchfield:1", []],
    ["exited", ["mail-db"]],
    ["-", ["shop-web-1", "mail-db"]],
  ])("%j leaves %j", (query, left) => expect(names(query)).toEqual(left));

  it("finds no container by the word none of a missing health check", () => {
    expect(names("none")).toEqual([]);
  });

  it("finds no ended container by the verdict it ended with", () => {
    const ended = testContainer({ name: "was-sick", state: "exited", health: "unhealthy" });
    expect(names("health:unhealthy", [web, ended])).toEqual(["shop-web-1"]);
  });

  it("survives an open quote", () => {
    expect(names('name:"mail')).toEqual(["mail-db"]);
  });
});
