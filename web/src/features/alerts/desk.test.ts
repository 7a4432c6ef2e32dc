import { expect, it } from "vitest";
import { ApiClient, type Fetch } from "../../api/client";
import type { Alert } from "../../api/types.gen";
import { clearNotices, noticeList } from "../../components/notice";
import { AlertDesk } from "./desk";

const alert = (id: string) => ({ engine: "e", id, summary: `${id} is unhealthy.` }) as Alert;

it("asks for each, marks what is under way, and tells what failed with a way to try again", async () => {
  clearNotices();
  const asked: string[] = [];
  let refuse = true;
  const fetch: Fetch = async (path, init) => {
    asked.push(`${init?.method} ${path} ${init?.body}`);
    if (path.includes("/b/") && refuse) {
      const problem = { title: "Gone", detail: "There is no such alert.", status: 404 };
      return new Response(JSON.stringify(problem), { status: 404 });
    }
    return new Response("{}");
  };
  const desk = new AlertDesk({ client: new ApiClient({ fetch }) });
  const seen: number[] = [];
  desk.subscribe(() => seen.push(desk.pending().size));
  await desk.acknowledge(["a", "b", "c"].map(alert), "mine");
  expect(seen[0]).toBe(3);
  expect(desk.pending().size).toBe(0);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toBe('PUT /api/v1/alerts/a/acknowledgement {"note":"mine"}');
  const [notice] = noticeList.get();
  expect(notice).toMatchObject({ tone: "bad", title: "Could not acknowledge 1 alert" });
  expect(notice?.text).toContain("There is no such alert.");
  refuse = false;
  notice?.action?.run();
  await expect.poll(() => asked.length).toBe(4);
  expect(asked[3]).toContain("/b/");
});
