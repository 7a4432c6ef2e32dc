import { defineConfig } from "@playwright/test";
import base from "./playwright.config.ts";

// `make screenshots`: every view and state, light and dark, wide and narrow, on
// a private real engine. All pictures go to test-results/screenshots, to be
// looked at; those that the guide and the README show go to docs/guide/images.
// The files run in the order of their names: charts late, when there is a past
// to draw, and at the end of all what breaks the connection and the engine.
export default defineConfig({
  ...base,
  testDir: "screenshots",
  outputDir: "../test-results/screenshots-failed",
  timeout: 120_000,
  retries: 0,
  globalSetup: "./screenshots/setup.ts",
});
