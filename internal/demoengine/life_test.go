package demoengine

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// living is a running engine in a bubble where time goes by itself, with the
// bubble's own test.
type living struct {
	*testing.T
	e *Engine
}

// live runs f with an engine of o.
func live(t *testing.T, o Options, f func(living)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := New(o)
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error)
		go func() { ran <- e.Run(ctx) }()
		f(living{t, e})
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
}

func post(t *testing.T, e *Engine, path string, want int) {
	t.Helper()
	if rec := call(t, e, http.MethodPost, path); rec.Code != want {
		t.Fatalf("POST %s: %d %s, want %d", path, rec.Code, rec.Body, want)
	}
}

// find is the present version of a container.
func find(t *testing.T, e *Engine, ref string) *container {
	t.Helper()
	c, err := e.world.find(ref)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStartedContainerBecomesHealthy(t *testing.T) {
	live(t, Options{Containers: 30, Seed: 1}, func(l living) {
		t, e := l.T, l.e
		post(t, e, "/containers/shop-web-1/restart", http.StatusNoContent)
		if c := find(t, e, "shop-web-1"); c.health != starting || !strings.HasSuffix(c.status(time.Now()), "(health: starting)") {
			t.Errorf("just started: %s %s", c.health, c.status(time.Now()))
		}
		time.Sleep(10 * time.Second)
		if c := find(t, e, "shop-web-1"); c.health != healthy {
			t.Errorf("after 10 s: %s", c.health)
		}
	})
}

func TestStopTakesItsTime(t *testing.T) {
	live(t, Options{Containers: 400, Seed: 1}, func(l living) {
		t, e := l.T, l.e
		var stubborn *container
		for _, c := range e.world.all() {
			if c.path == "sh" && c.state == running {
				stubborn = c
			}
		}
		for ref, want := range map[string]struct {
			query    string
			min, max time.Duration
			code     string
		}{
			"shop-web-1": {"", time.Millisecond, time.Second, "0 143"},
			stubborn.id:  {"", 10 * time.Second, 10 * time.Second, "137"},
		} {
			start := time.Now()
			post(t, e, "/containers/"+ref+"/stop"+want.query, http.StatusNoContent)
			took := time.Since(start)
			c := find(t, e, ref)
			if took < want.min || took > want.max || c.state != exited || !strings.Contains(want.code, jsonNumber(c.exitCode)) {
				t.Errorf("stop of %s took %v and left it %s (%d)", ref, took, c.state, c.exitCode)
			}
		}
		post(t, e, "/containers/"+stubborn.id+"/start", http.StatusNoContent)
		start := time.Now()
		post(t, e, "/containers/"+stubborn.id+"/stop?t=2", http.StatusNoContent)
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("stop -t 2 took %v", took)
		}
	})
}

func jsonNumber(n int) string {
	text, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// A stop that is under way and a kill from elsewhere end the container once.
func TestStopAndKillTogether(t *testing.T) {
	live(t, Options{Containers: 30, Seed: 1}, func(l living) {
		t, e := l.T, l.e
		_, s := e.world.events.subscribe(time.Time{}, time.Time{}, everything)
		defer e.world.events.unsubscribe(s)
		stopped := make(chan int)
		go func() { stopped <- call(t, e, http.MethodPost, "/containers/shop-web-1/stop").Code }()
		synctest.Wait()
		post(t, e, "/containers/shop-web-1/kill", http.StatusNoContent)
		if code := <-stopped; code != http.StatusNoContent {
			t.Errorf("stop: %d", code)
		}
		if got := actions(s.take()); got != "container kill,container kill,container die,network disconnect" {
			t.Errorf("events: %s", got)
		}
	})
}

// The restart policy waits longer from crash to crash, up to a minute, and
// forgets after a run of ten seconds; a user's stop ends it.
func TestRestartPolicy(t *testing.T) {
	live(t, Options{Containers: 30, Seed: 1}, func(l living) {
		t, e := l.T, l.e
		fail := func() time.Duration {
			e.world.mu.Lock()
			c := e.world.dieLocked(e.world.byID[e.world.byName["shop-proxy-1"]], 1, false, false, time.Now())
			e.world.mu.Unlock()
			if c.state != restarting {
				t.Fatalf("after a crash it is %s", c.state)
			}
			for find(t, e, "shop-proxy-1").state == restarting {
				time.Sleep(50 * time.Millisecond)
			}
			c = find(t, e, "shop-proxy-1")
			return c.startedAt.Sub(c.finishedAt)
		}
		var last time.Duration
		for i := range 12 {
			wait := fail()
			if i > 0 && i < 9 && wait != 2*last || wait > longestBackoff {
				t.Errorf("crash %d: restarted after %v, before that %v", i, wait, last)
			}
			last = wait
		}
		if c := find(t, e, "shop-proxy-1"); c.restarts != 12 || last < longestBackoff {
			t.Errorf("%d restarts, the last after %v", c.restarts, last)
		}
		time.Sleep(11 * time.Second)
		if wait := fail(); wait > time.Second {
			t.Errorf("after a steady run it was restarted after %v", wait)
		}
		for range 5 {
			fail()
		}
		e.world.mu.Lock()
		e.world.dieLocked(e.world.byID[e.world.byName["shop-proxy-1"]], 1, false, false, time.Now())
		e.world.mu.Unlock()
		post(t, e, "/containers/shop-proxy-1/stop", http.StatusNoContent)
		time.Sleep(2 * time.Minute)
		if c := find(t, e, "shop-proxy-1"); c.state != exited {
			t.Errorf("a stopped container is %s", c.state)
		}
	})
}

func TestStatsStream(t *testing.T) {
	live(t, Options{Containers: 30, Seed: 1}, func(l living) {
		t, e := l.T, l.e
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		type sample struct {
			Read, Preread time.Time
			CPU           struct {
				Usage struct {
					Total uint64 `json:"total_usage"`
				} `json:"cpu_usage"`
				System uint64 `json:"system_cpu_usage"`
			} `json:"cpu_stats"`
			Pre struct {
				Usage struct {
					Total uint64 `json:"total_usage"`
				} `json:"cpu_usage"`
				System uint64 `json:"system_cpu_usage"`
			} `json:"precpu_stats"`
		}
		w := &flushRecorder{}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/containers/shop-web-1/stats", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		e.Handler().ServeHTTP(w, r)
		var got []sample
		for line := range strings.Lines(w.body.String()) {
			var s sample
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatal(err)
			}
			got = append(got, s)
		}
		if len(got) != 4 || w.flushes != 4 {
			t.Fatalf("%d samples and %d flushes in 3.5 s", len(got), w.flushes)
		}
		if got[0].Pre.System != 0 || !got[0].Preread.IsZero() {
			t.Errorf("the first sample has a past: %+v", got[0])
		}
		for i, s := range got[1:] {
			if s.Pre.Usage.Total != got[i].CPU.Usage.Total || s.Pre.System != got[i].CPU.System || s.Read.Sub(s.Preread) != time.Second || s.CPU.Usage.Total <= s.Pre.Usage.Total {
				t.Errorf("sample %d does not follow on %d: %+v %+v", i+1, i, s, got[i])
			}
		}
	})
}

type flushRecorder struct {
	body    strings.Builder
	header  http.Header
	flushes int
}

func (f *flushRecorder) Header() http.Header {
	if f.header == nil {
		f.header = http.Header{}
	}
	return f.header
}
func (f *flushRecorder) WriteHeader(int)             {}
func (f *flushRecorder) Write(p []byte) (int, error) { return f.body.Write(p) }
func (f *flushRecorder) Flush()                      { f.flushes++ }
