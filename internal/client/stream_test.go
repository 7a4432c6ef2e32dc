package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is the server's end of a connection, played by the test.
type peer struct {
	t *testing.T
	c Conn
}

func (p peer) read() map[string]any {
	p.t.Helper()
	frame, err := p.c.Read(p.t.Context())
	if err != nil {
		p.t.Fatalf("read what the client says: %v", err)
	}
	var m map[string]any
	if err := json.Unmarshal(frame, &m); err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p peer) write(frames ...string) {
	p.t.Helper()
	for _, f := range frames {
		if err := p.c.Write(p.t.Context(), []byte(f)); err != nil {
			p.t.Fatal(err)
		}
	}
}

// network hands the server's ends of dialled pipes to the test.
func network() (Dialer, <-chan Conn) {
	accept := make(chan Conn)
	return func(ctx context.Context) (Conn, error) {
		c, s := Pipe()
		select {
		case accept <- s:
			return c, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}, accept
}

const welcome = `{"type":"welcome","v":1,"epoch":"e1","heartbeatMs":2000}`

// start runs a stream until the test ends and returns the channel of its links
// and of its end.
func start(t *testing.T, o Options, topics ...api.Topic) (*Stream, <-chan Link, <-chan error) {
	t.Helper()
	links, ended := make(chan Link, 100), make(chan error, 1)
	o.OnLink = func(l Link) { links <- l }
	s := NewStream(o)
	for _, topic := range topics {
		s.Subscribe(topic, nil)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); synctest.Wait() })
	go func() { ended <- s.Run(ctx) }()
	return s, links, ended
}

func TestOpeningAndResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		var seen []string
		_, links, _ := start(t, Options{Dial: dial, Token: "qw_x", Client: api.ClientInfo{ID: "me"}, OnStep: func(_ *Stream, _ *State, step *Step) {
			for _, c := range step.Containers {
				seen = append(seen, string(c.Key))
			}
		}}, api.TopicContainers)

		p := peer{t, <-accept}
		hello := p.read()
		if hello["type"] != "hello" || hello["token"] != "qw_x" || hello["resume"] != nil {
			t.Fatalf("hello: %v", hello)
		}
		if sub := p.read(); sub["type"] != "sub" || sub["topic"] != "containers" {
			t.Fatalf("sub: %v", sub)
		}
		p.write(welcome, `{"type":"subbed","topic":"containers","seq":3}`,
			`[{"type":"snap","topic":"containers","items":[{"engine":"e","id":"a"}]},{"type":"snapEnd","topic":"containers","seq":3,"count":1}]`)
		if l := <-links; !l.Live {
			t.Fatalf("link: %+v", l)
		}
		p.write(`{"type":"ping","n":7}`)
		if pong := p.read(); pong["type"] != "pong" || pong["n"] != 7.0 {
			t.Fatalf("pong: %v", pong)
		}
		if ping := p.read(); ping["type"] != "ping" {
			t.Fatalf("ping: %v", ping)
		}
		_ = p.c.Close(api.CloseShutdown, "restart")

		if l := <-links; l.Live || l.Retry > time.Second {
			t.Fatalf("link after a close: %+v", l)
		}
		p = peer{t, <-accept}
		hello = p.read()
		resume, _ := hello["resume"].(map[string]any)
		if resume["epoch"] != "e1" || resume["topics"].(map[string]any)["containers"] != 3.0 {
			t.Fatalf("resume: %v", hello)
		}
		p.read()
		p.write(welcome, `{"type":"subbed","topic":"containers","recovered":true,"seq":4}`,
			`{"type":"delta","topic":"containers","from":3,"seq":4,"added":[{"engine":"e","id":"b"}]}`)
		synctest.Wait()
		if got := strings.Join(seen, " "); got != "e/a e/b" {
			t.Fatalf("containers seen: %q", got)
		}
	})
}

func TestGapSubscribesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		start(t, Options{Dial: dial}, api.TopicContainers)
		p := peer{t, <-accept}
		p.read()
		p.read()
		p.write(welcome, `{"type":"subbed","topic":"containers","seq":3}`, `{"type":"snapEnd","topic":"containers","seq":3}`,
			`{"type":"delta","topic":"containers","from":5,"seq":6}`)
		if sub := p.read(); sub["type"] != "sub" || sub["id"] != 1.0 {
			t.Fatalf("after a gap: %v", sub)
		}
	})
}

// TestWatchdog: a server that falls silent is left for another connection
// after 2.5 heartbeats, and not before.
func TestWatchdog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		_, links, _ := start(t, Options{Dial: dial})
		p := peer{t, <-accept}
		go func() {
			for { // the server's end reads and never answers
				if _, err := p.c.Read(t.Context()); err != nil {
					return
				}
			}
		}()
		p.write(welcome)
		<-links
		begin := time.Now()
		l := <-links
		if d := time.Since(begin); l.Live || d != 5*time.Second {
			t.Fatalf("link %+v after %s", l, d)
		}
		if api.CodeOf(l.Err) != api.ErrTimeout {
			t.Fatalf("err: %v", l.Err)
		}
		<-accept
	})
}

