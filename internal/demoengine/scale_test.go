package demoengine

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"runtime"
	"testing"
)

// Ten thousand containers are listed whole, and cost little memory.
func TestTenThousand(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	e := New(Options{Containers: 10_000, Seed: 1, Churn: 50})
	c := dial(t, serve(t, e))
	_, _, text := ask(t, c, http.MethodGet, "/containers/json?all=1")
	runtime.GC()
	runtime.ReadMemStats(&after)
	var rows []struct {
		ID     string `json:"Id"`
		Labels map[string]string
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range rows {
		ids[r.ID] = true
	}
	if len(rows) < 9_990 || len(ids) != len(rows) {
		t.Errorf("%d rows, %d ids", len(rows), len(ids))
	}
	// The answer, held by this test, is in the sum.
	if got := float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20); got > 100 {
		t.Errorf("10,000 containers hold %.0f MiB", got)
	}
	runtime.KeepAlive(text)
}

// The hot path stays free of encoding/json and of growing garbage: what is
// allocated for a one-shot answer is the router's.
func TestOneShotAllocatesLittle(t *testing.T) {
	e := New(Options{Containers: 100, Seed: 1})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/v1.44/containers/shop-web-1/stats?stream=0&one-shot=1", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	w := &nullWriter{h: http.Header{}}
	if got := testing.AllocsPerRun(200, func() {
		clear(w.h)
		e.Handler().ServeHTTP(w, r)
	}); got > 30 {
		t.Errorf("%.0f allocations a call", got)
	}
}

// Serve ends with its context, open streams too, over TCP as well.
func TestServeEnds(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := New(Options{Containers: 10, Seed: 1})
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- e.Serve(ctx, l) }()
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	streams := map[string]io.Reader{}
	for _, path := range []string{"/events", "/containers/shop-web-1/stats", "/containers/shop-web-1/logs?stdout=1&follow=1"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: tr}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		streams[path] = resp.Body
		if path != "/events" {
			if _, err := bufio.NewReader(resp.Body).ReadByte(); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
	for path, body := range streams {
		if _, err := io.Copy(io.Discard, body); err != nil {
			t.Errorf("%s had to be cut: %v", path, err)
		}
	}
}
