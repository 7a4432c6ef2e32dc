package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// world is a hub that runs, in a bubble of its own clock.
type world struct {
	t   *testing.T // the bubble's
	ctx context.Context
	h   *Hub
}

func bubble(t *testing.T, o Options, f func(world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if o.Store == nil {
			o.Store = store.New(store.Options{})
		}
		h := New(o)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = h.Run(ctx) })
		f(world{t, ctx, h})
		cancel()
		wg.Wait()
	})
}

// until reads frames, answering nothing, until one has a message of the type.
func (c *client) until(t *testing.T, want api.MessageType) []json.RawMessage {
	t.Helper()
	for range 1000 {
		msgs := c.frame()
		if msgs == nil {
			t.Fatalf("closed with %d %q while waiting for %s", c.code, c.reason, want)
		}
		for _, m := range msgs {
			var head struct{ Type api.MessageType }
			if json.Unmarshal(m, &head) == nil && head.Type == want {
				return msgs
			}
		}
	}
	t.Fatalf("no %s in 1000 frames", want)
	return nil
}

func types(msgs []json.RawMessage) (out []string) {
	for _, m := range msgs {
		var head struct {
			Type  api.MessageType
			Topic api.Topic
		}
		_ = json.Unmarshal(m, &head)
		out = append(out, fmt.Sprintf("%s %s", head.Type, head.Topic))
	}
	return out
}

func TestStateAndItsEventLeaveTogetherStateFirst(t *testing.T) {
	bubble(t, Options{}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k", Role: "admin"})
		c.send(helloAs("a"), sub(1, api.TopicEvents), sub(2, api.TopicContainers), sub(3, api.TopicSystem))
		for range 3 {
			c.until(t, api.TypeSnapEnd)
		}
		h.store.Apply(store.Change{
			Put:    []*api.Container{container("a", api.StateRunning)},
			Events: []api.Event{{Time: time.Now(), Engine: "e", Action: "start", ID: "a"}},
		})
		msgs := c.until(t, api.TypeDelta)
		if got := types(msgs); !slices.Equal(got, []string{"delta containers", "delta events"}) {
			t.Errorf("frame = %v, want the state and then the event", got)
		}
		synctest.Wait() // a lag is counted once the frame is away
		if lag := h.Counters().Lag; lag.Counts[0] != 2 {
			t.Errorf("lag = %+v, want two at once", lag)
		}
		if err := c.leave(); err != nil {
			t.Error(err)
		}
	})
}