// TestBackoff: waits stay within full jitter's bounds, and two answered pings
// begin anew.
func TestBackoff(t *testing.T) {
	var b Backoff
	for i, want := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second} {
		if got := b.ceiling(); got != want {
			t.Fatalf("wait %d is at most %s, want %s", i, got, want)
		}
	}
	b.Reset()
	for range 200 {
		b.n = 0
		if d := b.Next(); d <= 0 || d > 501*time.Millisecond {
			t.Fatalf("wait %s", d)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		s, links, _ := start(t, Options{Dial: dial})
		for range 6 {
			_ = (<-accept).Close(0, "")
			<-links
		}
		p := peer{t, <-accept}
		p.read()
		p.write(welcome)
		<-links
		for range 2 {
			p.read()
			p.write(`{"type":"pong"}`)
		}
		synctest.Wait()
		_ = p.c.Close(0, "")
		if l := <-links; l.Retry > 501*time.Millisecond {
			t.Fatalf("retry after health: %+v of %+v", l, s)
		}
		<-accept
	})
}

func TestCloseCodes(t *testing.T) {
	for code, want := range map[api.CloseCode]api.ErrorCode{
		api.CloseUnauthorized: api.ErrUnauthorized, api.CloseForbidden: api.ErrForbidden, api.CloseTooOld: api.ErrTooOld,
		api.CloseSuperseded: api.ErrConflict, api.CloseTooLarge: api.ErrTooLarge, api.CloseBadMessage: api.ErrInvalid, 4499: api.ErrInternal,
	} {
		synctest.Test(t, func(t *testing.T) {
			dial, accept := network()
			_, _, ended := start(t, Options{Dial: dial})
			_ = (<-accept).Close(code, "why")
			err := <-ended
			if api.CodeOf(err) != want || !strings.Contains(err.Error(), "why") {
				t.Fatalf("code %d ends with %v", code, err)
			}
		})
	}
	for _, code := range []api.CloseCode{api.CloseShutdown, api.CloseSlow, api.CloseNoHeartbeat, api.CloseHelloTimeout, api.CloseTooMany, 1000, 1006} {
		if permanent(&CloseError{Code: code}) != nil {
			t.Errorf("code %d must reconnect", code)
		}
	}
}

func TestFailFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sentence := &api.Error{Code: api.ErrUnreachable, Message: "Nobody there"}
		dials := 0
		_, _, ended := start(t, Options{FailFast: true, Dial: func(context.Context) (Conn, error) { dials++; return nil, sentence }})
		if err := <-ended; !errors.Is(err, sentence) || dials != 1 {
			t.Fatalf("%v after %d dials", err, dials)
		}
	})
}

// TestServerThatDoesNotRead: the client does not pile up what it has to say.
func TestServerThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		s, links, _ := start(t, Options{Dial: dial})
		p := peer{t, <-accept}
		p.write(welcome)
		<-links
		for i := range outQueue + pipeQueue + 5 {
			s.Subscribe(api.TopicMetrics, &api.Filter{Rows: []int{i + 1}})
			synctest.Wait()
		}
		if l := <-links; l.Live || !strings.Contains(l.Err.Error(), "does not read") {
			t.Fatalf("link: %+v", l)
		}
		<-accept
	})
}

func TestGarbageReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		_, links, _ := start(t, Options{Dial: dial})
		p := peer{t, <-accept}
		p.write(welcome, `{"type":"snap","topic":"containers","items":[7]}`)
		<-links
		if l := <-links; l.Live || l.Err == nil {
			t.Fatalf("link: %+v", l)
		}
		<-accept
	})
}

func TestREST(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /under/api/v1/containers", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer qw_x" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Query().Get("cursor") == "" {
			_, _ = io.WriteString(w, `{"items":[{"id":"a"}],"next":"2"}`)
			return
		}
		_, _ = io.WriteString(w, `{"items":[{"id":"b"}],"next":""}`)
	})
	mux.HandleFunc("POST /under/api/v1/containers/{id}/stop", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != "a/b c" || r.Header.Get("Idempotency-Key") != "k" {
			t.Errorf("request: %v %v", r.URL, r.Header)
		}
		w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"title":"Conflict","status":409,"detail":"It is not running.","code":"conflict","engine":"container a is not running"}`)
	})
	mux.HandleFunc("GET /under/api/v1/system", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<html>`)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	defer http.DefaultClient.CloseIdleConnections()
	base, err := url.Parse(srv.URL + "/under/")
	if err != nil {
		t.Fatal(err)
	}
	r := NewREST(base, "qw_x", srv.Client())
	got, err := r.Containers(t.Context())
	if err != nil || len(got) != 2 || got[1].ID != "b" {
		t.Fatalf("containers: %v %v", got, err)
	}
	_, err = r.Do(t.Context(), "a/b c", api.ActionStop, api.ActionOptions{}, "k")
	if api.CodeOf(err) != api.ErrConflict || err.Error() != "It is not running.: container a is not running" {
		t.Fatalf("stop: %v", err)
	}
	if _, err := r.System(t.Context()); api.CodeOf(err) != api.ErrInternal || !strings.Contains(err.Error(), "not a Quaywatch server") {
		t.Fatalf("a page for an answer: %v", err)
	}
	if _, err := NewREST(base, "", srv.Client()).Containers(t.Context()); api.CodeOf(err) != api.ErrUnauthorized {
		t.Fatalf("no token: %v", err)
	}
	srv.Close()
	if _, err := r.Containers(t.Context()); api.CodeOf(err) != api.ErrUnreachable || !strings.Contains(err.Error(), srv.URL) {
		t.Fatalf("no server: %v", err)
	}
}
