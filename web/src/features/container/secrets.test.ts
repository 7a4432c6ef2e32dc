import { expect, it } from "vitest";
import { ApiError } from "../../api/client";
import { Secrets } from "./secrets";

const NAMES = ["A", "B"];

function secrets(env: () => Promise<readonly string[]>) {
  return new Secrets({ env }, "e/c");
}

it("holds what was revealed and nothing else", async () => {
  const s = secrets(async () => ["A=one", "B=two=2"]);
  await s.reveal([1], NAMES);
  expect([...s.state().values]).toEqual([[1, "two=2"]]);
  await s.reveal([0], NAMES);
  s.hide(1);
  expect([...s.state().values]).toEqual([[0, "one"]]);
  s.forget();
  expect(s.state().values.size).toBe(0);
});

it("goes by name where the environment has another order", async () => {
  const s = secrets(async () => ["B=two", "A=one"]);
  await s.reveal([0], NAMES);
  expect(s.state().values.get(0)).toBe("one");
});

it("drops an answer that comes after the view was left", async () => {
  let answer: (lines: readonly string[]) => void = () => {};
  const s = secrets(() => new Promise((resolve) => (answer = resolve)));
  const asked = s.reveal([0], NAMES);
  s.forget();
  answer(["A=one"]);
  await asked;
  expect(s.state()).toMatchObject({ loading: false, problem: "" });
  expect(s.state().values.size).toBe(0);
});

it("says why it may not", async () => {
  const s = secrets(() => Promise.reject(new ApiError(403, "This needs the role operator.", null)));
  await s.reveal([0], NAMES);
  expect(s.state()).toMatchObject({ loading: false, problem: "This needs the role operator." });
});