func TestGoldenMessagesAreUnderstood(t *testing.T) {
	for name, want := range map[string]any{
		"hello": api.Hello{}, "sub-containers": api.Sub{}, "sub-events": api.Sub{}, "sub-metrics": api.Sub{},
		"unsub": api.Unsub{}, "ping": api.Ping{}, "pong": api.Pong{},
	} {
		raw, err := os.ReadFile("../../api/golden/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		msgs, err := decode(raw)
		if err != nil || len(msgs) != 1 || fmt.Sprintf("%T", msgs[0]) != fmt.Sprintf("%T", want) {
			t.Errorf("%s: decoded %v, %v; want a %T", name, msgs, err, want)
			continue
		}
		var a, b any
		if json.Unmarshal(raw, &a) != nil || json.Unmarshal(encode(msgs[0]), &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s: decoded to %v, want %v", name, b, a)
		}
	}
}

// TestPagesAreTheGoldenOnes: pages are written by hand, for speed, and must be
// what the type gives.
func TestPagesAreTheGoldenOnes(t *testing.T) {
	for _, name := range []string{"snap-containers", "snap-events", "snap-system"} {
		raw, err := os.ReadFile("../../api/golden/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m api.Snap
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		if got, want := string(appendPage(nil, m.Topic, m.Page, m.Items)), string(encode(m)); !sameJSON(t, got, want) {
			t.Errorf("page = %s, want %s", got, want)
		}
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func TestClosings(t *testing.T) {
	for name, c := range map[string]struct {
		send  []any
		after time.Duration
		want  api.CloseCode
	}{
		"nothing said":       {nil, helloTimeout, api.CloseHelloTimeout},
		"another message":    {[]any{sub(1, api.TopicContainers)}, 0, api.CloseBadMessage},
		"not JSON":           {[]any{[]byte("hello!")}, 0, api.CloseBadMessage},
		"later not JSON":     {[]any{helloAs("a"), []byte(`{"type":`)}, 0, api.CloseBadMessage},
		"an older version":   {[]any{api.Hello{Type: api.TypeHello, V: 0}}, 0, api.CloseTooOld},
		"silence afterwards": {[]any{helloAs("a")}, 5 * time.Second, api.CloseNoHeartbeat},
		"a large frame":      {[]any{helloAs("a"), make([]byte, MaxInbound+1)}, 0, api.CloseTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{}, func(w world) {
				t, ctx, h := w.t, w.ctx, w.h
				cl := connect(ctx, h, Identity{Key: "k"})
				started := time.Now()
				go cl.send(c.send...)
				for cl.frame() != nil {
				}
				if err := <-cl.served; err != nil {
					t.Error(err)
				}
				if cl.code != c.want || time.Since(started) != c.after {
					t.Errorf("closed with %d %q after %v; want %d after %v", cl.code, cl.reason, time.Since(started), c.want, c.after)
				}
				if n := h.Counters(); n.Closes[c.want] != 1 || n.Sessions != 0 || n.Greeting != 0 {
					t.Errorf("counters = %+v", n)
				}
			})
		})
	}
}

func TestUnknownTypesAreIgnored(t *testing.T) {
	bubble(t, Options{}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k"})
		c.send([]byte(`{"type":"later"}`), []byte(`[{"type":"x"},`+string(encode(helloAs("a")))+`,{"type":"ping","n":7,"extra":1}]`))
		// In one frame or in two.
		msgs := c.until(t, api.TypeWelcome)
		if !slices.Contains(types(msgs), "pong ") {
			msgs = append(msgs, c.until(t, api.TypePong)...)
		}
		if got := types(msgs); !slices.Equal(got, []string{"welcome ", "ping ", "pong "}) {
			t.Errorf("got %v", got)
		}
		_ = c.leave()
	})
}

func TestErrorsNameTheSubscription(t *testing.T) {
	for name, s := range map[string]api.Sub{
		"topic":    sub(9, "moons"),
		"column":   {Type: api.TypeSub, ID: 9, Topic: api.TopicMetrics, Filter: &api.Filter{Cols: []string{"cpuu"}}},
		"interval": {Type: api.TypeSub, ID: 9, Topic: api.TopicMetrics, Filter: &api.Filter{EveryMs: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{}, func(w world) {
				t, ctx, h := w.t, w.ctx, w.h
				c := connect(ctx, h, Identity{Key: "k"})
				c.send(helloAs("a"), s)
				for _, m := range c.until(t, api.TypeError) {
					_, _ = c.view.apply(m)
				}
				if e := c.view.errors; len(e) != 1 || e[0].ID != 9 || e[0].Code != api.ErrInvalid || e[0].Message == "" {
					t.Errorf("errors = %+v", e)
				}
				_ = c.leave()
			})
		})
	}
}

