import { expect, it } from "vitest";
import { ApiError } from "../../../api/client";
import type { AlertPreview, AlertRule } from "../../../api/types.gen";
import { ManualTime } from "../../../testing/manual";
import { NEW_RULE } from "../model/ruleDraft";
import { PAUSE_MS, PreviewReader } from "./previewReader";

const answer = (total: number): AlertPreview => ({ from: "", until: "", total, items: [], matching: 1, note: "" });

it("asks once the typing pauses, one question at a time, and shows the answer to the last", async () => {
  const time = new ManualTime();
  const asked: { rule: AlertRule; done: (p: AlertPreview) => void; fail: (err: Error) => void }[] = [];
  const ask = (rule: AlertRule) =>
    new Promise<AlertPreview>((done, fail) => {
      asked.push({ rule, done, fail });
    });
  const reader = new PreviewReader(ask, time);
  const rule = (above: number) => ({ ...NEW_RULE, above });
  reader.want(rule(1), 7);
  time.advance(PAUSE_MS - 1);
  reader.want(rule(2), 7);
  time.advance(PAUSE_MS);
  expect(asked.map((a) => a.rule.above)).toEqual([2]);
  expect(reader.state().loading).toBe(true);
  reader.want(rule(3), 7);
  time.advance(PAUSE_MS);
  expect(asked).toHaveLength(1);
  asked[0]?.done(answer(2));
  await expect.poll(() => asked.length).toBe(2);
  expect(reader.state().preview).toBeNull();
  asked[1]?.done(answer(3));
  await expect.poll(() => reader.state().preview?.total).toBe(3);
  reader.want(rule(3), 7);
  time.advance(PAUSE_MS);
  expect(asked).toHaveLength(2);
  reader.want(rule(3), 30);
  time.advance(PAUSE_MS);
  asked[2]?.fail(new ApiError(503, "History is paused.", null));
  await expect.poll(() => reader.state().problem).toBe("History is paused.");
  reader.want(null, 30);
  expect(reader.state()).toMatchObject({ preview: null, loading: false, problem: "" });
});
