import { guideConfiguration, Nginx, type ServerBlock, selfSigned } from "./support/nginx.ts";
import type { WatchedPage } from "./support/proxyPage.ts";
import { type Play, Scene, secondsUntil, states } from "./support/proxyScene.ts";
import { expect, test } from "./support/test.ts";

const NAME = "quaywatch.localhost";
const UP = ["live", "slow"];
const running: Nginx[] = [];
/** When the configuration was mended, in the page's seconds. */
const mended: Record<string, number> = {};

const seconds = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 1000));

/** A server block for plain HTTP with these lines in its location. */
function plain(listen: string, ...lines: string[]): ServerBlock {
  return (port) => `
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://${listen};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        ${lines.map((line) => `${line};`).join("\n        ")}
      }
    }`;
}

const UPGRADE = ["proxy_set_header Upgrade $http_upgrade", "proxy_set_header Connection upgrade"];

/** The guide's configuration, with nothing changed but names, ports and files. */
function fromGuide(listen: string): ServerBlock {
  return async (port, directory) => {
    const { certificate, key } = await selfSigned(NAME, directory);
    return (await guideConfiguration())
      .replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
      .replace("quaywatch.example.org", NAME)
      .replace("/etc/ssl/certs/quaywatch.pem", certificate)
      .replace("/etc/ssl/private/quaywatch.key", key)
      .replace("127.0.0.1:7420", listen);
  };
}

async function through(scene: Scene, block: ServerBlock): Promise<{ nginx: Nginx; page: WatchedPage }> {
  const nginx = await Nginx.start(block);
  running.push(nginx);
  return { nginx, page: await scene.open(nginx.origin) };
}

/** Stays longer than the read timeout, so that only the heartbeats keep it up. */
const short =
  (...lines: string[]): Play =>
  async (scene) => {
    const { page } = await through(
      scene,
      plain(scene.server.listen, ...UPGRADE, "proxy_read_timeout 10s", "proxy_send_timeout 10s", ...lines),
    );
    await page.reaches(UP, 120);
    await seconds(14);
    return page;
  };

/** Polls, until nginx is told better. */
const withoutUpgrade =
  (name: string, afterwards: (page: WatchedPage) => Promise<void>): Play =>
  async (scene) => {
    const { nginx, page } = await through(scene, plain(scene.server.listen));
    await page.reaches(["polling"], 120);
    await seconds(3);
    await nginx.reload(plain(scene.server.listen, ...UPGRADE));
    await seconds(0.5);
    mended[name] = await page.now();
    await afterwards(page);
    await page.reaches(UP, 120);
    return page;
  };

const plays: Record<string, Play> = {
  guide: async (scene) => {
    const nginx = await Nginx.start(fromGuide(scene.server.listen));
    running.push(nginx);
    const page = await scene.open(`https://${NAME}:${nginx.port}`, { ignoreHTTPSErrors: true });
    await page.reaches(UP, 120);
    await seconds(5);
    const [cookie] = await page.page.context().cookies();
    expect(cookie).toMatchObject({ name: expect.stringMatching(/^__Host-/), secure: true, httpOnly: true });
    return page;
  },
  "short timeout": short("proxy_buffering off"),
  "short timeout, buffered": short("proxy_buffering on", "proxy_buffers 8 64k", "proxy_buffer_size 64k"),
  "without upgrade, woken": withoutUpgrade("without upgrade, woken", (page) =>
    page.page.evaluate(() => void window.dispatchEvent(new Event("online"))),
  ),
  "without upgrade, waited": withoutUpgrade("without upgrade, waited", async () => {}),
};

let scene: Scene;
// Serial: after a failure the rest would need the whole scene anew.
test.describe.configure({ mode: "serial", timeout: 600_000 });
test.beforeAll(async ({ browser }) => {
  scene = await Scene.set(browser, plays, ["--trusted-proxy", "127.0.0.1", "--allow-host", NAME]);
});
test.afterAll(async () => {
  await scene.end();
  for (const nginx of running) await nginx.stop();
});

test("nginx as the guide has it: live over TLS under its public name", async () => {
  const said = await scene.over("guide");
  const lasting = states(said).filter((s) => !["connecting", "syncing", "slow", "silent"].includes(s));
  expect([...new Set(lasting)]).toEqual(["live"]);
});

for (const name of ["short timeout", "short timeout, buffered"]) {
  test(`nginx with a ${name}: heartbeats keep it open`, async () => {
    const said = await scene.over(name);
    expect(states(said)).not.toContain("reconnecting");
    expect(states(said)).not.toContain("polling");
  });
}

for (const [name, within] of [
  ["without upgrade, woken", 8],
  // A probe comes within 20 s, and is trusted after two heartbeats.
  ["without upgrade, waited", 28],
] as const) {
  test(`nginx ${name}: polling within 10 s, back within ${within} s of its mending`, async () => {
    const said = await scene.over(name);
    expect(said[0]?.state).toBe("connecting");
    expect(secondsUntil(said, said[0]?.at ?? 0, "polling")).toBeLessThan(10 + scene.slack);
    expect(secondsUntil(said, mended[name] ?? 0, "live", "slow")).toBeLessThan(within + scene.slack);
  });
}
