package reflector

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// fakeRing is how many events the fake engine replays, as Docker does.
const fakeRing = 256

// fake is an engine for a synctest bubble: a map of containers and a log of
// events, with knobs for everything that goes wrong.
type fake struct {
	mu         sync.Mutex
	id         string
	containers map[string]api.Container
	order      []string
	log        []api.Event
	subs       map[chan api.Event]struct{}
	last       time.Time

	down      error         // every call fails with it
	frozen    chan struct{} // not nil: every call blocks until it is closed or its deadline
	mute      bool          // events are lost: neither sent nor kept
	noReady   bool
	listErr   error
	listDelay time.Duration // between looking and answering
	inspectIn func(id string) (time.Duration, error)
	pingIn    time.Duration

	emitted   int // events
	inspected []string
	statuses  int
	lists     int
	sinces    []time.Time
}

func newFake() *fake {
	return &fake{id: "eng1", containers: make(map[string]api.Container), subs: make(map[chan api.Event]struct{})}
}

// gate is where a call meets the engine's state.
func (f *fake) gate(ctx context.Context) error {
	f.mu.Lock()
	down, frozen := f.down, f.frozen
	f.mu.Unlock()
	if frozen != nil {
		select {
		case <-frozen:
		case <-ctx.Done():
			return &api.Error{Code: api.ErrTimeout, Message: "The engine did not answer in time.", Cause: ctx.Err()}
		}
	}
	return down
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return &api.Error{Code: api.ErrTimeout, Message: "The engine did not answer in time.", Cause: ctx.Err()}
	}
}

func (f *fake) Ping(ctx context.Context) (time.Duration, error) {
	if err := f.gate(ctx); err != nil {
		return 0, err
	}
	f.mu.Lock()
	d := f.pingIn
	f.mu.Unlock()
	return time.Millisecond, pause(ctx, d)
}

