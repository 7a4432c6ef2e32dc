package history_test

import (
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/history"
)

// measure commits samples of row 1, one a second, and writes them as they gather.
func (r *running) measure(t *testing.T, to *history.Rollup, from time.Time, seconds int, cpu int64) time.Time {
	t.Helper()
	for i := range seconds {
		to.Commit(sample(from.Add(time.Duration(i)*time.Second), cpu, 1<<20, int64(i)))
		if i%130 == 129 {
			r.syncMetrics(t)
		}
	}
	return from.Add(time.Duration(seconds) * time.Second)
}

func (r *running) syncMetrics(t *testing.T) {
	t.Helper()
	if err := r.SyncMetrics(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A container that stops and starts again while the clock is set back leaves what
// was written before it as it was, and what comes after it where the clock says.
func TestClockIsSetBackBetweenTwoRuns(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	h.sync(t)
	r := h.NewRollup(named)
	begin := time.Now().Add(-2 * time.Hour).Truncate(time.Hour)
	at := h.measure(t, r, begin, 59*60, 100)
	h.syncMetrics(t)
	at = h.measure(t, r, at, 30, 100)
	r.Clear(1)
	back := at.Add(-10 * time.Minute).Truncate(10 * time.Second)
	h.measure(t, r, back, 120, 150)
	h.syncMetrics(t)
	p := h.metrics(t, begin, begin.Add(2*time.Hour), 0)
	if len(p.At) != 59*6+3 {
		t.Fatalf("%d points, want %d", len(p.At), 59*6+3)
	}
	for i, at := range p.At {
		want := int64(100)
		if at >= back.UnixMilli() && at < back.Add(2*time.Minute).UnixMilli() {
			want = 150 // the newer is right
		}
		if at != begin.UnixMilli()+int64(i)*10_000 || p.Avg[0][i] != want {
			t.Errorf("point %d at %s: %d, want %d", i, time.UnixMilli(at).UTC(), p.Avg[0][i], want)
		}
	}
}

// However far the clock is set, back or forth, charts go on at once, in every
// resolution, and the history is not paused.
func TestClockIsSet(t *testing.T) {
	now := time.Now().Add(-12 * time.Hour).Truncate(time.Hour)
	for name, wrong := range map[string]time.Time{
		"hours ahead": now.Add(5 * time.Hour), "years ahead": now.AddDate(30, 0, 0), "1970": time.Unix(1000, 0),
	} {
		t.Run(name, func(t *testing.T) {
			h := run(t, history.Options{Dir: t.TempDir()})
			h.sync(t)
			r := h.NewRollup(named)
			h.measure(t, r, wrong, 30*60, 50)
			h.syncMetrics(t)
			h.measure(t, r, wrong.Add(30*time.Minute), 15, 50) // one gathers still
			h.measure(t, r, now, 60*60, 100)
			h.syncMetrics(t)
			if s := h.Status(); s.State != "recording" {
				t.Fatalf("%s: %s", s.State, s.Reason)
			}
			h.stop()
			h = run(t, history.Options{Dir: h.Dir()}) // only what is on disk counts
			h.sync(t)
			for resolution, want := range []int{360, 60, 5} {
				p := h.metrics(t, now, now.Add(50*time.Minute), resolution)
				if resolution == 0 {
					p = h.metrics(t, now, now.Add(time.Hour), 0)
				}
				if resolution == 1 {
					want = 50
				}
				if len(p.At) != want {
					t.Errorf("resolution %d: %d points, want %d", resolution, len(p.At), want)
				}
			}
		})
	}
}
