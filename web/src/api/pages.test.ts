import { expect, it } from "vitest";
import { ApiError } from "./client";
import { PagedReader } from "./pages";

it("reads on from where a page ended, and from the beginning when it is asked anew", async () => {
  const asked: string[] = [];
  const reader = new PagedReader<number>(async (before) => {
    asked.push(before);
    return before === "" ? { items: [5, 4], next: "4" } : { items: [3], next: "" };
  });
  await reader.refresh();
  expect(reader.state()).toMatchObject({ items: [5, 4], more: true, loaded: true, loading: false });
  await reader.more();
  expect(reader.state()).toMatchObject({ items: [5, 4, 3], more: false });
  await reader.more();
  expect(asked).toEqual(["", "4"]);
  await reader.refresh();
  expect(reader.state().items).toEqual([5, 4]);
});

it("keeps what it has where a page can't be read, and heeds the last question only", async () => {
  const answers: ((page: { items: number[]; next: string }) => void)[] = [];
  let fail = false;
  const reader = new PagedReader<number>(() => {
    if (fail) return Promise.reject(new ApiError(503, "History is paused.", null));
    return new Promise((done) => answers.push(done));
  });
  const first = reader.refresh();
  const second = reader.refresh();
  answers[1]?.({ items: [2], next: "" });
  answers[0]?.({ items: [1], next: "" });
  await Promise.all([first, second]);
  expect(reader.state().items).toEqual([2]);
  fail = true;
  await reader.refresh();
  expect(reader.state()).toMatchObject({ items: [2], problem: "History is paused." });
});
