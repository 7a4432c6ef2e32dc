package server

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/hub"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type inspector map[string]any

func (i inspector) InspectRaw(_ context.Context, id string) (map[string]any, error) {
	if id != "a" {
		return nil, &api.Error{Code: api.ErrNotFound, Message: "gone"}
	}
	return i, nil
}

func (i inspector) Env(_ context.Context, id string) ([]string, error) {
	if id != "a" {
		return nil, &api.Error{Code: api.ErrNotFound, Message: "gone"}
	}
	var out []string
	for _, v := range i["Config"].(map[string]any)["Env"].([]any) {
		out = append(out, v.(string))
	}
	return out, nil
}

// logTo is a log that is kept, all of it.
func logTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func wantProblem(t *testing.T, what string, resp *answer, code api.ErrorCode) api.Problem {
	t.Helper()
	var p api.Problem
	if resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: %s, %s", what, resp.Status, resp.text)
		return p
	}
	decodeInto(t, resp, code.Status(), &p)
	if p.Code != code || p.Status != resp.StatusCode || p.Detail == "" {
		t.Errorf("%s: %+v, want %s", what, p, code)
	}
	return p
}

func TestInspectIsMasked(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Inspector = inspector{"Id": "a", "Config": map[string]any{"Env": []any{"PASSWORD=secret", "EMPTY=", "BARE"}, "Cmd": []any{"sh"}}}
	})
	r.store.Apply(store.Change{Put: []*api.Container{running("a"), running("b")}})
	var got api.ContainerDetail
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a", ""), http.StatusOK, &got)
	if env := fmt.Sprint(got.Inspect["Config"].(map[string]any)["Env"]); env != "[PASSWORD=•••• EMPTY=•••• BARE]" {
		t.Errorf("env = %s", env)
	}
	if got.Container.ID != "a" {
		t.Errorf("container = %+v", got.Container)
	}
	wantProblem(t, "gone meanwhile", r.ask(t, "GET", "/api/v1/containers/b", ""), api.ErrNotFound)
	for _, odd := range []any{"PASSWORD=secret", map[string]any{"PASSWORD": "secret"}, 7} {
		doc := map[string]any{"Config": map[string]any{"Env": odd}}
		if maskEnv(doc); strings.Contains(fmt.Sprint(doc), "secret") {
			t.Errorf("masked to %v", doc)
		}
	}
}

func TestCollections(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"containers", "events", "stats"} {
		if got := r.ask(t, "GET", "/api/v1/"+path, "").text; got != "{\"items\":[],\"next\":\"\"}\n" {
			t.Errorf("%s = %s", path, got)
		}
	}
	c := running("a")
	c.Name = "web"
	r.store.Apply(store.Change{
		Put:    []*api.Container{c},
		Events: []api.Event{{Action: "create"}, {Action: "start"}},
		System: []api.SystemItem{{Key: "server", Server: &api.ServerStatus{Version: "1.2", PID: 7}}, {Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}},
	})
	var b api.Batch
	i := b.Add(1, time.Now().UnixNano())
	b.Values[api.ColCPU][i] = 1250
	r.store.Metrics().Commit(&b)
	var stats api.List[api.Sample]
	decodeInto(t, r.ask(t, "GET", "/api/v1/stats", ""), 200, &stats)
	if s := stats.Items[0]; s.Name != "web" || *s.CPUPercent != 12.5 || s.MemoryBytes != nil {
		t.Errorf("stats = %+v", stats)
	}
	var events api.List[api.Event]
	decodeInto(t, r.ask(t, "GET", "/api/v1/events?last=1", ""), 200, &events)
	if len(events.Items) != 1 || events.Items[0].Action != "start" {
		t.Errorf("events = %+v", events)
	}
	var sys api.System
	decodeInto(t, r.ask(t, "GET", "/api/v1/system", ""), 200, &sys)
	if sys.Server.PID != 7 || len(sys.Engines) != 1 {
		t.Errorf("system = %+v", sys)
	}
	wantProblem(t, "events?last=x", r.ask(t, "GET", "/api/v1/events?last=x", ""), api.ErrInvalid)
}

