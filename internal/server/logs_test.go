package server

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// logOf is a log in memory, read as an engine does; it notes what it was asked.
type logOf struct {
	lines []api.LogLine
	// fails, if set, comes behind the lines.
	fails error
	asked api.LogOptions
	// wait, if set, holds up the reading.
	wait chan struct{}
}

func (l *logOf) Logs(ctx context.Context, _ string, o api.LogOptions, fn func(api.LogLine) error) error {
	l.asked = o
	if l.wait != nil {
		select {
		case <-l.wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	lines := l.lines
	if o.Tail >= 0 {
		lines = lines[max(0, len(lines)-o.Tail):]
	}
	for _, line := range lines {
		if line.Time.Before(o.Since) || !o.Until.IsZero() && line.Time.After(o.Until) {
			continue
		}
		if err := fn(line); err != nil {
			return err
		}
	}
	return l.fails
}

// logRig is a rig with a container "a", whose name is web.
func logRig(t *testing.T, l *logOf) *rig {
	t.Helper()
	r := newRig(t, func(o *Options) { o.Logs = l })
	c := running("a")
	c.Name = "web"
	r.store.Apply(store.Change{Put: []*api.Container{c}})
	return r
}

func TestLogsAsText(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 5000, time.UTC)
	l := &logOf{lines: []api.LogLine{{Time: at, Text: "one"}, {Time: at.Add(time.Second), Stderr: true, Text: "<b>"}, {Time: at.Add(2 * time.Second)}}}
	r := logRig(t, l)
	got := r.ask(t, "GET", "/api/v1/containers/web/logs", "")
	if got.text != "one\n<b>\n\n" || got.Header.Get("Content-Type") != "text/plain; charset=utf-8" || got.Header.Get("Content-Disposition") != "" {
		t.Errorf("%q, %v", got.text, got.Header)
	}
	if o := l.asked; o.Follow || o.Tail != -1 || !o.Stdout || !o.Stderr || !o.Since.IsZero() || !o.Until.IsZero() {
		t.Errorf("asked for %+v", o)
	}
	got = r.ask(t, "GET", "/api/v1/containers/a/logs?download=1&timestamps=1&tail=1", "")
	if got.text != "2026-11-23T10:00:02.000005000Z \n" || got.Header.Get("Content-Disposition") != "attachment; filename=web.log" {
		t.Errorf("%q, %v", got.text, got.Header)
	}
	micros := fmt.Sprint(at.Add(time.Second).UnixMicro())
	r.ask(t, "GET", "/api/v1/containers/a/logs?stdout=0&since="+micros+"&until="+micros, "")
	if o := l.asked; o.Stdout || !o.Stderr || !o.Since.Equal(at.Add(time.Second)) || o.Until.UnixNano() != at.Add(time.Second).UnixNano()+999 {
		t.Errorf("asked for %+v", o)
	}
	for _, query := range []string{"tail=x", "tail=-2", "since=2026-11-23", "until=-1", "stdout=maybe", "stdout=0&stderr=0", "format=xml"} {
		wantProblem(t, query, r.ask(t, "GET", "/api/v1/containers/a/logs?"+query, ""), api.ErrInvalid)
	}
	wantProblem(t, "container", r.ask(t, "GET", "/api/v1/containers/z/logs", ""), api.ErrNotFound)
	l.lines = nil
	if got := r.ask(t, "GET", "/api/v1/containers/a/logs", ""); got.StatusCode != http.StatusOK || got.text != "" {
		t.Errorf("an empty log: %s %q", got.Status, got.text)
	}
	l.fails = &api.Error{Code: api.ErrUnsupported, Message: "The container has no log."}
	wantProblem(t, "driver", r.ask(t, "GET", "/api/v1/containers/a/logs", ""), api.ErrUnsupported)
}

// TestALogThatBreaksOff: nobody takes a part for the whole.
func TestALogThatBreaksOff(t *testing.T) {
	l := &logOf{lines: []api.LogLine{{Text: strings.Repeat("x", 100_000)}}, fails: &api.Error{Code: api.ErrUnreachable, Message: "away"}}
	r := logRig(t, l)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/api/v1/containers/a/logs", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	resp, err := r.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	buf := make([]byte, 1<<20)
	n := 0
	for err == nil {
		var m int
		m, err = resp.Body.Read(buf)
		n += m
	}
	if n < 60_000 || err.Error() == "EOF" {
		t.Errorf("%d bytes, and then %v", n, err)
	}
}

func TestLogsForPolling(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	l := &logOf{}
	for i := range 5000 {
		l.lines = append(l.lines, api.LogLine{Time: at.Add(time.Duration(i) * time.Second), Text: fmt.Sprint(i), Stderr: i == 4999, Cut: i == 4998})
	}
	r := logRig(t, l)
	ask := func(query string) api.LogsFrame {
		t.Helper()
		var f api.LogsFrame
		decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/logs?format=json&"+query, ""), http.StatusOK, &f)
		if len(f.At) != len(f.Text) || len(f.States) != 1 || f.States[0].Phase != api.LogFollowing || f.Type != api.TypeLogs {
			t.Errorf("%s: %+v", query, f)
		}
		return f
	}
	f := ask("")
	if len(f.Text) != api.DefaultLogTail || f.Text[499] != "4999" || f.At[499] != at.Add(4999*time.Second).UnixMicro() || !slices.Equal(f.Err, []int{499}) || !slices.Equal(f.Cut, []int{498}) || f.Skipped != nil {
		t.Errorf("%d lines, %v, %v, %v", len(f.Text), f.Err, f.Cut, f.Skipped)
	}
	if f := ask("tail=-1"); len(f.Text) != polledLines {
		t.Errorf("%d lines", len(f.Text))
	}
	since := func(i int) string { return fmt.Sprintf("since=%d", at.Add(time.Duration(i)*time.Second).UnixMicro()) }
	if f := ask(since(4990)); len(f.Text) != 10 || f.Text[0] != "4990" || f.Skipped != nil {
		t.Errorf("since a line: %v, %v", f.Text, f.Skipped)
	}
	if f := ask(since(3000)); len(f.Text) != polledLines || f.Skipped != nil {
		t.Errorf("as many as fit: %d, %v", len(f.Text), f.Skipped)
	}
	if f := ask(since(2999)); len(f.Text) != polledLines || len(f.Skipped) != 1 || f.Skipped[0].Lines != 0 {
		t.Errorf("one more: %d, %v", len(f.Text), f.Skipped)
	}
	// Up to a time, the last lines before it, of however many come behind it.
	until := func(i int) string { return strings.Replace(since(i), "since", "until", 1) }
	if f := ask("tail=100&" + until(999)); len(f.Text) != 100 || f.Text[0] != "900" || f.Text[99] != "999" || f.Skipped[0].Lines != 900 {
		t.Errorf("up to a time: %v, %v", f.Text, f.Skipped)
	}
	if f := ask(since(900) + "&" + until(999)); len(f.Text) != 100 || f.Text[0] != "900" || f.Skipped != nil {
		t.Errorf("from a time to another: %v, %v", f.Text, f.Skipped)
	}
	if f := ask("head=100&" + since(4950)); len(f.Text) != 50 || f.Text[0] != "4950" || f.Skipped != nil {
		t.Errorf("the first lines, to the end: %v, %v", f.Text, f.Skipped)
	}
	first := func(query string) api.LogsFrame {
		t.Helper()
		var f api.LogsFrame
		decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/logs?format=json&"+query, ""), http.StatusOK, &f)
		if f.States != nil || f.Skipped != nil {
			t.Errorf("%s: of its end nothing is known: %+v", query, f)
		}
		return f
	}
	if f := first("head=100&" + since(1000)); len(f.Text) != 100 || f.Text[0] != "1000" {
		t.Errorf("the first lines: %v", f.Text)
	}
	for _, query := range []string{"head=0", "head=x", "head=5&tail=5"} {
		wantProblem(t, query, r.ask(t, "GET", "/api/v1/containers/a/logs?format=json&"+query, ""), api.ErrInvalid)
	}
	wantProblem(t, "head of text", r.ask(t, "GET", "/api/v1/containers/a/logs?head=5", ""), api.ErrInvalid)
	for i := range l.lines {
		l.lines[i].Text = strings.Repeat("x", 10<<10)
	}
	if f := first("head=2000"); len(f.Text) != 102 {
		t.Errorf("the first large lines: %d", len(f.Text))
	}
	if f := ask("tail=200"); len(f.Text) != 102 || f.Skipped[0].Lines != 98 {
		t.Errorf("large lines: %d, %v", len(f.Text), f.Skipped)
	}
}

// TestLogReadsAreBounded: each is a connection to the engine.
func TestLogReadsAreBounded(t *testing.T) {
	l := &logOf{wait: make(chan struct{})}
	r := logRig(t, l)
	for range maxLogReads {
		r.logReads <- struct{}{}
	}
	wantProblem(t, "one more", r.ask(t, "GET", "/api/v1/containers/a/logs", ""), api.ErrTooMany)
	<-r.logReads
	close(l.wait)
	if got := r.ask(t, "GET", "/api/v1/containers/a/logs", ""); got.StatusCode != http.StatusOK || len(r.logReads) != maxLogReads-1 {
		t.Errorf("%s, %d are read", got.Status, len(r.logReads))
	}
}

// slowLog is a log of which each line takes a while.
type slowLog struct{ lines int }

func (l slowLog) Logs(ctx context.Context, _ string, _ api.LogOptions, fn func(api.LogLine) error) error {
	for range l.lines {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
		if err := fn(api.LogLine{Text: "x"}); err != nil {
			return err
		}
	}
	return nil
}

// TestALongLogOutlivesTheReadTimeout, which is for requests.
func TestALongLogOutlivesTheReadTimeout(t *testing.T) {
	// Enough time for a request to come, and a log that takes longer.
	r := newRig(t, func(o *Options) { o.Logs = slowLog{100} })
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	ts := httptest.NewUnstartedServer(r.Handler())
	ts.Config.ReadTimeout = 4 * time.Second
	ts.Start()
	defer ts.Close()
	r.url, r.http = ts.URL, ts.Client()
	if got := r.ask(t, "GET", "/api/v1/containers/a/logs", ""); got.text != strings.Repeat("x\n", 100) {
		t.Errorf("%s: %q", got.Status, got.text)
	}
}
