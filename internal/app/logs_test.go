//go:build unix

package app

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// flood is a container that writes as fast as its engine takes it, lines of
// 1,000 bytes; its log is rotated, so that it does not fill the disk.
func flood(t *testing.T, host *enginetest.Engine) string {
	t.Helper()
	return host.Run(t, "--name", "flood", "--network", "none", "--log-opt", "max-size=50m", "--log-opt", "max-file=2", enginetest.Image,
		"yes", strings.Repeat("0123456789", 100))
}

// written is how many bytes a container's process has written.
func written(t *testing.T, host *enginetest.Engine, id string) int64 {
	t.Helper()
	io, err := os.ReadFile("/proc/" + host.Docker(t, "inspect", "-f", "{{.State.Pid}}", id) + "/io")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(io), "wchar: ")
	text, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAFloodIsFollowedBesideStates: one client follows a container that writes
// as fast as it can. Another one's changes of state are as quick as before, the
// server's memory stays bounded, and so does its work, by what the client takes.
func TestAFloodIsFollowedBesideStates(t *testing.T) {
	host := enginetest.Start(t)
	a, base, _ := serve(t, host.Host)
	id := flood(t, host)
	quiet := host.Run(t, "--name", "quiet", "--network", "none", enginetest.Image, "sleep", "10000")
	watcher := startReader(t, base, "watcher")
	key := api.MakeKey(a.core.engine.ID(), id)
	until(t, "the flood is known", func() bool { _, ok := a.core.store.Container(key); return ok })
	flip, machine := flipper(t, host, quiet), startYardstick(t)

	runtime.GC() // what tests before have left is not the server's
	alone := measure(t, watcher, quiet, machine, flip)
	f := startFollower(t, base, key)
	until(t, "the first lines", func() bool { return f.lines.Load() > 0 })
	before, began := written(t, host, id), time.Now()
	beside := measure(t, watcher, quiet, machine, flip)
	rate := float64(written(t, host, id)-before) / time.Since(began).Seconds() / 1e6
	// Long enough for the client to have fallen behind, and to have been brought on.
	until(t, "a jump to the end", func() bool { return f.skips.Load() > 0 })
	fast := f.lines.Load()

	// A page that is hidden takes nothing. Then nothing is read either.
	f.hidden.Store(true)
	taken := f.rest(t)
	hidden := measure(t, watcher, quiet, machine, flip)
	time.Sleep(6 * time.Second)
	if n := f.lines.Load() - taken; n != 0 {
		t.Errorf("%d lines came to a client that confirmed none", n)
	}
	skips := f.skips.Load()
	f.fresh.Store(true)
	f.hidden.Store(false)
	until(t, "lines again", func() bool { return f.lines.Load() > taken && !f.fresh.Load() })

	t.Logf("alone:  states %s, %.2f cores, %d MB", spread(alone.lags), alone.cores, alone.heap>>20)
	t.Logf("beside: states %s, %.2f cores, %d MB; the machine %s, the engine's answers %s", spread(beside.lags), beside.cores, beside.heap>>20, spread(beside.machine), spread(beside.answers))
	t.Logf("hidden: states %s, %.2f cores, %d MB", spread(hidden.lags), hidden.cores, hidden.heap>>20)
	t.Logf("written %.0f MB/s; %d lines, %d MB, %d jumps, the oldest was %v old", rate, fast, f.bytes.Load()>>20, f.skips.Load(), time.Duration(f.oldest.Load()).Round(time.Millisecond))
	// The engine and the flood alone have this machine's cores to themselves: what
	// that does to everybody, it does to the yardstick.
	// And so does its disk: a state is told once the engine has it there, and so is
	// the answer to who asked for it.
	if d := at(beside.lags, .5) - at(alone.lags, .5); d > 100*time.Millisecond+3*at(beside.machine, .5)+at(beside.answers, .5) {
		t.Errorf("half of all states are %v later beside a flood", d)
	}
	if d := at(beside.lags, .95) - at(alone.lags, .95); d > 500*time.Millisecond+3*at(beside.machine, .95)+at(beside.answers, .95) {
		t.Errorf("the p95 of states is %v later beside a flood", d)
	}
	for name, m := range map[string]measured{"alone": alone, "beside": beside, "hidden": hidden} {
		if m.heap > 64<<20 {
			t.Errorf("%s: a heap of %d MB", name, m.heap>>20)
		}
	}
	if extra := hidden.cores - alone.cores; extra > 0.15 {
		t.Errorf("a client that takes nothing costs %.2f cores", extra)
	}
	if f.skips.Load() == skips {
		t.Error("after six seconds in which nothing was taken, nothing was left out")
	}
	if oldest := time.Duration(f.oldest.Load()); oldest > 8*time.Second+10*at(beside.machine, 1)+at(beside.answers, 1) {
		t.Errorf("a line was %v old when it came", oldest)
	}
	if err := f.failure(); err != nil {
		t.Error(err)
	}
}