func TestSync(t *testing.T) {
	r := newRig(t)
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	var got api.SyncResponse
	decodeInto(t, r.ask(t, "GET", "/api/v1/sync?topic=containers&topic=events", ""), 200, &got)
	if len(got.Messages) != 3 || got.Epoch != r.store.Epoch() {
		t.Errorf("sync = %s", got.Messages)
	}
	decodeInto(t, r.ask(t, "GET", "/api/v1/sync?epoch="+got.Epoch+"&topic=containers&seq=0&topic=metrics&seq=&rows=1,2&cols=cpu", ""), 200, &got)
	if len(got.Messages) != 2 || !strings.HasPrefix(string(got.Messages[0]), `{"type":"delta"`) || !strings.HasPrefix(string(got.Messages[1]), `{"type":"metrics"`) {
		t.Errorf("sync = %s", got.Messages)
	}
	wantProblem(t, "another epoch", r.ask(t, "GET", "/api/v1/sync?epoch=x&topic=containers&seq=1", ""), api.ErrGone)
	wantProblem(t, "the future", r.ask(t, "GET", "/api/v1/sync?epoch="+got.Epoch+"&topic=containers&seq=9", ""), api.ErrGone)
	for _, q := range []string{"", "topic=x", "topic=events&seq=1&seq=2", "topic=events&seq=-1", "topic=metrics&rows=x", "topic=metrics&cols=x", "topic=events&last=-1"} {
		p := wantProblem(t, q, r.ask(t, "GET", "/api/v1/sync?"+q, ""), api.ErrInvalid)
		if !strings.HasSuffix(p.Detail, ".") || p.Detail[0] < 'A' || p.Detail[0] > 'Z' {
			t.Errorf("%s: %q is no sentence", q, p.Detail)
		}
	}
}

func TestPage(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]struct{ body, cache, kind string }{
		"/":                  {"<!doctype html><title>Quaywatch</title>", "no-cache", "text/html; charset=utf-8"},
		"/containers/x":      {"<!doctype html><title>Quaywatch</title>", "no-cache", "text/html; charset=utf-8"},
		"/volumes/data.old":  {"<!doctype html><title>Quaywatch</title>", "no-cache", "text/html; charset=utf-8"},
		"/assets/app-123.js": {"console.log(1)", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
		"/icon.png":          {"a picture", "no-cache", "image/png"},
	} {
		resp := r.ask(t, "GET", path, "", "Authorization", "")
		if got := resp.text; got != want.body || resp.Header.Get("Cache-Control") != want.cache || resp.Header.Get("Content-Type") != want.kind {
			t.Errorf("%s: %q, %v", path, got, resp.Header)
		}
		if resp := r.ask(t, "GET", path, "", "If-None-Match", resp.Header.Get("ETag")); resp.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %s", path, resp.Status)
		}
		h := resp.Header
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; script-src 'self';") || strings.Contains(csp, "unsafe") {
			t.Errorf("CSP = %q", csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers = %v", h)
		}
	}
	wantProblem(t, "a file that isn't there", r.ask(t, "GET", "/assets/old.js", ""), api.ErrNotFound)
	wantProblem(t, "an address of the API that isn't there", r.ask(t, "GET", "/api/v1/nothing", ""), api.ErrNotFound)
	var p api.Problem
	resp := r.ask(t, "PUT", "/api/v1/containers/a", "")
	decodeInto(t, resp, http.StatusMethodNotAllowed, &p)
	if allow := resp.Header.Get("Allow"); allow != "GET, DELETE, HEAD" || p.Status != http.StatusMethodNotAllowed || resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("another method: %+v, Allow: %s", p, allow)
	}
	wantProblem(t, "posting the page", r.ask(t, "POST", "/", ""), api.ErrInvalid)

	bare := newRig(t, func(o *Options) { o.Page = fstest.MapFS{".gitkeep": {}} })
	if resp := bare.ask(t, "GET", "/", ""); resp.StatusCode != http.StatusNotFound || !strings.Contains(resp.text, "make build") {
		t.Errorf("without a page: %s", resp.Status)
	}
}

