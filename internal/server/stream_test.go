package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/apitest"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/hub"
	"github.com/quaywatch/quaywatch/internal/store"
)

const adminToken = "qw_test-token-of-the-admin"

// rig is a server on a real listener, over a real store and hub.
type rig struct {
	*Server
	store *store.Store
	hub   *hub.Hub
	auth  *auth.Authority
	dir   string
	url   string
	http  *http.Client
}

// packed is a file as the page's build leaves it.
func packed(t *testing.T, content string) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(content))
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: b.Bytes()}
}

func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	dir := t.TempDir()
	a, err := auth.Open(auth.Options{Dir: dir, Token: adminToken})
	if err != nil {
		t.Fatal(err)
	}
	st := store.New(store.Options{})
	h := hub.New(hub.Options{Store: st})
	o := Options{
		Listen: "127.0.0.1:0", Store: st, Hub: h, Auth: a,
		Page: fstest.MapFS{
			"index.html.gz":        packed(t, "<!doctype html><title>Quaywatch</title>"),
			"assets/app-123.js.gz": packed(t, "console.log(1)"),
			"icon.png":             {Data: []byte("a picture")},
		},
	}
	for _, f := range change {
		f(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.Handler())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		end, stop := context.WithTimeout(context.Background(), 3*time.Minute)
		defer stop()
		if err := h.Shutdown(end); err != nil {
			t.Error("hub:", err)
		}
		ts.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error("hub:", err)
		}
	})
	return &rig{Server: s, store: st, hub: h, auth: a, dir: dir, url: ts.URL, http: ts.Client()}
}

// ask sends a request with the admin's token, unless a header says otherwise.
func (r *rig) ask(t *testing.T, method, path, body string, header ...string) *answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	for i := 0; i < len(header); i += 2 {
		switch {
		case header[i] == "Host":
			req.Host = header[i+1]
		case header[i+1] == "":
			req.Header.Del(header[i])
		default:
			req.Header.Set(header[i], header[i+1])
		}
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
	// What of a fake is in a good answer's body is the fake's; package app's tests
	// hold the bodies of a whole server against their description.
	a := apitest.Answer{Method: method, Path: req.URL.EscapedPath(), Status: resp.StatusCode, Header: resp.Header, Body: text}
	if err := apitest.Load(t).CheckHead(a); err != nil {
		t.Errorf("not as api/openapi.yaml says: %v", err)
	}
	return &answer{resp, string(text)}
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	text string
}

// cookieNamed is the name of the session's cookie.
func (r *rig) cookieNamed() string {
	return "quaywatch-" + r.url[strings.LastIndex(r.url, ":")+1:]
}

// cookie signs in as the page does and returns the header that says so.
func (r *rig) cookie(t *testing.T) http.Header {
	t.Helper()
	resp := r.ask(t, "POST", "/api/v1/session", `{"token":"`+r.auth.NewLaunch(0)+`"}`, "Authorization", "", "Origin", r.url)
	if resp.StatusCode != http.StatusOK || len(resp.Cookies()) != 1 {
		t.Fatalf("sign-in: %s, %v", resp.Status, resp.Cookies())
	}
	c := resp.Cookies()[0]
	return http.Header{"Cookie": {c.Name + "=" + c.Value}}
}

func withOrigin(h http.Header, origin string) http.Header {
	h.Set("Origin", origin)
	return h
}

func decodeInto(t *testing.T, resp *answer, status int, v any) {
	t.Helper()
	if resp.StatusCode != status {
		t.Fatalf("%s: %s", resp.Status, resp.text)
	}
	if err := json.Unmarshal([]byte(resp.text), v); err != nil {
		t.Fatalf("%s: %v", resp.text, err)
	}
}

// socket is a client of the stream that knows frames only.
type socket struct {
	t    *testing.T
	c    *websocket.Conn
	left []json.RawMessage
}

