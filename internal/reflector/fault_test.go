package reflector_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func exited(c api.Container) bool { return c.State == api.StateExited }

// killFirst kills a container's first process, behind the engine's back.
func (l *live) killFirst(id string) {
	l.t.Helper()
	c, _ := l.get(id)
	if c.PID <= 1 {
		l.t.Fatalf("container %s has no process: %+v", id, c)
	}
	if err := syscall.Kill(c.PID, syscall.SIGKILL); err != nil {
		l.t.Fatal(err)
	}
}

func TestFrozenEngineThaws(t *testing.T) {
	host := enginetest.Start(t)
	l := follow(t, host, host.Host)
	dies, stays := host.Run(t, enginetest.Image, "sleep", "1000"), host.Run(t, enginetest.Image, "sleep", "1000")
	for _, id := range []string{dies, stays} {
		l.becomes(id, "running", func(c api.Container) bool { return c.PID > 0 })
	}
	before, _ := l.get(stays)
	host.Freeze(t)
	frozen := time.Now()
	found := l.until("the freeze is found", func() bool { return l.state() == api.EngineUnreachable })
	l.killFirst(dies)
	e := l.store.Engines()[0]
	if e.ErrorCode != api.ErrTimeout || e.Error == "" || time.Since(e.Since) > patience {
		t.Errorf("frozen: %+v", e)
	}
	time.Sleep(time.Until(frozen.Add(15 * time.Second)))
	if c, ok := l.get(stays); !ok || c.State != api.StateRunning {
		t.Errorf("the last known row is gone: %+v", c)
	}
	host.Thaw(t)
	back := l.until("connected again", func() bool { return l.state() == api.EngineConnected })
	l.agrees()
	l.becomes(dies, "dead", exited)
	after, _ := l.get(stays)
	if after.PID != before.PID || after.Inferred {
		t.Errorf("the one that stayed: %+v", after)
	}
	l.until("its death is told", func() bool { return strings.Contains(actions(l.events(dies)), "die") })
	time.Sleep(2 * time.Second) // whatever might be inferred in error, is by now
	if got := strings.Count(strings.ReplaceAll(actions(l.events(dies)), "*", ""), "die"); got != 1 {
		t.Errorf("its death was told %d times: %s", got, actions(l.events(dies)))
	}
	t.Logf("freeze found after %v, connected %v after the thaw", found, back)
}

