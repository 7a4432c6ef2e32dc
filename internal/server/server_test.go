package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/hub"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// actor records what it was asked. It stands for an engine whose answers and
// delays the test decides.
type actor struct {
	mu    sync.Mutex
	calls []string
	err   error
	gate  chan struct{} // nil: answers at once
}

func (a *actor) Do(_ context.Context, id string, action api.Action, o api.ActionOptions) error {
	a.mu.Lock()
	a.calls = append(a.calls, fmt.Sprintf("%s %s %s force=%v", action, id, o.Name, o.Force))
	err, gate := a.err, a.gate
	a.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return err
}

func (a *actor) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.calls...)
}

type inspector map[string]any

func (i inspector) InspectRaw(_ context.Context, id string) (map[string]any, error) {
	if id != "a" {
		return nil, &api.Error{Code: api.ErrNotFound, Message: "gone"}
	}
	return i, nil
}

func wantProblem(t *testing.T, what string, resp *answer, code api.ErrorCode) api.Problem {
	t.Helper()
	var p api.Problem
	if resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: %s, %s", what, resp.Status, resp.text)
		return p
	}
	decodeInto(t, resp, status(code), &p)
	if p.Code != code || p.Status != resp.StatusCode || p.Detail == "" {
		t.Errorf("%s: %+v, want %s", what, p, code)
	}
	return p
}

