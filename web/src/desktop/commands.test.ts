import { expect, test } from "vitest";
import { asText } from "./commands";

test("what a container is called is text in a notification, never markup", () => {
  expect(asText("<b>&amp;</b> keeps restarting")).toBe("&lt;b>&amp;amp;&lt;/b> keeps restarting");
});
