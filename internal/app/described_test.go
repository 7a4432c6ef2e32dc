//go:build unix

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/apitest"
)

// TestItIsAsDescribed asks a whole server, on a demo engine, for all that
// api/openapi.yaml describes: with requests that the description allows, and
// with such as it forbids, made up from it. The seeds are numbers, so it asks the
// same each time. Meanwhile a client listens to all topics.
//
//   - Every answer is as described, and none of them is a failure of the server.
//   - What the description forbids is refused.
//   - Every status that the description names is seen.
//   - Every message of the stream is as api/asyncapi.yaml says.
func TestItIsAsDescribed(t *testing.T) {
	// So many rounds are made of everything, and so many more of what is described
	// and has not been answered yet.
	const rounds, most = 5, 60
	d := apitest.Load(t)
	_, base, stop := serveIn(t, "", t.TempDir(), func(o *Options) {
		o.Engine, o.NotifyPrivate = EngineOptions{Demo: true, DemoContainers: 60}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	defer stop()
	e := &explorer{d: d, base: base, seen: map[string]bool{}, lists: map[string][]map[string]any{}}
	listener := listenToAll(t, d, base)

	began := time.Now()
	e.tour(t)
	for round := range most {
		e.refresh(t, "/api/v1/containers", "/api/v1/images", "/api/v1/system")
		if round == rounds {
			t.Logf("%d requests in %v, owed: %v", e.asked, time.Since(began).Round(time.Millisecond), e.owed())
		}
		for i, o := range d.Operations() {
			if round < rounds || e.owes(o) {
				e.refresh(t, e.listOf(o))
				e.hold(t, d.Good(o, e.known).Example(1000*round+i))
			}
		}
	}
	t.Logf("%d requests in %v, still owed: %v", e.asked, time.Since(began).Round(time.Millisecond), e.owed())
	for i, o := range d.Operations() {
		e.refresh(t, e.listOf(o))
		for _, bad := range d.Bad(o, e.known) {
			r := bad.Example(i)
			if status := e.hold(t, r); status < 400 {
				t.Errorf("%s was answered with %d", r, status)
			}
		}
	}
	t.Logf("%d requests in %v, %d frames", e.asked, time.Since(began).Round(time.Millisecond), listener.frames())
	for _, name := range e.owed() {
		t.Errorf("%s is described, and was never answered: an example of its body in the description helps, or a step in the tour", name)
	}
	listener.wants(t)
}

// unseen says why a described status is not seen here.
func unseen(name string) string {
	if strings.HasSuffix(name, " 101") {
		return "sockets have tests of their own, and the listener"
	}
	return map[string]string{"GET /readyz 503": "the server is ready before the first request"}[name]
}

// explorer asks, and keeps what it has seen.
type explorer struct {
	d     *apitest.Description
	base  *url.URL
	asked int
	seen  map[string]bool             // "METHOD PATH STATUS"
	lists map[string][]map[string]any // what is there, by the path of its list
}

// owed are the statuses that are described and were not seen.
func (e *explorer) owed() (out []string) {
	for _, o := range e.d.Operations() {
		for _, status := range o.Statuses() {
			if name := o.String() + " " + status; !e.seen[name] && unseen(name) == "" {
				out = append(out, name)
			}
		}
	}
	return out
}

func (e *explorer) owes(o *apitest.Operation) bool {
	return slices.ContainsFunc(e.owed(), func(name string) bool { return strings.HasPrefix(name, o.String()+" ") })
}

// refresh asks for the lists at the paths anew.
func (e *explorer) refresh(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if e.d.Find("GET", path) == nil {
			continue
		}
		listed := e.ask(t, "GET", path, nil, nil)
		var answer map[string]json.RawMessage
		if err := json.Unmarshal(listed.Body, &answer); err != nil {
			t.Fatalf("%s: %v in %.200s", path, err, listed.Body)
		}
		e.lists[path] = nil
		for _, list := range answer { // items, or rules and the like
			var some []map[string]any
			if json.Unmarshal(list, &some) == nil {
				e.lists[path] = append(e.lists[path], some...)
			}
		}
	}
}

// listOf is the path of the list that an operation's parameter chooses from.
func (e *explorer) listOf(o *apitest.Operation) string {
	path, _, chosen := strings.Cut(o.Path, "/{")
	if !chosen {
		return ""
	}
	if path == "/api/v1/preferences" {
		return "/api/v1/preferences/event-filters"
	}
	return path
}

func (e *explorer) known(o *apitest.Operation, name string) []any {
	of := func(path string, fields ...string) (out []any) {
		for _, item := range e.lists[path] {
			for _, f := range fields {
				switch v := item[f].(type) {
				case string:
					if v != "" {
						out = append(out, v)
					}
				case []any:
					out = append(out, v...)
				}
			}
		}
		return out
	}
	switch name {
	case "id":
		if strings.Contains(o.Path, "{id}") {
			return of(e.listOf(o), "id", "name", "tags")
		}
	case "name":
		if strings.Contains(o.Path, "{name}") && o.Method != http.MethodPut {
			return of(e.listOf(o), "name")
		}
	case "space":
		return []any{"event-filters"}
	case "container", "containers":
		return of("/api/v1/containers", "name", "id")
	case "project":
		return of("/api/v1/containers", "project")
	case "subject":
		return of("/api/v1/images", "tags")
	case "engine":
		return of("/api/v1/system", "id")
	case "timeoutSeconds":
		return []any{0, 1}
	case "token":
		return []any{stormToken}
	case "signal":
		return []any{"SIGTERM", "HUP"}
	case "seconds":
		return []any{60, 600}
	case "cols":
		return []any{"cpu", "cpu,mem"}
	case "since", "until":
		if !strings.HasSuffix(o.Path, "/logs") {
			return []any{"1h", "2026-01-01"}
		}
	}
	return nil
}

// tour does what takes several steps in their order, so that each of them has
// succeeded once whatever is made up.
func (e *explorer) tour(t *testing.T) {
	t.Helper()
	const containers, networks = "/api/v1/containers", "/api/v1/networks"
	var all api.List[api.Container]
	if err := json.Unmarshal(e.ask(t, "GET", containers, nil, nil).Body, &all); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all.Items, func(c api.Container) bool { return c.State == api.StateRunning })
	if i < 0 {
		t.Fatal("no container runs")
	}
	one := containers + "/" + all.Items[i].ID
	for _, step := range []struct{ method, path, body string }{
		{"GET", "/api/v1/sync?topic=containers&epoch=another&seq=1", ""},
		{"POST", one + "/pause", ""},
		{"POST", one + "/unpause", ""},
		{"POST", one + "/rename", `{"name": "toured"}`},
		{"POST", networks, `{"name": "tour", "subnet": "10.97.0.0/24"}`},
		{"POST", networks + "/tour/connect", `{"container": "toured"}`},
		{"POST", networks + "/tour/disconnect", `{"container": "toured"}`},
		{"DELETE", networks + "/tour", ""},
		{"PUT", "/api/v1/deliveries/tour", `{"kind": "webhook", "url": "http://127.0.0.1:9/nobody"}`},
		{"POST", "/api/v1/deliveries/tour/test", ""},
		{"GET", "/api/v1/deliveries/log", ""},
		{"DELETE", "/api/v1/deliveries/tour", ""},
	} {
		at := parse(t, step.path)
		o := e.d.Find(step.method, at.Path)
		if o == nil {
			t.Fatalf("%s %s is not described", step.method, step.path)
		}
		r := apitest.Request{Operation: o, Path: at.Path, Query: at.Query(), Body: []byte(step.body)}
		// What a step makes is known a moment later than the engine has made it.
		until(t, r.String(), func() bool { status := e.hold(t, r); return status < 300 || status == http.StatusGone })
	}
}

