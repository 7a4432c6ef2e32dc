package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
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
			"index.html":        {Data: []byte("<!doctype html><title>Quaywatch</title>")},
			"assets/app-123.js": {Data: []byte("console.log(1)")},
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
		end, stop := context.WithTimeout(context.Background(), 10*time.Second)
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
func (r *rig) ask(t *testing.T, method, path, body string, header ...string) *http.Response {
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
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
		resp.Body.Close()
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
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
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
	ctx, cancel := context.WithTimeout(s.t.Context(), 15*time.Second)
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
