/** Where time comes from; tests have their own. */
export interface Clock {
  /** Monotonic milliseconds, which go on counting while the machine sleeps. */
  now(): number;
  /** Unix milliseconds by this machine's clock. */
  wall(): number;
}

/** The wall clock may gain so much on the monotonic one before it counts as sleep. */
const SLEEP_MS = 2_000;

interface Source {
  performance: { now(): number };
  Date: { now(): number };
}

/**
 * createClock makes a clock of the browser's two. performance.now() stands still
 * while some systems sleep, and an age read from it would then make an old value
 * look fresh; so what the wall clock gained meanwhile is added. A wall clock set
 * forward looks the same and makes values look older than they are for a moment,
 * which is the harmless side; one set backwards changes nothing.
 */
export function createClock(source: Source = globalThis): Clock {
  let lastMonotonic = source.performance.now();
  let lastWall = source.Date.now();
  let now = lastMonotonic;
  return {
    now() {
      const monotonic = source.performance.now();
      const wall = source.Date.now();
      const ran = Math.max(0, monotonic - lastMonotonic);
      const passed = wall - lastWall;
      lastMonotonic = monotonic;
      lastWall = wall;
      now += passed - ran > SLEEP_MS ? passed : ran;
      return now;
    },
    wall: () => source.Date.now(),
  };
}
