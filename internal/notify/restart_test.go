package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// What was not sent is sent after a restart, once, with the same id; what was told
// is not told again.
func TestTheQueueSurvivesARestart(t *testing.T) {
	out := newReceiver(t)
	out.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	dir := t.TempDir()
	r := start(t, dir)
	// So long that it is not tried a second time in this life.
	r.wait = func(time.Duration) time.Duration { return time.Hour }
	good := newReceiver(t)
	d := hook(good.URL)
	d.Name = "good"
	r.put(t, d)
	d = hook(out.URL)
	d.GroupSeconds = 0
	r.put(t, d)
	slow := hook(out.URL + "/slow")
	slow.Name, slow.GroupSeconds = "slow", 3600
	r.put(t, slow)
	r.Tell(firing("a"), nil)
	first := out.next(t)
	good.next(t)
	r.logged(t, 2)
	r.Tell(firing("b"), nil) // waits behind the message that failed
	good.next(t)
	r.logged(t, 3)
	r.stop()

	out.answers(nil)
	again := start(t, dir)
	// The keeper of alerts tells what fires anew.
	again.Tell(firing("a"), nil)
	again.Tell(firing("b"), nil)
	same := out.next(t)
	if same.header.Get("webhook-id") != first.header.Get("webhook-id") || string(same.body) != string(first.body) {
		t.Errorf("%s after %s", same.body, first.body)
	}
	verify(t, testSecret, same)
	if m := out.next(t).message(t); len(m.Data.Alerts) != 1 || m.Data.Alerts[0].ID != "b" {
		t.Errorf("%+v", m)
	}
	eventually(t, "nothing waits but what is grouped", func() bool {
		l := again.List()
		return l[0].Waiting == 0 && l[1].Waiting == 0 && l[2].Waiting == 1
	})
	if l := again.List(); l[0].LastSentAt == nil || l[1].LastError != "" {
		t.Errorf("how they do was forgotten: %+v", l)
	}
	// Its end is told because it is known that its begin was.
	again.Tell(resolved(firing("a")), nil)
	if m := good.next(t).message(t); m.Data.Resolved != 1 {
		t.Errorf("%+v", m)
	}
	out.next(t)
	again.stop()
	out.none(t)
	good.none(t)

	// What waits for others is told then, as it is by then.
	d, _ = again.book.get("slow")
	third := start(t, dir)
	d.GroupSeconds = 0
	third.put(t, d)
	if got := out.next(t); got.path != "/slow" || len(got.message(t).Data.Alerts) != 2 || got.message(t).Data.Resolved != 1 {
		t.Errorf("%s %s", got.path, got.body)
	}
	third.logged(t, 6)
	third.stop()
	out.none(t)
	good.none(t)
}

// A try that Quaywatch's end called off is none: it is made again.
func TestAnEndInTheMiddleOfATry(t *testing.T) {
	out := newReceiver(t)
	release := make(chan struct{})
	out.answers(func(_ http.ResponseWriter, q *http.Request) {
		select {
		case <-release:
		case <-q.Context().Done():
		}
	})
	dir := t.TempDir()
	r := start(t, dir)
	begun := make(chan struct{})
	real := r.send
	r.send = func(ctx context.Context, d *api.Delivery, m *message) result {
		close(begun)
		return real(ctx, d, m)
	}
	r.put(t, hook(out.URL))
	r.Tell(firing("a"), nil)
	<-begun
	r.stop() // within lastWords
	close(release)
	out.next(t)
	out.answers(nil)
	again := start(t, dir)
	if m := out.next(t).message(t); m.Data.Alerts[0].ID != "a" {
		t.Errorf("%+v", m)
	}
	if lines := again.logged(t, 1); len(lines) != 1 || lines[0].Attempt != 1 || lines[0].Outcome != api.DeliverySent {
		t.Errorf("%+v", lines)
	}
}

// forgetful is a memory that fails for as long as it is told to.
type forgetful struct {
	Memory
	fails atomic.Bool
}

func (f *forgetful) KeepDeliveries(ctx context.Context, put map[string]json.RawMessage, log []api.DeliveryAttempt) error {
	if f.fails.Load() {
		return errors.New("no space left on device")
	}
	return f.Memory.KeepDeliveries(ctx, put, log)
}

// While nothing can be written, deliveries go on, and the log is told from memory;
// what waits is written once it can be.
func TestDeliveriesGoOnWithoutADisk(t *testing.T) {
	out := newReceiver(t)
	dir := t.TempDir()
	var memory *forgetful
	r := start(t, dir, func(o *Options) {
		memory = &forgetful{Memory: o.Memory}
		o.Memory = memory
	})
	memory.fails.Store(true)
	r.put(t, hook(out.URL))
	r.Tell(firing("a"), nil)
	out.next(t)
	if lines := r.logged(t, 1); lines[0].Outcome != api.DeliverySent {
		t.Errorf("%+v", lines)
	}
	kept := func() []api.DeliveryAttempt {
		lines, err := memory.DeliveryLog(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	if lines := kept(); len(lines) > 0 {
		t.Errorf("%+v", lines)
	}
	memory.fails.Store(false)
	eventually(t, "it is written", func() bool { return len(kept()) == 1 })
	docs, err := memory.Deliveries(t.Context())
	if err != nil || len(docs) != 1 || docs["alert/ops/a"] == nil {
		t.Errorf("%v, %v", docs, err)
	}
}

func TestABrokenBookIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, BookFile)
	for _, text := range []string{`{"version":1,"deliveries":[{"name":"x","secret":"s3cret0815`, `{"version":99,"deliveries":[]}`, ``,
		`{"version":1,"deliveries":[{"name":"x","kind":"mail","enabled":true,"secret":"s3cret0815"}]}`, `{"version":1,"deliveries":[{"name":"../x","kind":"ntfy"}]}`,
		`{"version":1,"deliveries":[{"name":"x","kind":"ntfy"},{"name":"x","kind":"ntfy"}]}`} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := New(Options{Dir: dir})
		if api.CodeOf(err) != api.ErrInvalid {
			t.Fatalf("%q: %v", text, err)
		}
		stillHas(t, "the error", err.Error(), "s3cret0815")
		if is, err := os.ReadFile(path); err != nil || string(is) != text {
			t.Errorf("%q became %q, %v", text, is, err)
		}
	}
	// One that others could read is closed to them.
	if err := os.WriteFile(path, []byte(`{"version":1,"deliveries":[]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestABookThatSomebodyWrote: its order is nobody's business.
func TestABookThatSomebodyWrote(t *testing.T) {
	dir := t.TempDir()
	text := `{"version":1,"deliveries":[{"name":"z","kind":"ntfy","url":"https://ntfy.example/z"},{"name":"a","kind":"ntfy","url":"https://ntfy.example/a"},{"name":"m","kind":"ntfy","url":"https://ntfy.example/m"}]}`
	if err := os.WriteFile(filepath.Join(dir, BookFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"z", "a", "m"} {
		if err := n.Delete(t.Context(), api.Actor{Name: "me"}, name); err != nil {
			t.Error(err)
		}
	}
}
