package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/doctor"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// agree compares ps --json with docker ps -a.
func agree(t *testing.T, p *place, e *enginetest.Engine, args ...string) error {
	t.Helper()
	var want, got []string
	for line := range strings.Lines(e.Docker(t, "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}} {{.Image}}")) {
		want = append(want, strings.TrimSpace(line))
	}
	r := p.run(t, append([]string{"ps", "--json"}, args...)...)
	if r.code != 0 {
		return fmt.Errorf("ps --json: exit %d\n%s%s", r.code, r.out, r.err)
	}
	for _, c := range decodeLines[api.Container](t, r.out) {
		got = append(got, fmt.Sprintln(c.ID, c.Name, c.State, c.Image))
		got[len(got)-1] = strings.TrimSpace(got[len(got)-1])
		if c.Partial {
			return fmt.Errorf("%s is partial", c.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		return fmt.Errorf("ps --json\n%s\ndocker ps -a\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return nil
}

// TestPsAgreesWithDocker: in every state, without a server and with one, which
// ps finds by itself.
func TestPsAgreesWithDocker(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	e.Docker(t, "run", "-d", "--name", "runs", "-l", "com.docker.compose.project=shop", "-p", "127.0.0.1::80", "busybox:local", "sleep", "1000")
	e.Docker(t, "run", "-d", "--name", "paused", "busybox:local", "sleep", "1000")
	e.Docker(t, "pause", "paused")
	e.Docker(t, "create", "--name", "made", "busybox:local")
	_, _ = e.DockerErr(t, "run", "--name", "failed", "busybox:local", "sh", "-c", "exit 3")
	eventually(t, "ps by itself", func() error { return agree(t, p, e) })
	human := p.ok(t, "ps")
	for _, want := range []string{"NAME", "shop", "exited (3)", "created", "paused", "→80"} {
		if !strings.Contains(human, want) {
			t.Errorf("ps lacks %q:\n%s", want, human)
		}
	}
	if strings.Contains(human, "\x1b") {
		t.Errorf("ps writes escapes into a pipe:\n%q", human)
	}
	if out := p.ok(t, "ps", "--running"); strings.Contains(out, "made") || !strings.Contains(out, "paused") {
		t.Errorf("ps --running:\n%s", out)
	}

	if r := p.run(t, "stats", "nope"); r.code != exitNotFound || r.out != "" {
		t.Errorf("stats of what is not there: %+v", r)
	}

	server, base := p.serve(t)
	eventually(t, "ps by the server", func() error { return agree(t, p, e) })
	if err := agree(t, newPlace(t, "QUAYWATCH_TOKEN="+p.token(t)), e, "--url", base); err != nil {
		t.Fatal("by --url: ", err)
	}
	var v versions
	decode(t, p.ok(t, "version", "--json"), &v)
	if v.Server == nil || v.Server.PID != server.cmd.Process.Pid || len(v.Engines) != 1 || v.Engines[0].Origin != "DOCKER_HOST" || v.Error != "" {
		t.Errorf("version: %+v", v)
	}
	names := p.ok(t, "__complete", "stats", "ru")
	if !strings.HasPrefix(names, "runs\tbusybox:local\n") {
		t.Errorf("completion: %q", names)
	}
	// Another engine than the server's is looked at directly.
	other := newPlace(t, "DOCKER_HOST=unix:///nonexistent.sock", "QUAYWATCH_DATA_DIR="+p.dataDir())
	if r := other.run(t, "ps"); r.code != exitUnreachable || !strings.Contains(r.err, "/nonexistent.sock") {
		t.Errorf("ps of another engine: %+v", r)
	}
	if code := server.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
	if _, err := os.Stat(filepath.Join(p.dataDir(), "server.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the advert is left: %v", err)
	}
}

// token is the data directory's.
func (p *place) token(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dataDir(), "token"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// TestStreams: ps --watch, events and stats tell what happens, without a server
// and with one.
func TestStreams(t *testing.T) {
	e := enginetest.Start(t)
	for _, by := range []string{"process", "server"} {
		t.Run(by, func(t *testing.T) {
			p := newPlace(t, "DOCKER_HOST="+e.Host)
			name := "stream-" + by
			e.Docker(t, "run", "-d", "--name", "old-"+by, "busybox:local", "sleep", "1000")
			if by == "server" {
				p.serve(t)
			}
			ps, events := p.start(t, "ps", "--watch", "--json"), p.start(t, "events", "--json")
			table := p.start(t, "ps", "-w")
			ps.until(t, "container that was there", func(l string) bool { return strings.Contains(l, `"name":"old-`+by+`"`) })
			table.until(t, "row that was there", func(l string) bool { return strings.HasPrefix(l, "old-"+by) })
			awaitConnected(t, events, e, by)

			id := strings.TrimSpace(e.Docker(t, "run", "-d", "--name", name, "busybox:local", "sleep", "1000"))
			ps.until(t, "new container", func(l string) bool {
				return strings.Contains(l, `"name":"`+name+`"`) && strings.Contains(l, `"state":"running"`)
			})
			table.until(t, "new row", func(l string) bool { return strings.HasPrefix(l, name) && strings.Contains(l, "running") })
			var ev api.Event
			decode(t, events.until(t, "start", func(l string) bool {
				return strings.Contains(l, `"action":"start"`) && strings.Contains(l, name)
			}), &ev)
			if ev.ID != id || ev.Kind != "container" || ev.Engine == "" || time.Since(ev.Time) > 5*time.Minute {
				t.Errorf("event: %+v", ev)
			}

			// A container that nobody looks at is sampled every ten seconds: that is
			// what this would be, each time, whatever the machine takes for the rest.
			stats, s, took := firstSample(t, p, name)
			for range 4 {
				if took <= 9*time.Second {
					break
				}
				stats.end(t, os.Interrupt)
				stats, s, took = firstSample(t, p, name)
			}
			if took > 9*time.Second {
				t.Errorf("the first sample took %s", took)
			}
			for _, field := range []string{"time", "engine", "id", "name", "cpuPercent", "memoryBytes", "memoryLimitBytes", "pids"} {
				if s[field] == nil {
					t.Errorf("the first sample has no %s: %v", field, s)
				}
			}
			if s["id"] != id {
				t.Errorf("stats of %s: %v", name, s)
			}
			stats.until(t, "second sample", func(string) bool { return true })
			if out := p.ok(t, "stats", "--no-stream", name); !strings.Contains(out, name) || strings.Contains(out, "old-") {
				t.Errorf("stats --no-stream:\n%s", out)
			}

			e.Docker(t, "rm", "-f", name)
			ps.until(t, "removal", func(l string) bool {
				var r removedLine
				return json.Unmarshal([]byte(l), &r) == nil && r.Removed != "" && r.Name == name && r.ID == id
			})
			for _, pr := range []*process{ps, events, stats, table} {
				if code := pr.end(t, os.Interrupt); code != 0 {
					t.Errorf("%v ended with %d: %s", pr.cmd.Args, code, pr.errors())
				}
			}
		})
	}
}

// firstSample starts stats of a container, and tells how long its first sample took.
func firstSample(t *testing.T, p *place, name string) (stats *process, s map[string]any, took time.Duration) {
	t.Helper()
	stats = p.start(t, "stats", "--json", name)
	began := time.Now()
	decode(t, stats.until(t, "sample", func(string) bool { return true }), &s)
	return stats, s, time.Since(began)
}

// awaitConnected makes events happen until the follower tells of one.
func awaitConnected(t *testing.T, events *process, e *enginetest.Engine, by string) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, _ = e.DockerErr(t, "rename", "old-"+by, "old-"+by+"-x")
			_, _ = e.DockerErr(t, "rename", "old-"+by+"-x", "old-"+by)
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	defer func() {
		close(stop)
		<-done
	}()
	events.until(t, "event", func(l string) bool { return strings.Contains(l, `"action":"rename"`) })
}

func TestDoctor(t *testing.T) {
	e := enginetest.Start(t)
	e.Docker(t, "run", "-d", "busybox:local", "sleep", "1000")
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	levels := func(out string) map[string]doctor.Level {
		m := make(map[string]doctor.Level)
		for _, f := range decodeLines[doctor.Finding](t, out) {
			m[f.Check] = f.Level
			if f.Level == doctor.Fail && f.Fix == "" {
				t.Errorf("no remedy for %+v", f)
			}
		}
		return m
	}
	r := p.run(t, "doctor", "--json", "--listen", "127.0.0.1:0")
	got := levels(r.out)
	for _, check := range []string{"engine address", "engine", "round trip", "clock", "containers", "metrics", "cgroup", "server", "port", "data directory", "open files"} {
		if level, ok := got[check]; !ok || level == doctor.Fail {
			t.Errorf("%s: %q in\n%s", check, level, r.out)
		}
	}
	if r.code != 0 {
		t.Errorf("exit %d", r.code)
	}

	_, base := p.serve(t)
	taken := strings.TrimPrefix(base, "http://")
	if out := p.ok(t, "doctor", "--listen", taken); !strings.Contains(out, "runs at "+base) || !strings.Contains(out, "taken by the server that runs") {
		t.Errorf("doctor beside a server:\n%s", out)
	}
	if out := newPlace(t, "DOCKER_HOST="+e.Host).ok(t, "doctor", "--listen", taken); !strings.Contains(out, fmt.Sprintf("%s is taken by ", taken)) || !strings.Contains(out, "(pid ") {
		t.Errorf("doctor on a taken port:\n%s", out)
	}

	bad := newPlace(t, "DOCKER_HOST=unix:///nonexistent.sock")
	file := filepath.Join(bad.home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r = bad.run(t, "doctor", "--json", "--data-dir", file)
	got = levels(r.out)
	if r.code != exitFindings || got["engine"] != doctor.Fail || got["data directory"] != doctor.Fail || r.err != "" {
		t.Errorf("doctor with nothing right: %+v", r)
	}
}

func TestTokens(t *testing.T) {
	e := enginetest.Shared(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	_, base := p.serve(t)
	var made createdLine
	decode(t, p.ok(t, "token", "create", "ci", "--role", "viewer", "--expires", "1d", "--json"), &made)
	if made.Name != "ci" || made.Role != "viewer" || made.Expires == nil || made.Expires.Sub(made.Created) != 24*time.Hour || made.Token == "" {
		t.Fatalf("created: %+v", made)
	}
	script := newPlace(t, "QUAYWATCH_URL="+base, "QUAYWATCH_TOKEN="+made.Token)
	script.ok(t, "ps", "--json")
	if r := script.run(t, "token", "url"); r.code != exitForbidden {
		t.Errorf("a viewer asks for a link: %+v", r)
	}
	if out := p.ok(t, "token", "list"); !strings.Contains(out, "ci") || strings.Contains(out, made.Token) {
		t.Errorf("list:\n%s", out)
	}
	if link := p.ok(t, "token", "url"); !strings.HasPrefix(link, base+"/#token=") {
		t.Errorf("url: %s", link)
	}
	p.ok(t, "token", "revoke", "ci")
	if r := script.run(t, "ps"); r.code != exitForbidden {
		t.Errorf("a revoked token: %+v", r)
	}
	if r := p.run(t, "token", "revoke", "ci"); r.code != exitNotFound {
		t.Errorf("revoked twice: %+v", r)
	}
}

// TestDemo: the demo engine by itself, and as what stands in for an engine.
func TestDemo(t *testing.T) {
	p := newPlace(t)
	socket := "unix://" + filepath.Join(p.home, "demo.sock")
	demo := p.start(t, "demo", "--containers", "30", "--churn", "0", "--seed", "7", "--listen", socket, "--json")
	var line demoLine
	decode(t, demo.until(t, "ready line", func(string) bool { return true }), &line)
	if line.Host != socket || line.Event != "ready" {
		t.Fatalf("ready: %+v", line)
	}
	if n := len(decodeLines[api.Container](t, p.ok(t, "ps", "--json", "--host", socket))); n != 30 {
		t.Errorf("ps shows %d containers", n)
	}
	eventually(t, "samples, with rates", func() error { // a starved machine has none within the time that stats waits
		samples := decodeLines[api.Sample](t, p.ok(t, "stats", "--json", "--no-stream", "--host", socket))
		if len(samples) == 0 || samples[0].CPUPercent == nil {
			return fmt.Errorf("stats: %+v", samples)
		}
		return nil
	})
	const madeUp = "Demo engine: these containers are made up.\n"
	for _, args := range [][]string{{"ps"}, {"stats", "--no-stream"}} {
		if r := p.run(t, append(args, "--host", socket)...); r.code != 0 || r.err != madeUp || strings.Contains(r.out, madeUp) {
			t.Errorf("%v: %+v", args, r)
		}
		if r := p.run(t, append(args, "--json", "--host", socket)...); r.code != 0 || r.err != "" {
			t.Errorf("%v --json: %+v", args, r)
		}
	}
	events := p.start(t, "events", "--host", socket)
	eventually(t, "word of the demo engine", func() error {
		if said := events.errors(); said != madeUp {
			return fmt.Errorf("events says %q", said)
		}
		return nil
	})
	events.end(t, syscall.SIGTERM)
	if r := p.run(t, "demo", "--listen", socket); r.code != exitFailure || !strings.Contains(r.err, "already listens") {
		t.Errorf("a second one: %+v", r)
	}
	if code := demo.end(t, os.Interrupt); code != 0 {
		t.Errorf("demo ended with %d: %s", code, demo.errors())
	}

	server := p.start(t, "serve", "--demo-if-absent", "--demo-containers", "12", "--listen", "127.0.0.1:0", "--host", "unix:///nonexistent.sock")
	server.until(t, "engine", func(l string) bool { return strings.HasPrefix(l, "Engine") && strings.Contains(l, "DEMO") })
	eventually(t, "word that nothing is real", func() error {
		if said := server.errors(); !strings.Contains(said, "Nothing you see is real") || !strings.Contains(said, "/nonexistent.sock") {
			return fmt.Errorf("it says:\n%s", said)
		}
		return nil
	})
	if out := p.ok(t, "version", "--url", serverAddress(t, p)); !strings.Contains(out, "DEMO") {
		t.Errorf("version:\n%s", out)
	}
}

func serverAddress(t *testing.T, p *place) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dataDir(), "server.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ad struct{ URL string }
	decode(t, string(b), &ad)
	return ad.URL
}

// TestTheServerSaysWhoLeft: a line on standard error for each disconnect, as
// text or as JSON, and nothing more on standard output.
func TestTheServerSaysWhoLeft(t *testing.T) {
	p := newPlace(t)
	for _, json := range []bool{false, true} {
		args := []string{"serve", "--demo", "--demo-containers", "12", "--listen", "127.0.0.1:0"}
		wants := []string{`level=INFO msg="client disconnected"`, "by=admin", "reason="}
		if json {
			args = append(args, "--json")
			wants = []string{`"level":"INFO","msg":"client disconnected"`, `"by":"admin"`, `"reason":"`}
		}
		server := p.start(t, args...)
		server.until(t, "engine", func(l string) bool { return strings.Contains(strings.ToLower(l), "demo") })
		p.ok(t, "stats", "--no-stream", "--url", serverAddress(t, p))
		eventually(t, "the line of the disconnect", func() error {
			said := server.errors()
			for _, want := range wants {
				if !strings.Contains(said, want) {
					return fmt.Errorf("no %s in %q", want, said)
				}
			}
			if strings.Contains(said, "qw_") {
				t.Error("a token stands in the log")
			}
			return nil
		})
		if code := server.end(t, os.Interrupt); code != 0 {
			t.Errorf("serve ended with %d", code)
		}
	}
}
