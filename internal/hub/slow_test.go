package hub

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// follow subscribes to everything and reads until all snapshots have arrived.
func follow(t *testing.T, c *client) {
	t.Helper()
	c.send(helloAs(""), sub(1, api.TopicContainers), sub(2, api.TopicSystem), sub(3, api.TopicEvents))
	for ends := 0; ends < 3; {
		msgs := c.frame()
		if msgs == nil {
			t.Fatalf("closed with %d %q", c.code, c.reason)
		}
		for _, m := range msgs {
			if _, err := c.view.apply(m); err != nil {
				t.Fatal(err)
			}
		}
		for _, ty := range types(msgs) {
			if len(ty) > 7 && ty[:7] == "snapEnd" {
				ends++
			}
		}
	}
}

// catchUp takes frames until the client has what the store has, and answers pings:
// that may take longer than the server waits for a word.
func catchUp(t *testing.T, c *client, st *store.Store) {
	t.Helper()
	for c.view.equal(st) != nil {
		msgs := c.frame()
		if msgs == nil {
			t.Fatalf("closed with %d %q", c.code, c.reason)
		}
		for _, m := range msgs {
			reply, err := c.view.apply(m)
			if err != nil {
				t.Fatal(err)
			}
			if reply != nil {
				go c.send(reply) // the server may be writing to us
			}
		}
	}
}

func flip(st *store.Store, i int) {
	state := api.StateRunning
	if i%2 == 1 {
		state = api.StatePaused
	}
	st.Apply(store.Change{
		Put:    []*api.Container{container("a", state)},
		Events: []api.Event{{Time: time.Now(), Engine: "e", Action: fmt.Sprint("x", i), ID: "a"}},
	})
}

func TestWhoNeverReadsDelaysNobody(t *testing.T) {
	bubble(t, Options{}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		stuck, good := connect(ctx, h, Identity{Key: "k"}), connect(ctx, h, Identity{Key: "k"})
		follow(t, stuck)
		follow(t, good)
		var lock sync.Mutex
		finished := make(chan error, 1)
		go func() { finished <- good.run(&lock) }()
		go func() { // it goes on talking, so that only its reading is at fault
			for {
				select {
				case <-stuck.done:
					return
				case <-time.After(time.Second):
					stuck.send(api.Ping{Type: api.TypePing})
				}
			}
		}()
		started := time.Now()
		for i := range 200 {
			flip(h.store, i)
			synctest.Wait()
			lock.Lock()
			if got, want := good.view.pos[api.TopicContainers], h.store.Seq(api.TopicContainers); got != want {
				t.Errorf("the good client is at %d after change %d", got, want)
			}
			lock.Unlock()
			time.Sleep(20 * time.Millisecond)
		}
		<-stuck.done
		if took := time.Since(started); stuck.code != api.CloseSlow || took != writeTimeout {
			t.Errorf("the stuck client was closed with %d after %v", stuck.code, took)
		}
		if err := good.leave(); err != nil {
			t.Error(err)
		}
		if err := <-finished; err != nil {
			t.Error(err)
		}
		if n := h.Counters(); n.Resyncs[reasonSlow] != 0 {
			t.Errorf("resyncs = %v", n.Resyncs)
		}
		_ = stuck.wait()
	})
}

func TestSlowWritesCostAResyncAndThenTheConnection(t *testing.T) {
	bubble(t, Options{Heartbeat: time.Minute}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k"})
		follow(t, c)
		flip(h.store, 0)
		synctest.Wait() // the writer now waits for us
		flip(h.store, 1)
		time.Sleep(slowWrite + time.Second)
		var last []string
		for len(c.view.resyncs) == 0 {
			msgs := c.frame()
			last = types(msgs)
			for _, m := range msgs {
				if _, err := c.view.apply(m); err != nil {
					t.Fatal(err)
				}
			}
		}
		if r := c.view.resyncs[0]; r.Topic != api.TopicContainers || r.Reason != reasonSlow || r.Lost != nil {
			t.Errorf("resync = %+v in %v", r, last)
		}
		catchUp(t, c, h.store)
		if len(c.view.events) != 2 {
			t.Errorf("events = %v: none was lost, they were in the ring", c.view.events)
		}
		flip(h.store, 2)
		synctest.Wait()
		time.Sleep(slowWrite + time.Second)
		for c.frame() != nil {
		}
		if c.code != api.CloseSlow {
			t.Errorf("closed with %d", c.code)
		}
		_ = c.wait()
	})
}

func TestABurstIsNotTheClientsFault(t *testing.T) {
	st := store.New(store.Options{Ring: 4, Events: 4})
	bubble(t, Options{Store: st}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k"})
		follow(t, c)
		for round := range 4 {
			var ch store.Change
			for i := range 10 {
				x := container("a", api.StateRunning)
				x.RestartCount = 100*round + i + 1
				ch.Put = append(ch.Put, x)
				ch.Events = append(ch.Events, api.Event{Action: "x"})
			}
			from := c.view.pos[api.TopicEvents]
			st.Apply(ch)
			catchUp(t, c, st)
			var lost *api.Range
			for _, r := range c.view.resyncs {
				if r.Reason != reasonBurst {
					t.Errorf("resync = %+v", r)
				}
				if r.Topic == api.TopicEvents {
					lost = r.Lost
				}
			}
			if want := (api.Range{From: from, To: from + 6}); lost == nil || *lost != want {
				t.Errorf("lost = %+v, want %+v", lost, want)
			}
			c.view.resyncs = nil
		}
		if err := c.leave(); err != nil {
			t.Error(err)
		}
	})
}

func TestALargeDeltaBecomesASnapshot(t *testing.T) {
	st := store.New(store.Options{})
	bubble(t, Options{Store: st}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k"})
		follow(t, c)
		var ch store.Change
		for i := range 20 {
			x := container(fmt.Sprint("c", i), api.StateRunning)
			x.Command = string(make([]byte, 20<<10)) // six bytes each as JSON
			ch.Put = append(ch.Put, x)
		}
		st.Apply(ch)
		for c.view.equal(st) != nil {
			b := <-c.out
			if len(b) > 130<<10 {
				t.Errorf("a frame of %d bytes", len(b))
			}
			for _, m := range split(b) {
				if _, err := c.view.apply(m); err != nil {
					t.Fatal(err)
				}
			}
		}
		if len(c.view.resyncs) != 1 || c.view.resyncs[0].Reason != reasonLarge {
			t.Errorf("resyncs = %+v", c.view.resyncs)
		}
		_ = c.leave()
	})
}
