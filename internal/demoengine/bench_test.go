package demoengine

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// nullWriter throws answers away, so that what is measured is the handler.
type nullWriter struct {
	h http.Header
	n int
}

func (w *nullWriter) Header() http.Header { return w.h }
func (w *nullWriter) WriteHeader(int)     {}
func (w *nullWriter) Write(p []byte) (int, error) {
	w.n += len(p)
	return len(p), nil
}

func benchmark(b *testing.B, containers int, path func(e *Engine, i int) string) {
	b.Helper()
	e := New(Options{Containers: containers, Seed: 1})
	requests := make([]*http.Request, 64)
	for i := range requests {
		requests[i] = httptest.NewRequestWithContext(b.Context(), http.MethodGet, path(e, i), http.NoBody)
	}
	w := &nullWriter{h: http.Header{}}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		clear(w.h)
		e.Handler().ServeHTTP(w, requests[i%len(requests)])
		i++
	}
	b.ReportMetric(float64(w.n)/float64(i), "bytes/answer")
}

func nth(e *Engine, i int) string { return e.world.order[i*len(e.world.order)/64] }

func BenchmarkOneShot(b *testing.B) {
	benchmark(b, 10_000, func(e *Engine, i int) string {
		return "/v1.44/containers/" + nth(e, i) + "/stats?one-shot=1&stream=0"
	})
}

func BenchmarkInspect(b *testing.B) {
	benchmark(b, 10_000, func(e *Engine, i int) string { return "/v1.44/containers/" + nth(e, i) + "/json" })
}

func BenchmarkList10000(b *testing.B) {
	benchmark(b, 10_000, func(*Engine, int) string { return "/v1.44/containers/json?all=1" })
}

func BenchmarkUsage(b *testing.B) {
	e := New(Options{Containers: 100, Seed: 1})
	all := e.world.all()
	now := e.world.now()
	i := 0
	for b.Loop() {
		_ = all[i%len(all)].usage(now, e.world.epoch)
		i++
	}
}

// BenchmarkMemory reports what a world of 10,000 holds.
func BenchmarkMemory(b *testing.B) {
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		e := New(Options{Containers: 10_000, Seed: 1})
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
		runtime.KeepAlive(e)
	}
}
