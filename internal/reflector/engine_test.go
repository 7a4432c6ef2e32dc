package reflector_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
	"github.com/quaywatch/quaywatch/internal/reflector"
	"github.com/quaywatch/quaywatch/internal/store"
)

// live is a reflector on a real engine, and a reader that notes when each event
// became visible in the store.
type live struct {
	t     *testing.T
	host  *enginetest.Engine
	store *store.Store
	r     *reflector.Reflector

	mu   sync.Mutex
	seen []sighting
}

type sighting struct {
	event api.Event
	after time.Duration // from the engine's time to a reader of the store
	state api.ContainerState
}

// follow runs a reflector on the engine, by the given address, until the test
// ends, and waits for its first view.
func follow(t *testing.T, host *enginetest.Engine, address string) *live {
	t.Helper()
	e, err := engine.New(engine.Endpoint{Host: address, Origin: "flag"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &live{t: t, host: host, store: store.New(store.Options{Events: 20_000})}
	l.r = reflector.New(reflector.Options{
		Engine: e, Resources: e, Store: l.store, Initial: api.EngineStatus{ID: e.ID(), Host: address, Origin: "flag"},
	})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { l.watch(ctx) })
	wg.Go(func() {
		if err := l.r.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("counters: %+v", l.r.Counters())
		}
	})
	// An inspect may run into its deadline on a loaded machine, more than once.
	l.until("the first view", func() bool { return l.state() == api.EngineConnected && !l.partial() })
	return l
}

func (l *live) watch(ctx context.Context) {
	sub := l.store.Subscribe()
	defer sub.Close()
	var seq uint64
	for {
		select {
		case <-sub.C():
		case <-ctx.Done():
			return
		}
		u, ok := l.store.Since(api.TopicEvents, seq)
		if !ok {
			l.t.Error("events were lost between the store and its reader")
			return
		}
		now := time.Now()
		seq = u.Delta.Seq
		for _, raw := range u.Delta.Added {
			var e api.Event
			if err := json.Unmarshal(raw, &e); err != nil {
				l.t.Error(err)
				continue
			}
			s := sighting{event: e, after: now.Sub(e.Time)}
			if c, ok := l.store.Container(api.MakeKey(e.Engine, e.ID)); ok {
				s.state = c.State
			}
			l.mu.Lock()
			l.seen = append(l.seen, s)
			l.mu.Unlock()
		}
	}
}

func (l *live) state() api.EngineState {
	for _, e := range l.store.Engines() {
		return e.State
	}
	return ""
}

func (l *live) partial() bool {
	return slices.ContainsFunc(l.store.Containers(), func(c *api.Container) bool { return c.Partial })
}

// patience is what a loaded machine may take for anything; how soon things
// happen where nothing is in the way is tested with a clock of its own.
const patience = 4 * time.Minute

