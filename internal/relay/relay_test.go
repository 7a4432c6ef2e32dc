package relay

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const window = "tauri://localhost"

// far is a server elsewhere, over TLS and HTTP/2, and a relay to it.
func far(t *testing.T, handler http.HandlerFunc) (relay string) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	to, err := Origin(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return near(t, to, server.Client().Transport)
}

func near(t *testing.T, to *url.URL, transport http.RoundTripper) string {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.Config.Handler = Handler(s.Listener.Addr().String(), to, transport, slog.New(slog.DiscardHandler))
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
}

func ask(t *testing.T, method, address string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	got, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, string(text)}
}

func TestWhatIsPassedOn(t *testing.T) {
	passed := make(chan *http.Request, 1)
	at := far(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		copied := r.Clone(context.Background())
		copied.Body = io.NopCloser(strings.NewReader(string(body)))
		passed <- copied
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	got := ask(t, "POST", at+"/api/v1/jobs?a=b", "Authorization", "Bearer t", "Origin", window, "Cookie", "c=d", "Idempotency-Key", "k")
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "3" || got.header.Get("Access-Control-Allow-Origin") != window {
		t.Errorf("the page is answered %d %v", got.status, got.header)
	}
	if got.header.Get("Set-Cookie") != "" {
		t.Error("the page got a cookie")
	}
	seen := <-passed
	h := seen.Header
	body, _ := io.ReadAll(seen.Body)
	if seen.Method != "POST" || seen.URL.String() != "/api/v1/jobs?a=b" || string(body) != "body" || strings.HasPrefix(at, "http://"+seen.Host) {
		t.Errorf("passed on: %s %s at %s: %q", seen.Method, seen.URL, seen.Host, body)
	}
	if h.Get("Authorization") != "Bearer t" || h.Get("Idempotency-Key") != "k" {
		t.Errorf("headers that were lost: %v", h)
	}
	for _, name := range []string{"Origin", "Cookie", "X-Forwarded-For"} {
		if h.Get(name) != "" {
			t.Errorf("%s was passed on: %v", name, h)
		}
	}
}

func TestTheStreamIsPassedOn(t *testing.T) {
	at := far(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"p"}})
		if err != nil {
			return
		}
		defer func() { _ = c.CloseNow() }()
		kind, message, err := c.Read(r.Context())
		if err == nil {
			_ = c.Write(r.Context(), kind, append(message, '!'))
		}
		_, _, _ = c.Read(r.Context())
	})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	c, _, err := websocket.Dial(t.Context(), at+"/api/v1/stream", &websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"p"}}) //nolint:bodyclose // websocket.Dial says it need not be
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, got, err := c.Read(t.Context()); err != nil || string(got) != "hello!" || c.Subprotocol() != "p" {
		t.Errorf("read %q by %q: %v", got, c.Subprotocol(), err)
	}
	_ = c.Close(websocket.StatusNormalClosure, "")
}

func TestWhatIsNotPassedOn(t *testing.T) {
	at := far(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/moved" {
			t.Errorf("%s was passed on", r.URL)
		}
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
	})
	for _, c := range []struct{ path, host string }{
		{"/", ""}, {"/metrics", ""}, {"/api", ""}, {"/api/v1/system", "quaywatch.example"}, {"/api/v1/system", "localhost"},
	} {
		if got := ask(t, "GET", at+c.path, "Origin", window, "Host", c.host); got.status != http.StatusNotFound {
			t.Errorf("%s at %q: %d", c.path, c.host, got.status)
		}
	}
	// The token goes nowhere else.
	if got := ask(t, "GET", at+"/api/v1/moved"); got.status != http.StatusFound {
		t.Errorf("a redirect: %d", got.status)
	}
	// Other pages may ask, but not read.
	if got := ask(t, "GET", at+"/api/v1/moved", "Origin", "https://evil.example"); got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another page may read: %v", got.header)
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	at := near(t, to, &http.Transport{DisableKeepAlives: true})
	got := ask(t, "GET", at+"/api/v1/system", "Origin", window)
	if got.status != http.StatusServiceUnavailable || !strings.Contains(got.text, to.Host+" can't be reached") {
		t.Errorf("%d: %s", got.status, got.text)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	begun := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	defer server.Close()
	to, err := Origin(server.URL + "/#token=x")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	addr, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, to, slog.New(slog.DiscardHandler), func(a net.Addr) { addr <- a })
	}()
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+(<-addr).String()+"/api/v1/hangs", nil)
		if err != nil {
			return
		}
		if got, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r); err == nil {
			_ = got.Body.Close()
		}
	}()
	<-begun
	end()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("it goes on")
	}
	<-asked
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"https://quay.example.org:8443/x?y#z":    "https://quay.example.org:8443",
		" https://user:pass@quay.example.org ":   "https://quay.example.org",
		"http://127.0.0.1:7420/#token=x":         "http://127.0.0.1:7420",
		"http://localhost:7420":                  "http://localhost:7420",
		"http://[::1]:7420":                      "http://[::1]:7420",
		"http://quay.example.org":                "",
		"http://localhost.evil.example":          "",
		"quay":                                   "",
		"ftp://quay.example.org":                 "",
		"https://":                               "",
		"unix:///var/run/docker.sock":            "",
		"http://127.0.0.1.evil.example/?x=https": "",
	} {
		got, err := Origin(address)
		if want == "" {
			if api.CodeOf(err) != api.ErrInvalid {
				t.Errorf("%s: %v, %v", address, got, err)
			}
		} else if err != nil || got.String() != want {
			t.Errorf("%s: %v, %v, want %s", address, got, err, want)
		}
	}
}
