import { describe, expect, it } from "vitest";
import type { Command } from "../../components/commands";
import type { ContainerEntry } from "../../store/state";
import { container } from "../../testing/samples";
import { fitness, fuzzy } from "./fuzzy";
import { find, SHOWN } from "./results";

function entry(name: string, more: { project?: string; image?: string } = {}): ContainerEntry {
  const c = { ...container(name, 1), name, project: "", image: "busybox", ...more };
  return { key: `e1/${name}`, container: c, changedAt: 0 };
}

function command(title: string, words = ""): Command {
  return { id: title, title, words, group: "Settings", run() {} };
}

const names = (found: ReturnType<typeof find>) =>
  found.results.map((r) => (r.kind === "command" ? r.command.title : r.entry.container.name));

describe("a word", () => {
  it("fits best whole, then at a beginning, then within, then by its letters", () => {
    const scores = ["web", "web-1", "shop-web-1", "cobwebs", "wide-elbow"].map((text) => fuzzy("web", text));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.at(-1)).toBeGreaterThan(0);
    expect(fuzzy("web", "database")).toBe(0);
  });

  it("may be the initials of words", () => {
    expect(fuzzy("swb", "shop-web-backup")).toBeGreaterThan(fuzzy("swb", "systems-law-club"));
  });

  it("must be there, as all others", () => {
    const fields = [{ text: "shop-web-1", weight: 1, loose: true }];
    expect(fitness(["shop", "web"], fields)).toBeGreaterThan(0);
    expect(fitness(["shop", "mail"], fields)).toBe(0);
  });
});

describe("the palette", () => {
  const containers = [
    entry("shop-web-1", { project: "shop" }),
    entry("shop-db-1", { project: "shop", image: "postgres:16" }),
    entry("mail"),
  ];
  const commands = [command("Dark theme", "colour night"), command("Go to settings")];

  it("finds containers by name, image and project, and commands by their words", () => {
    expect(names(find("postg", commands, containers, []))).toEqual(["shop-db-1"]);
    expect(names(find("shop", commands, containers, []))).toHaveLength(2);
    expect(names(find("night", commands, containers, []))).toEqual(["Dark theme"]);
    expect(names(find("swb", commands, containers, []))[0]).toBe("shop-web-1");
    expect(find("zzz", commands, containers, []).total).toBe(0);
  });

  it("begins with the container that was wanted last, and what was done last", () => {
    expect(names(find("", commands, containers, ["command:Go to settings", "container:e1/mail", "gone"]))).toEqual([
      "mail",
      "shop-web-1",
      "shop-db-1",
      "Go to settings",
      "Dark theme",
    ]);
  });

  it("puts containers in trouble, then those that changed last, before pages and settings", () => {
    const calm = Array.from({ length: 20 }, (_, i) => ({ ...entry(`calm-${i}`), changedAt: i }));
    const sick = entry("sick");
    const ill = { ...sick, container: { ...sick.container, state: "running" as const, health: "unhealthy" as const } };
    const first = names(find("", commands, [...calm, ill], ["container:e1/calm-3"]));
    expect(first.slice(0, 4)).toEqual(["calm-3", "sick", "calm-19", "calm-18"]);
    expect(first.slice(8)).toEqual(["Dark theme", "Go to settings"]);
  });

  it("finds what can be done: below the best container, and by a verb in front", () => {
    const verbsOf = (e: ContainerEntry) =>
      ["Stop", "Restart"].map((verb) => ({
        verb: verb.toLowerCase(),
        command: command(`${verb} ${e.container.name}`),
      }));
    const found = (query: string) => names(find(query, commands, containers, [], verbsOf));
    expect(found("mail")).toEqual(["mail", "Stop mail", "Restart mail"]);
    expect(found("stop shop")).toEqual(["Stop shop-db-1", "Stop shop-web-1"]);
    expect(found("restart swb")[0]).toBe("Restart shop-web-1");
    expect(found("stop")).toHaveLength(3);
  });

  it("shows the best of very many and counts the rest", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => entry(`web-${i}`, { image: "registry.local/web:latest" }));
    const found = find("web 99", [], many, []);
    expect(found.results).toHaveLength(SHOWN);
    expect(found.total).toBeGreaterThan(SHOWN);
    expect(names(found)[0]).toBe("web-99");
  });
});