func TestThePageIsCompressedForWhoTakesIt(t *testing.T) {
	r := newRig(t)
	plain := r.ask(t, "GET", "/", "", "Accept-Encoding", "br, gzip;q=0")
	packed := r.ask(t, "GET", "/", "", "Accept-Encoding", "br, gzip;q=0.8")
	if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings %q and %q", plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(strings.NewReader(packed.text))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != plain.text {
		t.Errorf("unpacked: %q, %v; want %q", b, err, plain.text)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("a cache could confuse them: %v", packed.Header)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	down := errors.New("no engine has answered yet")
	r := newRig(t, func(o *Options) {
		o.Ready = func() error { return down }
		o.Costs = func() Costs {
			cpu := 0.3
			return Costs{EngineCPUPercent: &cpu, QueueDepths: map[string]int{"events": 3}, Drops: map[string]uint64{"events": 2}}
		}
	})
	if resp := r.ask(t, "GET", "/healthz", "", "Authorization", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("healthz: %s", resp.Status)
	}
	wantProblem(t, "readyz", r.ask(t, "GET", "/readyz", "", "Authorization", ""), api.ErrUnreachable)
	down = nil
	if resp := r.ask(t, "GET", "/readyz", "", "Authorization", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("readyz: %s", resp.Status)
	}
	ws := r.dial(t, nil)
	ws.send(hello(), api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicContainers})
	ws.next(api.TypeWelcome, &api.Welcome{})
	ws.next(api.TypeSubbed, &api.Subbed{})
	ws.next(api.TypeSnapEnd, &api.SnapEnd{})
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}, Events: []api.Event{{Time: time.Now().Add(-40 * time.Millisecond)}}})
	ws.next(api.TypeDelta, &api.Delta{})
	r.store.Apply(store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}}})
	var got string
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		// The counter follows the write.
		if got = r.ask(t, "GET", "/metrics", "").text; strings.Contains(got, "quaywatch_stream_lag_seconds_count 1") {
			break
		}
	}
	for _, want := range []string{
		"quaywatch_clients 1", "quaywatch_log_streams 0", "quaywatch_log_streams_max 1024", "quaywatch_engine_cpu_percent 0.3", `quaywatch_queue_depth{queue="events"} 3`, `quaywatch_drops_total{queue="events"} 2`,
		`quaywatch_containers{state="running"} 1`, `quaywatch_engine_state{engine="e1",state="connected"} 1`,
		`quaywatch_stream_lag_seconds_bucket{le="0.02"} 0`, "quaywatch_stream_lag_seconds_count 1", `quaywatch_stream_frames_total{direction="out"}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("metrics lack %s:\n%s", want, got)
		}
	}
}

func TestRunStopsInOrder(t *testing.T) {
	r := newRig(t)
	st := store.New(store.Options{})
	h := hub.New(hub.Options{Store: st})
	s, err := New(Options{Listen: "127.0.0.1:0", Store: st, Hub: h, Auth: r.auth})
	if err != nil {
		t.Fatal(err)
	}
	addr, err := s.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	live := &rig{Server: s, url: strings.TrimSuffix(s.URL(addr), "/"), http: &http.Client{}}
	ws := live.dial(t, nil)
	ws.send(hello())
	ws.next(api.TypeWelcome, &api.Welcome{})

	if _, err := New(Options{Listen: "0.0.0.0:0", Store: st, Hub: h, Auth: r.auth}); api.CodeOf(err) != api.ErrForbidden {
		t.Errorf("listening for everybody: %v", err)
	}
	taken, err := New(Options{Listen: addr.String(), Store: st, Hub: h, Auth: r.auth})
	if err != nil {
		t.Fatal(err)
	}
	if err := taken.Run(t.Context()); api.CodeOf(err) != api.ErrConflict {
		t.Errorf("a taken address: %v", err)
	}

	cancel()
	if code := ws.closed(); code != api.CloseShutdown {
		t.Errorf("closed with %d", code)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	live.http.CloseIdleConnections()
	if resp, err := live.http.Get(live.url + "/healthz"); err == nil {
		_ = resp.Body.Close()
		t.Error("still listening")
	}
}
