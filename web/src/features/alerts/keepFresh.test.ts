import { expect, it } from "vitest";
import { ManualTime } from "../../testing/manual";
import { keepFresh } from "./keepFresh";

it("reads again while the page can be seen, at once when it is shown, one chain of timers however often", async () => {
  const time = new ManualTime();
  let hidden = false;
  let show = () => {};
  let reads = 0;
  const frames = {
    hidden: () => hidden,
    onShow: (fn: () => void) => {
      show = fn;
      return () => {};
    },
  };
  const settle = () => new Promise<void>((done) => setTimeout(done));
  const read = async () => {
    reads++;
  };
  const end = keepFresh(read, 100, time, frames);
  await settle();
  time.advance(100);
  await settle();
  expect(reads).toBe(2);
  hidden = true;
  time.advance(100);
  await settle();
  expect(reads).toBe(2);
  hidden = false;
  show();
  show();
  await settle();
  expect(reads).toBe(4);
  expect(time.waiting).toBe(1);
  end();
  expect(time.waiting).toBe(0);
});
