package hub

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// step is one thing that happens to the store or to the client.
type step struct {
	what   string
	change store.Change
	wait   time.Duration
}

func drawSteps(t *rapid.T) []step {
	states := []api.ContainerState{api.StateRunning, api.StateExited, api.StatePaused}
	ids := []string{"a", "b", "c", "d", "e"}
	var steps []step
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		s := step{what: rapid.SampledFrom([]string{"apply", "apply", "apply", "wait", "stall", "sub", "unsub", "reconnect", "forget", "burst"}).Draw(t, "what")}
		s.wait = rapid.SampledFrom([]time.Duration{0, time.Millisecond, 700 * time.Millisecond, 3 * time.Second, 7 * time.Second}).Draw(t, "wait")
		n := rapid.IntRange(1, 3).Draw(t, "puts")
		if s.what == "burst" {
			n = 30
		}
		for i := range n {
			c := container(rapid.SampledFrom(ids).Draw(t, "id"), rapid.SampledFrom(states).Draw(t, "state"))
			c.RestartCount = i * rapid.IntRange(0, 5).Draw(t, "restarts")
			s.change.Put = append(s.change.Put, c)
			s.change.Events = append(s.change.Events, api.Event{Action: "x", ID: c.ID})
		}
		if rapid.Bool().Draw(t, "remove") {
			s.change.Remove = []api.Key{api.MakeKey("e", rapid.SampledFrom(ids).Draw(t, "gone"))}
		}
		if rapid.Bool().Draw(t, "system") {
			s.change.System = []api.SystemItem{{Key: "server", Server: &api.ServerStatus{Clients: rapid.IntRange(0, 3).Draw(t, "clients")}}}
		}
		steps = append(steps, s)
	}
	return steps
}

// follower is a client that reconnects and resumes by the protocol's rules.
type follower struct {
	h       *Hub
	ctx     context.Context //nolint:containedctx // as long as the test
	c       *client
	view    *view
	lock    sync.Mutex
	gate    chan struct{} // full while the client does not read
	stopped chan struct{}
	broken  error

	maxFrame int
	// rows is what the client says it looks at; nil for a client that doesn't say.
	rows []int
}

func (f *follower) connect() {
	f.c = connect(f.ctx, f.h, Identity{Key: "k"})
	f.stopped = make(chan struct{})
	hello := helloAs("tab")
	hello.MaxFrame = f.maxFrame
	f.lock.Lock()
	clear(f.view.next)
	if f.view.epoch != "" {
		hello.Resume = &api.Resume{Epoch: f.view.epoch, Topics: maps.Clone(f.view.pos)}
	}
	f.lock.Unlock()
	go f.read(f.c, f.stopped)
	f.c.send(hello, sub(1, api.TopicEvents), sub(2, api.TopicContainers), sub(3, api.TopicSystem))
	if f.rows != nil {
		f.c.send(subMetrics(4, api.Filter{Rows: f.rows, Paced: true}))
	}
}

func (f *follower) read(c *client, stopped chan struct{}) {
	defer close(stopped)
	for {
		f.gate <- struct{}{}
		<-f.gate
		select {
		case b := <-c.out:
			f.lock.Lock()
			for _, m := range split(b) {
				reply, err := f.view.apply(m)
				if err != nil && f.broken == nil {
					f.broken = fmt.Errorf("%w in %s", err, b)
				}
				if reply != nil {
					go c.send(reply)
				}
			}
			f.lock.Unlock()
		case <-c.done:
			return
		case <-c.gone:
			return
		}
	}
}

func (f *follower) disconnect() {
	select {
	case <-f.c.done:
	default:
		close(f.c.gone)
	}
	_ = f.c.wait()
	<-f.stopped
}

func (f *follower) settled() error {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.broken != nil {
		return f.broken
	}
	return f.view.equal(f.h.store)
}

func (f *follower) play(s step) {
	st := f.h.store
	switch s.what {
	case "apply", "burst":
		st.Apply(s.change)
	case "wait":
		time.Sleep(s.wait)
	case "stall": // does not read while things happen
		f.gate <- struct{}{}
		st.Apply(s.change)
		time.Sleep(s.wait)
		st.Apply(s.change)
		<-f.gate
	case "sub":
		f.c.send(sub(2, api.TopicContainers))
	case "unsub":
		f.c.send(api.Unsub{Type: api.TypeUnsub, ID: 3}, sub(3, api.TopicSystem))
	case "reconnect":
		f.disconnect()
		st.Apply(s.change)
		f.connect()
	case "forget": // a client of the same id appears without a memory
		f.disconnect()
		f.view = newView()
		f.connect()
	}
	select {
	case <-f.c.done: // closed as slow, say: connect again
		f.disconnect()
		f.connect()
	default:
	}
}

// TestClientsConverge: whatever happens to the store and to the connection, a
// client that follows the protocol ends with what the store has, and is never
// sent something that the protocol does not allow at its position.
func TestClientsConverge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := drawSteps(rt)
		ring := rapid.SampledFrom([]int{2, 8, 1000}).Draw(rt, "ring")
		maxFrame := rapid.SampledFrom([]int{0, 1024}).Draw(rt, "maxFrame")
		// Any rush is paced for clients that say what they look at, then.
		rows := rapid.SampledFrom([][]int{nil, {}, {1, 3}}).Draw(rt, "rows")
		var failed error
		synctest.Test(t, func(*testing.T) {
			h := New(Options{Store: store.New(store.Options{Ring: ring, Events: ring})})
			h.rush.crowd = 0
			ctx, cancel := context.WithCancel(context.Background())
			var wg sync.WaitGroup
			wg.Go(func() { _ = h.Run(ctx) })
			f := &follower{h: h, ctx: ctx, view: newView(), gate: make(chan struct{}, 1), maxFrame: maxFrame, rows: rows}
			f.connect()
			for _, s := range steps {
				f.play(s)
			}
			time.Sleep(time.Second)
			for range 3 { // it may have been closed just now
				select {
				case <-f.c.done:
					f.disconnect()
					f.connect()
				default:
				}
				time.Sleep(time.Second)
			}
			failed = f.settled()
			f.disconnect()
			cancel()
			wg.Wait()
		})
		if failed != nil {
			rt.Fatal(failed)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","v":1,"client":{"id":"a"}}`, `[{"type":"sub","id":1,"topic":"events"},{"type":"ping","n":1}]`,
		`[]`, `{}`, `[[]]`, `null`, `[null]`, `{"type":null}`, `{"type":"hello","v":"1"}`, "\xff", `{"type":"unsub","id":1e99}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		msgs, err := decode(frame)
		if err != nil {
			if len(msgs) != 0 {
				t.Errorf("%d messages beside the error %v", len(msgs), err)
			}
			return
		}
		for _, m := range msgs {
			switch m.(type) {
			case api.Hello, api.Sub, api.Unsub, api.Ping, api.Pong:
			default:
				t.Errorf("decoded a %T", m)
			}
			if s, ok := m.(api.Sub); ok {
				if p, err := parseFilter(s.Filter); err == nil && (p.every < minEvery || p.every > maxEvery || p.restEvery > maxEvery) {
					t.Errorf("filter %+v has intervals %v and %v", s.Filter, p.every, p.restEvery)
				}
			}
			// What was understood can be said again.
			again, err := decode(encode(m))
			if err != nil || len(again) != 1 || string(encode(again[0])) != string(encode(m)) {
				t.Errorf("%s became %v, %v", encode(m), again, err)
			}
		}
	})
}
