import { access } from "node:fs/promises";
import { Engine } from "./engine.ts";
import { root } from "./run.ts";

/** One engine for all tests; each test cleans up its containers. */
export default async function setup(): Promise<() => Promise<unknown>> {
  await access(`${root}/bin/quaywatch`).catch(() => {
    throw new Error("bin/quaywatch is missing. Build it with: make build");
  });
  const engine = await Engine.up(`e2e-${process.pid}`);
  process.env.QUAYWATCH_E2E_ENGINE = engine.name;
  process.env.QUAYWATCH_E2E_HOST = engine.host;
  return () => engine.down();
}