func TestNewerConnectionSupersedes(t *testing.T) {
	bubble(t, Options{MaxPerIdentity: 2}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		a := connect(ctx, h, Identity{Key: "k"})
		a.send(helloAs("tab"))
		a.until(t, api.TypeWelcome)
		other := connect(ctx, h, Identity{Key: "another user"})
		other.send(helloAs("tab"))
		other.until(t, api.TypeWelcome)
		b := connect(ctx, h, Identity{Key: "k"})
		b.send(helloAs("tab"))
		b.until(t, api.TypeWelcome)
		for a.frame() != nil {
		}
		if a.code != api.CloseSuperseded {
			t.Errorf("the old connection was closed with %d", a.code)
		}
		synctest.Wait()
		if h.Clients() != 2 {
			t.Errorf("%d clients, want the new one and the other user's", h.Clients())
		}
		c := connect(ctx, h, Identity{Key: "k"})
		c.send(helloAs("tab2"))
		c.until(t, api.TypeWelcome)
		d := connect(ctx, h, Identity{Key: "k"})
		d.send(helloAs("tab3"))
		for d.frame() != nil {
		}
		if d.code != api.CloseTooMany {
			t.Errorf("one connection too many was closed with %d", d.code)
		}
		for _, x := range []*client{b, c, other} {
			if err := x.leave(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestARevokedIdentityIsClosed(t *testing.T) {
	bubble(t, Options{}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		started := time.Now()
		c := connect(ctx, h, Identity{Key: "k", Still: func() error {
			if time.Since(started) > time.Minute {
				return &api.Error{Code: api.ErrUnauthorized, Message: "revoked"}
			}
			return nil
		}})
		c.send(helloAs("a"))
		var lock sync.Mutex
		if err := c.run(&lock); err != nil {
			t.Error(err)
		}
		if took := time.Since(started); c.code != api.CloseUnauthorized || took < time.Minute || took > 91*time.Second {
			t.Errorf("closed with %d after %v", c.code, took)
		}
		if err := c.wait(); err != nil {
			t.Error(err)
		}
	})
}

func TestShutdownTellsEverybody(t *testing.T) {
	bubble(t, Options{}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		reads, stuck := connect(ctx, h, Identity{Key: "k"}), connect(ctx, h, Identity{Key: "k"})
		reads.send(helloAs("a"))
		reads.until(t, api.TypeWelcome)
		stuck.send(helloAs("b")) // and never reads its welcome
		go func() {
			for reads.frame() != nil {
			}
		}()
		started := time.Now()
		if err := h.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(started); took > 2*closeGrace {
			t.Errorf("shutdown took %v", took)
		}
		for _, c := range []*client{reads, stuck} {
			if <-c.done; c.code != api.CloseShutdown {
				t.Errorf("closed with %d", c.code)
			}
			_ = c.wait()
		}
		late := connect(ctx, h, Identity{Key: "k"})
		if <-late.done; late.code != api.CloseTooMany {
			t.Errorf("a late connection was closed with %d", late.code)
		}
		_ = late.wait()
	})
}

func TestResume(t *testing.T) {
	st := store.New(store.Options{})
	bubble(t, Options{Store: st}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		st.Apply(store.Change{Put: []*api.Container{container("a", api.StateRunning)}})
		st.Apply(store.Change{Put: []*api.Container{container("a", api.StatePaused)}, Events: []api.Event{{Action: "pause"}}})
		for name, c := range map[string]struct {
			resume    api.Resume
			recovered bool
		}{
			"in the ring":       {api.Resume{Epoch: st.Epoch(), Topics: map[api.Topic]uint64{api.TopicContainers: 1}}, true},
			"up to date":        {api.Resume{Epoch: st.Epoch(), Topics: map[api.Topic]uint64{api.TopicContainers: 2}}, true},
			"of the future":     {api.Resume{Epoch: st.Epoch(), Topics: map[api.Topic]uint64{api.TopicContainers: 3}}, false},
			"of another epoch":  {api.Resume{Epoch: "other", Topics: map[api.Topic]uint64{api.TopicContainers: 1}}, false},
			"of another topic":  {api.Resume{Epoch: st.Epoch(), Topics: map[api.Topic]uint64{api.TopicEvents: 1}}, false},
			"without positions": {api.Resume{Epoch: st.Epoch()}, false},
		} {
			cl := connect(ctx, h, Identity{Key: "k"})
			hello := helloAs("")
			hello.Resume = &c.resume
			cl.view.epoch = st.Epoch()
			cl.view.pos[api.TopicContainers] = c.resume.Topics[api.TopicContainers]
			cl.view.items[api.TopicContainers] = map[string]map[string]json.RawMessage{"e/a": {}}
			cl.send(hello, sub(1, api.TopicContainers), sub(1, api.TopicContainers))
			for len(cl.view.subbed) < 2 || cl.view.pos[api.TopicContainers] != 2 || len(cl.view.items[api.TopicContainers]["e/a"]) == 0 {
				for _, m := range cl.frame() {
					if _, err := cl.view.apply(m); err != nil {
						t.Fatal(name, err)
					}
				}
			}
			if first, again := cl.view.subbed[0], cl.view.subbed[1]; first.Recovered != c.recovered || again.Recovered || first.Seq != 2 {
				t.Errorf("%s: subbed %+v and then %+v, want recovered %v and then a snapshot", name, first, again, c.recovered)
			}
			if err := cl.leave(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A client that polled between its hello and its sub knows better than its hello.
func TestResumeFromTheSub(t *testing.T) {
	st := store.New(store.Options{})
	bubble(t, Options{Store: st}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		for range 3 {
			st.Apply(store.Change{Put: []*api.Container{container("a", api.StateRunning)}})
			st.Apply(store.Change{Put: []*api.Container{container("a", api.StatePaused)}})
		}
		for name, c := range map[string]struct {
			hello, from uint64
			recovered   bool
		}{
			"ahead of the hello":  {2, 4, true},
			"behind the hello":    {4, 2, true},
			"up to date":          {1, 6, true},
			"ahead of the server": {6, 7, false},
		} {
			cl := connect(ctx, h, Identity{Key: "k"})
			hello := helloAs("")
			hello.Resume = &api.Resume{Epoch: st.Epoch(), Topics: map[api.Topic]uint64{api.TopicContainers: c.hello}}
			m := sub(1, api.TopicContainers)
			m.From = &c.from
			cl.view.epoch = st.Epoch()
			cl.view.pos[api.TopicContainers] = c.from
			cl.view.items[api.TopicContainers] = map[string]map[string]json.RawMessage{"e/a": {}}
			cl.send(hello, m)
			for len(cl.view.subbed) == 0 || cl.view.pos[api.TopicContainers] != 6 {
				for _, m := range cl.frame() {
					if _, err := cl.view.apply(m); err != nil {
						t.Fatal(name, err)
					}
				}
			}
			if subbed := cl.view.subbed[0]; subbed.Recovered != c.recovered || subbed.Seq != 6 {
				t.Errorf("%s: subbed %+v, want recovered %v", name, subbed, c.recovered)
			}
			if err := cl.leave(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestSnapshotPagesFit(t *testing.T) {
	st := store.New(store.Options{})
	for i := range 200 {
		st.Apply(store.Change{Put: []*api.Container{container(fmt.Sprint("c", i), api.StateRunning)}})
	}
	big := container("big", api.StateRunning)
	big.Command = string(make([]byte, 3000))
	st.Apply(store.Change{Put: []*api.Container{big}})
	bubble(t, Options{Store: st}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k"})
		hello := helloAs("a")
		hello.MaxFrame = 8000
		c.send(hello, sub(1, api.TopicContainers))
		frames, over := 0, 0
		for c.view.pos[api.TopicContainers] == 0 {
			b := <-c.out
			frames++
			if len(b) > 8000 {
				over++
			}
			for _, m := range split(b) {
				if _, err := c.view.apply(m); err != nil {
					t.Fatal(err)
				}
			}
		}
		if over > 1 || frames < 10 {
			t.Errorf("%d of %d frames were larger than asked for; one container is", over, frames)
		}
		if len(c.view.items[api.TopicContainers]) != 201 {
			t.Errorf("%d containers", len(c.view.items[api.TopicContainers]))
		}
		_ = c.leave()
	})
}