func TestEveryRouteRefusesForeignPages(t *testing.T) {
	r := newRig(t)
	for _, rt := range append(r.routes, route{method: "GET", path: "/"}, route{method: "GET", path: "/assets/app-123.js"}) {
		path := strings.ReplaceAll(rt.path, "{id}", "a")
		for name, h := range map[string][]string{
			"a foreign origin":           {"Origin", "https://evil.example"},
			"no site's origin":           {"Origin", "null"},
			"our host on another port":   {"Origin", "http://127.0.0.1:1"},
			"our host, another scheme":   {"Origin", strings.Replace(r.url, "http:", "https:", 1)},
			"our origin and a path":      {"Origin", r.url + "/"},
			"a cross-site fetch":         {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"},
			"a fetch from the same site": {"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"},
			"a frame of another site":    {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"},
			"a rebound name":             {"Host", "evil.example"},
			"a rebound name and origin":  {"Host", "evil.example", "Origin", "http://evil.example"},
			"an address that isn't ours": {"Host", "10.1.2.3:80"},
			"a name that begins as ours": {"Host", "localhost.evil.example"},
		} {
			resp := r.ask(t, rt.method, path, "", h...)
			wantProblem(t, rt.method+" "+path+" from "+name, resp, api.ErrForbidden)
		}
	}
	for name, h := range map[string][]string{
		"our origin": {"Origin", r.url}, "no origin": {}, "localhost": {"Host", "localhost:1234"}, "IPv6": {"Host", "[::1]:80"},
		"our own fetch": {"Sec-Fetch-Site", "same-origin"}, "typed in": {"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"},
	} {
		resp := r.ask(t, "GET", "/api/v1/system", "", h...)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	link := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	resp := r.ask(t, "GET", "/", "", link...)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("a link on another site to the page: %s", resp.Status)
	}
	wantProblem(t, "a link to the API", r.ask(t, "GET", "/api/v1/system", "", link...), api.ErrForbidden)
}

func TestForeignPagesCantOpenTheStream(t *testing.T) {
	r := newRig(t)
	upgrade := []string{
		"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13",
		"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", api.Subprotocol,
	}
	wantProblem(t, "foreign origin", r.ask(t, "GET", "/api/v1/stream", "", append(upgrade, "Origin", "https://evil.example")...), api.ErrForbidden)
	wantProblem(t, "rebound host", r.ask(t, "GET", "/api/v1/stream", "", append(upgrade, "Host", "evil.example")...), api.ErrForbidden)
}

func TestWhoMayWhat(t *testing.T) {
	a := &actor{}
	r := newRig(t, func(o *Options) { o.Actor = a })
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	tokens := auth.OpenTokens(r.dir)
	bearer := map[auth.Role]string{"": "", public: "Bearer qw_wrong", auth.RoleAdmin: "Bearer " + adminToken}
	for _, role := range []auth.Role{auth.RoleViewer, auth.RoleOperator} {
		secret, _, err := tokens.Create(string(role), role, 0)
		if err != nil {
			t.Fatal(err)
		}
		bearer[role] = "Bearer " + secret
	}
	for _, rt := range r.routes {
		if rt.role == public {
			continue
		}
		for role, header := range bearer {
			in := "{}"
			if rt.method == "GET" {
				in = ""
			}
			if strings.HasSuffix(rt.path, "rename") {
				in = `{"name":"b"}`
			}
			path := strings.ReplaceAll(rt.path, "{id}", "a")
			if path == "/api/v1/sync" {
				path += "?topic=system"
			}
			resp := r.ask(t, rt.method, path, in, "Authorization", header)
			what := fmt.Sprintf("%s %s as %q", rt.method, path, role)
			switch {
			case role == "" || role == public:
				wantProblem(t, what, resp, api.ErrUnauthorized)
			case role.Allows(rt.role):
				if resp.StatusCode != http.StatusOK {
					t.Errorf("%s: %s %s", what, resp.Status, resp.text)
				}
			default:
				wantProblem(t, what, resp, api.ErrForbidden)
			}
		}
	}
	wantProblem(t, "a viewer asking for stop", r.ask(t, "POST", "/api/v1/containers/a/stop", "", "Authorization", bearer[auth.RoleViewer]), api.ErrForbidden)
	if n := len(a.all()); n != 7*2+1 {
		t.Errorf("%d actions reached the engine: %v", n, a.all())
	}
	wantProblem(t, "basic authentication", r.ask(t, "GET", "/api/v1/system", "", "Authorization", "Basic eDp5"), api.ErrUnauthorized)
	for _, q := range []string{"token", "access_token", "ticket", "password"} {
		wantProblem(t, "a secret in the URL", r.ask(t, "GET", "/api/v1/system?"+q+"=x", ""), api.ErrInvalid)
	}
	r.routes = append(r.routes, route{"GET", "/x", "", func(http.ResponseWriter, *http.Request) error { return errors.New("reached") }})
	req := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost/x", nil)
	req.Header.Set("Authorization", bearer[auth.RoleAdmin])
	answer := httptest.NewRecorder()
	r.middleware(r.mux()).ServeHTTP(answer, req)
	if answer.Code != http.StatusForbidden {
		t.Errorf("a route without a role answers %d to the admin", answer.Code)
	}
}

func TestSignIn(t *testing.T) {
	r := newRig(t)
	launch := r.auth.NewLaunch(0)
	resp := r.ask(t, "POST", "/api/v1/session", `{"token":"`+launch+`"}`, "Authorization", "", "Origin", r.url)
	var s Session
	decodeInto(t, resp, http.StatusOK, &s)
	c := resp.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure {
		t.Errorf("cookie = %v", c)
	}
	if s.Role != "admin" || !s.ReadOnly || s.Expires == nil {
		t.Errorf("session = %+v", s)
	}
	cookie := c.Name + "=" + c.Value
	if resp := r.ask(t, "GET", "/api/v1/session", "", "Authorization", "", "Cookie", cookie); resp.StatusCode != http.StatusOK {
		t.Errorf("with the cookie: %s", resp.Status)
	}
	wantProblem(t, "the link in another browser", r.ask(t, "POST", "/api/v1/session", `{"token":"`+launch+`"}`, "Authorization", ""), api.ErrUnauthorized)
	if resp := r.ask(t, "POST", "/api/v1/session", `{"token":"`+launch+`"}`, "Authorization", "", "Cookie", cookie, "Origin", r.url); resp.StatusCode != http.StatusOK {
		t.Errorf("the link again in the same browser: %s", resp.Status)
	}
	wantProblem(t, "a change with the cookie from nowhere", r.ask(t, "POST", "/api/v1/ticket", "", "Authorization", "", "Cookie", cookie), api.ErrForbidden)
	wantProblem(t, "neither token nor password", r.ask(t, "POST", "/api/v1/session", `{}`), api.ErrInvalid)
	wantProblem(t, "an unknown field", r.ask(t, "POST", "/api/v1/session", `{"tokn":"x"}`), api.ErrInvalid)

	if resp := r.ask(t, "DELETE", "/api/v1/session", "", "Authorization", "", "Cookie", cookie, "Origin", r.url); resp.StatusCode != http.StatusNoContent || resp.Cookies()[0].MaxAge >= 0 {
		t.Errorf("sign-out: %s, %v", resp.Status, resp.Cookies())
	}
	wantProblem(t, "after signing out", r.ask(t, "GET", "/api/v1/session", "", "Authorization", "", "Cookie", cookie), api.ErrUnauthorized)

	var l Launch
	decodeInto(t, r.ask(t, "POST", "/api/v1/launch", ""), http.StatusOK, &l)
	if resp := r.ask(t, "POST", "/api/v1/session", `{"token":"`+l.Token+`"}`, "Authorization", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("with a fresh link: %s", resp.Status)
	}
	for range 12 {
		resp = r.ask(t, "POST", "/api/v1/session", `{"password":"wrong-one"}`, "Authorization", "")
	}
	wantProblem(t, "guessing", resp, api.ErrTooMany)
	if resp := r.ask(t, "GET", "/api/v1/system", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("a good token while another guesses: %s", resp.Status)
	}
}

func TestActions(t *testing.T) {
	a := &actor{}
	r := newRig(t, func(o *Options) { o.Actor = a })
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	before := r.store.Revision()
	var got api.ActionResult
	decodeInto(t, r.ask(t, "POST", "/api/v1/containers/n-a/rename", `{"name":"b"}`), http.StatusOK, &got)
	if got.ID != "a" || got.Engine != "e1" || got.Action != api.ActionRename || got.Replayed {
		t.Errorf("result = %+v", got)
	}
	decodeInto(t, r.ask(t, "DELETE", "/api/v1/containers/a?force=true", ""), http.StatusOK, &got)
	if calls := a.all(); calls[0] != "rename a b force=false" || calls[1] != "remove a  force=true" {
		t.Errorf("calls = %v", calls)
	}
	if r.store.Revision() != before {
		t.Error("an action wrote the store")
	}
	wantProblem(t, "rename without a name", r.ask(t, "POST", "/api/v1/containers/a/rename", ""), api.ErrInvalid)
	wantProblem(t, "not a bool", r.ask(t, "DELETE", "/api/v1/containers/a?force=x", ""), api.ErrInvalid)
	wantProblem(t, "not JSON", r.ask(t, "POST", "/api/v1/containers/a/stop", "{"), api.ErrInvalid)
	wantProblem(t, "no such container", r.ask(t, "POST", "/api/v1/containers/zzz/stop", ""), api.ErrNotFound)
	wantProblem(t, "no such action", r.ask(t, "POST", "/api/v1/containers/a/explode", ""), api.ErrNotFound)
	wantProblem(t, "a body that is too large", r.ask(t, "POST", "/api/v1/containers/a/stop", `{"signal":"`+strings.Repeat("x", maxBody)+`"}`), api.ErrTooLarge)
	a.err = &api.Error{Code: api.ErrConflict, Message: "The container is already stopped.", Cause: errors.New("container a is not running")}
	if p := wantProblem(t, "refused by the engine", r.ask(t, "POST", "/api/v1/containers/a/kill", ""), api.ErrConflict); p.Engine != "container a is not running" {
		t.Errorf("problem = %+v, want the engine's words", p)
	}
	a.err = errors.New("dial /secret/path")
	if p := wantProblem(t, "an inner error", r.ask(t, "POST", "/api/v1/containers/a/kill", ""), api.ErrInternal); strings.Contains(p.Detail+p.Engine, "secret") {
		t.Errorf("problem = %+v tells too much", p)
	}
}

func TestChunkedBodiesAreCappedToo(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Actor = &actor{} })
	req, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/api/v1/session", io.MultiReader(strings.NewReader(`{"token":"`), strings.NewReader(strings.Repeat("x", 2*maxBody))))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := r.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, "a chunked body that is too large", &answer{resp, string(text)}, api.ErrTooLarge)
}

func TestReadOnly(t *testing.T) {
	r := newRig(t)
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	for _, path := range []string{"start", "stop", "restart", "pause", "unpause", "kill", "rename"} {
		if p := wantProblem(t, path, r.ask(t, "POST", "/api/v1/containers/a/"+path, ""), api.ErrForbidden); !strings.Contains(p.Detail, "read-only") {
			t.Errorf("%s: %+v", path, p)
		}
	}
	wantProblem(t, "remove", r.ask(t, "DELETE", "/api/v1/containers/a", ""), api.ErrForbidden)
}

func TestIdempotency(t *testing.T) {
	a := &actor{gate: make(chan struct{})}
	r := newRig(t, func(o *Options) { o.Actor = a })
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	var replayed atomic.Int32
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			var got api.ActionResult
			decodeInto(t, r.ask(t, "POST", "/api/v1/containers/a/stop", "", "Idempotency-Key", "k1"), http.StatusOK, &got)
			if got.Replayed {
				replayed.Add(1)
			}
		})
	}
	for len(a.all()) == 0 {
		time.Sleep(time.Millisecond)
	}
	close(a.gate)
	wg.Wait()
	if calls := a.all(); len(calls) != 1 || replayed.Load() != 4 {
		t.Errorf("%d calls and %d replays of 5 requests", len(calls), replayed.Load())
	}
	wantProblem(t, "the key for something else", r.ask(t, "POST", "/api/v1/containers/a/kill", "", "Idempotency-Key", "k1"), api.ErrConflict)
	wantProblem(t, "a long key", r.ask(t, "POST", "/api/v1/containers/a/kill", "", "Idempotency-Key", strings.Repeat("k", maxKey+1)), api.ErrInvalid)
	a.err = &api.Error{Code: api.ErrConflict, Message: "no"}
	for range 2 {
		wantProblem(t, "a failure is an answer too", r.ask(t, "POST", "/api/v1/containers/a/kill", "", "Idempotency-Key", "k2"), api.ErrConflict)
	}
	if calls := a.all(); len(calls) != 2 {
		t.Errorf("calls = %v", calls)
	}
}

func TestIdempotencyForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newIdempotency()
		calls := 0
		f := func(context.Context) (api.ActionResult, error) { calls++; return api.ActionResult{}, nil }
		do := func(key string) error {
			_, err := d.do(t.Context(), requestKey{who: "w", key: key}, f)
			return err
		}
		for range 2 {
			if err := errors.Join(do("k"), do("k")); err != nil {
				t.Error(err)
			}
			time.Sleep(resultLife + 1)
		}
		if calls != 2 {
			t.Errorf("%d calls, want one in each 10 minutes", calls)
		}
		for i := range maxResults {
			if err := do(fmt.Sprint(i)); err != nil {
				t.Fatal(i, err)
			}
		}
		if err := do("one more"); api.CodeOf(err) != api.ErrTooMany {
			t.Errorf("one more than fit: %v", err)
		}
		time.Sleep(resultLife + 1)
		if err := do("one more"); err != nil {
			t.Error(err)
		}
	})
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
		wantProblem(t, q, r.ask(t, "GET", "/api/v1/sync?"+q, ""), api.ErrInvalid)
	}
}

func TestPage(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]struct{ body, cache, kind string }{
		"/":                  {"<!doctype html><title>Quaywatch</title>", "no-cache", "text/html; charset=utf-8"},
		"/containers/x":      {"<!doctype html><title>Quaywatch</title>", "no-cache", "text/html; charset=utf-8"},
		"/assets/app-123.js": {"console.log(1)", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
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
	wantProblem(t, "another method", r.ask(t, "PUT", "/api/v1/system", ""), api.ErrInvalid)
	wantProblem(t, "posting the page", r.ask(t, "POST", "/", ""), api.ErrInvalid)

	bare := newRig(t, func(o *Options) { o.Page = fstest.MapFS{".gitkeep": {}} })
	if resp := bare.ask(t, "GET", "/", ""); resp.StatusCode != http.StatusNotFound || !strings.Contains(resp.text, "make build") {
		t.Errorf("without a page: %s", resp.Status)
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
	for range 200 { // the counter follows the write
		if got = r.ask(t, "GET", "/metrics", "").text; strings.Contains(got, "quaywatch_stream_lag_seconds_count 1") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, want := range []string{
		"quaywatch_clients 1", "quaywatch_engine_cpu_percent 0.3", `quaywatch_queue_depth{queue="events"} 3`, `quaywatch_drops_total{queue="events"} 2`,
		`quaywatch_containers{state="running"} 1`, `quaywatch_engine_state{engine="e1",state="connected"} 1`,
		`quaywatch_stream_lag_seconds_bucket{le="0.02"} 0`, "quaywatch_stream_lag_seconds_count 1", `quaywatch_stream_frames_total{direction="out"}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("metrics lack %s:\n%s", want, got)
		}
	}
}

