package demoengine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func clock() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC) }

// digest is everything a client can see of e at one moment.
func digest(t *testing.T, e *Engine) string {
	t.Helper()
	h := sha256.New()
	for _, path := range []string{"/containers/json?all=1&size=1", "/images/json", "/networks", "/volumes"} {
		h.Write(call(t, e, http.MethodGet, path).Body.Bytes())
	}
	for _, c := range e.world.all() {
		h.Write(call(t, e, http.MethodGet, "/containers/"+c.id+"/json").Body.Bytes())
		h.Write(call(t, e, http.MethodGet, "/containers/"+c.id+"/stats?stream=0").Body.Bytes())
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameSeedSameWorld(t *testing.T) {
	one := digest(t, New(Options{Containers: 500, Seed: 7, Now: clock}))
	if two := digest(t, New(Options{Containers: 500, Seed: 7, Now: clock})); one != two {
		t.Error("the same seed gave two worlds")
	}
	if other := digest(t, New(Options{Containers: 500, Seed: 8, Now: clock})); one == other {
		t.Error("two seeds gave the same world")
	}
}

// The ids and names of seed 1 are fixed for good: benchmarks and screenshots
// are compared over versions.
func TestSeedOneIsKnown(t *testing.T) {
	e := New(Options{Containers: 60, Seed: 1, Now: clock})
	h := sha256.New()
	for _, c := range e.world.all() {
		h.Write(fmt.Appendf(nil, "%s %s %s\n", c.id, c.name, c.state))
	}
	const want = "5192d736e9bfb8ec"
	if got := hex.EncodeToString(h.Sum(nil))[:16]; got != want {
		t.Errorf("the world of seed 1 has changed: %s, was %s", got, want)
	}
	if c := find(t, e, "shop-web-1"); c.id[:12] != "fe2b71260386" {
		t.Errorf("shop-web-1 is %s", c.id[:12])
	}
}

func TestSameSeedSameFuture(t *testing.T) {
	future := func() (text string) {
		live(t, Options{Containers: 200, Seed: 3, Churn: 10}, func(l living) {
			t, e := l.T, l.e
			h := sha256.New()
			_, s := e.world.events.subscribe(time.Time{}, time.Time{}, func(ev *event) bool {
				h.Write(ev.text)
				return false
			})
			time.Sleep(10 * time.Minute)
			e.world.events.unsubscribe(s)
			text = hex.EncodeToString(h.Sum(nil)) + " " + digest(t, e)
		})
		return text
	}
	if a, b := future(), future(); a != b {
		t.Errorf("two futures of one seed: %s and %s", a, b)
	}
}

func TestPlausibleWorld(t *testing.T) {
	for _, n := range []int{0, 1, 10, 60, 500, 3000, 10_000} {
		e := New(Options{Containers: n, Seed: 5, Now: clock})
		all := e.world.all()
		names, addresses, hosts := map[string]bool{}, map[string]bool{}, map[int]bool{}
		kinds := map[string]int{}
		for i, c := range all {
			if names[c.name] || !validName(c.name) {
				t.Errorf("n=%d: name %q is invalid or taken", n, c.name)
			}
			names[c.name] = true
			if c.network != nil {
				if addresses[c.ip] {
					t.Errorf("n=%d: address %s is given twice", n, c.ip)
				}
				addresses[c.ip] = true
			}
			if c.hostPort > 0 && c.project != "" {
				if hosts[c.hostPort] {
					t.Errorf("n=%d: port %d is published twice", n, c.hostPort)
				}
				hosts[c.hostPort] = true
			}
			if i > 0 && c.created.After(all[i-1].created) {
				t.Errorf("n=%d: the list is not by creation", n)
			}
			if now := clock(); c.startedAt.After(now) || c.finishedAt.After(now) || c.alive() && c.startedAt.Before(c.created) {
				t.Errorf("n=%d: %s was created %v, started %v, finished %v", n, c.name, c.created, c.startedAt, c.finishedAt)
			}
			kinds[fmt.Sprintf("%s %d", c.state, c.exitCode)]++
			if c.health == unhealthy && c.state == running {
				kinds["unhealthy"]++
			}
			if c.alive() {
				kinds["alive"]++
			}
		}
		if len(all) != n {
			t.Errorf("n=%d: there are %d", n, len(all))
		}
		if share := float64(kinds["alive"]) / float64(max(n, 1)); n >= 60 && (share < 0.8 || share > 0.92) {
			t.Errorf("n=%d: %.0f %% are alive", n, 100*share)
		}
		if n >= 60 {
			for _, k := range []string{"exited 0", "exited 137", "exited 1", "restarting 1", "paused 0", "created 0", "unhealthy"} {
				if kinds[k] == 0 {
					t.Errorf("n=%d: none is %s: %v", n, k, kinds)
				}
			}
		}
	}
}

// Churn keeps the number of containers, about 85 % of them running, at the
// pace that was asked for, with something of everything.
func TestChurn(t *testing.T) {
	live(t, Options{Containers: 300, Seed: 9, Churn: 5}, func(l living) {
		t, e := l.T, l.e
		seen, ids := map[string]int{}, map[string]bool{}
		for _, c := range e.world.all() {
			ids[c.id] = true
		}
		_, s := e.world.events.subscribe(time.Time{}, time.Time{}, func(ev *event) bool {
			if ev.action == "create" {
				if ids[ev.id] {
					t.Errorf("the id %s is given again", ev.id[:12])
				}
				ids[ev.id] = true
			}
			if ev.kind == "container" {
				seen[ev.action+" "+ev.attribute("exitCode")]++
			}
			return false
		})
		const minutes = 20
		for range minutes {
			time.Sleep(time.Minute)
			alive := 0
			for _, c := range e.world.all() {
				if c.alive() || c.state == restarting {
					alive++
				}
			}
			if n := len(e.world.all()); n != 300 || alive < 210 || alive > 290 {
				t.Errorf("%d containers, %d alive", n, alive)
			}
		}
		e.world.events.unsubscribe(s)
		changes := 0
		for _, k := range []string{"start ", "die 0", "die 1", "die 137", "die 139", "die 143", "pause ", "unpause ", "rename ", "health_status: healthy ", "health_status: unhealthy ", "oom ", "create ", "destroy ", "stop ", "kill ", "restart "} {
			if seen[k] == 0 {
				t.Errorf("there was no %q in %d minutes: %v", k, minutes, seen)
			}
		}
		for k, n := range seen {
			if !strings.HasPrefix(k, "kill") && !strings.HasPrefix(k, "stop") && !strings.HasPrefix(k, "oom") && !strings.HasPrefix(k, "create") {
				changes += n
			}
		}
		// A recreation is one change with several events.
		if rate := float64(changes) / (minutes * 60); rate < 3 || rate > 12 {
			t.Errorf("%.1f changes a second at a churn of 5: %v", rate, seen)
		}
	})
}

func TestNothingHappensWithoutChurn(t *testing.T) {
	live(t, Options{Containers: 300, Seed: 9}, func(l living) {
		t, e := l.T, l.e
		_, s := e.world.events.subscribe(time.Time{}, time.Time{}, everything)
		time.Sleep(24 * time.Hour)
		if got := s.take(); len(got) != 0 {
			t.Errorf("%d events without churn: %s", len(got), actions(got))
		}
	})
}

// implied is what a listener makes of the events: the state of each container.
type implied map[string]struct{ name, state, exit string }

func (m implied) hear(e *event) {
	if e.kind != "container" {
		return
	}
	c := m[e.id]
	switch e.action {
	case "create":
		c.state, c.exit = "created", "0"
	case "start", "unpause":
		c.state, c.exit = "running", "0"
	case "die":
		c.state, c.exit = "exited", e.attribute("exitCode")
	case "pause":
		c.state = "paused"
	case "destroy":
		delete(m, e.id)
		return
	}
	c.name = e.attribute("name")
	m[e.id] = c
}

func imply(all []*container) implied {
	m := implied{}
	for _, c := range all {
		s := string(c.state)
		if c.state == restarting {
			s = "exited" // No event tells it from an exit.
		}
		m[c.id] = struct{ name, state, exit string }{c.name, s, fmt.Sprint(c.exitCode)}
	}
	return m
}

// After any actions, one after the other or at once, with churn besides, the
// state that the event stream implies is the list's.
func TestEventsImplyTheList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type step struct {
			method, path string
			wait         time.Duration
		}
		o := Options{Containers: rapid.IntRange(1, 12).Draw(rt, "containers"), Seed: rapid.Uint64().Draw(rt, "seed"), Churn: rapid.SampledFrom([]float64{0, 0, 3}).Draw(rt, "churn")}
		names := []string{"shop-proxy-1", "shop-web-1", "shop-web-2", "shop-api-1", "shop-worker-1", "shop-db-1", "other"}
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			name := rapid.SampledFrom(names).Draw(rt, "name")
			verb := rapid.SampledFrom([]string{"start", "stop", "stop?t=0", "restart?t=0", "pause", "unpause", "kill", "kill?signal=TERM", "kill?signal=HUP", "rename?name=" + rapid.SampledFrom(names).Draw(rt, "to"), "rm", "rm?force=1"}).Draw(rt, "verb")
			s := step{method: http.MethodPost, path: "/containers/" + name + "/" + verb, wait: time.Duration(rapid.IntRange(0, 400).Draw(rt, "wait")) * time.Millisecond}
			if rest, ok := strings.CutPrefix(verb, "rm"); ok {
				s.method, s.path = http.MethodDelete, "/containers/"+name+rest
			}
			return s
		}), 0, 25).Draw(rt, "steps")
		synctest.Test(t, func(t *testing.T) {
			e := New(o)
			heard := imply(e.world.all())
			_, s := e.world.events.subscribe(time.Time{}, time.Time{}, func(ev *event) bool {
				heard.hear(ev) // Called under the ring's lock, so one at a time.
				return false
			})
			ctx, cancel := context.WithCancel(t.Context())
			ran := make(chan error)
			go func() { ran <- e.Run(ctx) }()
			answers := make(chan struct{}, len(steps))
			for _, step := range steps {
				go func() {
					call(t, e, step.method, step.path)
					answers <- struct{}{}
				}()
				time.Sleep(step.wait)
			}
			for range steps {
				<-answers
			}
			cancel()
			if err := <-ran; err != nil {
				rt.Error(err)
			}
			e.world.events.unsubscribe(s)
			listed := listing(t, e)
			for id, want := range listed {
				if heard[id] != want {
					rt.Errorf("%s: events imply %v, listed is %v", id[:12], heard[id], want)
				}
			}
			if len(heard) != len(listed) {
				rt.Errorf("events imply %d containers, %d are listed", len(heard), len(listed))
			}
		})
	})
}

