import { expect, test } from "vitest";
import { persist } from "./persist";

const atOnce = {
  after(_: number, fn: () => void) {
    queueMicrotask(fn);
    return () => {};
  },
};

function failing(times: number) {
  let calls = 0;
  const load = () => {
    calls++;
    return calls <= times ? Promise.reject(new Error(`no ${calls}`)) : Promise.resolve("part");
  };
  return { load, calls: () => calls };
}

test("what fails for a moment comes all the same", async () => {
  const part = failing(2);
  await expect(persist(part.load, atOnce)).resolves.toBe("part");
  expect(part.calls()).toBe(3);
});

test("what goes on failing fails with its last error, and what works is asked for once", async () => {
  await expect(persist(failing(9).load, atOnce)).rejects.toThrow("no 3");
  const part = failing(0);
  await persist(part.load, atOnce);
  expect(part.calls()).toBe(1);
});
