import { describe, expect, it } from "vitest";
import { guardLanguage, safeLanguage } from "./language";

describe("the language that Intl is asked for", () => {
  it.each([
    ["de-DE", "de-DE"],
    ["en", "en"],
    ["C", "en-US"],
    ["POSIX.UTF-8", "posix"],
    ["c", "en-US"],
    ["", "en-US"],
    [undefined, "en-US"],
    ["de_DE.UTF-8", "de-DE"],
    ["sr_RS@latin", "sr-RS"],
    ["not a language", "en-US"],
  ])("%s becomes %s", (given, wanted) => {
    const safe = safeLanguage(given);
    expect(safe.toLowerCase()).toBe(wanted.toLowerCase());
    expect(() => new Intl.NumberFormat(safe)).not.toThrow();
  });

  it("is put right on an object that has it from its prototype, as a browser's navigator does", () => {
    const prototype = Object.defineProperty({}, "language", { get: () => "C" });
    const nav = Object.create(prototype) as { language: string };
    guardLanguage(nav);
    expect(nav.language).toBe("en-US");
  });

  it("is left alone where it is right", () => {
    const nav = Object.create({ language: "fr-CH" }) as { language: string };
    guardLanguage(nav);
    expect(Object.hasOwn(nav, "language")).toBe(false);
  });
});
