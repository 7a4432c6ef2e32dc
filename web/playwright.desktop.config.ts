import { defineConfig } from "@playwright/test";

// The desktop app in its real window, with its real server, on a private real
// engine. One worker: the engine and the two cores are shared.
export default defineConfig({
  testDir: "e2e-desktop",
  outputDir: "test-results",
  workers: 1,
  fullyParallel: false,
  // As in playwright.config.ts: run once more in CI, and listed as flaky then.
  retries: process.env.CI ? 1 : 0,
  timeout: 480_000,
  expect: { timeout: 90_000 },
  reporter: [["list"]],
  globalSetup: "./e2e/support/setup.ts",
});
