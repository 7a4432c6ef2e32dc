package hub

import (
	"bytes"
	"context"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// sink is a Conn whose client takes everything at once and answers nothing.
type sink struct {
	in      chan []byte
	written *sync.WaitGroup
	want    []byte
}

func (s *sink) Read(ctx context.Context) ([]byte, error) {
	select {
	case b := <-s.in:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *sink) Write(_ context.Context, frame []byte) error {
	if bytes.HasPrefix(frame, s.want) {
		s.written.Done()
	}
	return nil
}

func (s *sink) Close(api.CloseCode, string) error { return nil }

// fanOut connects n sinks and returns a function that makes a change and waits
// until each sink has had a frame that begins with want. It pauses before each.
func fanOut(b *testing.B, st *store.Store, n int, want string, subscribe api.Sub, pause time.Duration, change func(i int)) {
	b.Helper()
	h := New(Options{Store: st, Heartbeat: time.Hour, MaxPerIdentity: n, MaxConns: 4 * n})
	ctx, cancel := context.WithCancel(b.Context())
	var wg, written sync.WaitGroup
	wg.Go(func() { _ = h.Run(ctx) })
	for range n {
		s := &sink{in: make(chan []byte, 2), written: &written, want: []byte(want)}
		s.in <- encode(helloAs(""))
		s.in <- encode(subscribe)
		wg.Go(func() { _ = h.Serve(ctx, s, As(Identity{Key: "k"})) })
	}
	for h.Counters().FramesIn < uint64(2*n) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // the snapshots leave
	b.ReportAllocs()
	i, before := 0, cpuTime(b)
	for b.Loop() {
		b.StopTimer()
		time.Sleep(pause)
		b.StartTimer()
		written.Add(n)
		change(i)
		written.Wait()
		i++
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(i), "cpu-ns/op")
	cancel()
	wg.Wait()
}

// cpuTime is what the process has used of the CPU, in nanoseconds.
func cpuTime(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkFanOut is one change of state to 1,000 clients, until the last has it.
func BenchmarkFanOut(b *testing.B) {
	st := withRows(100)
	fanOut(b, st, 1000, `{"type":"delta",`, sub(1, api.TopicContainers), 0, func(i int) {
		c := container("c1", api.StateRunning)
		c.RestartCount = i + 1
		st.Apply(store.Change{Put: []*api.Container{c}})
	})
}

// BenchmarkTick is one tick for 1,000 clients that look at 50 rows each, half of
// whose cells have changed.
func BenchmarkTick(b *testing.B) {
	st := withRows(100)
	rows := make([]int, 50)
	for i := range rows {
		rows[i] = i + 1
	}
	var batch api.Batch
	fanOut(b, st, 1000, `{"type":"metrics`, subMetrics(1, api.Filter{Rows: rows, EveryMs: 200}), 200*time.Millisecond, func(i int) {
		batch.Reset()
		for r := 1; r <= 100; r++ {
			at := batch.Add(r, time.Now().UnixNano())
			for c := range batch.Values {
				batch.Values[c][at] = int64(r*c + (i+1)*(c%2))
			}
		}
		st.Metrics().Commit(&batch)
	})
}