func TestExposure(t *testing.T) {
	for listen, safe := range map[string]bool{
		"127.0.0.1:0": true, "[::1]:80": true, "localhost:80": true, "127.9.9.9:80": true, "[::ffff:127.0.0.1]:80": true,
		"0.0.0.0:80": false, ":80": false, "[::]:80": false, "192.168.1.2:80": false, "example.com:80": false, "localhost.example.com:80": false,
	} {
		for _, e := range []Exposure{{}, {Password: true}, {TLS: true}, {Password: true, TLS: true}, {Proxy: true}} {
			err := CheckExposure(listen, e)
			if want := safe || e.Proxy || e.Password && e.TLS; (err == nil) != want {
				t.Errorf("%s with %+v: %v", listen, e, err)
			}
			if err != nil && api.CodeOf(err) != api.ErrForbidden {
				t.Errorf("%s: %v", listen, err)
			}
		}
	}
	if err := CheckExposure("8080", Exposure{}); api.CodeOf(err) != api.ErrInvalid {
		t.Errorf("a port alone: %v", err)
	}
}

func TestProxyIsBelievedOnlyWhenNamed(t *testing.T) {
	forwarded := []string{"X-Forwarded-Proto", "https", "X-Forwarded-For", "9.9.9.9, 8.8.8.8"}
	plain := newRig(t)
	origin := strings.Replace(plain.url, "http:", "https:", 1)
	wantProblem(t, "an unnamed proxy", plain.ask(t, "GET", "/api/v1/system", "", append(forwarded, "Origin", origin)...), api.ErrForbidden)
	r := newRig(t, func(o *Options) {
		o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Hosts = []string{"watch.example"}
	})
	for range 11 {
		r.ask(t, "POST", "/api/v1/session", `{"token":"qw_guess"}`, append(forwarded, "Authorization", "")...)
	}
	wantProblem(t, "guessing through the proxy", r.ask(t, "POST", "/api/v1/session", `{"token":"qw_guess"}`, append(forwarded, "Authorization", "")...), api.ErrTooMany)
	resp := r.ask(t, "POST", "/api/v1/session", `{"token":"`+adminToken+`"}`, "Host", "watch.example", "Origin", "https://watch.example", "X-Forwarded-Proto", "https", "X-Forwarded-For", "7.7.7.7")
	if resp.StatusCode != http.StatusOK || !resp.Cookies()[0].Secure || !strings.HasPrefix(resp.Cookies()[0].Name, "__Host-") {
		t.Errorf("through the proxy: %s, %v", resp.Status, resp.Cookies())
	}
}

func TestNobodyGetsPastTheProxy(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Listen = "0.0.0.0:0"
		o.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		o.Hosts = []string{"watch.example"}
	})
	for remote, want := range map[string]int{"192.0.2.1:1": http.StatusForbidden, "10.1.1.1:1": http.StatusOK, "127.0.0.1:1": http.StatusOK, "[::ffff:10.1.1.1]:1": http.StatusOK} {
		req := httptest.NewRequestWithContext(t.Context(), "GET", "http://watch.example/api/v1/system", nil)
		req.RemoteAddr = remote
		req.Header.Set("Authorization", "Bearer "+adminToken)
		got := httptest.NewRecorder()
		if r.Handler().ServeHTTP(got, req); got.Code != want {
			t.Errorf("from %s: %d, want %d", remote, got.Code, want)
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