func (f *fake) Status(ctx context.Context) (api.EngineStatus, error) {
	f.mu.Lock()
	f.statuses++
	f.mu.Unlock()
	if err := f.gate(ctx); err != nil {
		return api.EngineStatus{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return api.EngineStatus{ID: f.id, Name: "fake", Version: "20.10", Host: "unix:///fake.sock", Origin: "flag"}, nil
}

func (f *fake) List(ctx context.Context) ([]api.Container, error) {
	if err := f.gate(ctx); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.lists++
	var rows []api.Container
	for _, id := range f.order {
		c := f.containers[id]
		rows = append(rows, api.Container{
			Engine: c.Engine, ID: c.ID, Name: c.Name, Image: c.Image, State: c.State, Health: c.Health,
			ExitCode: c.ExitCode, CreatedAt: c.CreatedAt, Networks: c.Networks, Partial: true,
		})
	}
	err, d := f.listErr, f.listDelay
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return rows, pause(ctx, d)
}

func (f *fake) Inspect(ctx context.Context, id string) (api.Container, error) {
	if err := f.gate(ctx); err != nil {
		return api.Container{}, err
	}
	f.mu.Lock()
	f.inspected = append(f.inspected, id)
	c, ok := f.containers[id]
	in := f.inspectIn
	f.mu.Unlock()
	if in != nil {
		d, err := in(id)
		if e := pause(ctx, d); e != nil {
			return api.Container{}, e
		}
		if err != nil {
			return api.Container{}, err
		}
	}
	if !ok {
		return api.Container{}, &api.Error{Code: api.ErrNotFound, Message: "There is no such container."}
	}
	return c, nil
}

func (f *fake) Events(ctx context.Context, since time.Time, ready func(), fn func(api.Event)) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	ch := make(chan api.Event, 100_000)
	f.mu.Lock()
	for _, e := range f.log {
		if !e.Time.Before(since) {
			ch <- e
		}
	}
	f.sinces = append(f.sinces, since)
	f.subs[ch] = struct{}{}
	quiet := f.noReady
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.subs, ch)
		f.mu.Unlock()
	}()
	if !quiet {
		ready()
	}
	for {
		select {
		case e, ok := <-ch:
			if !ok {
				return &api.Error{Code: api.ErrUnreachable, Message: "The event stream broke."}
			}
			fn(e)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// cut ends all streams.
func (f *fake) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cutLocked()
}

func (f *fake) cutLocked() {
	for ch := range f.subs {
		delete(f.subs, ch)
		close(ch)
	}
}

func (f *fake) set(change func(*fake)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// count reads a number of the fake's, in step with the reflector's calls.
func (f *fake) count(of func(*fake) int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return of(f)
}

func statuses(f *fake) int { return f.statuses }
func lists(f *fake) int    { return f.lists }
func inspects(f *fake) int { return len(f.inspected) }

func (f *fake) nowLocked() time.Time {
	now := time.Now().UTC()
	if !now.After(f.last) {
		now = f.last.Add(time.Nanosecond)
	}
	f.last = now
	return now
}

func (f *fake) emitLocked(e api.Event) {
	e.Time, e.Engine = f.nowLocked(), f.id
	if e.Kind == "" {
		e.Kind = "container"
	}
	if f.mute {
		return
	}
	f.emitted++
	f.log = append(f.log, e)
	if len(f.log) > fakeRing {
		f.log = f.log[1:]
	}
	for ch := range f.subs {
		ch <- e
	}
}

// act does to a container what the action says, and tells it.
func (f *fake) act(action, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.actLocked(action, id)
}

func (f *fake) actLocked(action, id string) {
	c, ok := f.containers[id]
	now := f.nowLocked()
	e := api.Event{Action: action, ID: id, Attributes: map[string]string{}}
	switch action {
	case "create":
		c = api.Container{Engine: f.id, ID: id, Name: "name-" + id, Image: "img", State: api.StateCreated, Health: api.HealthNone, CreatedAt: &now}
		f.order = append(f.order, id)
	case "start":
		c.State, c.StartedAt, c.PID, c.ExitCode = api.StateRunning, &now, 4711, nil
	case "die":
		code := 137
		c.State, c.FinishedAt, c.PID, c.ExitCode = api.StateExited, &now, 0, &code
		e.Attributes["exitCode"] = "137"
	case "pause":
		c.State = api.StatePaused
	case "unpause":
		c.State = api.StateRunning
	case "rename":
		c.Name += "x"
	case "destroy":
		delete(f.containers, id)
		f.order = slices.DeleteFunc(f.order, func(o string) bool { return o == id })
		f.emitLocked(e)
		return
	}
	if ok || action == "create" {
		f.containers[id] = c
	}
	e.Name = c.Name
	f.emitLocked(e)
}

// quietly does things that nobody hears, ever: the engine forgets its events,
// as one that is restarted does.
func (f *fake) quietly(do func()) {
	f.set(func(f *fake) { f.mute = true })
	do()
	f.set(func(f *fake) { f.mute, f.log = false, nil })
}

// rig is a reflector at work on a fake engine, in a bubble.
type rig struct {
	*fake
	t       *testing.T
	store   *store.Store
	r       *Reflector
	shown   []api.EngineStatus // by OnStatus
	blocked chan struct{}
	stop    func()
}

// inBubble runs f with a reflector that has a first view of the given
// containers, all running.
func inBubble(t *testing.T, running []string, tune func(*rig), f func(*rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := &rig{fake: newFake(), t: t, store: store.New(store.Options{})}
		o := Options{Engine: g.fake, Store: g.store, Initial: api.EngineStatus{ID: "addr", Host: "unix:///fake.sock", Origin: "flag"},
			OnStatus: g.onStatus, Queue: 64}
		for _, id := range running {
			g.act("create", id)
			g.act("start", id)
		}
		time.Sleep(2 * time.Hour) // what was before is out of the replay's reach
		g.r = New(o)
		if tune != nil {
			tune(g)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			if err := g.r.Run(ctx); err != nil {
				t.Error(err)
			}
		}()
		g.stop = sync.OnceFunc(func() { cancel(); <-done })
		defer g.stop()
		g.after(10 * time.Millisecond)
		f(g)
	})
}

func (g *rig) onStatus(s api.EngineStatus) {
	g.mu.Lock()
	g.shown = append(g.shown, s)
	g.mu.Unlock()
	if g.blocked != nil {
		<-g.blocked
	}
}

// block keeps the goroutine of Run from working until the channel is closed.
func (g *rig) block(until chan struct{}) {
	g.blocked = until
	g.r.SetMetricsSource("blocked", "")
	synctest.Wait()
}

// after lets time pass and waits until all is quiet.
func (g *rig) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (g *rig) get(id string) *api.Container {
	g.t.Helper()
	c, ok := g.store.Container(api.MakeKey("eng1", id))
	if !ok {
		g.t.Fatalf("container %s is not in the store", id)
	}
	return c
}

func (g *rig) has(id string) bool {
	_, ok := g.store.Container(api.MakeKey("eng1", id))
	return ok
}

// said is the log of the engine's things as "action id", inferred events with a star.
func (g *rig) said() []string {
	var out []string
	for _, e := range ofThings(g.store.Events(-1)) {
		s := e.Action
		if e.ID != "" {
			s += " " + e.ID
		}
		if e.Inferred {
			s += "*"
		}
		out = append(out, s)
	}
	return out
}

// ofThings leaves out the events of the engine itself: that it was away.
func ofThings(events []api.Event) []api.Event {
	return slices.DeleteFunc(events, func(e api.Event) bool { return e.Kind == api.KindEngine })
}

func (g *rig) wantSaid(want ...string) {
	g.t.Helper()
	if got := g.said(); !slices.Equal(got, want) {
		g.t.Errorf("events %v, want %v", got, want)
	}
}

func (g *rig) inspects(id string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, i := range g.inspected {
		if i == id {
			n++
		}
	}
	return n
}

func (g *rig) engine() api.EngineStatus {
	g.t.Helper()
	es := g.store.Engines()
	if len(es) != 1 {
		g.t.Fatalf("%d engines in the store, want 1", len(es))
	}
	return es[0]
}

// difference says how the store differs from the engine, "" if it doesn't.
func difference(f *fake, s *store.Store) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	want := maps.Clone(f.containers)
	for _, c := range s.Containers() {
		e, ok := want[c.ID]
		if !ok {
			return fmt.Sprintf("the store has %s, the engine doesn't", c.ID)
		}
		delete(want, c.ID)
		own := *c
		own.Row, own.Inferred = 0, false
		if fmt.Sprintf("%+v", deref(own)) != fmt.Sprintf("%+v", deref(e)) {
			return fmt.Sprintf("the store has %+v\nthe engine %+v", deref(own), deref(e))
		}
	}
	for id := range want {
		return fmt.Sprintf("the engine has %s, the store doesn't", id)
	}
	return ""
}

func deref(c api.Container) string {
	s := func(t *time.Time) string {
		if t == nil {
			return "-"
		}
		return t.String()
	}
	code := -1
	if c.ExitCode != nil {
		code = *c.ExitCode
	}
	return fmt.Sprint(c.ID, c.Name, c.State, c.Health, code, c.PID, c.Partial, s(c.CreatedAt), s(c.StartedAt), s(c.FinishedAt), c.Networks)
}
