import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../e2e/support/engine.ts";

interface Actor {
  readonly name: string;
  /** Compose's project and service. */
  readonly of?: readonly [project: string, service: string];
  readonly image: string;
  readonly run?: readonly string[];
  readonly program: keyof typeof PROGRAMS & string;
}

/** A load that comes and goes: so many turns of a loop at the most. */
const burn =
  "trap 'exit 0' TERM; t=0; burn() { t=$((t+1)); i=0; n=$(($1 * (20 + t * t % 80) / 100)); while [ $i -lt $n ]; do i=$((i+1)); done; }";

/** The programs of the scene, as they stand in its image. */
const PROGRAMS: Readonly<Record<string, string>> = {
  web: `${burn}
mkdir -p /tmp/www; dd if=/dev/zero of=/tmp/www/page bs=1k count=96 2>/dev/null; httpd -p 80 -h /tmp/www
while :; do
  echo "10.4.0.$((RANDOM % 250)) GET /products/$((RANDOM % 9000)) 200 $((RANDOM % 90)) ms"
  burn 40000; usleep 350000
done`,
  api: `${burn}
while :; do
  echo "{\\"level\\":\\"info\\",\\"msg\\":\\"order accepted\\",\\"order\\":$RANDOM,\\"ms\\":$((RANDOM % 80))}"
  [ $((RANDOM % 5)) -eq 0 ] && printf '\\033[33mWARN\\033[0m slow query, %s ms: select * from orders\\n' $((RANDOM % 900)) >&2
  [ $((RANDOM % 17)) -eq 0 ] && printf '\\033[31mERROR\\033[0m payment refused by the bank, order %s\\n' $RANDOM >&2
  wget -q -O /dev/null http://$WEB/page; burn 140000; usleep 400000
  [ $((t % 3)) -eq 0 ] && dd if=/dev/zero of=/var/uploads/last bs=64k count=$((1 + RANDOM % 8)) conv=fsync 2>/dev/null
done`,
  db: `head -c 40000000 /dev/zero | tr '\\0' x >/dev/shm/pages
while :; do
  echo "checkpoint complete: wrote $((RANDOM % 400)) buffers"
  dd if=/dev/zero of=/data/wal bs=64k count=12 conv=fsync 2>/dev/null; sleep 2
done`,
  worker: "echo 'connecting to the queue'; sleep 3; echo 'no queue at queue:5672' >&2; exit 3",
  thumbnails: "echo 'reading 4,211 pictures'; sleep 1; tail /dev/zero",
  report: "sleep 1; echo sent",
  migrate: "echo 'column exists already' >&2; exit 1",
  done: "echo complete",
  idle: "while :; do echo tick; sleep 5; done",
};

const healthy = ["--health-cmd", "true", "--health-interval", "2s"];

// Those that end and start again have no network of their own: each one made or
// removed changes the host's interfaces, and Chromium then drops what it fetches.
const alone = ["--network", "container:shop-cache-1"];

/** What stands on the pictures: three Compose projects and some strays, a few of them in trouble. */
const scene: readonly Actor[] = [
  {
    name: "shop-web-1",
    of: ["shop", "web"],
    image: "shop/web:1.4",
    program: "web",
    run: [...healthy, "--network", "shop_default", "-p", "127.0.0.1:18080:80", "-l", "app=web"],
  },
  {
    name: "shop-web-2",
    of: ["shop", "web"],
    image: "shop/web:1.4",
    program: "web",
    run: [...healthy, "--network", "shop_default", "-l", "app=web"],
  },
  {
    name: "shop-api-1",
    of: ["shop", "api"],
    image: "shop/api:2.0",
    program: "api",
    run: [
      ...["--network", "shop_default", "--cpus", "0.5", "--memory", "128m", "-l", "app=api", "-l", "team=checkout"],
      ...["-e", "DATABASE_URL=postgres://shop:tulip-92@shop-db-1/shop", "-e", "LOG_LEVEL=info", "-e", "WEB=$WEB"],
      ...["-v", "shop_uploads:/var/uploads", "-v", "/etc/hostname:/etc/node:ro", "--restart", "unless-stopped"],
      ...["--expose", "9000"],
    ],
  },
  {
    name: "shop-db-1",
    of: ["shop", "db"],
    image: "db:2.1",
    program: "db",
    run: ["--network", "shop_default", "--memory", "256m", "-v", "shop_data:/data"],
  },
  {
    name: "shop-cache-1",
    of: ["shop", "cache"],
    image: "cache:7",
    program: "idle",
    run: ["--network", "shop_default", "--memory", "64m"],
  },
  {
    name: "shop-worker-1",
    of: ["shop", "worker"],
    image: "shop/api:2.0",
    program: "worker",
    run: [...alone, "--restart", "always"],
  },
  { name: "blog-web-1", of: ["blog", "web"], image: "blog/web:0.9", program: "web", run: healthy },
  { name: "blog-db-1", of: ["blog", "db"], image: "db:2.1", program: "db", run: ["-v", "/data"] },
  { name: "metrics", image: "metrics:3", program: "idle", run: [] },
  {
    name: "registry",
    image: "registry:3",
    program: "idle",
    run: ["--health-cmd", "echo 'connection refused'; false", "--health-interval", "2s", "--health-retries", "2"],
  },
  { name: "gateway", of: ["reports", "gateway"], image: "web:1.0", program: "done", run: alone },
  { name: "reports-daily", of: ["reports", "daily"], image: "reports:1", program: "report", run: alone },
  { name: "reports-weekly", of: ["reports", "weekly"], image: "reports:1", program: "report", run: alone },
  { name: "backup", image: "backup:5", program: "done", run: alone },
  { name: "migrate", image: "shop/api:2.0", program: "migrate", run: alone },
  {
    name: "thumbnailer",
    image: "thumbnailer:1",
    program: "thumbnails",
    run: [...alone, "--memory", "16m"],
  },
];

/** Starts the scene. It goes on while pictures are taken. */
export async function play(engine: Engine): Promise<void> {
  await engine.docker("network", "create", "shop_default");
  await buildImages(engine);
  let ip = "";
  for (const actor of scene) {
    const run = (actor.run ?? []).map((word) => word.replace("$WEB", ip));
    await engine.docker("run", "-d", "--name", actor.name, ...labels(actor.of), ...run, actor.image, actor.program);
    if (actor.name === "shop-web-1") {
      ip = await engine.docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", actor.name);
    }
  }
  await engine.docker("pause", "metrics");
  // The engine refuses to start it: what it shares a network with does not run.
  await engine.docker(
    ...["create", "--name", "reports-monthly", "--network", "container:gateway", ...labels(["reports", "monthly"])],
    ...["reports:1", "report"],
  );
}

/** One image with all programs, under all names. */
async function buildImages(engine: Engine): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "quaywatch-scene-"));
  for (const [name, script] of Object.entries(PROGRAMS)) {
    await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  await engine.docker("create", "--name", "build", "busybox:local");
  await engine.docker("cp", `${dir}/.`, "build:/bin/");
  await engine.docker("commit", "build", "scene:1");
  await engine.docker("rm", "build");
  for (const image of new Set(scene.map((a) => a.image))) await engine.docker("tag", "scene:1", image);
  await rm(dir, { recursive: true });
}

function labels(of: Actor["of"]): string[] {
  if (!of) return [];
  return ["-l", `com.docker.compose.project=${of[0]}`, "-l", `com.docker.compose.service=${of[1]}`];
}
