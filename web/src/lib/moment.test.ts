import { describe, expect, it } from "vitest";
import { containerPath } from "../components/routes";
import { momentOf } from "./moment";

describe("a moment in the address", () => {
  it("goes there and comes back, to the nanosecond and with its zone", () => {
    for (const time of ["2026-11-23T20:01:02.123456789Z", "2026-11-23T20:01:02Z", "2026-11-23T21:01:02.5+01:00"]) {
      const path = containerPath("engine/0123456789abcdef", "charts", time);
      expect(momentOf(path.slice(path.indexOf("?")))).toEqual({ time, at: Date.parse(time) });
    }
    expect(containerPath("engine/0123456789abcdef", "overview", "2026-11-23T20:01:02Z")).toBe(
      "/containers/0123456789ab?at=2026-11-23T20:01:02Z",
    );
    expect(containerPath("engine/0123456789abcdef", "logs")).toBe("/containers/0123456789ab/logs");
  });

  it("is none where it makes no sense", () => {
    for (const search of ["", "?at=", "?at=yesterday", "?at=12", "?at=2026-13-40T99:00:00Z", "?around=2026-11-23"]) {
      expect(momentOf(search)).toBeNull();
    }
  });
});
