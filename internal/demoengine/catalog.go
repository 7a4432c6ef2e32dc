package demoengine

// service is one service of a theme's Compose file.
type service struct {
	name  string
	image string
	path  string
	args  []string
	env   []string
	// port is the container's, host where the first project publishes it (0:
	// exposed only).
	port, host int
	proto      string
	// volume is where the service keeps its data, "" for none.
	volume string
	// Typical use. cpu is in cores, mem and memLimit in MiB, net and disk in
	// bytes a second; 0 in a limit is none.
	cpu, cpuLimit       float64
	mem, memLimit       int
	rx, tx, read, write float64
	pids                int
	// health is the CMD-SHELL of the health check, "" for none.
	health  string
	policy  string
	scale   int
	oneShot bool
	// hostNet puts the service in the host's network, as agents are.
	hostNet bool
}

type theme struct {
	name     string
	services []service
}

// catalog is what the world is made of. The first projects are these themes by
// their plain names; then every tenant has them.
func catalog() []theme {
	const k = 1 << 10
	postgres := service{
		name: "db", image: "postgres:16.4-alpine", path: "docker-entrypoint.sh", args: []string{"postgres"},
		env:  []string{"POSTGRES_USER=app", "POSTGRES_PASSWORD=not-a-secret", "PGDATA=/var/lib/postgresql/data"},
		port: 5432, volume: "/var/lib/postgresql/data", cpu: 0.06, cpuLimit: 2, mem: 210, memLimit: 1024,
		rx: 22 * k, tx: 60 * k, read: 40 * k, write: 180 * k, pids: 24, health: "pg_isready -U app", policy: "unless-stopped",
	}
	redis := service{
		name: "cache", image: "redis:7.4-alpine", path: "docker-entrypoint.sh", args: []string{"redis-server", "--appendonly", "yes"},
		port: 6379, volume: "/data", cpu: 0.012, mem: 34, memLimit: 256, rx: 30 * k, tx: 48 * k, write: 9 * k, pids: 6,
		health: "redis-cli ping", policy: "unless-stopped",
	}
	return []theme{
		{name: "shop", services: []service{
			{
				name: "proxy", image: "traefik:v3.1", path: "/entrypoint.sh", args: []string{"traefik", "--providers.file.directory=/etc/traefik"},
				port: 8080, host: 8080, cpu: 0.03, mem: 58, rx: 160 * k, tx: 420 * k, write: k, pids: 14, health: "traefik healthcheck --ping", policy: "always",
			},
			{
				name: "web", image: "ghcr.io/acme/shop-web:2.14.3", path: "node", args: []string{"server.js"}, env: []string{"NODE_ENV=production", "PORT=3000", "SESSION_SECRET=not-a-secret"},
				port: 3000, cpu: 0.11, cpuLimit: 1, mem: 180, memLimit: 512, rx: 64 * k, tx: 190 * k, pids: 23, health: "wget -qO- http://127.0.0.1:3000/healthz", policy: "unless-stopped", scale: 3,
			},
			{
				name: "api", image: "ghcr.io/acme/shop-api:2.14.3", path: "/app/api", args: []string{"serve", "--addr", ":8000"}, env: []string{"DATABASE_URL=postgres://app:not-a-secret@db/app", "LOG_LEVEL=info"},
				port: 8000, cpu: 0.22, cpuLimit: 2, mem: 120, memLimit: 512, rx: 90 * k, tx: 130 * k, pids: 18, health: "/app/api health", policy: "unless-stopped", scale: 2,
			},
			{
				name: "worker", image: "ghcr.io/acme/shop-worker:2.14.3", path: "celery", args: []string{"-A", "shop", "worker", "--concurrency", "4"}, env: []string{"PYTHONUNBUFFERED=1"},
				cpu: 0.35, cpuLimit: 2, mem: 320, memLimit: 768, rx: 36 * k, tx: 20 * k, write: 12 * k, pids: 9, policy: "unless-stopped", scale: 2,
			},
			postgres, redis,
			{name: "migrate", image: "ghcr.io/acme/shop-api:2.14.3", path: "/app/api", args: []string{"migrate", "up"}, cpu: 0.4, mem: 60, rx: 4 * k, tx: 4 * k, pids: 8, policy: "no", oneShot: true},
		}},
		{name: "monitoring", services: []service{
			{
				name: "prometheus", image: "prom/prometheus:v2.54.1", path: "/bin/prometheus", args: []string{"--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"},
				port: 9090, host: 9090, volume: "/prometheus", cpu: 0.14, mem: 720, memLimit: 2048, rx: 240 * k, tx: 24 * k, read: 30 * k, write: 210 * k, pids: 15, health: "wget -qO- http://127.0.0.1:9090/-/healthy", policy: "unless-stopped",
			},
			{
				name: "grafana", image: "grafana/grafana:11.2.0", path: "/run.sh", port: 3000, host: 3001, volume: "/var/lib/grafana", env: []string{"GF_SECURITY_ADMIN_PASSWORD=not-a-secret"},
				cpu: 0.02, mem: 130, memLimit: 512, rx: 12 * k, tx: 30 * k, write: 3 * k, pids: 20, health: "wget -qO- http://127.0.0.1:3000/api/health", policy: "unless-stopped",
			},
			{name: "node-exporter", image: "prom/node-exporter:v1.8.2", path: "/bin/node_exporter", args: []string{"--path.rootfs=/host"}, cpu: 0.008, mem: 18, pids: 6, policy: "unless-stopped", hostNet: true},
			{name: "alertmanager", image: "prom/alertmanager:v0.27.0", path: "/bin/alertmanager", args: []string{"--config.file=/etc/alertmanager/config.yml"}, port: 9093, volume: "/alertmanager", cpu: 0.004, mem: 26, rx: k, tx: k, pids: 10, policy: "unless-stopped"},
			{name: "loki", image: "grafana/loki:3.1.1", path: "/usr/bin/loki", args: []string{"-config.file=/etc/loki/local-config.yaml"}, port: 3100, volume: "/loki", cpu: 0.09, mem: 380, memLimit: 1024, rx: 140 * k, tx: 18 * k, read: 12 * k, write: 160 * k, pids: 16, policy: "unless-stopped"},
		}},
		{name: "blog", services: []service{
			{name: "nginx", image: "nginx:1.27-alpine", path: "/docker-entrypoint.sh", args: []string{"nginx", "-g", "daemon off;"}, port: 80, host: 8081, cpu: 0.006, mem: 12, memLimit: 64, rx: 18 * k, tx: 110 * k, pids: 3, health: "curl -fsS http://127.0.0.1/", policy: "always"},
			{name: "ghost", image: "ghost:5.94-alpine", path: "docker-entrypoint.sh", args: []string{"node", "current/index.js"}, port: 2368, volume: "/var/lib/ghost/content", cpu: 0.03, mem: 165, memLimit: 512, rx: 9 * k, tx: 40 * k, write: 2 * k, pids: 12, policy: "always"},
			{name: "mysql", image: "mysql:8.4", path: "docker-entrypoint.sh", args: []string{"mysqld"}, env: []string{"MYSQL_ROOT_PASSWORD=not-a-secret"}, port: 3306, volume: "/var/lib/mysql", cpu: 0.02, mem: 430, memLimit: 768, rx: 6 * k, tx: 14 * k, read: 8 * k, write: 44 * k, pids: 39, health: "mysqladmin ping", policy: "always"},
			{name: "backup", image: "restic/restic:0.17.0", path: "/usr/bin/restic", args: []string{"backup", "/data"}, volume: "/data", cpu: 0.5, mem: 90, tx: 900 * k, read: 900 * k, pids: 10, policy: "no", oneShot: true},
		}},
		{name: "mail", services: []service{
			{name: "postfix", image: "boky/postfix:v4.3.0", path: "/scripts/run.sh", port: 25, host: 2525, volume: "/var/spool/postfix", cpu: 0.01, mem: 40, rx: 8 * k, tx: 8 * k, write: 20 * k, pids: 12, policy: "unless-stopped"},
			{name: "dovecot", image: "dovecot/dovecot:2.3.21", path: "/usr/sbin/dovecot", args: []string{"-F"}, port: 143, host: 1143, volume: "/var/mail", cpu: 0.008, mem: 30, rx: 4 * k, tx: 22 * k, read: 12 * k, pids: 9, policy: "unless-stopped"},
			{name: "rspamd", image: "rspamd/rspamd:3.9", path: "/usr/bin/rspamd", args: []string{"-f"}, port: 11334, cpu: 0.05, cpuLimit: 0.5, mem: 240, memLimit: 512, rx: 9 * k, tx: 3 * k, pids: 7, health: "rspamadm control stat", policy: "unless-stopped"},
			redis,
		}},
		{name: "ci", services: []service{
			{name: "gitea", image: "gitea/gitea:1.22.2", path: "/usr/bin/entrypoint", args: []string{"/bin/s6-svscan", "/etc/s6"}, port: 3000, host: 3002, volume: "/data", cpu: 0.03, mem: 210, rx: 20 * k, tx: 60 * k, write: 16 * k, pids: 19, health: "curl -fsS http://127.0.0.1:3000/api/healthz", policy: "always"},
			{name: "runner", image: "gitea/act_runner:0.2.11", path: "/sbin/tini", args: []string{"--", "run.sh"}, volume: "/data", cpu: 0.8, cpuLimit: 2, mem: 600, memLimit: 2048, rx: 300 * k, tx: 30 * k, read: 120 * k, write: 700 * k, pids: 42, policy: "on-failure", scale: 4},
			{name: "registry", image: "registry:2.8.3", path: "/entrypoint.sh", args: []string{"/etc/docker/registry/config.yml"}, port: 5000, host: 5000, volume: "/var/lib/registry", cpu: 0.01, mem: 36, rx: 60 * k, tx: 200 * k, read: 180 * k, write: 60 * k, pids: 11, policy: "always"},
		}},
		{name: "chat", services: []service{
			{name: "synapse", image: "matrixdotorg/synapse:v1.114.0", path: "/start.py", port: 8008, volume: "/data", cpu: 0.12, cpuLimit: 2, mem: 540, memLimit: 1024, rx: 40 * k, tx: 70 * k, write: 30 * k, pids: 22, health: "curl -fSs http://127.0.0.1:8008/health", policy: "unless-stopped"},
			postgres,
			{name: "turn", image: "coturn/coturn:4.6.2", path: "turnserver", args: []string{"-n"}, port: 3478, proto: "udp", cpu: 0.02, mem: 22, rx: 80 * k, tx: 80 * k, pids: 8, policy: "unless-stopped"},
		}},
		{name: "stream", services: []service{
			{name: "broker", image: "redpandadata/redpanda:v24.2.4", path: "/entrypoint.sh", args: []string{"redpanda", "start", "--smp", "1"}, port: 9092, volume: "/var/lib/redpanda/data", cpu: 0.3, cpuLimit: 2, mem: 980, memLimit: 1536, rx: 500 * k, tx: 800 * k, read: 60 * k, write: 520 * k, pids: 8, health: "rpk cluster health", policy: "always", scale: 3},
			{name: "ingest", image: "ghcr.io/acme/ingest:0.9.1", path: "/ingest", cpu: 0.25, cpuLimit: 1, mem: 90, memLimit: 256, rx: 380 * k, tx: 360 * k, pids: 13, policy: "unless-stopped", scale: 2},
			{name: "clickhouse", image: "clickhouse/clickhouse-server:24.8-alpine", path: "/entrypoint.sh", port: 8123, volume: "/var/lib/clickhouse", cpu: 0.4, mem: 1400, memLimit: 4096, rx: 350 * k, tx: 90 * k, read: 400 * k, write: 900 * k, pids: 310, policy: "unless-stopped"},
		}},
		{name: "home", services: []service{
			{name: "assistant", image: "ghcr.io/home-assistant/home-assistant:2026.9", path: "/init", port: 8123, host: 8123, volume: "/config", cpu: 0.05, mem: 410, rx: 9 * k, tx: 14 * k, write: 12 * k, pids: 48, policy: "unless-stopped"},
			{name: "mosquitto", image: "eclipse-mosquitto:2.0.18", path: "/docker-entrypoint.sh", args: []string{"/usr/sbin/mosquitto", "-c", "/mosquitto/config/mosquitto.conf"}, port: 1883, host: 1883, cpu: 0.002, mem: 6, rx: 3 * k, tx: 5 * k, pids: 1, policy: "unless-stopped"},
			{name: "zigbee2mqtt", image: "koenkk/zigbee2mqtt:1.40.0", path: "docker-entrypoint.sh", args: []string{"/sbin/tini", "--", "node", "index.js"}, volume: "/app/data", cpu: 0.01, mem: 88, rx: k, tx: k, write: k, pids: 11, policy: "unless-stopped"},
		}},
	}
}

