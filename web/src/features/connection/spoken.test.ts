import { expect, test } from "vitest";
import { linkView } from "./pillView";
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, nothingSpoken, type Spoken, speak } from "./spoken";

const view = (phase: Parameters<typeof linkView>[0]["phase"]) =>
  linkView({ phase, rtt: null, retryAt: null, lastFrameAt: null, pollEveryMs: null, reason: null });

test("a change is said at once, and once", () => {
  const live = speak(nothingSpoken, view("live"), 1_000);
  expect(live.text).toBe("Live");
  expect(speak(live, view("live"), 90_000)).toBe(live);
  expect(speak(live, view("reconnecting"), 120_000).text).toMatch(/lost/);
});

test("what passes by itself is not said", () => {
  const live = speak(nothingSpoken, view("live"), 0);
  expect(speak(live, view("syncing"), 60_000)).toBe(live);
  expect(speak(nothingSpoken, view("connecting"), 0)).toBe(nothingSpoken);
});

test("a link that is lost and back within the pause is not talked about", () => {
  const live = speak(nothingSpoken, view("live"), 0);
  const lost = speak(live, view("reconnecting"), 1_000);
  expect(lost, "still within the pause").toBe(live);
  expect(speak(lost, view("live"), FIRST_PAUSE_MS)).toBe(live);
});

test("a link that flaps every second for five minutes is told of a few times", () => {
  let spoken: Spoken = nothingSpoken;
  const said: number[] = [];
  for (let s = 0; s < 300; s++) {
    const next = speak(spoken, view(s % 2 === 0 ? "live" : "reconnecting"), s * 1_000);
    if (next !== spoken) said.push(s);
    spoken = next;
  }
  expect(said.length).toBeLessThan(9);
  expect(said.length).toBeGreaterThan(3);
  // Calm again: the next change is said after the first, short pause.
  const calm = speak(spoken, view("slow"), 300_000 + 2 * LONGEST_PAUSE_MS);
  expect(calm.pauseMs).toBe(FIRST_PAUSE_MS);
});

test("what waits for the user is said whatever was said before", () => {
  const live = speak(nothingSpoken, view("live"), 0);
  expect(speak(live, view("signin"), 10).text).toBe("Sign in again");
  expect(speak(live, view("idle"), 10).text).toBe("Disconnected");
});
