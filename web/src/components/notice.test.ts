import { beforeEach, expect, it } from "vitest";
import { clearNotices, noticeList, notify, settle, withdraw } from "./notice";

beforeEach(clearNotices);

it("is taken away when it is no news, and stays quietly when it is over", () => {
  notify({ key: "a", tone: "bad", title: "web is unhealthy" });
  notify({ key: "b", tone: "bad", title: "db is unhealthy" });
  withdraw("a");
  withdraw("nobody");
  expect(noticeList.get().map((n) => n.key)).toEqual(["b"]);
  const [before] = noticeList.get();
  settle("b", { tone: "good", title: "Over: db is unhealthy", text: "It was over after 3 min." });
  settle("nobody", { tone: "good", title: "", text: "" });
  const [now] = noticeList.get();
  expect(now).toMatchObject({ key: "b", tone: "good", title: "Over: db is unhealthy", toast: false, read: false });
  // The desktop tells what is new by the id: this is not.
  expect(now?.id).toBe(before?.id);
});
