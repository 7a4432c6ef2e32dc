package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// asCommand makes the test binary be quaywatch: what is tested is a process of
// its own, with its signals, its exit code and its standard streams.
const asCommand = "QUAYWATCH_TEST_IS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "1" {
		main()
		return
	}
	goleak.VerifyTestMain(enginetest.Main(m))
}

// place is a user's home and environment, apart from the machine's.
type place struct {
	home string
	env  []string
	uid  uint32
}

func newPlace(t *testing.T, env ...string) *place {
	t.Helper()
	return &place{home: t.TempDir(), env: env}
}

func (p *place) dataDir() string { return filepath.Join(p.home, ".local", "share", "quaywatch") }

func (p *place) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append([]string{asCommand + "=1", "HOME=" + p.home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}, p.env...)
	if p.uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: p.uid, Gid: p.uid}}
	}
	return cmd
}

// result is what a command that has ended left.
type result struct {
	out, err string
	code     int
}

// run runs a command to its end.
func (p *place) run(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := p.command(ctx, args...)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("quaywatch %v: %v", args, err)
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// ok runs a command that must not fail and returns its output.
func (p *place) ok(t *testing.T, args ...string) string {
	t.Helper()
	r := p.run(t, args...)
	if r.code != 0 {
		t.Fatalf("quaywatch %v: exit %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

// process is a command that runs.
type process struct {
	cmd    *exec.Cmd
	lines  chan string // 10,000 lines of standard output, a test's worth
	reader sync.WaitGroup

	mu     sync.Mutex
	stderr bytes.Buffer
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.Write(b)
}

func (p *process) errors() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// start starts a command that is ended with the test.
func (p *place) start(t *testing.T, args ...string) *process {
	t.Helper()
	pr := &process{cmd: p.command(context.WithoutCancel(t.Context()), args...), lines: make(chan string, 10_000)}
	pr.cmd.Stderr = pr
	out, err := pr.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := pr.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pr.reader.Go(func() {
		defer close(pr.lines)
		s := bufio.NewScanner(out)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			pr.lines <- s.Text()
		}
	})
	t.Cleanup(func() {
		if pr.cmd.ProcessState == nil {
			pr.end(t, syscall.SIGTERM)
		}
		if t.Failed() {
			t.Logf("quaywatch %v said:\n%s", args, pr.errors())
		}
	})
	return pr
}

// end sends a signal and returns the exit code.
func (p *process) end(t *testing.T, s os.Signal) int {
	t.Helper()
	_ = p.cmd.Process.Signal(s)
	killer := time.AfterFunc(3*time.Minute, func() {
		t.Error("the process did not end in three minutes")
		_ = p.cmd.Process.Kill()
	})
	defer killer.Stop()
	p.reader.Wait()
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// until reads lines until one satisfies ok, and returns it.
func (p *process) until(t *testing.T, what string, ok func(line string) bool) string {
	t.Helper()
	timeout := time.After(4 * time.Minute)
	var seen []string
	for {
		select {
		case l, open := <-p.lines:
			if !open {
				t.Fatalf("it ended without %s; it printed\n%s\n%s", what, strings.Join(seen, "\n"), p.errors())
			}
			if ok(l) {
				return l
			}
			seen = append(seen, l)
		case <-timeout:
			t.Fatalf("no %s came; it printed\n%s\n%s", what, strings.Join(seen, "\n"), p.errors())
		}
	}
}

// serve starts a server and returns it with its address, without the token.
func (p *place) serve(t *testing.T, args ...string) (*process, string) {
	t.Helper()
	pr := p.start(t, append([]string{"serve", "--json", "--listen", "127.0.0.1:0"}, args...)...)
	var ready readyLine
	decode(t, pr.until(t, "ready line", func(string) bool { return true }), &ready)
	u, err := url.Parse(ready.URL)
	if err != nil || ready.Event != "ready" || ready.PID != pr.cmd.Process.Pid || !strings.HasPrefix(u.Fragment, "token=") || u.Host != ready.Listen {
		t.Fatalf("ready line: %+v %v", ready, err)
	}
	return pr, u.Scheme + "://" + u.Host
}

func decode(t *testing.T, line string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), into); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
}

// decodeLines decodes NDJSON.
func decodeLines[T any](t *testing.T, out string) []T {
	t.Helper()
	var all []T
	for line := range strings.Lines(out) {
		var v T
		decode(t, line, &v)
		all = append(all, v)
	}
	return all
}

// eventually tries until it succeeds, for as long as a loaded machine may take.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, err)
}
