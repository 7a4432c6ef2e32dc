package stats

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// memorySink remembers what was committed.
type memorySink struct {
	mu      sync.Mutex
	rows    map[int][]cells
	cleared map[int]int
}

func newMemorySink() *memorySink {
	return &memorySink{rows: make(map[int][]cells), cleared: make(map[int]int)}
}

func (m *memorySink) Commit(b *api.Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, row := range b.Rows {
		var c cells
		for col := range c {
			c[col] = b.Values[col][i]
		}
		m.rows[row] = append(m.rows[row], c)
	}
}

func (m *memorySink) Clear(rows ...int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range rows {
		m.cleared[r]++
	}
}

// last returns the latest cells of row and how many there have been.
func (m *memorySink) last(row int) (cells, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.rows[row]
	if len(all) == 0 {
		var c cells
		c.clear()
		return c, 0
	}
	return all[len(all)-1], len(all)
}

func (m *memorySink) clears(row int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cleared[row]
}

// fakeSource stands for a source whose outcome and duration a test decides.
type fakeSource struct {
	name   string
	begin  time.Time
	takes  time.Duration
	err    error
	check  func() (bool, error)
	mu     sync.Mutex              // guards what follows, and err
	reads  map[int][]time.Duration // since begin, by row
	forgot []int
	closed bool
}

func newFakeSource(name string) *fakeSource {
	return &fakeSource{name: name, begin: time.Now(), reads: make(map[int][]time.Duration)}
}

func (f *fakeSource) Name() string { return f.name }

func (f *fakeSource) Sample(_ context.Context, targets []Target, b *api.Batch) error {
	time.Sleep(f.takes)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	for _, t := range targets {
		f.reads[t.Row] = append(f.reads[t.Row], time.Since(f.begin))
		b.Add(t.Row, time.Now().UnixNano())
	}
	return nil
}

func (f *fakeSource) Forget(rows []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgot = append(f.forgot, rows...)
}

// seen is what has happened to f so far.
func (f *fakeSource) seen() (reads map[int][]time.Duration, forgot []int, closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reads = make(map[int][]time.Duration)
	for row, at := range f.reads {
		reads[row] = slices.Clone(at)
	}
	return reads, slices.Clone(f.forgot), f.closed
}

func (f *fakeSource) isClosed() bool {
	_, _, closed := f.seen()
	return closed
}

// of is how often row was read.
func (f *fakeSource) of(row int) int {
	reads, _, _ := f.seen()
	return len(reads[row])
}

func (f *fakeSource) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeSource) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return nil
}

// checkedFake is a fakeSource that can be checked.
type checkedFake struct{ *fakeSource }

func (f checkedFake) Check(context.Context, EngineStats, []Target) (bool, error) { return f.check() }

// runFake runs a sampler in the bubble until the test's end.
func runFake(t *testing.T, o SamplerOptions) *Sampler {
	t.Helper()
	s := NewSampler(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func always(src Source) func(context.Context, []Target, string, string) (Source, string, error) {
	return func(context.Context, []Target, string, string) (Source, string, error) { return src, "", nil }
}

func TestSamplerTiming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newFakeSource("fake")
		s := runFake(t, SamplerOptions{Choose: always(src), Sink: newMemorySink()})
		time.Sleep(300 * time.Millisecond)
		s.SetTargets([]Target{{Row: 1}, {Row: 2}})
		s.SetWatched([]int{1}, false)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		reads, _, _ := src.seen()
		for row, at := range reads {
			if len(at) < 2 || at[0] > 400*time.Millisecond || at[1]-at[0] < 400*time.Millisecond || at[1] > 1300*time.Millisecond {
				t.Errorf("row %d was first read at %v", row, at[:min(3, len(at))])
			}
		}
		if n := len(reads[1]); n < 29 || n > 32 {
			t.Errorf("a watched row was read %d times in 30 s", n)
		}
		if n := len(reads[2]); n < 4 || n > 5 {
			t.Errorf("another row was read %d times in 30 s", n)
		}
		for _, at := range reads[1][2:] {
			if off := at % time.Second; off != 0 {
				t.Errorf("a tick at %s is off the grid", at)
			}
		}
	})
}

func TestSamplerLeavesTicksOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newFakeSource("fake")
		src.takes = 2500 * time.Millisecond
		s := runFake(t, SamplerOptions{Choose: always(src), Sink: newMemorySink()})
		s.SetTargets([]Target{{Row: 1}})
		s.SetWatched(nil, true)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if n := src.of(1); n < 9 || n > 12 {
			t.Errorf("%d calls of 2.5 s in 30 s", n)
		}
	})
}

func TestSamplerClears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, sink := newFakeSource("fake"), newMemorySink()
		s := runFake(t, SamplerOptions{Choose: always(src), Sink: sink})
		s.SetTargets([]Target{{Row: 1}, {Row: 2}})
		s.SetWatched(nil, true)
		time.Sleep(5 * time.Second)
		s.SetTargets([]Target{{Row: 2}})
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		_, n := sink.last(1)
		_, forgot, _ := src.seen()
		if sink.clears(1) != 1 || sink.clears(2) != 0 || !slices.Equal(forgot, []int{1}) {
			t.Errorf("cleared %d and %d times, forgot %v", sink.clears(1), sink.clears(2), forgot)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if _, m := sink.last(1); m != n {
			t.Error("sampled after it was cleared")
		}
	})
}

