package demoengine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type logged struct {
	stderr bool
	at     time.Time
	text   string
}

// parse reads the engine's framing.
func parse(t *testing.T, r io.Reader) (lines []logged) {
	t.Helper()
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return lines
		}
		body := make([]byte, binary.BigEndian.Uint32(head[4:]))
		if _, err := io.ReadFull(r, body); err != nil {
			return lines
		}
		stamp, text, _ := strings.Cut(strings.TrimSuffix(string(body), "\n"), " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		lines = append(lines, logged{head[0] == 2, at, text})
	}
}

func readLogs(t *testing.T, e *Engine, name, query string) []logged {
	t.Helper()
	rec := call(t, e, http.MethodGet, "/containers/"+name+"/logs?stdout=1&stderr=1&timestamps=1&"+query)
	if rec.Code != http.StatusOK {
		t.Fatal(rec.Code, rec.Body)
	}
	return parse(t, rec.Body)
}

func unixNano(at time.Time) string { return fmt.Sprintf("%d.%09d", at.Unix(), at.Nanosecond()) }

func TestLogsTailAndSince(t *testing.T) {
	e := New(Options{Containers: 60, Seed: 1, Now: clock})
	all := readLogs(t, e, "shop-web-1", "")
	if len(all) < 20 || !slices.IsSortedFunc(all, func(a, b logged) int { return a.at.Compare(b.at) }) {
		t.Fatalf("%d lines", len(all))
	}
	n := len(all)
	if got := readLogs(t, e, "shop-web-1", "tail=5"); !slices.Equal(got, all[n-5:]) {
		t.Errorf("tail=5: %v", got)
	}
	if got := readLogs(t, e, "shop-web-1", "since="+unixNano(all[n-3].at)); !slices.Equal(got, all[n-3:]) {
		t.Errorf("since a line: %v", got)
	}
	if got := readLogs(t, e, "shop-web-1", "since="+unixNano(all[n-9].at)+"&until="+unixNano(all[n-6].at)); !slices.Equal(got, all[n-9:n-5]) {
		t.Errorf("since and until: %v", got)
	}
	if got := readLogs(t, e, "shop-web-1", "tail=0"); len(got) != 0 {
		t.Errorf("tail=0: %v", got)
	}
}

// TestLogsOutliveARestart: who goes on from the last line finds it there.
func TestLogsOutliveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{Containers: 60, Seed: 1})
		before := readLogs(t, e, "shop-web-1", "tail=10")
		if err := e.world.restart(t.Context(), "shop-web-1", 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		after := readLogs(t, e, "shop-web-1", "since="+unixNano(before[9].at))
		if len(after) < 5 || after[0] != before[9] {
			t.Errorf("%d lines since %v: %v", len(after), before[9], after[0])
		}
	})
}

// TestLogsFollowAndEnd: lines come while the container runs, and its end is the
// stream's.
func TestLogsFollowAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{Containers: 60, Seed: 1})
		rec := httptest.NewRecorder()
		done := make(chan struct{})
		go func() {
			defer close(done)
			e.Handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/containers/shop-web-1/logs?stdout=1&stderr=1&timestamps=1&follow=1&tail=0", http.NoBody))
		}()
		began := time.Now()
		time.Sleep(10 * time.Minute)
		if err := e.world.stop(t.Context(), "shop-web-1", 0); err != nil {
			t.Fatal(err)
		}
		<-done
		lines := parse(t, rec.Body)
		want := readLogs(t, e, "shop-web-1", "since="+unixNano(began))
		if len(lines) < 5 || !slices.Equal(lines, want) {
			t.Errorf("%d lines were followed, %d are there", len(lines), len(want))
		}
	})
}

// TestTheChattyOne keeps its rate, and leaves out nothing.
func TestTheChattyOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{Containers: 60, Seed: 1, Chatty: true})
		c := find(t, e, "loadtest-chatty-1")
		if n := len(e.world.all()); n != 60 || c.state != running {
			t.Errorf("%d containers, it is %s", n, c.state)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		var out bytes.Buffer
		w := &recorder{ResponseRecorder: httptest.NewRecorder(), w: &out}
		e.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/containers/loadtest-chatty-1/logs?stdout=1&stderr=1&timestamps=1&follow=1&tail=10", http.NoBody))
		lines := parse(t, bufio.NewReader(&out))
		if n := len(lines); n < 39_000 || n > 41_000 {
			t.Errorf("%d lines in two seconds", n)
		}
		last := int64(-1)
		for _, l := range lines {
			seq, _, _ := strings.Cut(strings.TrimPrefix(l.text, "seq="), " ")
			n, err := strconv.ParseInt(seq, 10, 64)
			if err != nil || last >= 0 && n != last+1 {
				t.Fatalf("%q after %d", l.text, last)
			}
			last = n
		}
	})
}

// recorder keeps the body elsewhere.
type recorder struct {
	*httptest.ResponseRecorder
	w io.Writer
}

func (r *recorder) Write(p []byte) (int, error) { return r.w.Write(p) }

// TestLogsLookReal: colours, JSON that is JSON, stderr.
func TestLogsLookReal(t *testing.T) {
	e := New(Options{Containers: 200, Seed: 1, Now: clock})
	kinds := map[string]bool{}
	for _, c := range e.world.all() {
		if c.run == 0 {
			continue
		}
		for _, l := range readLogs(t, e, c.name, "tail=100") {
			if strings.HasPrefix(l.text, "{") {
				if !json.Valid([]byte(l.text)) {
					t.Errorf("no JSON: %s", l.text)
				}
				kinds["json"] = true
			}
			kinds["colour"] = kinds["colour"] || strings.Contains(l.text, "\x1b[")
			kinds["stderr"] = kinds["stderr"] || l.stderr
			if l.text == "" || strings.Contains(l.text, "%!") || strings.ContainsAny(l.text, "\n\r") {
				t.Errorf("%s wrote %q", c.name, l.text)
			}
		}
	}
	for _, k := range []string{"json", "colour", "stderr"} {
		if !kinds[k] {
			t.Errorf("nothing with %s", k)
		}
	}
}
