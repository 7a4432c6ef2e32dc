import { expect, test } from "vitest";
import { containerOf } from "./followLinks";

test.each([
  ["quaywatch://container/web-1", "web-1"],
  ["quaywatch://container/web_1.x/", "web_1.x"],
  ["quaywatch://container/", null],
  ["quaywatch://container", null],
  ["quaywatch://container/a/b", null],
  ["quaywatch://container/..%2fsettings", null],
  ["quaywatch://container/<b>", null],
  ["quaywatch://settings/web", null],
  ["https://container/web", null],
  ["web", null],
  ["", null],
  [`quaywatch://container/${"a".repeat(256)}`, null],
])("%s", (link, container) => {
  expect(containerOf(link)).toBe(container);
});
