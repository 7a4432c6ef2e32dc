// Package examples_test runs the example clients against a real server, with a
// proxy between that cuts the connection.
package examples_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/app"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.Main(m)) }

const token = "qw_examples0123456789"

// TestExamplesAreShort: what is shown must be read in a minute.
func TestExamplesAreShort(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("*", "*.*"))
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b, []byte("\n")); n >= 80 {
			t.Errorf("%s has %d lines", f, n)
		}
	}
}

// example is how a client is made ready to be run with a URL.
type example struct {
	name  string
	build func(t *testing.T) []string
}

func examples() []example {
	return []example{
		{"go", func(t *testing.T) []string {
			t.Helper()
			bin := filepath.Join(t.TempDir(), "follow")
			run(t, "go", "build", "-o", bin, "./go")
			return []string{bin}
		}},
		{"python", func(t *testing.T) []string {
			t.Helper()
			return []string{need(t, "python3"), filepath.Join("python", "follow.py")}
		}},
		{"typescript", func(t *testing.T) []string {
			t.Helper()
			node := need(t, "node")
			// Node.js before 22.18 knows neither TypeScript nor, without a flag,
			// WebSocket: the page's bundler takes the types out.
			bundler := need(t, filepath.Join("..", "web", "node_modules", ".bin", "rolldown"))
			out := filepath.Join(t.TempDir(), "follow.mjs")
			run(t, bundler, filepath.Join("typescript", "follow.ts"), "--file", out, "--platform", "node")
			args := []string{node}
			if exec.CommandContext(t.Context(), node, "-e", "WebSocket").Run() != nil {
				args = append(args, "--experimental-websocket", "--no-warnings")
			}
			return append(args, out)
		}},
	}
}

// need finds a program; without it the test can't be run, which counts as a
// failure where everything is required.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("QUAYWATCH_REQUIRE_ALL") == "1" {
		t.Fatalf("%s is needed: %v", name, err)
	}
	t.Skipf("%s is not here: %v", name, err)
	return ""
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// TestExamples has each client follow a server while containers come, change
// and go, before, during and after a cut.
func TestExamples(t *testing.T) {
	server, engine := startServer(t)
	for _, e := range examples() {
		t.Run(e.name, func(t *testing.T) {
			command := e.build(t)
			through := newCutter(t, server.Host)
			lines := follow(t, append(command, "http://"+through.addr))

			engine.Docker(t, "create", "--name", "first-"+e.name, "busybox:local", "sleep", "1000")
			await(t, lines, "+ first-"+e.name+" created")
			engine.Docker(t, "start", "first-"+e.name)
			await(t, lines, "~ first-"+e.name+" running")

			through.cut()
			engine.Docker(t, "rm", "-f", "first-"+e.name)
			engine.Docker(t, "create", "--name", "second-"+e.name, "busybox:local")
			through.mend()
			got := await(t, lines, "- first-"+e.name, "+ second-"+e.name+" created")
			// Going on from a position brings what is missing, and nothing else.
			if len(got) > 4 {
				t.Errorf("after the cut it printed %d lines:\n%s", len(got), strings.Join(got, "\n"))
			}
		})
	}
}

// startServer runs a server over a real engine.
func startServer(t *testing.T) (*url.URL, *enginetest.Engine) {
	t.Helper()
	engine := enginetest.Start(t)
	ready := make(chan app.Ready, 1)
	ctx, cancel := context.WithCancel(t.Context())
	a, err := app.New(ctx, app.Options{
		Engine: app.EngineOptions{Host: engine.Host, Getenv: func(string) string { return "" }},
		Listen: "127.0.0.1:0", DataDir: t.TempDir(), Token: token, OnReady: func(r app.Ready) { ready <- r },
	})
	if err != nil {
		t.Fatal(err)
	}
	var server sync.WaitGroup
	server.Go(func() {
		if err := a.Run(ctx); err != nil {
			t.Errorf("server: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); server.Wait() })
	base, err := url.Parse((<-ready).Address)
	if err != nil {
		t.Fatal(err)
	}
	return base, engine
}

// follow starts a client and hands out what it prints.
func follow(t *testing.T, command []string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "QUAYWATCH_TOKEN="+token)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000) // a test's worth
	var reader sync.WaitGroup
	reader.Go(func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	})
	t.Cleanup(func() {
		cancel()
		reader.Wait()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%v said:\n%s", command, stderr.String())
		}
	})
	return lines
}

// await reads until all wanted lines have come, and returns what it has read.
func await(t *testing.T, lines <-chan string, want ...string) []string {
	t.Helper()
	var got []string
	timeout := time.After(2 * time.Minute)
	for len(want) > 0 {
		select {
		case l := <-lines:
			got = append(got, l)
			want = slices.DeleteFunc(want, func(w string) bool { return w == l })
		case <-timeout:
			t.Fatalf("%q did not come; it printed\n%s", want, strings.Join(got, "\n"))
		}
	}
	return got
}

// cutter is a TCP proxy whose connections can be cut.
type cutter struct {
	addr, to string
	mu       sync.Mutex
	down     bool
	conns    []net.Conn
	all      sync.WaitGroup
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{addr: l.Addr().String(), to: to}
	c.all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			c.all.Go(func() { c.pass(t.Context(), in) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		c.cut()
		c.all.Wait()
	})
	return c
}

func (c *cutter) pass(ctx context.Context, in net.Conn) {
	defer func() { _ = in.Close() }()
	out, err := new(net.Dialer).DialContext(ctx, "tcp", c.to)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	c.mu.Lock()
	if c.down {
		c.mu.Unlock()
		return
	}
	c.conns = append(c.conns, in, out)
	c.mu.Unlock()
	var back sync.WaitGroup
	back.Go(func() { _, _ = io.Copy(in, out); _ = in.Close() })
	_, _ = io.Copy(out, in)
	_ = out.Close()
	back.Wait()
}

// cut ends all connections, and all that are made until mend.
func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = true
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
}

func (c *cutter) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = false
}
