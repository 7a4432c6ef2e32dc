import { describe, expect, it } from "vitest";
import { askedBy, askedHash } from "./asked";

describe("a pull that an address asks for", () => {
  it.each([
    { kind: "pull", reference: "alpine", engine: "", platform: "" },
    { kind: "push", reference: "127.0.0.1:5000/a b/c+d@sha256:aa&x=1", engine: "ENG:INE", platform: "" },
    { kind: "pull", reference: "alpine:3", engine: "e1", platform: "linux/arm/v7" },
  ] as const)("%j comes out as it went in", (asked) => expect(askedBy(askedHash(asked))).toEqual(asked));

  it("may come from a link written by hand", () => {
    expect(askedBy("#pull=nginx:1.27")).toEqual({ kind: "pull", reference: "nginx:1.27", engine: "", platform: "" });
    expect(askedBy("#token=abc")).toBeNull();
    expect(askedBy("")).toBeNull();
  });
});
