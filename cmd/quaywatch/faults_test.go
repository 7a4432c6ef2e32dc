package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// fails checks that a command ends with a code and one sentence that says what
// is wrong and what to do; and the same with --json.
func fails(t *testing.T, p *place, code int, words []string, args ...string) {
	t.Helper()
	r := p.run(t, args...)
	if r.code != code || strings.Count(r.err, "\n") != 1 || !strings.HasPrefix(r.err, "quaywatch: ") || strings.Contains(r.err, "goroutine") {
		t.Errorf("quaywatch %v: exit %d (want %d)\n%s%s", args, r.code, code, r.out, r.err)
	}
	for _, w := range words {
		if !strings.Contains(r.err, w) {
			t.Errorf("quaywatch %v does not say %q: %s", args, w, r.err)
		}
	}
	r = p.run(t, append(args, "--json")...)
	var line errorLine
	lines := strings.Split(strings.TrimSpace(r.err), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &line); err != nil || r.code != code || line.Exit != code || line.Error == "" || line.Code == "" {
		t.Errorf("quaywatch %v --json: exit %d, %s (%v)", args, r.code, r.err, err)
	}
}

func TestErrors(t *testing.T) {
	nowhere := "unix://" + filepath.Join(t.TempDir(), "no.sock")
	p := newPlace(t, "DOCKER_HOST="+nowhere)
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	file := filepath.Join(p.home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(p.home, "config.json")
	if err := os.WriteFile(empty, []byte(`{"lisen": "127.0.0.1:0"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		code  int
		words []string
		args  []string
	}{
		{"engine not running", exitUnreachable, []string{nowhere, "start the engine"}, []string{"ps"}},
		{"engine not running, stats", exitUnreachable, []string{nowhere}, []string{"stats"}},
		{"engine not running, events", exitUnreachable, []string{nowhere}, []string{"events"}},
		{"engine not running, watch", exitUnreachable, []string{nowhere}, []string{"ps", "--watch"}},
		{"refused", exitUnreachable, []string{"tcp://127.0.0.1:1", "refuses"}, []string{"ps", "--host", "tcp://127.0.0.1:1"}},
		{"address without a scheme", exitUsage, []string{"Write unix:///x"}, []string{"ps", "--host", "/x"}},
		{"no server", exitUnreachable, []string{"http://127.0.0.1:1", "quaywatch serve"}, []string{"ps", "--url", "http://127.0.0.1:1"}},
		{"no server with rules", exitUnreachable, []string{"alert rules are a server's", "quaywatch serve"}, []string{"rules"}},
		{"no server running", exitUnreachable, []string{"quaywatch serve"}, []string{"token", "url"}},
		{"server's address", exitUsage, []string{"http://127.0.0.1:7420"}, []string{"ps", "--url", "ftp://x"}},
		{"port taken", exitFailure, []string{taken.Addr().String(), "taken by ", "(pid ", "--listen 127.0.0.1:0"}, []string{"serve", "--listen", taken.Addr().String()}},
		{"listen", exitUsage, []string{"--listen"}, []string{"serve", "--listen", "7420"}},
		{"open to the network", exitForbidden, []string{"password", "TLS"}, []string{"serve", "--listen", "0.0.0.0:0"}},
		{"data directory is a file", exitForbidden, []string{file, "--data-dir"}, []string{"serve", "--listen", "127.0.0.1:0", "--data-dir", file}},
		{"unknown flag", exitUsage, []string{"--lisen", "did you mean --listen?"}, []string{"serve", "--lisen", "x"}},
		{"unknown command", exitUsage, []string{`"pss"`, `did you mean "ps"?`}, []string{"pss"}},
		{"unknown command, the nearest", exitUsage, []string{`did you mean "pull"?`}, []string{"pul", "alpine"}},
		{"argument too many", exitUsage, []string{"takes no arguments", `"x"`, "ps --help"}, []string{"ps", "x"}},
		{"argument too few", exitUsage, []string{"`quaywatch image tag` takes IMAGE NAME[:TAG]", `"x" was given`}, []string{"image", "tag", "x"}},
		{"empty image to pull", exitUsage, []string{"What was given for IMAGE is empty", "pull --help"}, []string{"pull", ""}},
		{"empty image to push", exitUsage, []string{"What was given for IMAGE is empty", "push --help"}, []string{"push", " "}},
		{"empty image to save", exitUsage, []string{"What was given for IMAGE is empty", "save --help"}, []string{"save", "", "-o", "x"}},
		{"empty one of several", exitUsage, []string{"What was given for VOLUME is empty"}, []string{"volume", "rm", "data", ""}},
		{"unknown command of one", exitUsage, []string{`"image hisotry"`, `did you mean "image history"?`}, []string{"image", "hisotry", "x"}},
		{"unknown command of one that does something itself", exitUsage, []string{`"jobs folow"`, `did you mean "jobs follow"?`}, []string{"jobs", "folow", "x"}},
		{"unknown command of one that does nothing itself", exitUsage, []string{`"history bakup"`, `did you mean "history backup"?`}, []string{"history", "bakup"}},
		{"wrong number", exitUsage, []string{`--last takes a number, not "x"`}, []string{"events", "-n", "x"}},
		{"wrong duration", exitUsage, []string{`--expires takes how long, such as 90s, 12h or 30d, not "1x"`}, []string{"token", "create", "x", "--expires", "1x"}},
		{"two sources", exitUsage, []string{"--url", "--host"}, []string{"ps", "--url", "http://x", "--host", "tcp://x"}},
		{"token file", exitUsage, []string{"/nonexistent", "--token-file"}, []string{"ps", "--url", "http://127.0.0.1:1", "--token-file", "/nonexistent"}},
		{"role", exitUsage, []string{"viewer"}, []string{"token", "create", "x", "--role", "king"}},
		{"TLS", exitUsage, []string{"--tls-key"}, []string{"serve", "--listen", "127.0.0.1:0", "--tls-cert", "x"}},
		{"demo's address", exitUsage, []string{"127.0.0.1"}, []string{"demo", "--listen", "tcp://0.0.0.0:0"}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, p, c.code, c.words, c.args...) })
	}
	t.Run("configuration file", func(t *testing.T) {
		fails(t, newPlace(t, "QUAYWATCH_CONFIG="+empty), exitUsage, []string{empty, "lisen", "listen"}, "ps")
	})
	t.Run("environment", func(t *testing.T) {
		fails(t, newPlace(t, "QUAYWATCH_READ_ONLY=maybe"), exitUsage, []string{"QUAYWATCH_READ_ONLY", "maybe"}, "serve")
	})
}

// TestForbidden: as a user who may neither open the socket nor write the data
// directory.
func TestForbidden(t *testing.T) {
	e := enginetest.Shared(t)
	if os.Getuid() != 0 {
		t.Fatal("a private engine without being root")
	}
	const nobody = 65534
	dir, err := os.MkdirTemp("", "quaywatch-forbidden-") //nolint:usetesting // what t.TempDir makes only root may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &place{home: dir, env: []string{"DOCKER_HOST=" + e.Host}, uid: nobody}
	copyCommand(t, dir)
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	old := os.Args[0]
	os.Args[0] = filepath.Join(dir, "quaywatch.test") // the build's directory is root's only
	t.Cleanup(func() { os.Args[0] = old })
	fails(t, p, exitForbidden, []string{strings.TrimPrefix(e.Host, "unix://"), "may not open"}, "ps")
	locked := filepath.Join(dir, "locked")
	if err := os.Mkdir(locked, 0o700); err != nil {
		t.Fatal(err)
	}
	fails(t, p, exitForbidden, []string{locked, "--data-dir"}, "serve", "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(locked, "data"))
	fails(t, p, exitForbidden, []string{"data directory " + locked, "can't be written"}, "serve", "--listen", "127.0.0.1:0", "--data-dir", locked)
	serveLocked(t, p, filepath.Join(dir, "served"))
}

// serveLocked serves on a data directory that can only be read, with a token in it:
// what is seen is live, and history is paused until the directory can be written.
func serveLocked(t *testing.T, p *place, locked string) {
	t.Helper()
	const token = "qw_abcdefghijklmnopqrstuvwxyz"
	if err := errors.Join(os.Mkdir(locked, 0o700), os.WriteFile(filepath.Join(locked, "token"), []byte(token+"\n"), 0o600),
		os.Chown(filepath.Join(locked, "token"), int(p.uid), int(p.uid)), os.Chown(locked, int(p.uid), int(p.uid)), os.Chmod(locked, 0o500)); err != nil {
		t.Fatal(err)
	}
	server, base := p.serve(t, "--data-dir", locked)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	becomes := func(state api.HistoryState) {
		t.Helper()
		eventually(t, string(state), func() error {
			s, err := client.NewREST(u, token, nil).System(t.Context())
			if err != nil {
				return err
			}
			if h := s.Server.History; h == nil || h.State != state || (h.Reason == "") == (state == api.HistoryPaused) {
				return fmt.Errorf("history is %+v", h)
			}
			return nil
		})
	}
	becomes(api.HistoryPaused)
	if said := server.errors(); !strings.Contains(said, "history is paused") || !strings.Contains(said, "data directory "+locked+" can't be written") {
		t.Errorf("it says %s", said)
	}
	if err := os.Chmod(locked, 0o700); err != nil {
		t.Fatal(err)
	}
	becomes(api.HistoryRecording)
	if code := server.end(t, os.Interrupt); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

func copyCommand(t *testing.T, dir string) {
	t.Helper()
	from, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(filepath.Join(dir, "quaywatch.test"), os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if cerr := to.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestServerConflicts: a bad token, and a second server on the same port.
func TestServerConflicts(t *testing.T) {
	e := enginetest.Shared(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	_, base := p.serve(t)
	bad := newPlace(t, "QUAYWATCH_TOKEN=qw_notavalidtokenatall", "QUAYWATCH_URL="+base)
	fails(t, bad, exitForbidden, []string{"token", "QUAYWATCH_TOKEN"}, "ps")
	fails(t, bad, exitForbidden, []string{"token"}, "token", "url")
	fails(t, newPlace(t, "QUAYWATCH_URL="+base), exitForbidden, []string{"QUAYWATCH_TOKEN"}, "ps")
	listen := strings.TrimPrefix(base, "http://")
	fails(t, p, exitFailure, []string{"already runs at " + base, "--listen 127.0.0.1:0"}, "serve", "--listen", listen)
	fails(t, newPlace(t, "DOCKER_HOST="+e.Host), exitFailure, []string{"Another Quaywatch", listen}, "serve", "--listen", listen)
	later, _ := p.serve(t)
	for range 2 {
		if found := serverAddress(t, p); found != base+"/" {
			t.Errorf("beside a later server, or after it, commands find %s, not %s", found, base)
		}
		later.end(t, syscall.SIGTERM)
	}
	fails(t, p, exitNotFound, []string{`"nosuch"`, "quaywatch ps"}, "stats", "nosuch")
}

// TestEngineFaults: an engine that freezes, dies, and comes back with other
// containers is told of, and everything comes back by itself.
func TestEngineFaults(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	e.Docker(t, "run", "-d", "--name", "stays", "busybox:local", "sleep", "10000")

	idle, usual := timed(t, newPlace(t, "DOCKER_HOST=unix:///nonexistent.sock"), "127.0.0.1:0")
	idle.end(t, syscall.SIGTERM)
	e.Freeze(t)
	base := quietAddress(t)
	server, took := timed(t, p, base)
	// A machine that stalls is late now and then, a server that waits is always.
	for range 4 {
		if took <= 3*time.Second+2*usual {
			break
		}
		server.end(t, syscall.SIGTERM)
		server, took = timed(t, p, base)
	}
	if took > 3*time.Second+2*usual {
		t.Errorf("with a frozen engine, serve was ready after %s, without any after %s", took, usual)
	}
	server.until(t, "the engine's state", engineLineWith(api.EngineUnreachable, "did not answer in"))
	fails(t, p, exitUnreachable, []string{"did not answer in"}, "ps")
	fails(t, p, exitUnreachable, []string{"did not answer in"}, "ps", "--host", e.Host)
	e.Thaw(t)
	server.until(t, "the engine's return", engineLineWith(api.EngineConnected, ""))
	eventually(t, "ps after a thaw", func() error { return agree(t, p, e) })

	watch := p.start(t, "ps", "--watch", "--json")
	human := p.start(t, "ps", "--watch")
	human.until(t, "row", func(l string) bool { return strings.HasPrefix(l, "stays") })
	watch.until(t, "container", func(l string) bool { return strings.Contains(l, `"stays"`) })
	e.Kill(t)
	server.until(t, "the engine's death", engineLineWith(api.EngineUnreachable, ""))
	r := p.run(t, "ps", "--json")
	if r.code != exitUnreachable || !strings.Contains(r.out, `"stays"`) || !strings.Contains(r.err, "Docker engine") {
		t.Errorf("ps while the engine is dead: %+v", r)
	}
	eventually(t, "word of the dead engine", func() error {
		if !strings.Contains(human.errors(), "Docker engine") {
			return fmt.Errorf("it says %q", human.errors())
		}
		return nil
	})
	e.Restart(t)
	e.Docker(t, "rm", "-f", "stays")
	e.Docker(t, "create", "--name", "new", "busybox:local")
	watch.until(t, "removal", func(l string) bool { return strings.Contains(l, `"removed"`) && strings.Contains(l, `"stays"`) })
	watch.until(t, "new container", func(l string) bool { return strings.Contains(l, `"name":"new"`) })
	eventually(t, "ps after a restart", func() error { return agree(t, p, e) })

	// The link's loss is another thing than the engine's: ps --watch goes on.
	if code := server.end(t, syscall.SIGKILL); code == 0 {
		t.Error("killed, and yet well")
	}
	eventually(t, "word of the lost server", func() error {
		if !strings.Contains(human.errors(), "the connection to the server is lost") {
			return fmt.Errorf("it says %q", human.errors())
		}
		return nil
	})
	p.start(t, "serve", "--json", "--listen", base)
	eventually(t, "a change through the server's successor", func() error {
		name := fmt.Sprintf("later-%d", time.Now().UnixNano())
		e.Docker(t, "create", "--name", name, "busybox:local")
		deadline := time.After(20 * time.Second)
		for {
			select {
			case l := <-watch.lines:
				if strings.Contains(l, name) {
					return nil
				}
			case <-deadline:
				return fmt.Errorf("ps --watch does not tell of %s", name)
			}
		}
	})
}

// timed starts a server and returns how long it took until it was ready.
func timed(t *testing.T, p *place, listen string) (*process, time.Duration) {
	t.Helper()
	began := time.Now()
	pr, _ := p.serve(t, "--listen", listen)
	return pr, time.Since(began)
}

// quietAddress is a free address that the kernel gives to nobody by itself, so
// that a server finds it free when it comes back to it.
func quietAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(10_000))
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return address
	}
	t.Fatal("no free port of a hundred")
	return ""
}

// engineLineWith looks for serve's word of the engine.
func engineLineWith(state api.EngineState, words string) func(string) bool {
	return func(l string) bool {
		var e engineLine
		return json.Unmarshal([]byte(l), &e) == nil && e.Event == "engine" && e.State == state && strings.Contains(e.Error, words)
	}
}
