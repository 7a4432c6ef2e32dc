package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// fakeTail has as many lines as one takes, while it is open.
type fakeTail struct {
	request LogRequest
	mu      sync.Mutex
	dry     bool // it has nothing
	limits  []int
	known   []*api.Container
	closed  bool
}

func (f *fakeTail) Fill(frame *api.LogsFrame, limit int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dry {
		return false
	}
	f.limits = append(f.limits, limit)
	for size := 200; size+120 < limit; size += 120 {
		frame.At = append(frame.At, 1795442527250000)
		frame.Text = append(frame.Text, strings.Repeat("x", 100))
	}
	return true
}

func (f *fakeTail) Know(_ int, c *api.Container) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = append(f.known, c)
}

func (f *fakeTail) Close() {
	time.Sleep(50 * time.Millisecond) // as long as a reader takes to notice
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
}

func (f *fakeTail) isClosed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
}

func (f *fakeTail) dryUp(dry bool) {
	f.mu.Lock()
	f.dry = dry
	f.mu.Unlock()
	if !dry {
		f.request.Wake()
	}
}

// tails is a hub's source of logs.
type tails struct {
	mu  sync.Mutex
	all []*fakeTail
}

func (ts *tails) open(_ context.Context, r LogRequest) LogTail {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.all = append(ts.all, &fakeTail{request: r, dry: true})
	return ts.all[len(ts.all)-1]
}

