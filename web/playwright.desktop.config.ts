import { defineConfig } from "@playwright/test";

// The desktop app in its real window, with its real server, on a private real
// engine. One worker: the engine and the two cores are shared.
export default defineConfig({
  testDir: "e2e-desktop",
  outputDir: "test-results",
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  globalSetup: "./e2e/support/setup.ts",
});
