package history_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// becomes waits until the history is in a state.
func (r *running) becomes(t *testing.T, want api.HistoryState) api.HistoryStatus {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		s := r.Status()
		if s.State == want {
			return s
		}
		if time.Now().After(end) {
			t.Fatalf("%+v, want %s", s, want)
		}
	}
}

// told are the rows of the history about itself.
func (r *running) told(t *testing.T) string {
	t.Helper()
	var out []string
	for _, e := range r.all(t, history.Query{Kinds: []string{api.KindHistory}, Oldest: true}) {
		if e.Attributes[api.AttrReason] == "" {
			t.Errorf("a row without a reason: %+v", e)
		}
		out = append(out, e.Action)
	}
	return strings.Join(out, " ")
}

// fill records events until the history can't write any more, and returns how
// many there were. Recording never waits.
func (r *running) fill(t *testing.T) int {
	t.Helper()
	for n := 0; ; {
		var events []api.Event
		for range 100 {
			e := event(n, "die", fmt.Sprintf("web-%d-%d", n, rand.Int()))
			events = append(events, e)
			n++
		}
		began := time.Now()
		r.Record(history.Record{Events: events})
		// There is no room before fill returns: whoever waited for it would wait on.
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("recording took %s", took)
		}
		if err := r.Sync(t.Context()); err != nil {
			return n
		}
		if n > 200_000 {
			t.Fatal("the disk is not full yet")
		}
	}
}

func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, 4<<20)
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	h := run(t, history.Options{Dir: dir})
	n := h.fill(t)
	s := h.becomes(t, api.HistoryPaused)
	if !strings.Contains(s.Reason, "full") || strings.Contains(s.Reason, "sqlite") {
		t.Errorf("the reason is %q", s.Reason)
	}
	if _, err := h.Keep(t.Context(), "a", "", "b", []byte("1"), 0); api.CodeOf(err) != api.ErrUnreachable || !strings.Contains(err.Error(), "full") {
		t.Errorf("what waits for an answer gets %v", err)
	}
	// What was written can be read meanwhile.
	if p, err := h.Events(t.Context(), history.Query{Limit: 10}); err != nil || len(p.Items) != 10 {
		t.Errorf("%d events, %v", len(p.Items), err)
	}
	h.Record(history.Record{Events: []api.Event{event(n, "start", "meanwhile")}})
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	h.becomes(t, api.HistoryRecording)
	h.sync(t)
	if got := h.all(t, history.Query{Kinds: []string{"container"}, Limit: 2000}); len(got) != n+1 || got[0].Name != "meanwhile" {
		t.Errorf("%d events are there of %d", len(got), n+1)
	}
	if told := h.told(t); told != "resumed" {
		t.Errorf("told %q", told)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, 8<<20)
	h := run(t, history.Options{Dir: dir})
	h.Record(history.Record{Events: []api.Event{event(0, "die", "before")}})
	h.sync(t)
	h.stop()
	readOnly(t, dir, true)
	h = run(t, history.Options{Dir: dir})
	s := h.becomes(t, api.HistoryPaused)
	if !strings.Contains(s.Reason, "read-only") {
		t.Errorf("the reason is %q", s.Reason)
	}
	if got := h.all(t, history.Query{}); len(got) != 1 {
		t.Errorf("what was there can't be read: %v", got)
	}
	h.Record(history.Record{Events: []api.Event{event(1, "start", "meanwhile")}})
	readOnly(t, dir, false)
	h.becomes(t, api.HistoryRecording)
	h.sync(t)
	if got := h.all(t, history.Query{Kinds: []string{"container"}}); len(got) != 2 {
		t.Errorf("%v", got)
	}
	if told := h.told(t); told != "resumed" {
		t.Errorf("told %q", told)
	}
}

// A file that is damaged, in whatever way, is kept beside a new one.
func TestDamagedFile(t *testing.T) {
	for what, damage := range map[string]func(t *testing.T, f *os.File, size int64){
		"its head": func(t *testing.T, f *os.File, _ int64) {
			t.Helper()
			if _, err := f.WriteAt([]byte("this is no database any more"), 0); err != nil {
				t.Fatal(err)
			}
		},
		"its middle": func(t *testing.T, f *os.File, size int64) {
			t.Helper()
			noise := make([]byte, size-8192)
			for i := range noise {
				noise[i] = byte(rand.Int())
			}
			if _, err := f.WriteAt(noise, 4096); err != nil {
				t.Fatal(err)
			}
		},
		"its schema": func(t *testing.T, f *os.File, _ int64) {
			t.Helper()
			if _, err := f.WriteAt([]byte{0xff, 0xff, 0xff, 0xff}, 60); err != nil { // where SQLite has user_version
				t.Fatal(err)
			}
		},
		"half of it": func(t *testing.T, f *os.File, size int64) {
			t.Helper()
			if err := f.Truncate(size/2 + 100); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, history.FileName)
			h := run(t, history.Options{Dir: dir})
			for n := range 30 {
				var events []api.Event
				for i := range 100 {
					events = append(events, event(n*100+i, "die", fmt.Sprintf("web-%d", i)))
				}
				h.Record(history.Record{Events: events})
				h.sync(t)
			}
			h.stop()
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			damage(t, f, info.Size())
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			h = run(t, history.Options{Dir: dir})
			// Where it is broken shows when it is read or written there; nobody has to
			// ask twice for more than that.
			for end := time.Now().Add(3 * time.Minute); h.Status().SetAside == ""; time.Sleep(50 * time.Millisecond) {
				h.Record(history.Record{Events: []api.Event{event(100_000+rand.IntN(1000), "start", "after")}})
				_, _ = h.Events(t.Context(), history.Query{Limit: 2000})
				_, _ = h.Events(t.Context(), history.Query{Text: "web"})
				if time.Now().After(end) {
					t.Fatalf("%+v", h.Status())
				}
			}
			h.becomes(t, api.HistoryRecording)
			h.Record(history.Record{Events: []api.Event{event(200_000, "start", "after")}})
			h.sync(t)
			aside := h.Status().SetAside
			if info, err := os.Stat(aside); err != nil || info.Size() == 0 || !strings.HasPrefix(aside, path+".damaged-") {
				t.Errorf("set aside as %q: %v", aside, err)
			}
			if got := h.all(t, history.Query{Text: "after", Limit: 2000}); len(got) == 0 {
				t.Error("nothing is in the new file")
			}
			if told := h.told(t); told != "set-aside" {
				t.Errorf("told %q", told)
			}
		})
	}
}