func (r *rig) dial(t *testing.T, header http.Header) *socket {
	t.Helper()
	c, resp, err := websocket.Dial(t.Context(), r.url+"/api/v1/stream", &websocket.DialOptions{
		Subprotocols: []string{api.Subprotocol}, HTTPHeader: header, HTTPClient: r.http,
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	c.SetReadLimit(-1)
	t.Cleanup(func() { _ = c.CloseNow() })
	return &socket{t: t, c: c}
}

func (s *socket) send(msgs ...any) {
	s.t.Helper()
	for _, m := range msgs {
		b, err := json.Marshal(m)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := s.c.Write(s.t.Context(), websocket.MessageText, b); err != nil {
			s.t.Fatal(err)
		}
	}
}

// next reads the next message of the type, passing over pings alone.
func (s *socket) next(want api.MessageType, into any) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Minute)
	defer cancel()
	for {
		for len(s.left) == 0 {
			_, b, err := s.c.Read(ctx)
			if err != nil {
				s.t.Fatalf("waiting for %s: %v", want, err)
			}
			if b[0] != '[' {
				s.left = []json.RawMessage{b}
			} else if err := json.Unmarshal(b, &s.left); err != nil {
				s.t.Fatal(err)
			}
		}
		raw := s.left[0]
		s.left = s.left[1:]
		var head struct{ Type api.MessageType }
		if err := json.Unmarshal(raw, &head); err != nil {
			s.t.Fatal(err)
		}
		if head.Type == api.TypePing {
			continue
		}
		if head.Type != want {
			s.t.Fatalf("got %s, want a %s", raw, want)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			s.t.Fatal(err)
		}
		return
	}
}

// closed reads until the server closes, and returns its code.
func (s *socket) closed() api.CloseCode {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Minute)
	defer cancel()
	for {
		if _, _, err := s.c.Read(ctx); err != nil {
			return api.CloseCode(websocket.CloseStatus(err))
		}
	}
}

func hello() api.Hello {
	return api.Hello{Type: api.TypeHello, V: api.ProtocolVersion, Token: adminToken, Client: api.ClientInfo{ID: "c1", Name: "test"}}
}