// listing is the same as imply from what the API answers.
func listing(t *testing.T, e *Engine) implied {
	t.Helper()
	var rows []struct {
		ID    string `json:"Id"`
		Names []string
		State string
	}
	if err := json.Unmarshal(call(t, e, http.MethodGet, "/containers/json?all=1").Body.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	m := implied{}
	for _, r := range rows {
		var c struct{ State struct{ ExitCode int } }
		if err := json.Unmarshal(call(t, e, http.MethodGet, "/containers/"+r.ID+"/json").Body.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if r.State == "restarting" {
			r.State = "exited"
		}
		m[r.ID] = struct{ name, state, exit string }{strings.TrimPrefix(r.Names[0], "/"), r.State, fmt.Sprint(c.State.ExitCode)}
	}
	return m
}

func TestFind(t *testing.T) {
	e := New(Options{Containers: 3000, Seed: 1, Now: clock})
	c := e.world.all()[17]
	for _, ref := range []string{c.id, c.id[:12], c.id[:8], c.name, "/" + c.name} {
		if got, err := e.world.find(ref); err != nil || got != c {
			t.Errorf("find %q: %v, %v", ref, got, err)
		}
	}
	for ref, want := range map[string]string{"": "No such container: ", "nope": "No such container: nope", c.id[:1]: "Multiple IDs found with provided prefix: " + c.id[:1]} {
		if _, err := e.world.find(ref); err == nil || err.Error() != want {
			t.Errorf("find %q: %v, want %s", ref, err, want)
		}
	}
}

func TestListFilters(t *testing.T) {
	e := New(Options{Containers: 200, Seed: 1, Now: clock})
	count := func(query string) int {
		var rows []json.RawMessage
		if err := json.Unmarshal(call(t, e, http.MethodGet, "/v1.41/containers/json?"+query).Body.Bytes(), &rows); err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	for filters, keep := range map[string]func(*container) bool{
		`{"status":["exited","paused"]}`:           func(c *container) bool { return c.state == exited || c.state == paused },
		`{"health":["none"],"status":["running"]}`: func(c *container) bool { return c.probe == "" && c.state == running },
		`{"exited":["137"]}`:                       func(c *container) bool { return c.state == exited && c.exitCode == 137 },
		`{"name":["-db-1$"]}`:                      func(c *container) bool { return strings.HasSuffix(c.name, "-db-1") },
		`{"label":["com.docker.compose.service=db","com.docker.compose.project"]}`: func(c *container) bool { return c.service == "db" },
		`{"ancestor":["postgres"]}`:               func(c *container) bool { return c.service == "db" },
		`{"network":["bridge"]}`:                  func(c *container) bool { return c.project == "" },
		`{"expose":["5000-5999/tcp"]}`:            func(c *container) bool { return c.port >= 5000 && c.port < 6000 && c.proto == "tcp" },
		`{"before":["shop-web-1"]}`:               func(c *container) bool { return c.created.Before(must(e.world.find("shop-web-1")).created) },
		`{"since":["shop-web-1"]}`:                func(c *container) bool { return c.created.After(must(e.world.find("shop-web-1")).created) },
		`{"id":["` + e.world.order[5][:9] + `"]}`: func(c *container) bool { return c.id == e.world.order[5] },
	} {
		want := len(slices.DeleteFunc(e.world.all(), func(c *container) bool { return !keep(c) }))
		if got := count("all=1&filters=" + url.QueryEscape(filters)); got != want || want == 0 {
			t.Errorf("%s lists %d, want %d", filters, got, want)
		}
	}
	if got := count("limit=7"); got != 7 {
		t.Errorf("limit=7 lists %d", got)
	}
}
