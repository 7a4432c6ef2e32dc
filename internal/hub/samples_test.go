package hub

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// withRows makes a store with rows 1 to n.
func withRows(n int) *store.Store {
	s := store.New(store.Options{})
	for i := range n {
		s.Apply(store.Change{Put: []*api.Container{container(fmt.Sprint("c", i+1), api.StateRunning)}})
	}
	return s
}

// tick commits CPU = value + row for every row.
func tick(s *store.Store, rows int, value int64) {
	var b api.Batch
	for r := 1; r <= rows; r++ {
		i := b.Add(r, time.Now().UnixNano())
		b.Values[api.ColCPU][i] = value + int64(r)
	}
	s.Metrics().Commit(&b)
}

func subMetrics(id int, f api.Filter) api.Sub {
	return api.Sub{Type: api.TypeSub, ID: id, Topic: api.TopicMetrics, Filter: &f}
}

func metricsFrame(t *testing.T, msgs []json.RawMessage) api.MetricsFrame {
	t.Helper()
	for _, m := range msgs {
		var f api.MetricsFrame
		if json.Unmarshal(m, &f) == nil && f.Type == api.TypeMetrics {
			return f
		}
	}
	t.Fatalf("no metrics in %s", msgs)
	return api.MetricsFrame{}
}

func TestSamplesFollowTheFilter(t *testing.T) {
	st := withRows(6)
	bubble(t, Options{Store: st, Heartbeat: time.Hour}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		tick(st, 6, 100)
		c := connect(ctx, h, Identity{Key: "k"})
		c.send(helloAs("a"), subMetrics(1, api.Filter{Rows: []int{2, 1}, Cols: []string{"cpu"}, EveryMs: 1000, RestEveryMs: 10000}))
		first := metricsFrame(t, c.until(t, api.TypeMetrics))
		if !first.Rest || len(first.Rows) != 6 {
			t.Errorf("the first frame must hold everything: %+v", first)
		}
		started := time.Now()
		for i := range 9 {
			time.Sleep(time.Until(started.Add(time.Duration(i+1) * time.Second)))
			tick(st, 6, 200+int64(i))
			f := metricsFrame(t, c.until(t, api.TypeMetrics))
			if f.Rest || !slices.Equal(f.Rows, []int{1, 2}) {
				t.Errorf("frame %d = %+v", i, f)
			}
		}
		time.Sleep(time.Until(started.Add(10 * time.Second)))
		tick(st, 6, 300)
		if f := metricsFrame(t, c.until(t, api.TypeMetrics)); !f.Rest || len(f.Rows) != 6 {
			t.Errorf("after 10 s: %+v", f)
		}

		// Row 3 is new and arrives whole, 2 goes on: nothing of it has changed.
		c.send(subMetrics(1, api.Filter{Rows: []int{2, 3}, Cols: []string{"cpu"}}))
		if f := metricsFrame(t, c.until(t, api.TypeMetrics)); !slices.Equal(f.Rows, []int{3}) {
			t.Errorf("after the change of the filter: %+v", f)
		}
		// Another id is another subscription, which knows nothing.
		c.send(subMetrics(5, api.Filter{Rows: []int{2, 3}, Cols: []string{"cpu"}}))
		if f := metricsFrame(t, c.until(t, api.TypeMetrics)); !slices.Equal(f.Rows, []int{2, 3}) {
			t.Errorf("after another sub: %+v", f)
		}
		c.send(api.Unsub{Type: api.TypeUnsub, ID: 5})
		synctest.Wait()
		tick(st, 6, 400)
		time.Sleep(5 * time.Second)
		select {
		case b := <-c.out:
			t.Errorf("after unsub: %s", b)
		default:
		}
		_ = c.leave()
	})
}

// TestPingsTravelWithSamples: where samples flow, no frame is a ping alone,
// though the sampler's second is a little longer than ours.
func TestPingsTravelWithSamples(t *testing.T) {
	st := withRows(1)
	bubble(t, Options{Store: st}, func(w world) {
		t := w.t
		tick(st, 1, 0)
		c := connect(w.ctx, w.h, Identity{Key: "k"})
		c.send(helloAs("a"), subMetrics(1, api.Filter{Rows: []int{1}, Cols: []string{"cpu"}, EveryMs: 1000}))
		c.until(t, api.TypeMetrics)
		pings := 0
		for i := range 20 {
			time.Sleep(1004 * time.Millisecond)
			tick(st, 1, int64(i))
			got := types(c.frame())
			if !slices.Contains(got, "metrics metrics") {
				t.Fatalf("after %d ticks came %v", i+1, got)
			}
			if slices.Contains(got, "ping ") {
				pings++
				c.send(api.Pong{Type: api.TypePong, N: uint64(pings) + 1})
			}
		}
		if pings < 9 || pings > 11 {
			t.Errorf("%d pings in 20 s", pings)
		}
		_ = c.leave()
	})
}

// TestTicksAreLatestWins: a client that reads rarely gets the present, not a
// queue.
func TestTicksAreLatestWins(t *testing.T) {
	st := withRows(1)
	bubble(t, Options{Store: st, Heartbeat: time.Hour}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k"})
		c.send(helloAs("a"), subMetrics(1, api.Filter{Rows: []int{1}}))
		c.until(t, api.TypeSubbed)
		for i := range 5 {
			tick(st, 1, int64(i))
			time.Sleep(900 * time.Millisecond)
		}
		c.until(t, api.TypeMetrics) // was being written all the while
		if f := metricsFrame(t, c.until(t, api.TypeMetrics)); f.Seq != 5 || *f.Cols["cpu"].V[0] != 5 {
			t.Errorf("second frame = %+v, want the fifth tick", f)
		}
		if n := h.Counters(); n.SkippedTicks != 3 {
			t.Errorf("%d ticks skipped, want 3", n.SkippedTicks)
		}
		_ = c.leave()
	})
}

