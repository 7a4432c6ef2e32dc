package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// received is a request that a receiver got.
type received struct {
	at     time.Time
	path   string
	header http.Header
	body   []byte
}

func (r received) message(t *testing.T) api.WebhookMessage {
	t.Helper()
	var m api.WebhookMessage
	if err := json.Unmarshal(r.body, &m); err != nil {
		t.Fatalf("%s: %v", r.body, err)
	}
	return m
}

// receiver is a server of the test's own. It answers what answer says, 204 by
// itself.
type receiver struct {
	*httptest.Server
	got chan received

	mu     sync.Mutex
	answer http.HandlerFunc
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{got: make(chan received, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Errorf("read a request: %v", err)
		}
		r.mu.Lock()
		answer := r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(w, q)
		} else {
			w.WriteHeader(http.StatusNoContent)
		}
		r.got <- received{time.Now(), q.URL.RequestURI(), q.Header, body}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(f http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

// next waits for a request.
func (r *receiver) next(t *testing.T) received {
	t.Helper()
	select {
	case m := <-r.got:
		return m
	case <-time.After(3 * time.Minute):
		t.Fatal("nothing was delivered")
		panic("unreachable")
	}
}

// none makes sure that nothing has come.
func (r *receiver) none(t *testing.T) {
	t.Helper()
	select {
	case m := <-r.got:
		t.Fatalf("delivered: %s", m.body)
	default:
	}
}

// notes are audit rows.
type notes struct {
	mu   sync.Mutex
	rows []api.Event
}

func (n *notes) add(e api.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rows = append(n.rows, e)
}

// rig is a notifier that runs, on a history of its own.
type rig struct {
	*Notifier
	history *history.History
	notes   *notes
	log     *buffer
	stop    func()
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start runs a notifier in a directory, until the test ends or stop is called.
func start(t *testing.T, dir string, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{history: history.New(history.Options{Dir: dir}), notes: &notes{}, log: &buffer{}}
	o := Options{
		Dir: dir, Private: allow(t, "127.0.0.1").allowed, Memory: r.history, Note: r.notes.add,
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&o)
	}
	var err error
	if r.Notifier, err = New(o); err != nil {
		t.Fatal(err)
	}
	// Nothing is random, and tries come soon.
	r.wait = func(most time.Duration) time.Duration { return min(most, 20*time.Millisecond) }
	ctx, cancel := context.WithCancel(context.Background())
	hctx, hcancel := context.WithCancel(context.Background())
	var wg, hwg sync.WaitGroup
	hwg.Go(func() {
		if err := r.history.Run(hctx); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() {
		if err := r.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	r.stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
		hcancel()
		hwg.Wait()
	})
	t.Cleanup(r.stop)
	return r
}

func (r *rig) put(t *testing.T, d api.Delivery) {
	t.Helper()
	if _, err := r.Put(t.Context(), api.Actor{Name: "admin"}, d); err != nil {
		t.Fatal(err)
	}
}

// eventually waits for something to become true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came that " + what)
		}
	}
}

// logged waits for lines of the delivery log, and returns them, the newest first.
func (r *rig) logged(t *testing.T, n int) []api.DeliveryAttempt {
	t.Helper()
	var lines []api.DeliveryAttempt
	eventually(t, "so much is in the log", func() bool {
		var err error
		if lines, _, err = r.Log(t.Context(), 0, 0); err != nil {
			return false // the history is not open yet
		}
		return len(lines) >= n
	})
	return lines
}

const testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func hook(url string) api.Delivery {
	secret := testSecret
	return api.Delivery{Name: "ops", Kind: api.DeliveryWebhook, Enabled: true, URL: url, Secret: &secret, Resolved: true}
}

func firing(id string) api.Alert {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return api.Alert{
		Engine: "e1", ID: id, Rule: "memory", On: api.AlertOnMemory, Severity: api.SeverityCritical, State: api.AlertFiring, Container: "c1",
		Name: "shop-web-1", Project: "shop", Image: "nginx", Summary: "shop-web-1 uses 97 % of its memory limit.", ActiveAt: at, FiredAt: &at,
	}
}

func resolved(a api.Alert) api.Alert {
	at := a.ActiveAt.Add(time.Minute)
	a.State, a.ResolvedAt = api.AlertResolved, &at
	return a
}

func stillHas(t *testing.T, what, text string, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("%s has %q in it: %s", what, s, text)
		}
	}
}
