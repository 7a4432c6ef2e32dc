import { expect, it } from "vitest";
import { ApiError } from "./client";
import { DetailReader } from "./reader";

it("reads once more what changed while it was read", async () => {
  let asked = 0;
  const answers: ((value: number) => void)[] = [];
  const reader = new DetailReader<number>(() => {
    asked++;
    return new Promise((resolve) => answers.push(resolve));
  });
  const done = reader.refresh();
  void reader.refresh();
  void reader.refresh();
  expect(asked).toBe(1);
  expect(reader.state()).toMatchObject({ data: null, loading: true });
  answers[0]?.(1);
  await expect.poll(() => asked).toBe(2);
  expect(reader.state()).toMatchObject({ data: 1, loading: true });
  answers[1]?.(2);
  await done;
  expect(reader.state()).toEqual({ data: 2, loading: false, problem: "" });
});

it("keeps what it knew when it can't read, and says why", async () => {
  let fails = false;
  const reader = new DetailReader<number>(async () => {
    if (fails) throw new ApiError(503, "Docker does not answer.", null);
    return 1;
  });
  await reader.refresh();
  fails = true;
  await reader.refresh();
  expect(reader.state()).toEqual({ data: 1, loading: false, problem: "Docker does not answer." });
  fails = false;
  await reader.refresh();
  expect(reader.state().problem).toBe("");
});
