package engine_test

import (
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
)

func fixture(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The list of an engine newer than the one tests run on: health in a field of
// its own, ports on IPv4 and IPv6, repeated and in disorder.
func TestListShapes(t *testing.T) {
	e := fakeEngine(t, map[string]http.HandlerFunc{"/containers/json": serve(fixture(t, "list-1.52.json"))})
	list, err := e.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 7 {
		t.Fatalf("%d containers", len(list))
	}
	web := list[0]
	if web.Name != "shop-web-1" || web.Health != api.HealthUnhealthy || web.State != api.StateRunning || web.Project != "shop" {
		t.Errorf("web: %+v", web)
	}
	want := []api.Port{
		{Private: 53, Proto: "udp"},
		{IP: "0.0.0.0", Public: 8080, Private: 80, Proto: "tcp"},
		{IP: "::", Public: 8080, Private: 80, Proto: "tcp"},
		{IP: "127.0.0.1", Public: 8443, Private: 443, Proto: "tcp"},
	}
	if !slices.Equal(web.Ports, want) {
		t.Errorf("ports: %+v", web.Ports)
	}
	if !slices.Equal(web.Networks, []string{"backend", "frontend"}) {
		t.Errorf("networks: %v", web.Networks)
	}
	for i, c := range []struct {
		state  api.ContainerState
		health api.Health
		code   *int
	}{
		{api.StateRunning, api.HealthUnhealthy, nil},
		{api.StateRunning, api.HealthStarting, nil},
		{api.StatePaused, api.HealthNone, nil},
		{api.StateExited, api.HealthNone, new(137)},
		{api.StateRestarting, api.HealthNone, new(1)},
		{api.StateCreated, api.HealthNone, nil},
		{api.StateExited, api.HealthNone, new(0)},
	} {
		got := list[i]
		if got.State != c.state || got.Health != c.health || !equal(got.ExitCode, c.code) || !got.Partial ||
			got.Ports == nil || got.Networks == nil || got.Labels == nil {
			t.Errorf("%d: %+v", i, got)
		}
	}
	if list[3].Name != "db" { // not the alias of a legacy link
		t.Errorf("name %q", list[3].Name)
	}
}

func TestInspectShapes(t *testing.T) {
	e := fakeEngine(t, map[string]http.HandlerFunc{
		"/containers/new/json":  serve(fixture(t, "inspect-1.52.json")),
		"/containers/bare/json": serve(`{"Id":"bare","Name":"/bare","State":{"Status":"stopped","ExitCode":3,"StartedAt":"2026-11-23T14:00:00+02:00","FinishedAt":"2026-11-23T14:00:01.5+02:00"}}`),
		"/containers/html/json": serve(`<html>`),
	})
	c, err := e.Inspect(t.Context(), "new")
	if err != nil {
		t.Fatal(err)
	}
	if c.FinishedAt != nil || c.StartedAt == nil || !c.StartedAt.Equal(time.Date(2026, 11, 23, 14, 0, 2, 123456789, time.UTC)) {
		t.Errorf("times: %v %v", c.StartedAt, c.FinishedAt)
	}
	if c.ExitCode != nil || c.Health != api.HealthStarting || c.PID != 4711 || c.RestartCount != 2 || c.RestartPolicy != "unless-stopped" {
		t.Errorf("state: %+v", c)
	}
	if c.CPULimit == nil || *c.CPULimit != 1.5 || c.MemoryLimitBytes != nil {
		t.Errorf("limits: %v %v", c.CPULimit, c.MemoryLimitBytes)
	}
	if c.Command != "nginx -g 'daemon off;'" || c.NetworkMode != "frontend" {
		t.Errorf("command %q, network %q", c.Command, c.NetworkMode)
	}
	if want := []api.Port{{IP: "0.0.0.0", Public: 8080, Private: 80, Proto: "tcp"}, {IP: "::", Public: 8080, Private: 80, Proto: "tcp"}, {Private: 443, Proto: "tcp"}}; !slices.Equal(c.Ports, want) {
		t.Errorf("ports: %+v", c.Ports)
	}

	bare, err := e.Inspect(t.Context(), "bare")
	if err != nil || bare.State != api.StateExited || !equal(bare.ExitCode, new(3)) || bare.Labels == nil || bare.Ports == nil || bare.Networks == nil {
		t.Errorf("%+v, %v", bare, err)
	}
	if bare.FinishedAt == nil || !bare.FinishedAt.Equal(time.Date(2026, 11, 23, 12, 0, 1, 500000000, time.UTC)) || bare.FinishedAt.Location() != time.UTC {
		t.Errorf("finished %v", bare.FinishedAt)
	}
	_, err = e.Inspect(t.Context(), "html")
	wantError(t, err, api.ErrInternal)
	_, err = e.InspectRaw(t.Context(), "html")
	wantError(t, err, api.ErrInternal)
}

func TestAnswersOfEngines(t *testing.T) {
	refuse := func(status int, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"message":"` + message + `"}`))
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		code    api.ErrorCode
	}{
		"bad request":     {refuse(400, "bad parameter"), api.ErrInvalid},
		"client too new":  {refuse(400, "client version 1.41 is too new. Maximum supported API version is 1.39"), api.ErrTooOld},
		"client too old":  {refuse(400, "client version 1.41 is too old. Minimum supported API version is 1.60, please upgrade"), api.ErrTooOld},
		"a proxy forbids": {refuse(403, "Forbidden"), api.ErrForbidden},
		"conflict":        {refuse(409, "busy"), api.ErrConflict},
		"engine's error":  {refuse(500, "runtime broke"), api.ErrInternal},
		"not implemented": {refuse(501, "no"), api.ErrUnsupported},
		"unavailable":     {refuse(503, "swarm"), api.ErrUnreachable},
		"cut answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`[{"Id":`))
		}, api.ErrUnreachable},
		"cut before the answer": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, api.ErrUnreachable},
		"garbage":               {serve("\x00"), api.ErrInternal},
		"another shape":         {serve(`{"Id":3}`), api.ErrInternal},
	} {
		t.Run(name, func(t *testing.T) {
			e := fakeEngine(t, map[string]http.HandlerFunc{"/containers/json": c.handler})
			_, err := e.List(t.Context())
			wantError(t, err, c.code)
		})
	}
}

func TestTooOldEngine(t *testing.T) {
	e := fakeEngine(t, map[string]http.HandlerFunc{"/_ping": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Api-Version", "1.38") }})
	_, err := e.Ping(t.Context())
	if got := wantError(t, err, api.ErrTooOld); !strings.Contains(got.Message, "1.40") {
		t.Error(got)
	}
}

// An engine that was upgraded at the same address is spoken to in its version.
func TestNewVersionAtTheSameAddress(t *testing.T) {
	var version, asked atomic.Value
	version.Store("1.41")
	e := fakeEngine(t, map[string]http.HandlerFunc{
		"/_ping": func(w http.ResponseWriter, _ *http.Request) {
			v, _ := version.Load().(string)
			w.Header().Set("Api-Version", v)
		},
		"/containers/json": func(w http.ResponseWriter, r *http.Request) {
			asked.Store(strings.Split(r.URL.Path, "/")[1])
			_, _ = w.Write([]byte("[]"))
		},
	})
	for _, v := range []string{"1.41", "1.45", "1.40"} {
		version.Store(v)
		if _, err := e.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := e.List(t.Context()); err != nil || asked.Load() != "v"+v {
			t.Errorf("engine speaks %s, asked in %v: %v", v, asked.Load(), err)
		}
	}
}

func TestUnusableAddress(t *testing.T) {
	_, err := engine.New(engine.Endpoint{Host: "nonsense", Origin: "flag"}, nil)
	wantError(t, err, api.ErrInvalid)
	_, err = engine.New(engine.Endpoint{Host: "unix:///" + strings.Repeat("x", 200), Origin: "flag"}, nil)
	wantError(t, err, api.ErrInvalid)
	file := t.TempDir() + "/file"
	write(t, file, "no socket")
	_, err = connect(t, "unix://"+file, patience).Ping(t.Context())
	wantError(t, err, api.ErrUnreachable)
	_, err = connect(t, "tcp://127.0.0.1:1", patience).Ping(t.Context())
	wantError(t, err, api.ErrUnreachable)
	_, err = connect(t, "tcp://user:secret@127.0.0.1:1", patience).Ping(t.Context())
	if got := wantError(t, err, api.ErrUnreachable); strings.Contains(got.Message, "secret") {
		t.Error(got)
	}
}

// What podman 4.3 told while a container with a volume and a health check was
// made, used, stopped, killed and removed, and an image got a name and lost it.
func TestEventsOfPodman(t *testing.T) {
	stream := fixture(t, "events-podman-4.3.jsonl")
	e := fakeEngine(t, map[string]http.HandlerFunc{"/events": serve(stream)})
	var got []string
	err := e.Events(t.Context(), time.Time{}, func() {}, func(ev api.Event) {
		words := []string{ev.Kind, ev.Action, ev.ID, ev.Name}
		for _, k := range slices.Sorted(maps.Keys(ev.Attributes)) {
			if k != "name" && k != "image" {
				words = append(words, k+"="+ev.Attributes[k])
			}
		}
		got = append(got, strings.Join(words, " "))
	})
	if err == nil {
		t.Error("a stream that ends is an error")
	}
	want := []string{
		"container create 10aa837bced5 c1", "container init 10aa837bced5 c1", "container start 10aa837bced5 c1",
		"container exec_start 10aa837bced5 c1", "container exec_die 10aa837bced5 c1 exitCode=0",
		"container pause 10aa837bced5 c1", "container unpause 10aa837bced5 c1",
		"network connect  some network container=10aa837bced5", "container rename 10aa837bced5 c1b",
		"container die 10aa837bced5 c1b exitCode=137", "container cleanup 10aa837bced5 c1b", "container cleanup 10aa837bced5 c1b",
		"container init 10aa837bced5 c1b", "container start 10aa837bced5 c1b", "container kill 10aa837bced5 c1b",
		"container die 10aa837bced5 c1b exitCode=137", "container cleanup 10aa837bced5 c1b",
		"image tag 0bf42bef582c docker.io/library/other:1", "image untag 0bf42bef582c docker.io/library/other:1",
		"image delete 0bf42bef582c docker.io/library/other:1",
		"container destroy 10aa837bced5 c1b", "volume destroy vol1 vol1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
