package demoengine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestDockerCLI runs the docker command line itself, each version there is,
// against a demo engine of its own.
func TestDockerCLI(t *testing.T) {
	for version, path := range clis(t) {
		t.Run(version, func(t *testing.T) {
			e := New(Options{Containers: 60, Seed: 1})
			c := cli{path: path, host: serve(t, e)}
			t.Run("says it is a demo", c.testDemo)
			t.Run("ps", func(t *testing.T) { c.testPS(t, e) })
			t.Run("inspect", func(t *testing.T) { c.testInspect(t, e) })
			t.Run("life", func(t *testing.T) { c.testLife(t, e) })
			t.Run("events", func(t *testing.T) { c.testEvents(t) })
			t.Run("stats", func(t *testing.T) { c.testStats(t, e) })
			t.Run("objects", func(t *testing.T) { c.testObjects(t, e) })
			t.Run("objects change", func(t *testing.T) { c.testObjectsChange(t, e) })
			t.Run("transfers", c.testTransfers)
			t.Run("logs and top", c.testLogs)
			t.Run("errors", c.testErrors)
			t.Run("prune", c.testPrune) // the last, for what it takes away
		})
	}
}

func (c cli) testDemo(t *testing.T) {
	t.Helper()
	if got := c.run(t, "version", "--format", "{{.Server.Platform.Name}} {{.Server.APIVersion}} {{.Server.MinAPIVersion}}"); got != PlatformName+" 1.51 1.40" {
		t.Errorf("docker version: %q", got)
	}
	got := c.run(t, "info", "--format", "{{.Name}} {{json .Labels}} {{.Containers}} {{.CgroupVersion}}")
	if !strings.HasPrefix(got, Name+" ") || !strings.Contains(got, `"`+Label+`"`) || !strings.HasSuffix(got, " 60 2") {
		t.Errorf("docker info: %q", got)
	}
	if out := c.run(t, "info"); !strings.Contains(out, Label) || strings.Contains(out, "WARNING") {
		t.Errorf("docker info prints warnings or no label:\n%s", out)
	}
}

func (c cli) testPS(t *testing.T, e *Engine) {
	t.Helper()
	var want []string
	now := e.world.now()
	for _, k := range e.world.all() {
		want = append(want, fmt.Sprintf("%s %s %s %s", k.id, k.name, k.image.ref, k.state))
	}
	got := strings.Split(c.run(t, "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Image}} {{.State}}"), "\n")
	if !slices.Equal(got, want) {
		t.Errorf("docker ps -a:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for args, keep := range map[string]func(*container) bool{
		"ps":                              func(k *container) bool { return k.alive() || k.state == restarting },
		"ps --filter status=paused":       func(k *container) bool { return k.state == paused },
		"ps -a --filter health=unhealthy": func(k *container) bool { return k.health == unhealthy },
		"ps -a --filter exited=0":         func(k *container) bool { return k.state == exited && k.exitCode == 0 },
		"ps -a --filter label=com.docker.compose.project=shop":         func(k *container) bool { return k.project == "shop" },
		"ps --filter name=shop-web":                                    func(k *container) bool { return strings.Contains(k.name, "shop-web") && k.alive() },
		"ps -a --filter ancestor=redis:7.4-alpine":                     func(k *container) bool { return k.image.ref == "redis:7.4-alpine" },
		"ps -a --filter network=blog_default --filter status=running ": func(k *container) bool { return k.networkMode() == "blog_default" && k.state == running },
		"ps -a --filter volume=shop_db-data":                           func(k *container) bool { return k.name == "shop-db-1" },
		"ps -a --filter publish=8080":                                  func(k *container) bool { return k.hostPort == 8080 },
	} {
		var want []string
		for _, k := range e.world.all() {
			if keep(k) {
				want = append(want, k.name)
			}
		}
		got := strings.Fields(c.run(t, append(strings.Fields(args), "--format", "{{.Names}}")...))
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("docker %s: %q, want %q", args, got, want)
		}
	}
	if got := strings.Fields(c.run(t, "ps", "-n", "3", "-q")); len(got) != 3 {
		t.Errorf("docker ps -n 3: %q", got)
	}
	// Time may pass between the looks at the clock.
	k := must(e.world.find("ci-gitea-1"))
	status := c.run(t, "ps", "--filter", "name=^/ci-gitea-1$", "--format", "{{.Status}}")
	if before, after := k.status(now), k.status(e.world.now()); status != before && status != after {
		t.Errorf("status %q, want %q or %q", status, before, after)
	}
}

