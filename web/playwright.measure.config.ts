import { defineConfig } from "@playwright/test";

// Measures the desktop app's socket for `make bench`, which builds the app that
// this needs and says where it is.
export default defineConfig({
  testDir: "e2e-desktop",
  testMatch: "measure.ts",
  outputDir: "test-results",
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
});
