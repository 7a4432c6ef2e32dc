package history_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

const metricKey = api.Key("e1/abc")

// named gives every row but 0 the container of that row.
func named(row int) (api.Key, bool) {
	if row == 1 {
		return metricKey, true
	}
	return api.MakeKey("e1", string(rune('a'+row))), row > 0
}

// sample is one tick of row 1.
func sample(at time.Time, cpu, memory, rx int64) *api.Batch {
	b := &api.Batch{}
	i := b.Add(1, at.UnixNano())
	b.Values[api.ColCPU][i], b.Values[api.ColMemory][i], b.Values[api.ColRx][i] = cpu, memory, rx
	return b
}

func (r *running) metrics(t *testing.T, from, until time.Time, resolution int) history.Points {
	t.Helper()
	p, err := r.Metrics(t.Context(), metricKey, from, until, resolution, []api.Column{api.ColCPU, api.ColMemory, api.ColRx})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever is flushed when, and over restarts, a chart shows what was measured,
// in each resolution, up to the present.
func TestMetricsAreWhatWasMeasured(t *testing.T) {
	dir := t.TempDir()
	begin := time.Now().Add(-3 * time.Hour).Truncate(10 * time.Minute)
	type truth struct{ min, max, sum, n, rx int64 }
	want := map[int]map[int64]*truth{}
	steps := []int64{10, 60, 600}
	for i := range steps {
		want[i] = map[int64]*truth{}
	}
	seconds := 0
	for life := range 4 {
		h := run(t, history.Options{Dir: dir})
		h.sync(t)
		r := h.NewRollup(named)
		for range 2500 {
			at := begin.Add(time.Duration(seconds) * time.Second)
			cpu := int64(rand.IntN(200))
			r.Commit(sample(at, cpu, 64<<20, int64(seconds)*100))
			for i, step := range steps {
				w := want[i][at.Unix()/step*step]
				if w == nil {
					w = &truth{min: cpu, max: cpu}
					want[i][at.Unix()/step*step] = w
				}
				w.min, w.max, w.sum, w.n, w.rx = min(w.min, cpu), max(w.max, cpu), w.sum+cpu, w.n+1, int64(seconds)*100
			}
			seconds++
			if seconds%130 == 0 {
				if err := h.SyncMetrics(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		seconds += 10 - seconds%10 // a life ends with a whole stretch
		for i, step := range steps {
			p := h.metrics(t, begin, begin.Add(4*time.Hour), i)
			if len(p.At) != len(want[i]) || p.StepSeconds != int(step) {
				t.Fatalf("life %d, %d s: %d points, want %d", life, step, len(p.At), len(want[i]))
			}
			for j, at := range p.At {
				w := want[i][at/1000]
				if w == nil {
					t.Fatalf("life %d, %d s: a point at %d that nobody measured", life, step, at)
				}
				if j > 0 && at <= p.At[j-1] {
					t.Fatalf("life %d, %d s: times are not ascending", life, step)
				}
				slack := 2.5
				if w.n < step {
					slack = 10 // a stretch that is not whole: its parts weigh the same
				}
				if p.Min[0][j] != w.min || p.Max[0][j] != w.max || math.Abs(float64(p.Avg[0][j])-float64(w.sum)/float64(w.n)) > slack {
					t.Errorf("life %d, %d s, point %d: %d %d %d, want %+v", life, step, j, p.Avg[0][j], p.Min[0][j], p.Max[0][j], w)
				}
				if p.Last[1][j] != 64<<20 || math.Abs(float64(p.Last[2][j]-w.rx)) > 0.01*float64(w.rx)+100 {
					t.Errorf("life %d, %d s, point %d: %d %d, want %+v", life, step, j, p.Last[1][j], p.Last[2][j], w)
				}
			}
		}
		h.stop()
	}
	h := run(t, history.Options{Dir: dir})
	h.sync(t)
	if since, ok, err := h.MetricsSince(t.Context(), metricKey); err != nil || !ok || since.After(begin) || begin.Sub(since) > 61*time.Hour {
		t.Errorf("since %v %v %v, began %v", since, ok, err, begin)
	}
	if _, ok, err := h.MetricsSince(t.Context(), "e1/none"); ok || err != nil {
		t.Errorf("of nothing: %v %v", ok, err)
	}
}

// A process that is killed loses what was not written; the coarser points are
// made up for by the next.
func TestCoarsePointsAreMadeUpFor(t *testing.T) {
	dir := t.TempDir()
	begin := time.Now().Add(-2 * time.Hour).Truncate(10 * time.Minute)
	h := run(t, history.Options{Dir: dir})
	h.sync(t)
	r := h.NewRollup(named)
	for i := range 59 {
		r.Commit(sample(begin.Add(time.Duration(i)*10*time.Second), 5, 6, 7))
		if i%20 == 0 {
			if err := h.SyncMetrics(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.stop() // within the first ten minutes
	h = run(t, history.Options{Dir: dir})
	h.sync(t)
	r = h.NewRollup(named)
	r.Commit(sample(begin.Add(65*time.Minute), 5, 6, 8))
	h.stop()
	h = run(t, history.Options{Dir: dir})
	h.sync(t)
	if p := h.metrics(t, begin, begin.Add(time.Hour), 2); len(p.At) != 1 || p.Avg[0][0] != 5 || p.At[0] != begin.UnixMilli() {
		t.Errorf("%+v", p)
	}
	if p := h.metrics(t, begin, begin.Add(time.Hour), 1); len(p.At) != 10 {
		t.Errorf("%d minutes", len(p.At))
	}
}

func TestMetricsAreBounded(t *testing.T) {
	dir := t.TempDir()
	const most = 20_000
	h := run(t, history.Options{Dir: dir, MetricBytes: most})
	h.sync(t)
	r := h.NewRollup(named)
	now := time.Now()
	for i := 20 * 360; i > 0; i-- {
		r.Commit(sample(now.Add(-time.Duration(i)*10*time.Second), int64(rand.IntN(10_000)), int64(rand.IntN(1<<30)), int64(rand.IntN(1<<40))))
		if i%30 == 0 {
			if err := h.SyncMetrics(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := h.Status(); s.MetricBytes > most || s.MetricBytes < most/4 {
		t.Errorf("%d bytes, at most %d are allowed", s.MetricBytes, most)
	}
	p := h.metrics(t, now.Add(-24*time.Hour), now.Add(time.Minute), 0)
	if len(p.At) < 300 || time.UnixMilli(p.At[len(p.At)-1]).Before(now.Add(-time.Minute)) {
		t.Errorf("%d points are left", len(p.At))
	}
}

func TestAgesOfMetrics(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	h.sync(t)
	r := h.NewRollup(named)
	now := time.Now()
	for _, age := range []time.Duration{100 * 24 * time.Hour, 8 * 24 * time.Hour, 26 * time.Hour, time.Hour} {
		for i := range 130 {
			r.Commit(sample(now.Add(-age).Add(time.Duration(i)*10*time.Second), 1, 2, 3))
			if i%20 == 0 {
				if err := h.SyncMetrics(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := h.SyncMetrics(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for resolution, c := range []struct{ ago, gone time.Duration }{{2 * time.Hour, 27 * time.Hour}, {27 * time.Hour, 193 * time.Hour}, {193 * time.Hour, 2401 * time.Hour}} {
		if p := h.metrics(t, now.Add(-c.gone), now.Add(-c.gone).Add(2*time.Hour), resolution); len(p.At) > 0 {
			t.Errorf("resolution %d: %d points are older than they may be", resolution, len(p.At))
		}
		if p := h.metrics(t, now.Add(-c.ago), now.Add(-c.ago).Add(2*time.Hour), resolution); len(p.At) == 0 {
			t.Errorf("resolution %d: nothing is left", resolution)
		}
	}
	for _, c := range []struct {
		ago, long time.Duration
		want      int
	}{{2 * time.Hour, time.Hour, 0}, {23 * time.Hour, 12 * time.Hour, 1}, {25 * time.Hour, time.Minute, 1}, {8 * 24 * time.Hour, time.Hour, 2}, {100 * 24 * time.Hour, time.Hour, 2}} {
		if got := h.Finest(now.Add(-c.ago), now.Add(c.long-c.ago)); got != c.want {
			t.Errorf("%s of %s ago: resolution %d, want %d", c.long, c.ago, got, c.want)
		}
	}
}