// nth waits for the n-th tail.
func (ts *tails) nth(n int) *fakeTail {
	for {
		synctest.Wait()
		ts.mu.Lock()
		if len(ts.all) >= n {
			defer ts.mu.Unlock()
			return ts.all[n-1]
		}
		ts.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

func subLogs(id int, keys ...api.Key) api.Sub {
	return api.Sub{Type: api.TypeSub, ID: id, Topic: api.TopicLogs, Filter: &api.Filter{Containers: keys}}
}

func withContainer() *store.Store {
	st := store.New(store.Options{})
	st.Apply(store.Change{
		Put:    []*api.Container{container("a", api.StateRunning), container("b", api.StateRunning)},
		System: []api.SystemItem{{Key: "e", Engine: &api.EngineStatus{ID: "e", State: api.EngineConnected}}},
	})
	return st
}

// logBubble is a hub with logs, and a client that follows a's.
func logBubble(t *testing.T, f func(w world, c *client, ts *tails)) {
	t.Helper()
	pingedLogBubble(t, time.Minute, 0, f)
}

// pingedLogBubble is the same with pings so often, and a client so far away.
func pingedLogBubble(t *testing.T, heartbeat, trip time.Duration, f func(w world, c *client, ts *tails)) {
	t.Helper()
	ts := &tails{}
	bubble(t, Options{Store: withContainer(), OpenLogs: ts.open, Heartbeat: heartbeat}, func(w world) {
		c := connect(w.ctx, w.h, Identity{Key: "k"})
		c.send(helloAs("c"))
		c.until(w.t, api.TypeWelcome)
		time.Sleep(trip)
		c.send(api.Pong{Type: api.TypePong, N: 1}) // the ping comes with it
		f(w, c, ts)
		for _, tail := range ts.all {
			tail.mu.Lock()
			tail.dry = true
			tail.mu.Unlock()
		}
		for !c.quiet() { // what is on its way
		}
		if err := c.leave(); err != nil {
			w.t.Error(err)
		}
		for _, tail := range ts.all {
			if !tail.isClosed() {
				w.t.Error("a tail outlives its session")
			}
		}
		if n := w.h.logSources.Load(); n != 0 {
			w.t.Errorf("%d logs are counted as followed after the end", n)
		}
	})
}

// logsFrame reads frames until one of logs, which must travel alone.
func (c *client) logsFrame(t *testing.T) (f api.LogsFrame, size int) {
	t.Helper()
	for {
		select {
		case b := <-c.out:
			for _, m := range split(b) {
				if err := json.Unmarshal(m, &f); err == nil && f.Type == api.TypeLogs {
					if b[0] == '[' {
						t.Errorf("logs travel with other messages: %.200s", b)
					}
					return f, len(b)
				}
			}
		case <-c.done:
			t.Fatalf("closed with %d %q", c.code, c.reason)
		}
	}
}

// quiet reports that the server has nothing to say.
func (c *client) quiet() bool {
	synctest.Wait()
	time.Sleep(2 * logEvery)
	synctest.Wait()
	select {
	case <-c.out:
		return false
	default:
		return true
	}
}

func ack(id int, n uint64) api.Ack { return api.Ack{Type: api.TypeAck, ID: id, N: n} }

func TestLogsWindow(t *testing.T) {
	logBubble(t, func(w world, c *client, ts *tails) {
		c.send(subLogs(5, "e/a"))
		c.until(w.t, api.TypeSubbed)
		tail := ts.nth(1)
		if n := w.h.Counters().LogStreams; n != 1 {
			w.t.Errorf("%d logs are counted as followed", n)
		}
		if r := tail.request; r.Tail != api.DefaultLogTail || len(r.Keys) != 1 || r.Containers[0].ID != "a" || r.Since[0] != 0 {
			w.t.Errorf("request = %+v", r)
		}
		if !c.quiet() {
			w.t.Error("a frame without lines")
		}
		tail.dryUp(false)
		for n := uint64(1); n <= api.LogWindow; n++ {
			if f, _ := c.logsFrame(w.t); f.ID != 5 || f.N != n {
				w.t.Errorf("frame %d of %d, want %d", f.N, f.ID, n)
			}
		}
		if !c.quiet() {
			w.t.Error("more frames than the window are on their way")
		}
		c.send(ack(4, 2), ack(5, 3)) // of another subscription, of a frame that never was
		if !c.quiet() {
			w.t.Error("a false ack opens the window")
		}
		c.send(ack(5, 1))
		if f, _ := c.logsFrame(w.t); f.N != 3 {
			w.t.Errorf("frame %d after the first was confirmed", f.N)
		}
		if !c.quiet() {
			w.t.Error("two frames for one ack")
		}
	})
}

// TestLogsFrameSize: quick acks double it, slow ones halve it.
func TestLogsFrameSize(t *testing.T) {
	logBubble(t, func(w world, c *client, ts *tails) {
		c.send(subLogs(5, "e/a"))
		ts.nth(1).dryUp(false)
		largest := 0
		step := func(wait time.Duration) int {
			f, size := c.logsFrame(w.t)
			largest = max(largest, size)
			time.Sleep(wait)
			c.send(ack(5, f.N))
			synctest.Wait()
			return size
		}
		if size := step(0); size > firstLogFrame || size < firstLogFrame*3/4 {
			w.t.Errorf("the first frame has %d bytes", size)
		}
		for range 10 {
			step(50 * time.Millisecond)
		}
		if largest > MaxFrame || largest < MaxFrame*3/4 {
			w.t.Errorf("quick acks make frames of %d bytes", largest)
		}
		last := 0
		for range 10 {
			last = step(400 * time.Millisecond)
		}
		if last > leastLogFrame || last < leastLogFrame*3/4 {
			w.t.Errorf("slow acks make frames of %d bytes", last)
		}
		for range 5 {
			last = step(200 * time.Millisecond)
		}
		if last > leastLogFrame {
			w.t.Errorf("acks that are neither make frames of %d bytes", last)
		}
	})
}

// TestLogsFrameSizeOfAFarClient: how far away a client is says nothing of how
// much its line carries. What waits on the way does.
func TestLogsFrameSizeOfAFarClient(t *testing.T) {
	pingedLogBubble(t, 2*time.Second, 200*time.Millisecond, func(w world, c *client, ts *tails) {
		c.send(subLogs(5, "e/a"))
		ts.nth(1).dryUp(false)
		// listen answers all that comes, trip later, and returns the size of the last frame.
		listen := func(trip, during time.Duration) (last int) {
			for until := time.After(during); ; {
				select {
				case b := <-c.out:
					for _, m := range split(b) {
						var f api.LogsFrame
						if err := json.Unmarshal(m, &f); err != nil {
							w.t.Fatal(err)
						}
						switch f.Type {
						case api.TypeLogs:
							last = len(b)
							time.AfterFunc(trip, func() { c.send(ack(5, f.N)) })
						case api.TypePing:
							time.AfterFunc(trip, func() { c.send(api.Pong{Type: api.TypePong, N: f.N}) })
						default:
						}
					}
				case <-until:
					return last
				}
			}
		}
		if size := listen(200*time.Millisecond, 10*time.Second); size < MaxFrame*3/4 {
			w.t.Errorf("200 ms away, with a line as fast as any, frames have %d bytes", size)
		}
		if size := listen(600*time.Millisecond, 10*time.Second); size > leastLogFrame {
			w.t.Errorf("400 ms later than that they have %d bytes", size)
		}
		if size := listen(0, 10*time.Second); size < MaxFrame*3/4 {
			w.t.Errorf("nearby again they have %d bytes", size)
		}
		if size := listen(350*time.Millisecond, 10*time.Second); size > leastLogFrame {
			w.t.Errorf("350 ms away, after it was near, they have %d bytes", size)
		}
		time.Sleep(time.Second) // the last answers
	})
}

// TestStateBeforeLogs: a change of state overtakes the log, whatever waits.
func TestStateBeforeLogs(t *testing.T) {
	logBubble(t, func(w world, c *client, ts *tails) {
		c.send(sub(1, api.TopicContainers))
		c.until(w.t, api.TypeSnapEnd)
		c.send(subLogs(5, "e/a"))
		c.until(w.t, api.TypeSubbed)
		ts.nth(1).dryUp(false)
		synctest.Wait() // the writer waits for us with the first frame
		for i := range 20 {
			flip(w.h.store, i+1)
		}
		var order []string
		for len(order) < 3 {
			order = append(order, types(c.frame())...)
		}
		if got := strings.Join(order[:3], ", "); got != "logs logs, delta containers, logs logs" {
			w.t.Errorf("order = %s", got)
		}
	})
}

// TestLogsWaitForTheSnapshot: a page that opens gets its table first.
func TestLogsWaitForTheSnapshot(t *testing.T) {
	logBubble(t, func(w world, c *client, ts *tails) {
		var many []*api.Container
		for i := range 2000 {
			many = append(many, container(fmt.Sprint("x", i), api.StateRunning))
		}
		w.h.store.Apply(store.Change{Put: many})
		c.send([]byte(`[{"type":"sub","id":5,"topic":"logs","filter":{"containers":["e/a"]}},{"type":"sub","id":1,"topic":"containers"}]`))
		ts.nth(1).dryUp(false)
		for {
			got := strings.Join(types(c.frame()), " ")
			if strings.Contains(got, "logs logs") {
				w.t.Error("logs before the snapshot has ended")
			}
			if strings.Contains(got, "snapEnd containers") {
				break
			}
		}
		c.logsFrame(w.t)
	})
}

// TestTheTailLearnsOfItsContainers and of nothing else.
func TestTheTailLearnsOfItsContainers(t *testing.T) {
	logBubble(t, func(w world, c *client, ts *tails) {
		c.send(subLogs(5, "e/a"))
		c.until(w.t, api.TypeSubbed)
		tail := ts.nth(1)
		w.h.store.Apply(store.Change{Put: []*api.Container{container("a", api.StateExited)}})
		synctest.Wait()
		w.h.store.Apply(store.Change{Remove: []api.Key{"e/a"}})
		synctest.Wait()
		tail.mu.Lock()
		defer tail.mu.Unlock()
		n := len(tail.known)
		if n < 2 || tail.known[n-2].State != api.StateExited || tail.known[n-1] != nil {
			w.t.Errorf("the tail was told %+v", tail.known)
		}
	})
}

// TestAnotherSubReplaces: the tail before it is closed first, and of many subs
// the last one counts.
func TestAnotherSubReplaces(t *testing.T) {
	logBubble(t, func(w world, c *client, ts *tails) {
		c.send(subLogs(5, "e/a"))
		c.until(w.t, api.TypeSubbed)
		ts.nth(1).dryUp(false)
		for range 10 {
			c.send(subLogs(5, "e/a", "e/b"))
			c.until(w.t, api.TypeSubbed)
		}
		second := ts.nth(2)
		if !ts.all[0].isClosed() || len(second.request.Keys) != 2 || len(ts.all) != 2 {
			w.t.Errorf("%d tails were opened, the first is closed: %v", len(ts.all), ts.all[0].isClosed())
		}
		second.dryUp(false)
		if f, _ := c.logsFrame(w.t); f.N != 1 {
			w.t.Errorf("the new subscription begins with frame %d", f.N)
		}
		c.logsFrame(w.t)
		c.send(api.Unsub{Type: api.TypeUnsub, ID: 5}, ack(5, 2))
		time.Sleep(time.Second)
		if !second.isClosed() || !c.quiet() {
			w.t.Error("logs go on after unsub")
		}
	})
}

func TestLogsThatAreRefused(t *testing.T) {
	logBubble(t, func(w world, c *client, ts *tails) {
		tail := func(n int) *api.Filter { return &api.Filter{Containers: []api.Key{"e/a"}, Tail: &n} }
		var many []api.Key
		for i := range api.MaxLogSources + 1 {
			many = append(many, api.Key(fmt.Sprint("e/x", i)))
		}
		for name, want := range map[string]struct {
			filter *api.Filter
			code   api.ErrorCode
			says   string
		}{
			"no filter":      {nil, api.ErrInvalid, "filter.containers"},
			"no container":   {&api.Filter{}, api.ErrInvalid, "filter.containers"},
			"too many":       {&api.Filter{Containers: many}, api.ErrInvalid, "64"},
			"no key":         {&api.Filter{Containers: []api.Key{"a"}}, api.ErrInvalid, "ENGINE/ID"},
			"unknown":        {&api.Filter{Containers: []api.Key{"e/zz"}}, api.ErrNotFound, `"e/zz"`},
			"twice":          {&api.Filter{Containers: []api.Key{"e/a", "e/a"}}, api.ErrInvalid, "twice"},
			"tail below 0":   {tail(-1), api.ErrInvalid, "filter.tail is -1"},
			"tail too long":  {tail(api.MaxLogTail + 1), api.ErrInvalid, "10000"},
			"since negative": {&api.Filter{Containers: []api.Key{"e/a"}, Since: map[api.Key]int64{"e/a": -1}}, api.ErrInvalid, "1970"},
		} {
			m := subLogs(9)
			m.Filter = want.filter
			c.send(m)
			var e api.WireError
			if err := json.Unmarshal(c.until(w.t, api.TypeError)[0], &e); err != nil || e.ID != 9 || e.Code != want.code || !strings.Contains(e.Message, want.says) {
				w.t.Errorf("%s: %+v", name, e)
			}
		}
		w.h.logSources.Store(maxLogSources)
		c.send(subLogs(9, "e/a"))
		if got := string(c.until(w.t, api.TypeError)[0]); !strings.Contains(got, string(api.ErrTooMany)) {
			w.t.Errorf("one log too many: %s", got)
		}
		w.h.logSources.Store(0)
		// Of an engine that has not been listed yet, nobody knows what it has.
		c.send(subLogs(9, "other/zz"))
		c.until(w.t, api.TypeSubbed)
		if r := ts.nth(1).request; r.Containers[0] != nil || r.Keys[0] != "other/zz" {
			w.t.Errorf("request = %+v", r)
		}
	})
}

// TestLogsOnASlowLine: 20 KB/s, which a log fills. After a few frames a change of
// state is never behind more than what the window holds.
func TestLogsOnASlowLine(t *testing.T) {
	pingedLogBubble(t, 2*time.Second, 0, func(w world, c *client, ts *tails) {
		const rate = 20_000 // bytes a second
		c.send(sub(1, api.TopicContainers))
		c.until(w.t, api.TypeSnapEnd)
		c.send(subLogs(5, "e/a"))
		c.until(w.t, api.TypeSubbed)
		ts.nth(1).dryUp(false)
		changed := make(chan time.Time, 100)
		var changes sync.WaitGroup
		changes.Go(func() {
			for i := range 20 {
				time.Sleep(700 * time.Millisecond)
				changed <- time.Now()
				flip(w.h.store, i+1)
			}
		})
		logged := 0
		for began, told := time.Now(), 0; told < 20; {
			var b []byte
			select {
			case b = <-c.out:
			case <-time.After(5 * time.Second):
				w.t.Fatalf("nothing came for 5 s; %d changes are told", told)
			}
			time.Sleep(time.Duration(len(b)) * time.Second / rate)
			for _, m := range split(b) {
				var f api.LogsFrame
				if err := json.Unmarshal(m, &f); err != nil {
					w.t.Fatal(err)
				}
				switch f.Type {
				case api.TypeLogs:
					logged += len(b)
					c.send(ack(5, f.N))
				case api.TypePing: // it has waited behind the logs
					c.send(api.Pong{Type: api.TypePong, N: f.N})
				case api.TypeDelta:
					for len(changed) > 0 {
						late := time.Since(<-changed)
						if told++; time.Since(began) > 5*time.Second && late > 600*time.Millisecond {
							w.t.Errorf("change %d came after %v", told, late)
						}
					}
				default:
				}
			}
		}
		changes.Wait()
		if logged < 5*rate {
			w.t.Errorf("only %d bytes of logs came in 14 s", logged)
		}
	})
}
