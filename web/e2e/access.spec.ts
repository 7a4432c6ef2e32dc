import { expect, Live, test } from "./support/test.ts";

test("the token leaves the address bar, and a reload needs none", async ({ live, page, server }) => {
  expect(page.url()).not.toContain("token");
  await page.reload();
  await live.isLive();
  const cookies = await page.context().cookies(server.origin);
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict" });
});

test("without a token the page asks for one and takes it", async ({ browser, server }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.origin);
  const live = new Live(page);
  await expect(live.pill).toHaveAttribute("data-state", "signin");
  await page.getByLabel(/token/i).fill("wrong");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText(/token/i);
  await page.getByLabel(/token/i).fill(server.url.replace(/^.*token=/, ""));
  await page.keyboard.press("Enter");
  await live.isLive();
  await context.close();
});

test("the page loads nothing from elsewhere and obeys its own policy", async ({ live, page, server }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(server.origin) && !request.url().startsWith("ws://127.0.0.1")) {
      foreign.push(request.url());
    }
  });
  const response = await page.reload();
  await live.isLive();
  expect(foreign).toEqual([]);
  const policy = response?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
});