func TestKilledEngineComesBack(t *testing.T) {
	host := enginetest.Start(t)
	l := follow(t, host, host.Host)
	dies := host.Run(t, enginetest.Image, "sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done")
	stays := host.Run(t, enginetest.Image, "sleep", "1000")
	for _, id := range []string{dies, stays} {
		l.becomes(id, "running", func(c api.Container) bool { return c.PID > 0 })
	}
	l.until("its trap", func() bool { return strings.Contains(host.Docker(t, "logs", dies), "ready") })
	host.Kill(t)
	found := l.until("the death is found", func() bool { return l.state() == api.EngineUnreachable })
	c, _ := l.get(dies)
	if err := syscall.Kill(c.PID, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	l.until("its process ends", func() bool { return errors.Is(syscall.Kill(c.PID, 0), syscall.ESRCH) })
	time.Sleep(2 * time.Second)
	died := time.Now()
	if e := l.store.Engines()[0]; e.ErrorCode != api.ErrUnreachable || e.Error == "" {
		t.Errorf("dead: %+v", e)
	}
	host.Restart(t)
	l.until("connected again", func() bool { return l.state() == api.EngineConnected })
	c = l.becomes(dies, "recovered", exited)
	l.agrees()
	if c.ExitCode == nil || *c.ExitCode != 7 || !c.Inferred || c.FinishedAt == nil || c.FinishedAt.After(died) {
		t.Errorf("recovered: %+v", c)
	}
	l.told(dies, "die", 1)
	seen := l.events(dies)
	last := seen[len(seen)-1].event
	if last.Action != "die" || !last.Inferred || last.Attributes["exitCode"] != "7" || !last.Time.Equal(*c.FinishedAt) {
		t.Errorf("inferred: %+v", last)
	}
	if got := actions(l.events(stays)); got != "create start" {
		t.Errorf("the one that stayed: %s", got)
	}
	host.Docker(t, "start", dies)
	c = l.becomes(dies, "running again", func(c api.Container) bool { return c.State == api.StateRunning })
	if c.Inferred {
		t.Error("still inferred after an event was heard")
	}
	t.Logf("death found after %v", found)
}

// TestChurn is the storm of the issue: 32 workers create, kill and remove 200
// containers, while a subscriber that never reads slows the engine's events
// down.
func TestChurn(t *testing.T) {
	host := enginetest.Start(t)
	l := follow(t, host, host.Host)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "unix", strings.TrimPrefix(host.Host, "unix://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // a subscriber that never reads
	if _, err := io.WriteString(conn, "GET /v1.40/events HTTP/1.1\r\nHost: docker\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	work := make(chan int)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for n := range work {
				if err := churn(t, host, n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range 200 {
		work <- n
	}
	close(work)
	wg.Wait()
	took := time.Since(began)
	l.agrees()
	var died map[string]int
	l.until("200 deaths in the log", func() bool { died = l.deaths(); return len(died) == 200 })
	c := l.r.Counters()
	for id, n := range died {
		if n != 1 {
			t.Errorf("%s died %d times", id, n)
		}
	}
	t.Logf("200 containers in %v: %+v", took, c)
}

// deaths counts the deaths in the log, by container.
func (l *live) deaths() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	died := make(map[string]int)
	for _, s := range l.seen {
		if s.event.Action == "die" {
			died[s.event.ID]++
		}
	}
	return died
}

func churn(t *testing.T, host *enginetest.Engine, n int) error {
	t.Helper()
	id, err := host.DockerErr(t, "run", "-d", "--network", "none", enginetest.Image, "sleep", "1000")
	if err != nil {
		return err
	}
	if _, err := host.DockerErr(t, "kill", id); err != nil {
		return err
	}
	if n%4 != 0 {
		return nil
	}
	_, err = host.DockerErr(t, "rm", "-f", id)
	return err
}

// TestCutInTheMiddleOfALine cuts the event stream within an event's bytes. The
// event comes whole in the replay.
func TestCutInTheMiddleOfALine(t *testing.T) {
	host := enginetest.Shared(t)
	p := startProxy(t, strings.TrimPrefix(host.Host, "unix://"))
	l := follow(t, host, "unix://"+p.path)
	id := host.Create(t, enginetest.Image, "sleep", "1000")
	l.becomes(id, "created", func(c api.Container) bool { return c.State == api.StateCreated })
	time.Sleep(3 * time.Second) // a session that lived is taken up at once
	p.cut.Store(true)
	host.Docker(t, "rename", id, "cut-"+id[:8])
	l.becomes(id, "renamed", func(c api.Container) bool { return c.Name == "cut-"+id[:8] })
	host.Docker(t, "start", id)
	l.becomes(id, "running", func(c api.Container) bool { return c.State == api.StateRunning })
	l.until("the log", func() bool { return strings.HasSuffix(actions(l.events(id)), "start") })
	if got := actions(l.events(id)); got != "create rename start" {
		t.Errorf("events: %s", got)
	}
	if p.cut.Load() {
		t.Error("the stream was not cut")
	}
	l.until("a relist and an overlap", func() bool {
		c := l.r.Counters()
		return c.Relists > 0 && c.Duplicates > 0
	})
	l.until("connected", func() bool { return l.state() == api.EngineConnected })
	l.agrees()
}

// proxy stands between the reflector and the engine.
type proxy struct {
	path string
	cut  atomic.Bool // cut the next event in half, once
	away atomic.Bool // refuse who comes

	backend string
	wg      sync.WaitGroup
	mu      sync.Mutex
	conns   []net.Conn
}

func startProxy(t *testing.T, backend string) *proxy {
	t.Helper()
	p := &proxy{path: filepath.Join(t.TempDir(), "p.sock"), backend: backend}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", p.path)
	if err != nil {
		t.Fatal(err)
	}
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.serve(t, c)
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.hangUp()
		p.wg.Wait()
	})
	return p
}

// hangUp ends all connections.
func (p *proxy) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
}

func (p *proxy) serve(t *testing.T, c net.Conn) {
	t.Helper()
	b, err := (&net.Dialer{}).DialContext(t.Context(), "unix", p.backend)
	if err != nil || p.away.Load() {
		_ = c.Close()
		if err == nil {
			_ = b.Close()
		}
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, c, b)
	p.mu.Unlock()
	var events atomic.Bool
	p.wg.Go(func() {
		p.copy(b, c, func(chunk []byte) ([]byte, bool) {
			events.Store(bytes.Contains(chunk, []byte("/events?")))
			return chunk, true
		})
	})
	p.wg.Go(func() {
		p.copy(c, b, func(chunk []byte) ([]byte, bool) {
			if events.Load() && bytes.Contains(chunk, []byte(`"Type":"container"`)) && p.cut.CompareAndSwap(true, false) {
				return chunk[:len(chunk)/2], false
			}
			return chunk, true
		})
	})
}

// copy passes what pass lets through, until it doesn't.
func (p *proxy) copy(to, from net.Conn, pass func([]byte) ([]byte, bool)) {
	defer to.Close()   //nolint:errcheck // closed twice at the end
	defer from.Close() //nolint:errcheck // closed twice at the end
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			out, more := pass(slices.Clone(buf[:n]))
			if _, werr := to.Write(out); werr != nil || !more {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