// ladder is a Choose of two rungs.
type ladder struct {
	mu     sync.Mutex
	best   Source
	second Source
	asked  []string // what each call was told is below
}

func (l *ladder) choose(_ context.Context, _ []Target, below, why string) (Source, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, below)
	switch {
	case below == "" && l.best != nil:
		return l.best, "", nil
	case below == "":
		return l.second, "the best is not to be had", nil
	case l.second == nil:
		return nil, "", errors.New("nothing works")
	}
	return l.second, why, nil
}

func TestSamplerFallsAndClimbs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad, worse, good := newFakeSource("cgroup v1"), newFakeSource("one-shot"), newFakeSource("cgroup v1")
		l := &ladder{best: bad, second: worse}
		var mu sync.Mutex
		var told []string
		s := runFake(t, SamplerOptions{
			Choose: l.choose, Sink: newMemorySink(),
			OnSource: func(name, why string) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, name+": "+why)
			},
		})
		s.SetTargets([]Target{{Row: 1}})
		s.SetWatched(nil, true)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		bad.fail(errors.New("permission denied on X"))
		l.mu.Lock()
		l.best = nil
		l.mu.Unlock()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if !bad.isClosed() || worse.of(1) < 5 {
			t.Errorf("closed %v, the second rung read %d times", bad.isClosed(), worse.of(1))
		}
		time.Sleep(betterAgain)
		synctest.Wait()
		l.mu.Lock()
		l.best = good
		l.mu.Unlock()
		time.Sleep(3 * betterAgain)
		synctest.Wait()
		if !worse.isClosed() || good.of(1) == 0 {
			t.Error("the better rung was not tried again")
		}
		mu.Lock()
		defer mu.Unlock()
		want := []string{"cgroup v1: ", ": permission denied on X", "one-shot: permission denied on X", "cgroup v1: "}
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

func TestSamplerWithoutSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		src := newFakeSource("fake")
		var mu sync.Mutex
		var told []string
		s := runFake(t, SamplerOptions{
			Choose: func(context.Context, []Target, string, string) (Source, string, error) {
				mu.Lock()
				defer mu.Unlock()
				if tries++; tries < 4 {
					return nil, "", errors.New("nothing works")
				}
				return src, "", nil
			},
			Sink: newMemorySink(),
			OnSource: func(name, why string) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, name+": "+why)
			},
		})
		s.SetTargets([]Target{{Row: 1}})
		time.Sleep(20 * time.Second)
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if tries != 4 || src.of(1) < 2 || len(told) != 4 || told[0] != ": nothing works" {
			t.Errorf("%d tries, %d reads, told %q", tries, src.of(1), told)
		}
	})
}

// TestSamplerCheck: a source that disagrees with the engine is left, and what it
// said is cleared; one that could not be checked is checked again.
func TestSamplerCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wrong, second := newFakeSource("cgroup v1"), newFakeSource("one-shot")
		var checks atomic.Int32
		wrong.check = func() (bool, error) {
			n := checks.Add(1)
			time.Sleep(1200 * time.Millisecond) // as long as Docker 20.10 takes
			if n == 1 {
				return false, nil
			}
			return true, errors.New("files and engine disagree")
		}
		sink := newMemorySink()
		l := &ladder{best: checkedFake{wrong}, second: second}
		s := runFake(t, SamplerOptions{Choose: l.choose, Engine: &fakeEngine{}, Sink: sink})
		s.SetTargets([]Target{{Row: 1}})
		s.SetWatched(nil, true)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if checks.Load() != 1 || wrong.of(1) < 5 || wrong.isClosed() {
			t.Fatalf("%d checks, %d reads, closed %v", checks.Load(), wrong.of(1), wrong.isClosed())
		}
		time.Sleep(checkLater)
		synctest.Wait()
		if checks.Load() != 2 || !wrong.isClosed() || sink.clears(1) != 1 || second.of(1) == 0 {
			t.Errorf("%d checks, closed %v, cleared %d times, second read %d times", checks.Load(), wrong.isClosed(), sink.clears(1), second.of(1))
		}
	})
}

func TestSamplerCosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := runFake(t, SamplerOptions{Choose: always(newFakeSource("cgroup v2")), Sink: newMemorySink()})
		s.SetTargets([]Target{{Row: 1}})
		time.Sleep(3 * costWindow)
		synctest.Wait()
		c := s.Costs()
		if c.SampleSeconds != 1 || c.RestSeconds != 10 || c.SamplingPercent == nil || c.EngineCPUPercent == nil || *c.EngineCPUPercent != 0 {
			t.Errorf("costs %+v", c)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := runFake(t, SamplerOptions{Choose: always(newStreamSource(&fakeEngine{}, 0)), Sink: newMemorySink()})
		time.Sleep(3 * costWindow)
		synctest.Wait()
		if c := s.Costs(); c.EngineCPUPercent != nil {
			t.Errorf("streams cost %v", *c.EngineCPUPercent)
		}
	})
}