// hold asks, holds the answer against the description, and returns its status.
func (e *explorer) hold(t *testing.T, r apitest.Request) int {
	t.Helper()
	a := e.ask(t, r.Operation.Method, r.URL(), r.Header, r.Body)
	e.asked++
	status := strconv.Itoa(a.Status)
	e.seen[r.Operation.String()+" "+status] = true
	if err := e.d.CheckAnswer(a); err != nil {
		t.Errorf("%s: %v", r, err)
	}
	// That the engine can't do it is an answer, not a failure.
	if a.Status >= 500 && a.Status != http.StatusNotImplemented && !r.Operation.Describes(status) {
		t.Errorf("%s failed: %s %s", r, status, a.Body)
	}
	if r.Operation.Path == "/api/v1/sync" && a.Status == http.StatusOK {
		if err := e.d.CheckSynced(a.Body); err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
	return a.Status
}

func (e *explorer) ask(t *testing.T, method, path string, header http.Header, body []byte) apitest.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(e.base.String(), "/")+path, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s %q: %v", method, path, err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("Authorization", "Bearer "+stormToken)
	resp, err := plainHTTP().Do(req)
	if err != nil {
		t.Fatalf("%s %q: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := apitest.Answer{Method: method, Path: req.URL.EscapedPath(), Status: resp.StatusCode, Header: resp.Header}
	if a.Body, err = io.ReadAll(resp.Body); err != nil {
		t.Fatalf("%s %q: %v", method, path, err)
	}
	return a
}

// listener follows every topic and holds each frame against the description.
type listener struct {
	topics []string

	mu    sync.Mutex
	n     int
	types map[string]bool // types of messages that came, with their topics
	bad   []string
}

// listenToAll listens until the test ends. A listener that was starved of its
// processor for longer than the server waits for an answer is cut off, and comes
// back as every client does.
func listenToAll(t *testing.T, d *apitest.Description, base *url.URL) *listener {
	t.Helper()
	l := &listener{topics: d.Topics(), types: map[string]bool{}}
	c, err := l.dial(t.Context(), d, base)
	if err != nil {
		t.Fatal(err)
	}
	background(t, func(ctx context.Context) {
		for {
			err := l.follow(ctx, d, c)
			_ = c.CloseNow()
			if websocket.CloseStatus(err) == websocket.StatusCode(api.CloseNoHeartbeat) {
				c, err = l.dial(ctx, d, base)
			}
			switch {
			case err == nil:
				continue
			case ctx.Err() == nil && !errors.Is(err, io.EOF) && websocket.CloseStatus(err) != websocket.StatusCode(api.CloseShutdown):
				t.Errorf("the listener: %v", err)
			}
			return
		}
	})
	return l
}

// dial connects and subscribes every topic.
func (l *listener) dial(ctx context.Context, d *apitest.Description, base *url.URL) (*websocket.Conn, error) {
	c, resp, err := websocket.Dial(ctx, base.JoinPath("/api/v1/stream").String(), &websocket.DialOptions{Subprotocols: []string{api.Subprotocol}, HTTPClient: plainHTTP()})
	if err != nil {
		return nil, err
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	c.SetReadLimit(-1)
	messages := []any{
		api.Hello{Type: api.TypeHello, V: api.ProtocolVersion, Token: stormToken, Client: api.ClientInfo{ID: "listener", Name: "test"}},
		api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicMetrics, Filter: &api.Filter{All: true}},
	}
	for i, topic := range l.topics {
		messages = append(messages, api.Sub{Type: api.TypeSub, ID: i + 2, Topic: api.Topic(topic)})
	}
	for _, m := range messages {
		raw, err := json.Marshal(m)
		if err == nil {
			err = d.CheckFrame("fromClient", raw)
		}
		if err == nil {
			err = c.Write(ctx, websocket.MessageText, raw)
		}
		if err != nil {
			_ = c.CloseNow()
			return nil, err
		}
	}
	return c, nil
}

// follow takes frames and answers pings until the connection ends, and returns why.
func (l *listener) follow(ctx context.Context, d *apitest.Description, c *websocket.Conn) error {
	for {
		_, frame, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if pong := l.take(d, frame); pong != nil {
			_ = c.Write(ctx, websocket.MessageText, pong) // who has closed says so at the next read
		}
	}
}

// take holds a frame against the description, and returns the answer to a ping.
func (l *listener) take(d *apitest.Description, frame []byte) (pong []byte) {
	err := d.CheckFrame("toClient", frame)
	messages := []json.RawMessage{frame}
	if frame[0] == '[' {
		_ = json.Unmarshal(frame, &messages) // what is no JSON is in err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	if err != nil && len(l.bad) < 20 {
		l.bad = append(l.bad, err.Error())
	}
	for _, m := range messages {
		var head struct {
			Type, Topic string
			N           int
		}
		_ = json.Unmarshal(m, &head)
		l.types[strings.TrimSpace(head.Type+" "+head.Topic)] = true
		if head.Type == string(api.TypePing) {
			pong = fmt.Appendf(nil, `{"type":"pong","n":%d}`, head.N)
		}
	}
	return pong
}

func (l *listener) frames() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// wants says what was not as described, and waits for what must have come.
func (l *listener) wants(t *testing.T) {
	t.Helper()
	want := []string{"welcome", "subbed containers", "snapEnd containers", "metrics metrics"}
	for _, topic := range l.topics {
		want = append(want, "delta "+topic)
	}
	until(t, "messages of every kind", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return !slices.ContainsFunc(want, func(w string) bool { return !l.types[w] })
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.bad {
		t.Errorf("not as api/asyncapi.yaml says: %s", b)
	}
}
