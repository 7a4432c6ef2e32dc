package stats

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// fakeEngine answers after takes, and counts.
type fakeEngine struct {
	mu         sync.Mutex
	takes      time.Duration
	err        error
	frozen     bool // answers never change
	asked      []string
	busy, most int
	streams    int
}

func (f *fakeEngine) stats(id string) api.RawStats {
	n := uint64(time.Now().UnixNano()) / 2 // half a core
	if f.frozen {
		n = 1
	}
	return api.RawStats{ID: id, Read: time.Unix(0, int64(2*n)), CPUNanoseconds: &n}
}

func (f *fakeEngine) StatsOnce(ctx context.Context, id string) (api.RawStats, error) {
	f.mu.Lock()
	f.asked = append(f.asked, id)
	f.busy++
	f.most = max(f.most, f.busy)
	f.mu.Unlock()
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy--
	if f.err != nil {
		return api.RawStats{}, f.err
	}
	return f.stats(id), ctx.Err()
}

func (f *fakeEngine) StatsStream(ctx context.Context, id string, fn func(api.RawStats)) error {
	f.mu.Lock()
	f.streams++
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.streams--
		f.mu.Unlock()
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
			fn(f.stats(id))
		}
	}
}

func (f *fakeEngine) open() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.streams
}

func numbered(n int, watched ...int) []Target {
	targets := make([]Target, n)
	for i := range targets {
		targets[i] = Target{Row: i + 1, ID: strconv.Itoa(i + 1), Watched: slices.Contains(watched, i+1)}
	}
	return targets
}

func TestOneShot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &fakeEngine{takes: 100 * time.Millisecond}
		o := newOneShot(e, 1<<30)
		targets := numbered(100, 98, 99)
		var b api.Batch
		if err := o.Sample(t.Context(), targets, &b); err != nil {
			t.Fatal(err)
		}
		if e.most != oneShotWorkers {
			t.Errorf("%d calls at once", e.most)
		}
		// Eight at once start in any order.
		if first := e.asked[:8]; !slices.Contains(first, "98") || !slices.Contains(first, "99") {
			t.Errorf("asked first: %v", e.asked[:8])
		}
		if len(b.Rows) != 9*oneShotWorkers {
			t.Errorf("%d rows within the tick", len(b.Rows))
		}
		if b.Values[api.ColCPU][0] != api.Unknown {
			t.Error("a rate in a first sample")
		}
		// Those who were left out come next, after the watched ones.
		e.asked = nil
		b.Reset()
		if err := o.Sample(t.Context(), targets, &b); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(e.asked[:8], "98") || slices.Contains(e.asked[:22], "1") || !slices.Contains(e.asked[:38], "97") {
			t.Errorf("asked at the second tick: %v", e.asked)
		}
		for i, row := range b.Rows {
			if row == 98 && b.Values[api.ColCPU][i] != 5000 {
				t.Errorf("CPU %d", b.Values[api.ColCPU][i])
			}
		}
	})
}

func TestOneShotFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &fakeEngine{err: &api.Error{Code: api.ErrNotFound, Message: "gone"}}
		o := newOneShot(e, 0)
		var b api.Batch
		if err := o.Sample(t.Context(), numbered(3), &b); err != nil || len(b.Rows) != 0 {
			t.Errorf("gone containers: %v, %d rows", err, len(b.Rows))
		}
		e.err = &api.Error{Code: api.ErrUnreachable, Message: "no engine"}
		if err := o.Sample(t.Context(), numbered(3), &b); !errors.Is(err, e.err) || ownFault(o, err) {
			t.Errorf("no engine: %v", err)
		}
		e.err, e.takes = nil, time.Hour // frozen: the deadline of each call
		begin := time.Now()
		if err := o.Sample(t.Context(), numbered(20), &b); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("frozen: %v", err)
		}
		if took := time.Since(begin); took > oneShotDeadline+time.Second {
			t.Errorf("a frozen engine held the tick for %s", took)
		}
		slow := newOneShot(&fakeEngine{takes: 1200 * time.Millisecond}, 0)
		var err error
		for range 3 {
			b.Reset()
			err = slow.Sample(t.Context(), numbered(8), &b)
		}
		if !errors.Is(err, errSlow) || !ownFault(slow, err) {
			t.Errorf("slow: %v", err)
		}
	})
}

// TestOldAnswer: an engine that repeats itself does not make a sample young.
func TestOldAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOneShot(&fakeEngine{frozen: true}, 0)
		var times []int64
		for range 2 {
			var b api.Batch
			if err := o.Sample(t.Context(), numbered(1), &b); err != nil || len(b.Rows) != 1 {
				t.Fatal(err, b.Rows)
			}
			times = append(times, b.Times[0])
			time.Sleep(time.Second)
		}
		if times[0] != times[1] {
			t.Errorf("read at %v", times)
		}
	})
}

func TestStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &fakeEngine{}
		s := newStreamSource(e, 0)
		s.max = 3
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if e.open() != 0 {
				t.Errorf("%d streams after Close", e.open())
			}
		}()
		tick := func(targets []Target) *api.Batch {
			t.Helper()
			time.Sleep(1100 * time.Millisecond)
			var b api.Batch
			if err := s.Sample(t.Context(), targets, &b); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return &b
		}
		tick(numbered(10, 1, 2))
		if e.open() != 2 {
			t.Fatalf("%d streams of 2 watched", e.open())
		}
		b := tick(numbered(10, 1, 2))
		if !slices.Equal(b.Rows, []int{1, 2}) || b.Values[api.ColCPU][0] != api.Unknown {
			t.Fatalf("rows %v, CPU %v", b.Rows, b.Values[api.ColCPU])
		}
		if b = tick(numbered(10, 1, 2)); b.Values[api.ColCPU][0] != 5000 {
			t.Errorf("CPU %d", b.Values[api.ColCPU][0])
		}
		for range 3 {
			tick(numbered(10, 3, 4, 5, 6))
		}
		if e.open() != 3 {
			t.Errorf("%d streams, 3 at most", e.open())
		}
		for _, row := range []int{1, 2} {
			if s.streams[row] != nil {
				t.Errorf("row %d is not watched any more and has not made room", row)
			}
		}
		tick(nil)
		if s.Forget([]int{3}); s.streams[3] != nil {
			t.Error("a forgotten row has its stream")
		}
		for range 12 {
			tick(nil)
		}
		if e.open() != 0 {
			t.Errorf("%d streams that nobody watches", e.open())
		}
	})
}

func TestRawRow(t *testing.T) {
	u := func(v uint64) *uint64 { return &v }
	r := newRawRow(Target{Row: 1, MemoryLimit: 64 << 20})
	now := time.Unix(1000, 0)
	first := api.RawStats{
		Read: now, CPUNanoseconds: u(1e9), MemoryUsage: u(50 << 20), MemoryInactiveFile: u(10 << 20),
		RxBytes: u(1000), TxBytes: u(0), ReadBytes: u(0), WriteBytes: u(5000), Pids: u(3), Periods: u(10), ThrottledPeriods: u(1),
	}
	r.apply(&first, now, 1<<30)
	second := first
	second.Read, second.CPUNanoseconds, second.RxBytes, second.WriteBytes = now.Add(2*time.Second), u(2e9), u(3000), nil
	second.Periods, second.ThrottledPeriods = u(20), u(6)
	// It arrives late: the rates don't mind.
	r.apply(&second, now.Add(5*time.Second), 1<<30)
	for col, want := range map[api.Column]int64{
		api.ColCPU: 5000, api.ColMemory: 40 << 20, api.ColMemoryLimit: 64 << 20, api.ColRx: 3000, api.ColRxRate: 1000,
		api.ColTxRate: 0, api.ColRead: 0, api.ColWrite: api.Unknown, api.ColWriteRate: api.Unknown, api.ColPids: 3,
		api.ColThrottled: 5000, api.ColPSICPU: api.Unknown,
	} {
		if got := r.cells[col]; got != want {
			t.Errorf("%s: got %d, want %d", api.ColumnNames()[col], got, want)
		}
	}
	host := newRawRow(Target{NetworkMode: "host"})
	if host.apply(&first, now, 0); host.cells[api.ColRx] != api.Unknown {
		t.Errorf("host network: %d", host.cells[api.ColRx])
	}
}

func TestChooseByVersion(t *testing.T) {
	for _, c := range []struct{ version, apiVersion, want string }{
		{"20.10.24", "1.41", "stream"}, {"24.0.7", "1.43", "stream"}, {"25.0.0", "1.44", "one-shot"},
		{"29.1.0", "1.56", "one-shot"}, {"4.3.1", "1.41", "one-shot"}, {"", "", "stream"},
	} {
		src, reason, err := Choose(t.Context(), ChooseOptions{
			Engine: &fakeEngine{}, Status: api.EngineStatus{Host: "tcp://10.0.0.1:2375", Version: c.version, APIVersion: c.apiVersion},
		})
		if err != nil || src.Name() != c.want || reason == "" {
			t.Errorf("%s: %v because %q, %v", c.version, src, reason, err)
		}
		_ = src.Close()
	}
	if _, _, err := Choose(t.Context(), ChooseOptions{Status: api.EngineStatus{Host: "tcp://10.0.0.1:2375"}}); api.CodeOf(err) != api.ErrUnsupported {
		t.Errorf("without an engine: %v", err)
	}
	if _, reason, _ := Choose(t.Context(), ChooseOptions{Engine: &fakeEngine{}, Status: api.EngineStatus{Demo: true, APIVersion: "1.47"}}); reason != "the demo engine has no cgroups" {
		t.Errorf("demo: %q", reason)
	}
}