func (l *live) until(what string, ok func() bool) time.Duration {
	l.t.Helper()
	began := time.Now()
	for !ok() {
		if time.Since(began) > patience {
			l.t.Fatalf("%s: not within %v; counters %+v", what, patience, l.r.Counters())
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

func (l *live) get(id string) (api.Container, bool) {
	for _, c := range l.store.Containers() {
		if c.ID == id {
			return *c, true
		}
	}
	return api.Container{}, false
}

// becomes waits until the container's row is as wanted.
func (l *live) becomes(id, what string, ok func(api.Container) bool) api.Container {
	l.t.Helper()
	var last api.Container
	l.until(what, func() bool {
		c, found := l.get(id)
		last = c
		return found && ok(c)
	})
	return last
}

// events are those of one container, in the order of the log.
func (l *live) events(id string) []sighting {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []sighting
	for _, s := range l.seen {
		if s.event.ID == id {
			out = append(out, s)
		}
	}
	return out
}

// told waits until the reader has seen an action of a container n times: what
// is done next must not be seen with it.
func (l *live) told(id, action string, n int) {
	l.t.Helper()
	l.until(fmt.Sprintf("%s told %d times", action, n), func() bool {
		seen := 0
		for _, s := range l.events(id) {
			if s.event.Action == action {
				seen++
			}
		}
		return seen >= n
	})
}

func actions(seen []sighting) string {
	var out []string
	for _, s := range seen {
		a := s.event.Action
		if s.event.Inferred {
			a += "*"
		}
		out = append(out, a)
	}
	return strings.Join(out, " ")
}

// agrees waits until the store says what "docker ps -a" and inspect say.
func (l *live) agrees() {
	l.t.Helper()
	var wrong string
	began := time.Now()
	for {
		if wrong = l.compare(); wrong == "" {
			return
		}
		if time.Since(began) > patience {
			l.t.Fatalf("store and docker ps -a disagree after %v: %s", patience, wrong)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (l *live) compare() string {
	want := make(map[string]string)
	for line := range strings.Lines(l.host.Docker(l.t, "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if id != "" {
			want[id] = rest
		}
	}
	for _, c := range l.store.Containers() {
		got := c.Name + " " + string(c.State)
		if want[c.ID] != got {
			return fmt.Sprintf("container %s is %q, docker says %q", c.ID, got, want[c.ID])
		}
		delete(want, c.ID)
	}
	if len(want) > 0 {
		return fmt.Sprintf("not in the store: %v", want)
	}
	return ""
}

func TestCommandLineArrives(t *testing.T) {
	host := enginetest.Shared(t)
	l := follow(t, host, host.Host)
	id := host.Create(t, "--name", "cli", "-m", "64m", enginetest.Image, "sleep", "1000")
	l.becomes(id, "created", func(c api.Container) bool { return c.State == api.StateCreated && c.Name == "cli" })
	host.Docker(t, "start", id)
	c := l.becomes(id, "running", func(c api.Container) bool { return c.State == api.StateRunning })
	l.told(id, "start", 1)
	if c.PID == 0 || c.StartedAt == nil || c.ExitCode != nil || c.MemoryLimitBytes == nil || *c.MemoryLimitBytes != 64<<20 {
		t.Errorf("running: %+v", c)
	}
	host.Docker(t, "pause", id)
	l.becomes(id, "paused", func(c api.Container) bool { return c.State == api.StatePaused })
	l.told(id, "pause", 1)
	host.Docker(t, "unpause", id)
	l.becomes(id, "running again", func(c api.Container) bool { return c.State == api.StateRunning })
	host.Docker(t, "rename", id, "cli2")
	l.becomes(id, "renamed", func(c api.Container) bool { return c.Name == "cli2" })
	host.Docker(t, "update", "-m", "96m", "--memory-swap", "96m", id)
	l.becomes(id, "updated", func(c api.Container) bool { return *c.MemoryLimitBytes == 96<<20 })
	host.Docker(t, "exec", id, "true")
	host.Docker(t, "kill", id)
	c = l.becomes(id, "killed", func(c api.Container) bool { return c.State == api.StateExited })
	l.told(id, "die", 1)
	if c.ExitCode == nil || *c.ExitCode != 137 || c.PID != 0 || c.FinishedAt == nil || c.Inferred {
		t.Errorf("killed: %+v", c)
	}
	host.Docker(t, "start", id)
	l.becomes(id, "started again", func(c api.Container) bool { return c.State == api.StateRunning })
	l.told(id, "start", 2)
	host.Docker(t, "stop", "-t", "0", id)
	l.becomes(id, "stopped", func(c api.Container) bool { return c.State == api.StateExited })
	l.told(id, "die", 2)
	host.Docker(t, "rm", id)
	l.until("removed", func() bool { _, ok := l.get(id); return !ok })
	want := "create start pause unpause rename update exec_create exec_start exec_die die start die stop destroy"
	l.until("the log", func() bool { return strings.HasSuffix(actions(l.events(id)), "destroy") })
	seen := l.events(id)
	// How often a stop signals is a race within the engine, and from 28 on it tells
	// of the stop before the end.
	got := strings.ReplaceAll(actions(seen), "kill ", "")
	if got = strings.Replace(got, "stop die destroy", "die stop destroy", 1); got != want {
		t.Errorf("events: %s\nwant:   %s", got, want)
	}
	// Whoever sees the event sees the state too.
	for _, s := range seen {
		want := map[string]api.ContainerState{"start": api.StateRunning, "pause": api.StatePaused, "die": api.StateExited}[s.event.Action]
		if want != "" && s.state != want {
			t.Errorf("%s was seen with state %s", s.event.Action, s.state)
		}
	}
	l.agrees()
}

// What happened in the seconds before the server began stands in the log as the
// engine told it, though the answers about its containers come as they like.
func TestEventsFromBeforeKeepTheirOrder(t *testing.T) {
	host := enginetest.Shared(t)
	var ids []string
	for range 6 {
		ids = append(ids, host.Create(t, enginetest.Image, "sleep", "1000"))
	}
	for _, action := range []string{"start", "pause", "unpause"} {
		for _, id := range ids { // one after the other: the client pauses several at once
			host.Docker(t, action, id)
		}
	}
	l := follow(t, host, host.Host)
	var log []api.Event
	l.until("the events from before", func() bool {
		log = l.store.Events(-1)
		return slices.ContainsFunc(log, func(e api.Event) bool { return e.ID == ids[5] && e.Action == "unpause" })
	})
	log = slices.DeleteFunc(log, func(e api.Event) bool { return !slices.Contains(ids, e.ID) })
	if len(log) != 4*len(ids) || !slices.IsSortedFunc(log, func(a, b api.Event) int { return a.Time.Compare(b.Time) }) {
		for _, e := range log {
			t.Logf("%v %s %s", e.Time, e.Action, e.Name)
		}
		t.Error("want each container's four events, by their time")
	}
}

func TestHealthAndOOM(t *testing.T) {
	host := enginetest.Shared(t)
	l := follow(t, host, host.Host)
	sick := host.Run(t, "--health-cmd", "test ! -e /sick", "--health-interval", "300ms", "--health-retries", "2", enginetest.Image, "sleep", "1000")
	l.becomes(sick, "healthy", func(c api.Container) bool { return c.Health == api.HealthHealthy })
	host.Docker(t, "exec", sick, "touch", "/sick")
	l.becomes(sick, "unhealthy", func(c api.Container) bool { return c.Health == api.HealthUnhealthy })
	l.told(sick, "health_status", 2)
	if got := actions(l.events(sick)); got != "create start health_status health_status" {
		t.Errorf("events: %s", got)
	}
	if l.r.Counters().Filtered == 0 {
		t.Error("the health check's execs were not left out")
	}
	fat := host.RunOutOfMemory(t)
	// The engine may hear of the exit before it hears why.
	c := l.becomes(fat, "killed for its memory", func(c api.Container) bool { return c.State == api.StateExited && c.OOMKilled })
	if c.ExitCode == nil || *c.ExitCode != 137 {
		t.Errorf("out of memory: %+v", c)
	}
	l.agrees()
}

// The row of a list and the row of an inspect must not differ in what the
// comparison looks at, or every relist inspects in vain.
func TestListAgreesWithInspect(t *testing.T) {
	host := enginetest.Shared(t)
	host.Docker(t, "network", "create", "agree")
	host.Run(t, "-p", "127.0.0.1::80", "-p", "81/udp", "--expose", "99", "web:1.0", "sleep", "1000")
	exited := host.Run(t, "-p", "127.0.0.1::80", "web:1.0", "sh", "-c", "exit 3")
	host.Docker(t, "wait", exited)
	host.Create(t, "-p", "127.0.0.1::80", "db:2.1", "sh")
	paused := host.Run(t, "--network", "agree", "--health-cmd", "true", "--health-interval", "5s", enginetest.Image, "sleep", "1000")
	host.Docker(t, "network", "connect", "bridge", paused)
	// Between two checks: one that is frozen halfway keeps the engine from
	// answering an inspect until it times out.
	for host.Docker(t, "inspect", "-f", "{{.State.Health.Status}}", paused) != "healthy" {
		time.Sleep(50 * time.Millisecond)
	}
	host.Docker(t, "pause", paused)
	l := follow(t, host, host.Host)
	before, quiet := l.r.Counters(), time.Now()
	l.until("the end of the first inspects", func() bool {
		if now := l.r.Counters(); now.Inspects != before.Inspects {
			before, quiet = now, time.Now()
		}
		return time.Since(quiet) > time.Second
	})

	l.r.Retry()
	l.until("a relist", func() bool { return l.r.Counters().Relists > before.Relists })
	time.Sleep(500 * time.Millisecond)
	after := l.r.Counters()
	if n := after.Inspects - before.Inspects; n != 0 {
		t.Errorf("a relist without news made %d inspects", n)
	}
}

// TestLatency logs how long an event takes from the engine's clock to a reader
// of the store, with the state it caused.
func TestLatency(t *testing.T) {
	host := enginetest.Shared(t)
	l := follow(t, host, host.Host)
	id := host.Run(t, "--name", "quick", enginetest.Image, "sleep", "1000")
	e, err := engine.New(engine.Endpoint{Host: host.Host, Origin: "flag"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	var trips, pauses []time.Duration
	for range 40 {
		began := time.Now()
		host.Docker(t, "pause", id)
		pauses = append(pauses, time.Since(began))
		host.Docker(t, "unpause", id)
		trip, err := e.Ping(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		trips = append(trips, trip)
	}
	slices.Sort(trips)
	for range 8 {
		host.Docker(t, "kill", id)
		l.becomes(id, "killed", func(c api.Container) bool { return c.State == api.StateExited })
		host.Docker(t, "start", id)
	}
	l.becomes(id, "running", func(c api.Container) bool { return c.State == api.StateRunning })
	l.told(id, "pause", 40)
	l.told(id, "start", 9)
	by := make(map[string][]time.Duration)
	for _, s := range l.events(id) {
		by[s.event.Action] = append(by[s.event.Action], s.after)
	}
	for _, action := range slices.Sorted(maps.Keys(by)) {
		d := by[action]
		slices.Sort(d)
		t.Logf("%-10s n %3d  p50 %v  p90 %v  max %v", action, len(d), d[len(d)/2], d[len(d)*9/10], d[len(d)-1])
	}
	// A change that is told with its state takes an event, an inspect and their
	// reader: on a machine that does other things each waits as a ping does. And the
	// inspect waits until the engine has written the change to its disk, as the
	// command does.
	slices.Sort(pauses)
	trip, pause := trips[len(trips)/2], pauses[len(pauses)/2]
	t.Logf("half of the pings took less than %v, of the commands %v", trip, pause)
	if d := by["pause"]; d[len(d)/2] > 100*time.Millisecond+5*trip+pause {
		t.Errorf("half of the pauses took longer than %v, of the pings %v, of the commands %v", d[len(d)/2], trip, pause)
	}
}