func must(c *container, err error) *container {
	if err != nil {
		panic(err)
	}
	return c
}

func (c cli) testInspect(t *testing.T, e *Engine) {
	t.Helper()
	const format = "{{.Id}} {{.Name}} {{.State.Status}} {{.State.Pid}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.RestartCount}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.NetworkMode}} {{.Image}} {{.Config.Image}} {{.State.StartedAt}} {{.State.FinishedAt}}"
	var names, want []string
	for _, k := range e.world.all() {
		names = append(names, k.name)
		want = append(want, fmt.Sprintf("%s /%s %s %d %d %t %d %s %d %d %s %s %s %s %s", k.id, k.name, k.state, k.pid, k.exitCode, k.oomKilled, k.restarts,
			k.policy, k.memLimit, k.nanoCPUs, k.networkMode(), k.image.id, k.image.ref, k.startedAt.UTC().Format(time.RFC3339Nano), k.finishedAt.UTC().Format(time.RFC3339Nano)))
	}
	got := strings.Split(c.run(t, append([]string{"inspect", "--type", "container", "--format", format}, names...)...), "\n")
	if !slices.Equal(got, want) {
		t.Errorf("docker inspect:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// By a prefix of the id, and without a type, as people do.
	k := e.world.all()[0]
	if got := c.run(t, "inspect", "--format", "{{.Name}}", k.id[:10]); got != "/"+k.name {
		t.Errorf("docker inspect by prefix: %q", got)
	}
}

// state asks the CLI for what a container is doing.
func (c cli) state(t *testing.T, ref string) string {
	t.Helper()
	return c.run(t, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", ref)
}

func (c cli) testLife(t *testing.T, e *Engine) {
	t.Helper()
	id := must(e.world.find("shop-web-1")).id
	for _, step := range []struct{ args, want string }{
		{"stop shop-web-1", "exited 0"},
		{"stop shop-web-1", "exited 0"}, // Not modified is no error.
		{"start shop-web-1", "running 0"},
		{"start shop-web-1", "running 0"},
		{"pause shop-web-1", "paused 0"},
		{"unpause shop-web-1", "running 0"},
		{"restart -t 1 shop-web-1", "running 0"},
		{"kill -s HUP shop-web-1", "running 0"},
		{"kill shop-web-1", "exited 137"},
		{"restart shop-web-1", "running 0"},
		{"kill --signal SIGSEGV shop-web-1", "exited 139"},
		{"rename shop-web-1 renamed", "exited 139"},
		{"start " + id[:12], "running 0"},
		{"rename renamed shop-web-1", "running 0"},
	} {
		c.run(t, strings.Fields(step.args)...)
		got := c.state(t, id)
		if got == "exited 143" { // A process may also end by the signal itself.
			got = "exited 0"
		}
		if got != step.want {
			t.Errorf("after docker %s: %q, want %q", step.args, got, step.want)
		}
	}
	c.run(t, "rm", "-f", "shop-web-1")
	if _, errs, ok := c.try(t, "inspect", "shop-web-1"); ok || !strings.Contains(strings.ToLower(errs), "no such object: shop-web-1") {
		t.Errorf("docker inspect of a removed container: %q", errs)
	}
	c.run(t, "stop", "shop-web-2")
	c.run(t, "rm", "shop-web-2")
	if got := c.run(t, "ps", "-aq", "--filter", "name=^/shop-web-2$"); got != "" {
		t.Errorf("shop-web-2 is still listed: %q", got)
	}
}

func (c cli) testEvents(t *testing.T) {
	t.Helper()
	since := time.Now().Format(time.RFC3339Nano)
	c.run(t, "stop", "shop-web-3")
	c.run(t, "start", "shop-web-3")
	until := time.Now().Add(100 * time.Millisecond).Format(time.RFC3339Nano)
	out := c.run(t, "events", "--since", since, "--until", until, "--filter", "container=shop-web-3", "--format", "{{.Action}}")
	if got := strings.Fields(out); !slices.Equal(got, []string{"kill", "die", "stop", "start"}) {
		t.Errorf("docker events: %q", got)
	}
	out = c.run(t, "events", "--since", since, "--until", until, "--filter", "type=network", "--format", "{{.Action}} {{.Actor.Attributes.name}}")
	if got := strings.Split(out, "\n"); !slices.Equal(got, []string{"disconnect shop_default", "connect shop_default"}) {
		t.Errorf("docker events of networks: %q", got)
	}
	out = c.run(t, "events", "--since", since, "--until", until, "--filter", "event=die", "--filter", "label=com.docker.compose.service=web")
	if !strings.Contains(out, "exitCode=") || !strings.Contains(out, "image=ghcr.io/acme/shop-web:2.14.3") || strings.Contains(out, "start") {
		t.Errorf("docker events of dying: %q", out)
	}
}

func (c cli) testStats(t *testing.T, e *Engine) {
	t.Helper()
	out := c.run(t, "stats", "--no-stream", "--no-trunc", "--format", "{{json .}}")
	rows := map[string]map[string]string{}
	for line := range strings.Lines(out) {
		var row map[string]string
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		rows[row["ID"]] = row
	}
	for _, k := range e.world.all() {
		row, listed := rows[k.id]
		if want := k.alive() || k.state == restarting; listed != want {
			t.Errorf("docker stats lists %s: %t, want %t", k.name, listed, want)
		}
		if k.state != running {
			continue
		}
		if row["Name"] != k.name || row["CPUPerc"] == "0.00%" || strings.HasPrefix(row["MemUsage"], "0B") || row["PIDs"] == "0" {
			t.Errorf("docker stats of %s: %v", k.name, row)
		}
		if k.network != nil && strings.HasPrefix(row["NetIO"], "0B") {
			t.Errorf("no traffic at %s: %v", k.name, row)
		}
	}
}

func (c cli) testObjects(t *testing.T, e *Engine) {
	t.Helper()
	if got := strings.Fields(c.run(t, "images", "--format", "{{.Repository}}:{{.Tag}}")); len(got) != len(e.world.goods().images) || !slices.Contains(got, "postgres:16.4-alpine") {
		t.Errorf("docker images: %q", got)
	}
	if got := strings.Fields(c.run(t, "volume", "ls", "-q")); len(got) != len(e.world.goods().volumes) || !slices.Contains(got, "shop_db-data") {
		t.Errorf("docker volume ls: %q", got)
	}
	if got := strings.Fields(c.run(t, "network", "ls", "--format", "{{.Name}}")); len(got) != len(e.world.goods().networks) || !slices.Contains(got, "shop_default") {
		t.Errorf("docker network ls: %q", got)
	}
	if got := c.run(t, "network", "inspect", "-f", "{{len .Containers}}", "shop_default"); got == "0" {
		t.Error("docker network inspect shows no containers")
	}
	if got := c.run(t, "image", "inspect", "-f", "{{index .RepoTags 0}}", "ghcr.io/acme/shop-web:2.14.3"); got != "ghcr.io/acme/shop-web:2.14.3" {
		t.Errorf("docker image inspect: %q", got)
	}
	if got := c.run(t, "volume", "inspect", "-f", "{{.Mountpoint}}", "shop_db-data"); got != "/var/lib/docker/volumes/shop_db-data/_data" {
		t.Errorf("docker volume inspect: %q", got)
	}
	if got := c.run(t, "system", "df"); !strings.Contains(got, "Local Volumes") {
		t.Errorf("docker system df: %q", got)
	}
}

// testObjectsChange does what a user may do to what containers hang on, and hears
// of it. Both command lines do it to the same world, so nothing may be left.
func (c cli) testObjectsChange(t *testing.T, e *Engine) {
	t.Helper()
	since := strconv.FormatInt(time.Now().Unix()-1, 10)
	refused := func(want string, args ...string) {
		t.Helper()
		if out, errs, ok := c.try(t, args...); ok || !strings.Contains(errs, want) {
			t.Errorf("docker %v: %q %q, want an error with %q", args, out, errs, want)
		}
	}
	c.run(t, "volume", "create", "--label", "a=b", "data")
	if got := c.run(t, "volume", "inspect", "-f", "{{index .Labels \"a\"}}", "data"); got != "b" {
		t.Errorf("the volume's label: %q", got)
	}
	refused("volume is in use", "volume", "rm", "shop_db-data")
	c.run(t, "volume", "rm", "data")
	refused("o such volume", "volume", "inspect", "data")

	c.run(t, "network", "create", "--internal", "--subnet", "10.250.0.0/24", "side")
	refused("already exists", "network", "create", "side")
	refused("overlaps", "network", "create", "--subnet", "10.250.0.0/16", "wide")
	c.run(t, "network", "connect", "--ip", "10.250.0.9", "side", "shop-db-1")
	if got := c.run(t, "network", "inspect", "-f", "{{.Internal}} {{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}", "side"); got != "true shop-db-1 10.250.0.9/24" {
		t.Errorf("docker network inspect: %q", got)
	}
	if got := c.run(t, "inspect", "-f", "{{.NetworkSettings.Networks.side.IPAddress}}", "shop-db-1"); got != "10.250.0.9" {
		t.Errorf("the container's address: %q", got)
	}
	refused("already exists", "network", "connect", "side", "shop-db-1")
	refused("has active endpoints", "network", "rm", "side")
	refused("pre-defined", "network", "rm", "bridge")
	c.run(t, "network", "disconnect", "side", "shop-db-1")
	c.run(t, "network", "rm", "side")

	c.run(t, "tag", "alpine:3.19", "acme/base:1")
	c.run(t, "tag", "node:18-bookworm", "acme/base:1") // it moves
	if got := c.run(t, "images", "--format", "{{.Repository}}:{{.Tag}}", "acme/base"); got != "acme/base:1" {
		t.Errorf("docker images: %q", got)
	}
	if got := c.run(t, "image", "inspect", "-f", "{{len .RepoTags}}", "alpine:3.19"); got != "1" {
		t.Errorf("a tag that has moved is still there: %q", got)
	}
	if got := c.run(t, "rmi", "acme/base:1"); got != "Untagged: acme/base:1" {
		t.Errorf("docker rmi: %q", got)
	}
	refused("image is being used by running container", "rmi", "-f", "postgres:16.4-alpine")
	if got := c.run(t, "history", "--format", "{{.CreatedBy}}", "alpine:3.19"); !strings.Contains(got, "CMD") {
		t.Errorf("docker history: %q", got)
	}
	if got := c.run(t, "search", "--format", "{{.Name}}", "redis"); got != "redis" {
		t.Errorf("docker search: %q", got)
	}
	if got := len(e.world.goods().networks); got != len(strings.Fields(c.run(t, "network", "ls", "-q"))) {
		t.Errorf("%d networks are left", got)
	}
	heard := c.run(t, "events", "--since", since, "--until", strconv.FormatInt(time.Now().Unix()+1, 10), "--format", "{{.Type}} {{.Action}}")
	for _, want := range []string{"volume create", "volume destroy", "network create", "network connect", "network disconnect", "network destroy", "image tag", "image untag"} {
		if !strings.Contains(heard, want) {
			t.Errorf("no event %q in\n%s", want, heard)
		}
	}
}

func (c cli) testLogs(t *testing.T) {
	t.Helper()
	out, errs, ok := c.try(t, "logs", "--tail", "20", "--timestamps", "shop-api-1")
	if lines := strings.Count(out+errs, "\n"); !ok || lines != 20 {
		t.Errorf("docker logs --tail 20: %d lines, %q %q", lines, out, errs)
	}
	// A container that ends within the wait ends the stream, and docker with it.
	first, _, _ := strings.Cut(out+errs, " ")
	if again, errs, ok := c.try(t, "logs", "--since", first, "--timestamps", "shop-api-1"); !ok || strings.Count(again+errs, "\n") < 20 {
		t.Errorf("docker logs --since %s: %q %q", first, again, errs)
	}
	if out := c.run(t, "top", "shop-api-1"); !strings.Contains(out, "/app/api serve --addr :8000") {
		t.Errorf("docker top: %q", out)
	}
}

func (c cli) testErrors(t *testing.T) {
	t.Helper()
	for args, want := range map[string]string{
		"start nope":                    "No such container: nope",
		"rm shop-db-1":                  "ou cannot remove a running container", // 28 words the rest itself.
		"unpause shop-db-1":             "is not paused",
		"kill shop-migrate-1":           "is not running",
		"kill -s FOO shop-db-1":         "nvalid signal: FOO",
		"rename shop-db-1 blog-nginx-1": "is already in use by container",
		"run busybox":                   "nothing in it is real",
		"ps --filter bogus=1":           "nvalid filter 'bogus'",
		"network inspect nope":          "nope",
	} {
		if out, errs, ok := c.try(t, strings.Fields(args)...); ok || !strings.Contains(errs, want) {
			t.Errorf("docker %s: %q %q, want an error with %q", args, out, errs, want)
		}
	}
}
