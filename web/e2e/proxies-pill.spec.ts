import { expect, test } from "./support/test.ts";

// The pill's popover, by keyboard and with everything in it that is done by hand.

const SECRET = "hunter2-of-the-environment";

test("diagnostics hold the facts and no secret", async ({ context, engine, live, page, server }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const token = server.url.replace(/^.*token=/, "");
  await engine.start("confidential", "-e", `DB_PASSWORD=${SECRET}`, "busybox:local", "sleep", "600");
  await live.hasState("confidential", "running");
  // Trouble too has been with the server, whose address stands in what browsers say.
  await context.setOffline(true);
  await expect(live.pill).toHaveAttribute("data-state", /offline|reconnecting/);
  await context.setOffline(false);
  await live.isLive();

  await live.pill.click();
  await page.getByRole("button", { name: "Copy diagnostics" }).click();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(clipboard).toContain("websocket");
  const text = await clipboard();
  const facts = JSON.parse(text) as { link: { transport: string }; engines: { state: string }[]; trouble: string[] };
  expect(facts.link.transport).toBe("websocket");
  expect(facts.engines.map((e) => e.state)).toEqual(["connected"]);
  expect(facts.trouble.length).toBeGreaterThan(0);
  for (const secret of [token, SECRET, "confidential", server.listen, engine.host, "qw_", "#token"]) {
    expect(text).not.toContain(secret);
  }
});

test("the popover and the trouble log by keyboard: read, clear, focus back on the pill", async ({ live, page }) => {
  await page.evaluate(() => {
    const at = Date.now() - 60_000;
    const entry = { at, what: "stalled", detail: "Nothing came for 5 s", until: at + 24_000 };
    localStorage.setItem("quaywatch.trouble", JSON.stringify([entry]));
  });
  await page.reload();
  await live.isLive();
  await live.pill.focus();
  await page.keyboard.press("Enter");
  const popover = page.getByRole("dialog");
  await expect(popover).toBeFocused();
  await expect(popover.getByTestId("hops")).toHaveAccessibleName(/This page to Quaywatch: fine.*Quaywatch to .*: fine/);
  await popover.getByRole("button", { name: "Trouble log (1)" }).press("Enter");

  const log = page.getByRole("dialog", { name: "Trouble log" });
  await expect(log.getByRole("listitem")).toContainText(["Connection went silent"]);
  await expect(log.getByRole("listitem")).toContainText(["24 s"]);
  await log.getByRole("button", { name: "Clear" }).press("Enter");
  await expect(log).toContainText("Nothing has gone wrong");
  await page.keyboard.press("Escape");
  await expect(live.pill).toBeFocused();
  await page.reload();
  await live.isLive();
  expect(await page.evaluate(() => localStorage.getItem("quaywatch.trouble"))).not.toContain("stalled");
});

test("disconnect, connect, poll and back, by hand", async ({ live, page }) => {
  await live.pill.click();
  const popover = page.getByRole("dialog");
  await popover.getByRole("button", { name: "Disconnect" }).click();
  await expect(live.pill).toContainText("Disconnected");
  await expect(page.getByRole("status").filter({ hasText: "Disconnected" })).toHaveCount(1);
  await popover.getByRole("button", { name: "Connect", exact: true }).click();
  await live.isLive();

  await popover.getByText("Polling", { exact: true }).click();
  await expect(live.pill).toContainText(/Polling every \d+ s/);
  await expect(popover).toContainText("Polling over HTTP");
  await popover.getByText("Automatic", { exact: true }).click();
  await expect(live.pill).toHaveAttribute("data-state", /live|slow/);
});