func TestStreamAuthentication(t *testing.T) {
	r := newRig(t)
	tokens := auth.OpenTokens(r.dir)
	viewer, _, err := tokens.Create("ci", auth.RoleViewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	old, _, err := tokens.Create("old", auth.RoleViewer, time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	ticket := func() string {
		var out Ticket
		decodeInto(t, r.ask(t, "POST", "/api/v1/ticket", "", "Authorization", "Bearer "+viewer), 200, &out)
		return out.Ticket
	}
	used := ticket()
	for _, c := range []struct {
		name          string
		token, ticket string
		header        http.Header
		role          string
	}{
		{"the admin", adminToken, "", nil, "admin"},
		{"a viewer", viewer, "", nil, "viewer"},
		{"a ticket", "", used, nil, "viewer"},
		{"the same ticket again", "", used, nil, ""},
		{"a fresh ticket", "", ticket(), nil, "viewer"},
		{"an old token", old, "", nil, ""},
		{"another token", "qw_no", "", nil, ""},
		{"nothing", "", "", nil, ""},
		{"a cookie that is not from the page", "", "", r.cookie(t), ""},
		{"the page's cookie", "", "", withOrigin(r.cookie(t), r.url), "admin"},
		{"a false cookie", "", "", http.Header{"Cookie": {r.cookieNamed() + "=qw_x"}, "Origin": {r.url}}, ""},
	} {
		ws := r.dial(t, c.header)
		h := hello()
		h.Token, h.Ticket = c.token, c.ticket
		ws.send(h)
		if c.role == "" {
			if code := ws.closed(); code != api.CloseUnauthorized {
				t.Errorf("%s: closed with %d", c.name, code)
			}
			continue
		}
		var w api.Welcome
		ws.next(api.TypeWelcome, &w)
		if w.Role != c.role {
			t.Errorf("%s: welcome as %q", c.name, w.Role)
		}
	}
}

func TestSigningOutClosesTheStream(t *testing.T) {
	r := newRig(t)
	header := withOrigin(r.cookie(t), r.url)
	ws := r.dial(t, header)
	h := hello()
	h.Token = ""
	ws.send(h)
	ws.next(api.TypeWelcome, &api.Welcome{})
	resp := r.ask(t, "DELETE", "/api/v1/session", "", "Authorization", "", "Cookie", header.Get("Cookie"), "Origin", r.url)
	if resp.StatusCode != http.StatusNoContent {
		t.Errorf("sign-out: %s", resp.Status)
	}
	if code := ws.closed(); code != api.CloseUnauthorized {
		t.Errorf("closed with %d", code)
	}
}

func TestLargeFramesCloseTheStream(t *testing.T) {
	r := newRig(t)
	for name, greet := range map[string]bool{"before hello": false, "after hello": true} {
		ws := r.dial(t, nil)
		if greet {
			ws.send(hello())
			ws.next(api.TypeWelcome, &api.Welcome{})
		}
		// The server may have closed before all of it has left.
		_ = ws.c.Write(t.Context(), websocket.MessageText, make([]byte, 10<<20))
		if code := ws.closed(); code != api.CloseTooLarge {
			t.Errorf("%s: closed with %d", name, code)
		}
	}
	if n := r.hub.Counters().BytesIn; n > 2*hub.MaxInbound {
		t.Errorf("%d bytes were taken in", n)
	}
}

func TestSlowHelloIsClosed(t *testing.T) {
	r := newRig(t)
	ws := r.dial(t, nil)
	started := time.Now()
	if code := ws.closed(); code != api.CloseHelloTimeout || time.Since(started) < 4*time.Second {
		t.Errorf("closed with %d after %v", code, time.Since(started))
	}
}

func TestStreamWantsItsSubprotocol(t *testing.T) {
	r := newRig(t)
	c, resp, err := websocket.Dial(t.Context(), r.url+"/api/v1/stream", &websocket.DialOptions{HTTPClient: r.http})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	if code := (&socket{t: t, c: c}).closed(); code != api.CloseTooOld {
		t.Errorf("closed with %d", code)
	}
	if got := r.ask(t, "GET", "/api/v1/stream", ""); got.StatusCode != http.StatusBadRequest {
		t.Errorf("without an upgrade: %s", got.Status)
	}
}

func running(id string) *api.Container {
	return &api.Container{Engine: "e1", ID: id, Name: "n-" + id, State: api.StateRunning}
}

func TestStreamFromHelloToDelta(t *testing.T) {
	r := newRig(t)
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	ws := r.dial(t, nil)
	ws.send(hello(), api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicContainers})
	var w api.Welcome
	ws.next(api.TypeWelcome, &w)
	if w.Epoch != r.store.Epoch() || w.Role != "admin" || w.HeartbeatMs != 2000 {
		t.Errorf("welcome = %+v", w)
	}
	var sub api.Subbed
	ws.next(api.TypeSubbed, &sub)
	if sub.Recovered || sub.ID != 1 || sub.Seq != 1 {
		t.Errorf("subbed = %+v", sub)
	}
	var snap api.Snap
	ws.next(api.TypeSnap, &snap)
	var end api.SnapEnd
	ws.next(api.TypeSnapEnd, &end)
	if len(snap.Items) != 1 || end.Seq != 1 || end.Count != 1 {
		t.Errorf("snap = %+v, end = %+v", snap, end)
	}
	c := running("a")
	c.State = api.StateExited
	r.store.Apply(store.Change{Put: []*api.Container{c}, Events: []api.Event{{Time: time.Now(), Engine: "e1", Kind: "container", Action: "die", ID: "a"}}})
	var d api.Delta
	ws.next(api.TypeDelta, &d)
	if d.From != 1 || d.Seq != 2 || string(d.Changed["e1/a"].Set["state"]) != `"exited"` {
		t.Errorf("delta = %+v", d)
	}
	if lag := r.hub.Counters().Lag; lag.Sum < 0 {
		t.Errorf("lag = %+v", lag)
	}
}