func TestStateDoesNotWaitBehindSamples(t *testing.T) {
	st := withRows(2)
	bubble(t, Options{Store: st, Heartbeat: time.Hour}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		c := connect(ctx, h, Identity{Key: "k"})
		c.send(helloAs("a"), sub(1, api.TopicContainers), subMetrics(2, api.Filter{All: true}))
		c.until(t, api.TypeSnapEnd)
		tick(st, 2, 1)
		c.until(t, api.TypeMetrics)
		h.store.Apply(store.Change{System: []api.SystemItem{{Key: "server", Server: &api.ServerStatus{}}}})
		c.send(api.Ping{Type: api.TypePing}) // whose pong occupies the writer
		synctest.Wait()
		time.Sleep(1500 * time.Millisecond)
		tick(st, 2, 2)
		flip(st, 1)
		synctest.Wait() // both have been told to the session, which still writes the pong
		if got := types(c.frame()); got[0] != "pong " {
			t.Fatalf("got %v", got)
		}
		if got := types(c.frame()); got[0] != "delta containers" {
			t.Errorf("after the pong came %v", got)
		}
		if got := types(c.frame()); got[0] != "metrics metrics" {
			t.Errorf("then came %v", got)
		}
		_ = c.leave()
	})
}

func TestEqualQuestionsShareAFrame(t *testing.T) {
	st := withRows(3)
	bubble(t, Options{Store: st}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		var lock sync.Mutex
		var all []*client
		var wg sync.WaitGroup
		for range 20 {
			c := connect(ctx, h, Identity{Key: "k"})
			c.send(helloAs(""), subMetrics(1, api.Filter{Rows: []int{1, 2}}))
			wg.Go(func() {
				if err := c.run(&lock); err != nil {
					t.Error(err)
				}
			})
			all = append(all, c)
		}
		synctest.Wait()
		for i := range 10 {
			tick(st, 3, int64(i))
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if n := h.Counters(); n.EncodedFrames > 12 || n.SharedFrames < 180 {
			t.Errorf("%d frames made, %d shared; 20 clients asked the same 10 times", n.EncodedFrames, n.SharedFrames)
		}
		for _, c := range all {
			if c.view.cells[1]["cpu"] != 10 || c.view.cells[3] != nil {
				t.Errorf("cells = %v", c.view.cells)
			}
			if err := c.leave(); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
	})
}

func TestTheSamplerIsToldWhatIsLookedAt(t *testing.T) {
	type told struct {
		rows []int
		all  bool
		at   time.Duration
	}
	var mu sync.Mutex
	var got []told
	var started time.Time
	onWatch := func(rows []int, all bool) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, told{rows, all, time.Since(started)})
	}
	last := func() told {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if len(got) == 0 {
			return told{}
		}
		return got[len(got)-1]
	}
	st := withRows(5)
	bubble(t, Options{Store: st, OnWatch: onWatch}, func(w world) {
		t, ctx, h := w.t, w.ctx, w.h
		started = time.Now()
		var lock sync.Mutex
		var wg sync.WaitGroup
		a, b := connect(ctx, h, Identity{Key: "k"}), connect(ctx, h, Identity{Key: "k"})
		for _, c := range []*client{a, b} {
			wg.Go(func() { _ = c.run(&lock) })
		}
		a.send(helloAs(""), subMetrics(1, api.Filter{Rows: []int{3, 1}}))
		if x := last(); !slices.Equal(x.rows, []int{1, 3}) || x.at != 0 {
			t.Errorf("told %+v, want rows 1 and 3 at once", x)
		}
		b.send(helloAs(""), subMetrics(1, api.Filter{Rows: []int{3, 4}}))
		for i := range 50 { // a client that scrolls
			a.send(subMetrics(1, api.Filter{Rows: []int{1, 2 + i%2}}))
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(watchEvery)
		if x := last(); !slices.Equal(x.rows, []int{1, 3, 4}) {
			t.Errorf("told %+v", x)
		}
		if len(got) > 5 {
			t.Errorf("told %d times: %+v", len(got), got)
		}
		a.send(subMetrics(1, api.Filter{All: true}))
		time.Sleep(watchEvery)
		if x := last(); !x.all {
			t.Errorf("told %+v, want all", x)
		}
		_ = a.leave()
		_ = b.leave()
		wg.Wait()
		time.Sleep(watchEvery)
		if x := last(); x.all || len(x.rows) != 0 {
			t.Errorf("told %+v after everybody left", x)
		}
		// A poll counts as looking, for a while.
		if _, err := h.Sync(SyncRequest{Topics: []SyncTopic{{Topic: api.TopicMetrics}}, Filter: api.Filter{Rows: []int{5}}}); err != nil {
			t.Error(err)
		}
		time.Sleep(watchEvery)
		if x := last(); !slices.Equal(x.rows, []int{5}) {
			t.Errorf("told %+v after a poll", x)
		}
		time.Sleep(pollKeeps + watchEvery)
		if x := last(); len(x.rows) != 0 {
			t.Errorf("told %+v when the poll was long ago", x)
		}
	})
}