// loners are started by hand, outside of Compose.
func loners() []service {
	return []service{
		{name: "", image: "busybox:1.36", path: "sh", cpu: 0.001, mem: 1, rx: 40, tx: 10, pids: 1, policy: "no"},
		{name: "", image: "alpine:3.20", path: "/bin/sh", args: []string{"-c", "while :; do sleep 5; done"}, cpu: 0.002, mem: 2, rx: 40, tx: 10, pids: 2, policy: "no"},
		{name: "", image: "python:3.12-slim", path: "python3", args: []string{"-m", "http.server", "8000"}, port: 8000, host: 8000, cpu: 0.003, mem: 16, rx: 900, tx: 2400, pids: 1, policy: "no"},
		{name: "", image: "nginx:1.27-alpine", path: "/docker-entrypoint.sh", args: []string{"nginx", "-g", "daemon off;"}, port: 80, host: 8088, cpu: 0.003, mem: 9, rx: 4000, tx: 20000, pids: 3, policy: "always"},
	}
}

func tenants() []string {
	return []string{
		"acme", "globex", "initech", "umbra", "hooli", "stark", "wayne", "tyrell", "wonka", "soylent", "cyberdyne", "aperture",
		"blackmesa", "oscorp", "gringotts", "nakatomi", "monarch", "weyland", "vandelay", "dunder", "pied", "massive", "virtu", "zorg",
		"octan", "planex", "momcorp", "sirius", "magrathea", "encom", "rekall", "omni", "lumon", "veridian", "duff", "paper",
	}
}

func adjectives() []string {
	return []string{"brave", "calm", "eager", "gentle", "happy", "jolly", "keen", "lucid", "merry", "nifty", "proud", "quirky", "sleepy", "tender", "upbeat", "vivid", "witty", "zen"}
}

func surnames() []string {
	return []string{"hopper", "lovelace", "curie", "noether", "turing", "hamilton", "franklin", "meitner", "ritchie", "dijkstra", "liskov", "knuth", "thompson", "germain", "banach", "euler", "kepler", "bell"}
}
