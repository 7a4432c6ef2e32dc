package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/store"
)

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
	r := newRig(t, acting(t, a), remembering(t), alerting(t), func(o *Options) {
		o.Inspector = inspector{"Config": map[string]any{"Env": []any{"PASSWORD=hush"}}}
		o.Logs = &logOf{}
		o.Things, o.ThingActor, o.Measure = &things{}, &things{}, func() {}
	})
	r.store.Apply(store.Change{
		Put: []*api.Container{running("a")}, Images: []*api.Image{{Engine: "e1", ID: "sha256:0", Tags: []string{"a:latest"}}},
		Volumes: []*api.Volume{{Engine: "e1", Name: "a"}}, Networks: []*api.Network{{Engine: "e1", ID: "n", Name: "a"}},
		System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}},
	})
	found := firing(t, r, "sick")
	const oneJob = `{"action":"stop","containers":["a"]}`
	var job api.Job
	decodeInto(t, r.ask(t, "POST", "/api/v1/jobs", oneJob), http.StatusAccepted, &job)
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
		if rt.role == public || strings.HasPrefix(rt.path, "/api/v1/deliveries") { // of these, deliveries_test.go asks
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
			path := strings.ReplaceAll(rt.path, "jobs/{id}", "jobs/"+job.ID)
			path = strings.ReplaceAll(path, "alerts/{id}", "alerts/"+found.ID)
			path = strings.ReplaceAll(path, "{id}", "a")
			path = strings.NewReplacer("{space}", "filters", "{name}", "mine").Replace(path)
			answer := http.StatusOK
			if rt.method == "DELETE" && (strings.HasPrefix(path, "/api/v1/preferences/") || strings.HasPrefix(path, "/api/v1/alert-rules/")) {
				answer = http.StatusNoContent
			}
			switch path {
			case "/api/v1/alerts/" + found.ID + "/snooze":
				in = `{"seconds":60}`
			case "/api/v1/alert-rules/preview":
				in = `{"rule":{"severity":"info","on":"paused","enabled":true,"forSeconds":0,"keepSeconds":0}}`
			case "/api/v1/alert-rules/mine":
				in = `{"severity":"info","on":"paused","enabled":true,"forSeconds":0,"keepSeconds":0}`
			case "/api/v1/sync":
				path += "?topic=system"
			case "/api/v1/jobs":
				if rt.method == "POST" {
					in, answer = oneJob, http.StatusAccepted
				}
			case "/api/v1/images/a/tag":
				in = `{"reference":"a:2"}`
			case "/api/v1/volumes", "/api/v1/networks":
				if rt.method == "POST" {
					in, answer = `{"name":"b"}`, http.StatusCreated
				}
			case "/api/v1/networks/a/connect", "/api/v1/networks/a/disconnect":
				in = `{"container":"a"}`
			case "/api/v1/prune":
				path += "?kind=images"
			case "/api/v1/registry/search":
				path += "?term=x"
			case "/api/v1/system/disk-usage":
				if rt.method == "POST" {
					answer = http.StatusAccepted
				}
			}
			resp := r.ask(t, rt.method, path, in, "Authorization", header)
			what := fmt.Sprintf("%s %s as %q", rt.method, path, role)
			switch {
			case role == "" || role == public:
				wantProblem(t, what, resp, api.ErrUnauthorized)
			case role.Allows(rt.role):
				if resp.StatusCode != answer {
					t.Errorf("%s: %s %s", what, resp.Status, resp.text)
				}
			default:
				wantProblem(t, what, resp, api.ErrForbidden)
				if strings.Contains(resp.text, "hush") {
					t.Errorf("%s: %s", what, resp.text)
				}
			}
		}
	}
	wantProblem(t, "a viewer asking for stop", r.ask(t, "POST", "/api/v1/containers/a/stop", "", "Authorization", bearer[auth.RoleViewer]), api.ErrForbidden)
	for _, j := range r.store.Jobs() {
		untilEnded(t, r, j.ID)
	}
	if n := len(a.all()); n != 7*2+1+3 { // with three jobs of one container
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
	twice := `{"token":"` + r.auth.NewLaunch(0) + `","proof":"` + strings.Repeat("p", minProof) + `"}`
	first, again := r.ask(t, "POST", "/api/v1/session", twice, "Authorization", ""), r.ask(t, "POST", "/api/v1/session", twice, "Authorization", "")
	if again.StatusCode != http.StatusOK || first.Cookies()[0].Value != again.Cookies()[0].Value {
		t.Errorf("the same exchange again: %s %s", again.Status, again.text)
	}
	wantProblem(t, "its link with another proof", r.ask(t, "POST", "/api/v1/session", strings.ReplaceAll(twice, "pp", "pq"), "Authorization", ""), api.ErrUnauthorized)
	wantProblem(t, "a proof that can be guessed", r.ask(t, "POST", "/api/v1/session", `{"token":"`+r.auth.NewLaunch(0)+`","proof":"1"}`, "Authorization", ""), api.ErrInvalid)
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

func TestChunkedBodiesAreCappedToo(t *testing.T) {
	r := newRig(t, acting(t, &actor{}))
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
