import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  help: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

/** Expects axe to find nothing in the page as it is now: WCAG 2.2 A and AA, and its best practices. */
export async function accessible(page: Page, what: string): Promise<void> {
  // Evaluated, not added as a script: the page's policy allows none.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  // What fades in has not its contrast yet, and begins to a picture after it has come.
  await page.evaluate(async () => {
    const fading = () =>
      document
        .getAnimations()
        .filter((a) => a.playState === "running")
        .filter((a) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    // A few rounds: in a page of containers that come and go something may always fade.
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
      const now = fading();
      if (now.length === 0) return;
      await Promise.allSettled(now.map((a) => a.finished));
    }
  });
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(c: object, o: object): Promise<{ violations: Violation[] }> } };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    // The sentinels at a popup's ends hand the focus on at once: nobody stops at one.
    const context = { exclude: [["[data-base-ui-focus-guard]"]] };
    const result = await axe.run(context, { runOnly: tags, resultTypes: ["violations"] });
    // A menu that is open stands above the page, and in no landmark of it.
    const inMenu = (n: Violation["nodes"][number]) =>
      document.querySelector(String(n.target[0]))?.closest('[role="menu"], [data-base-ui-portal]') != null;
    return result.violations
      .map((v) => (v.id === "region" ? { ...v, nodes: v.nodes.filter((n) => !inMenu(n)) } : v))
      .filter((v) => v.nodes.length > 0);
  });
  const said = violations.map((v) => ({
    rule: `${v.id}: ${v.help}`,
    at: v.nodes.slice(0, 4).map((n) => `${n.target.join(" ")} ${n.failureSummary ?? ""}`),
  }));
  // All of them at once: each state says what is wrong with it.
  expect.soft(said, what).toEqual([]);
}