// Whoever waits for a write that finds the file damaged hears what is wrong, or has
// it in the new file, with what was recorded before.
func TestDamagedWhileSomebodyWaits(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, history.FileName)
	h := run(t, history.Options{Dir: dir})
	for n := range 30 {
		var events []api.Event
		for i := range 100 {
			events = append(events, event(n*100+i, "die", fmt.Sprintf("web-%d", i)))
		}
		h.Record(history.Record{Events: events})
		h.sync(t)
	}
	h.stop()
	h = run(t, history.Options{Dir: dir})
	h.becomes(t, api.HistoryRecording)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.WriteAt([]byte(strings.Repeat("noise", int(info.Size()-8192)/5)), 4096); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(3 * time.Minute); h.Status().SetAside == ""; {
		h.Record(history.Record{Events: []api.Event{event(100_000+rand.IntN(1000), "start", "after")}})
		if _, err := h.Keep(t.Context(), "a", "", "b", []byte("1"), 0); err != nil && len(err.Error()) < 20 {
			t.Fatalf("it is said to have failed with %q", err)
		}
		if time.Now().After(end) {
			t.Fatalf("%+v", h.Status())
		}
	}
	h.sync(t)
	if got := h.all(t, history.Query{Text: "after"}); len(got) == 0 {
		t.Error("what was recorded before is not in the new file")
	}
}

func TestRemovedFile(t *testing.T) {
	dir := t.TempDir()
	h := run(t, history.Options{Dir: dir})
	h.Record(history.Record{Events: []api.Event{event(0, "die", "before")}})
	h.sync(t)
	for _, name := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, history.FileName) + name); err != nil {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, history.FileName)); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("no new file is begun")
		}
	}
	h.Record(history.Record{Events: []api.Event{event(1, "die", "after")}})
	h.sync(t)
	if got := h.all(t, history.Query{Kinds: []string{"container"}}); len(got) != 1 || got[0].Name != "after" {
		t.Errorf("%v", got)
	}
	if told := h.told(t); told != "set-aside" {
		t.Errorf("told %q", told)
	}
}

// What was written and is not in the file yet stands in another one beside it. When
// somebody removes that, nothing is lost, and what comes is kept and can be read.
func TestRemovedWAL(t *testing.T) {
	dir := t.TempDir()
	h := run(t, history.Options{Dir: dir})
	h.Record(history.Record{Events: []api.Event{event(0, "die", "before")}})
	h.sync(t)
	if err := os.Remove(filepath.Join(dir, history.FileName) + "-wal"); err != nil {
		t.Fatal(err)
	}
	h.Record(history.Record{Events: []api.Event{event(1, "die", "meanwhile")}})
	h.sync(t)
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, history.FileName) + "-wal"); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("there is no new one")
		}
	}
	h.Record(history.Record{Events: []api.Event{event(2, "die", "after")}})
	h.sync(t)
	check := func() {
		t.Helper()
		if got := h.all(t, history.Query{Kinds: []string{"container"}}); len(got) != 3 {
			t.Errorf("%v", got)
		}
	}
	check()
	// A copy of the files as they are is what a kill would leave.
	copied := t.TempDir()
	for _, name := range []string{"", "-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, history.FileName) + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, history.FileName)+name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.stop()
	h = run(t, history.Options{Dir: copied})
	h.sync(t)
	check()
}

// A backup that finds no room says where, and leaves nothing behind.
func TestBackupToAFullDisk(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	for n := range 20 {
		var events []api.Event
		for i := range 100 {
			events = append(events, event(n*100+i, "die", fmt.Sprintf("web-%d", i)))
		}
		h.Record(history.Record{Events: events})
		h.sync(t)
	}
	into := smallDisk(t, 256<<10)
	err := history.Backup(t.Context(), h.Dir(), filepath.Join(into, "backup.db"))
	if api.CodeOf(err) != api.ErrTooLarge || !strings.Contains(err.Error(), "The disk of "+into+" is full") {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(into); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
