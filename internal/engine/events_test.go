package engine_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
)

// recorder collects events; the stream's goroutine writes, the test reads.
type recorder struct {
	mu     sync.Mutex
	events []api.Event
}

func (r *recorder) add(ev api.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, ev)
}

// of are the events about one container.
func (r *recorder) of(id string) []api.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []api.Event
	for _, ev := range r.events {
		if ev.ID == id {
			list = append(list, ev)
		}
	}
	return list
}

// follow records events until the test ends.
func follow(t *testing.T, e *engine.Engine, since time.Time) *recorder {
	t.Helper()
	r := &recorder{}
	ctx, cancel := context.WithCancel(t.Context())
	ready := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- e.Events(ctx, since, func() { close(ready) }, r.add) }()
	select {
	case <-ready:
	case err := <-ended:
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err == nil {
			t.Error("a stream that is cut must end with an error")
		}
	})
	return r
}

func TestEvents(t *testing.T) {
	e, real := shared(t)
	if _, err := e.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	r := follow(t, e, time.Time{})
	id := real.Run(t, "--name", "told", "--label", "tier=front", "--health-cmd", "false", "--health-interval", "100ms", "--health-retries", "1", "busybox:local", "sleep", "1000")
	real.Docker(t, "exec", id, "echo", "a: b")
	real.Docker(t, "rename", "told", "retold")
	eventually(t, "the health check", func() bool {
		return slices.ContainsFunc(r.of(id), func(ev api.Event) bool { return ev.Action == "health_status" })
	})
	real.Docker(t, "kill", id)
	real.Docker(t, "rm", id)
	find := func(action string) (api.Event, bool) {
		for _, ev := range r.of(id) {
			if ev.Action == action && (action != "exec_create" || strings.HasPrefix(ev.Detail, "echo")) {
				return ev, true
			}
		}
		return api.Event{}, false
	}
	eventually(t, "destroy", func() bool { _, ok := find("destroy"); return ok })
	for action, want := range map[string]func(api.Event) bool{
		"create":        func(ev api.Event) bool { return ev.Name == "told" && ev.Attributes["tier"] == "front" },
		"start":         func(ev api.Event) bool { return ev.Attributes["image"] == "busybox:local" },
		"exec_create":   func(ev api.Event) bool { return ev.Detail == "echo a: b" },
		"rename":        func(ev api.Event) bool { return ev.Name == "retold" && ev.Attributes["oldName"] == "/told" },
		"health_status": func(ev api.Event) bool { return ev.Detail == "unhealthy" },
		"kill":          func(ev api.Event) bool { return ev.Attributes["signal"] == "9" },
		"die":           func(ev api.Event) bool { return ev.Attributes["exitCode"] == "137" },
	} {
		ev, ok := find(action)
		if !ok || !want(ev) {
			t.Errorf("%s: %+v", action, ev)
			continue
		}
		if ev.Kind != "container" || ev.Engine != e.ID() || ev.Inferred || ev.Time.Location() != time.UTC ||
			ev.Time.Before(begin.Add(-time.Second)) || ev.Time.After(time.Now().Add(time.Second)) || ev.Time.Nanosecond() == 0 {
			t.Errorf("%s: %+v", action, ev)
		}
	}

	// What was before the subscription comes again when asked for.
	again := follow(t, e, begin.Add(-time.Second))
	eventually(t, "the replay", func() bool { return len(again.of(id)) == len(r.of(id)) })
}

// speaker is an engine of a few words: it answers pings, and /events with
// whatever the test says.
func speaker(t *testing.T, events http.HandlerFunc) *engine.Engine {
	t.Helper()
	return fakeEngine(t, map[string]http.HandlerFunc{"/events": events})
}

// fakeEngine serves the given paths, without version, on a unix socket. It
// stands in for engines that a test machine does not have.
func fakeEngine(t *testing.T, paths map[string]http.HandlerFunc) *engine.Engine {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if strings.HasPrefix(p, "/v1.") {
			p = p[strings.Index(p[1:], "/")+1:]
		}
		if h, ok := paths[p]; ok {
			h(w, r)
		} else if p == "/_ping" {
			w.Header().Set("Api-Version", "1.41")
		} else {
			w.Header().Set("Content-Type", "application/json")
			http.Error(w, `{"message":"page not found"}`, http.StatusNotFound)
		}
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return connect(t, "unix://"+path, time.Minute)
}

func TestEventStreamEnds(t *testing.T) {
	const good = `{"Type":"container","Action":"start","Actor":{"ID":"a1","Attributes":{"name":"x"}},"timeNano":1700000000000000001}` + "\n"
	for name, c := range map[string]struct {
		says string
		code api.ErrorCode
		n    int
	}{
		"nothing":           {"", api.ErrUnreachable, 0},
		"cut between lines": {good, api.ErrUnreachable, 1},
		"cut in a line":     {good + good[:40], api.ErrUnreachable, 1},
		"garbage":           {good + "\x00\xff<html>", api.ErrInternal, 1},
		"another type":      {good + `"text"`, api.ErrInternal, 1},
		"empty objects":     {good + "{}\n{}\n" + good, api.ErrUnreachable, 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := speaker(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(c.says)) })
			n, ready := 0, 0
			err := e.Events(t.Context(), time.Time{}, func() { ready++ }, func(api.Event) { n++ })
			wantError(t, err, c.code)
			if n != c.n || ready != 1 {
				t.Errorf("%d events, ready %d times", n, ready)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		e := speaker(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })
		err := e.Events(t.Context(), time.Time{}, func() { t.Error("ready") }, func(api.Event) { t.Error("event") })
		wantError(t, err, api.ErrForbidden)
	})
}