// flipper pauses and unpauses a container in turn.
func flipper(t *testing.T, host *enginetest.Engine, id string) func() {
	t.Helper()
	socket := strings.TrimPrefix(host.Host, "unix://")
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	hc := &http.Client{Transport: transport, Timeout: 4 * time.Minute}
	paused := false
	return func() {
		action := "pause"
		if paused {
			action = "unpause"
		}
		paused = !paused
		if err := ask(t.Context(), hc, http.MethodPost, "/containers/"+id+"/"+action, ""); err != nil {
			t.Error(err)
		}
	}
}

type measured struct {
	lags, machine, answers []time.Duration // sorted; answers are the engine's to flips
	cores                  float64
	heap                   uint64
}

// measure flips a container for some seconds, and returns how long the news of
// it took from the engine to the reader, and what this process cost and how late
// the machine was meanwhile.
func measure(t *testing.T, r *reader, id string, machine *yardstick, flip func()) (m measured) {
	t.Helper()
	machine.take()
	seen := len(r.sightings())
	began, cpu := time.Now(), cpuTime(t)
	const flips = 40
	for range flips {
		asked := time.Now()
		flip()
		m.answers = append(m.answers, time.Since(asked))
		time.Sleep(150 * time.Millisecond)
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		m.heap = max(m.heap, mem.HeapInuse)
	}
	m.machine = machine.take()
	m.cores = (cpuTime(t) - cpu).Seconds() / time.Since(began).Seconds()
	until(t, "all changes are told", func() bool {
		m.lags = m.lags[:0]
		for _, s := range r.sightings()[seen:] {
			if s.event.ID == id && strings.HasSuffix(s.event.Action, "pause") {
				m.lags = append(m.lags, s.at.Sub(s.event.Time))
			}
		}
		return len(m.lags) == flips
	})
	slices.Sort(m.lags)
	slices.Sort(m.answers)
	return m
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// follower is a client that follows a log as a page does: it confirms a frame
// before the next picture, unless it is hidden.
type follower struct {
	lines, skips, bytes atomic.Int64
	// oldest is the greatest age of a frame's last line, in nanoseconds.
	oldest atomic.Int64
	hidden atomic.Bool
	// fresh is unset by the first frame after it was set; such a frame was made
	// before the pause, and is as old as that.
	fresh atomic.Bool

	mu  sync.Mutex
	err error
}

func (f *follower) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// rest waits until what was on its way has come, and returns how many lines have.
func (f *follower) rest(t *testing.T) int64 {
	t.Helper()
	taken, since := f.lines.Load(), time.Now()
	until(t, "no more frames", func() bool {
		if n := f.lines.Load(); n != taken {
			taken, since = n, time.Now()
		}
		return time.Since(since) > 2*time.Second
	})
	return taken
}

func startFollower(t *testing.T, base *url.URL, key api.Key) *follower {
	t.Helper()
	f := &follower{}
	background(t, func(ctx context.Context) {
		if err := f.run(ctx, base, key); err != nil && ctx.Err() == nil {
			f.mu.Lock()
			f.err = err
			f.mu.Unlock()
		}
	})
	return f
}

func (f *follower) run(ctx context.Context, base *url.URL, key api.Key) error {
	c, res, err := websocket.Dial(ctx, base.JoinPath("api", "v1", "stream").String(), &websocket.DialOptions{HTTPClient: plainHTTP(), Subprotocols: []string{api.Subprotocol}})
	if err != nil {
		if res != nil && res.Body != nil {
			err = errors.Join(err, res.Body.Close())
		}
		return err
	}
	defer func() { _ = c.CloseNow() }()
	c.SetReadLimit(1 << 20)
	for _, m := range []any{
		api.Hello{Type: api.TypeHello, V: api.ProtocolVersion, Token: stormToken, Client: api.ClientInfo{ID: "follower", Name: "follower", Version: "test"}},
		api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicLogs, Filter: &api.Filter{Containers: []api.Key{key}, Tail: new(100)}},
	} {
		if err := send(ctx, c, m); err != nil {
			return err
		}
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		_, b, err := c.Read(ctx)
		if err != nil {
			return err
		}
		f.bytes.Add(int64(len(b)))
		if b[0] == '[' {
			continue // no log: those travel alone
		}
		var m struct {
			api.LogsFrame
			Message string
		}
		if err := json.Unmarshal(b, &m); err != nil {
			return err
		}
		switch m.Type {
		case api.TypePing:
			if err := send(ctx, c, api.Pong{Type: api.TypePong, N: m.N}); err != nil {
				return err
			}
		case api.TypeError:
			return errors.New(m.Message)
		case api.TypeLogs:
			f.lines.Add(int64(len(m.At)))
			f.skips.Add(int64(len(m.Skipped)))
			if n := len(m.At); n > 0 && !f.fresh.Swap(false) {
				f.oldest.Store(max(f.oldest.Load(), int64(time.Since(time.UnixMicro(m.At[n-1])))))
			}
			wg.Go(func() { f.confirm(ctx, c, m.ID, m.N) })
		default:
		}
	}
}

// confirm acknowledges a frame at the next picture.
func (f *follower) confirm(ctx context.Context, c *websocket.Conn, id int, n uint64) {
	for wait := 16 * time.Millisecond; ; wait = 50 * time.Millisecond {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if !f.hidden.Load() {
			_ = send(ctx, c, api.Ack{Type: api.TypeAck, ID: id, N: n}) // a broken connection shows in Read
			return
		}
	}
}
