import { mkdir, rm } from "node:fs/promises";
import { Engine } from "../e2e/support/engine.ts";
import engineSetup from "../e2e/support/setup.ts";
import { PICTURES } from "./camera.ts";
import { publish } from "./publish.ts";
import { play } from "./scene.ts";

/** No old pictures, an engine of its own with the scene in it; at the end, the chosen pictures into the guide. */
export default async function setup(): Promise<() => Promise<void>> {
  await rm(PICTURES, { recursive: true, force: true });
  await mkdir(PICTURES, { recursive: true });
  const down = await engineSetup();
  try {
    await play(Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? ""));
  } catch (err) {
    await down();
    throw err;
  }
  return async () => {
    await down();
    await publish();
  };
}