// Podman sends the header of its event stream with the first event.
func TestLateHeaderOfPodman(t *testing.T) {
	first := make(chan struct{})
	e := fakeEngine(t, map[string]http.HandlerFunc{
		"/version": serve(`{"Version":"4.3.1","ApiVersion":"1.41","Os":"linux","Arch":"amd64","Components":[{"Name":"Podman Engine","Version":"4.3.1"}]}`),
		"/info":    serve(`{"ID":"made-up-anew","Name":"box","NCPU":2,"MemTotal":1024,"SystemTime":"2026-01-01T00:00:00Z"}`),
		"/events": func(w http.ResponseWriter, _ *http.Request) {
			<-first
			_, _ = w.Write([]byte(`{"Type":"container","Action":"died","Actor":{"ID":"a1","Attributes":{"name":"x","containerExitCode":"3"}},"timeNano":1700000000000000001}`))
		},
	})
	a, err := e.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a.Product != "Podman" {
		t.Errorf("it is a podman, not %q", a.Product)
	}
	if b, err := e.Status(t.Context()); err != nil || a.ID != b.ID {
		t.Errorf("podman's id must not change: %q, %q, %v", a.ID, b.ID, err)
	}
	var got []api.Event
	err = e.Events(t.Context(), time.Time{}, func() { close(first) }, func(ev api.Event) { got = append(got, ev) })
	wantError(t, err, api.ErrUnreachable)
	if len(got) != 1 || got[0].Action != "die" || got[0].Attributes["exitCode"] != "3" {
		t.Errorf("events: %+v", got)
	}
}

// TestNetworksOfPodman: podman 4 has no events of networks, so that we tell what we
// did ourselves; before its stream has begun, too.
func TestNetworksOfPodman(t *testing.T) {
	for version, want := range map[string][]string{"4.3.1": {"create abc qn", "destroy abc "}, "5.2.0": nil} {
		first := make(chan struct{})
		e := fakeEngine(t, map[string]http.HandlerFunc{
			"/version":         serve(`{"Version":"` + version + `","ApiVersion":"1.41","Components":[{"Name":"Podman Engine","Version":"` + version + `"}]}`),
			"/info":            serve(`{"ID":"x","Name":"box"}`),
			"/networks/create": serve(`{"Id":"abc"}`),
			"/networks/abc":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
			"/events": func(w http.ResponseWriter, _ *http.Request) {
				<-first
				_, _ = w.Write([]byte(`{"Type":"container","Action":"start","Actor":{"ID":"a1"},"timeNano":1700000000000000001}`))
			},
		})
		if _, err := e.Status(t.Context()); err != nil {
			t.Fatal(err)
		}
		actor := engine.NewActor(e)
		if _, _, err := actor.CreateNetwork(t.Context(), api.NetworkCreate{Name: "qn"}); err != nil {
			t.Fatal(err)
		}
		if err := actor.RemoveNetwork(t.Context(), "abc"); err != nil {
			t.Fatal(err)
		}
		var got []string
		ended := false
		end := func() {
			if !ended {
				ended = true
				close(first)
			}
		}
		err := e.Events(t.Context(), time.Time{}, func() {
			if want == nil {
				end()
			}
		}, func(ev api.Event) {
			if ev.Kind == "network" {
				got = append(got, ev.Action+" "+ev.ID+" "+ev.Name)
			}
			if len(got) == len(want) {
				end()
			}
		})
		wantError(t, err, api.ErrUnreachable)
		if !slices.Equal(got, want) {
			t.Errorf("podman %s: %q, want %q", version, got, want)
		}
	}
}

func serve(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	}
}

// The decoder takes whatever bytes an engine, or something else on its socket,
// may send: an error at worst, never a panic, and bounded events.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"Type":"container","Action":"health_status: healthy","Actor":{"ID":"a","Attributes":{"name":"x"}},"time":1,"timeNano":2}`))
	f.Add([]byte(`{"Type":"","Action":":","Actor":null}{"Action":"exec_start:"}`))
	f.Add([]byte(`{"Type":"volume","timeNano":-9223372036854775808,"time":9223372036854775807}`))
	f.Add([]byte("\x1e{}\n[1]"))
	f.Fuzz(func(t *testing.T, says []byte) {
		e := speaker(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(says) })
		err := e.Events(t.Context(), time.Time{}, func() {}, func(ev api.Event) {
			if len(ev.Attributes) > api.MaxEventAttributes+1 || len(ev.Detail) > 4096 || ev.Time.IsZero() || ev.Attributes == nil {
				t.Errorf("unbounded: %+v", ev)
			}
		})
		if code := api.CodeOf(err); code != api.ErrUnreachable && code != api.ErrInternal {
			t.Errorf("a stream that ended gave %v", err)
		}
	})
}
