package history

import (
	"strconv"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TestTurns: containers that were all there from the start are not all written in
// the same turn, neither the first time nor later, and none waits for longer than
// it may.
func TestTurns(t *testing.T) {
	const rows, turns = 120, 4 * flushPoints
	r := &Rollup{
		name: func(row int) (api.Key, bool) { return api.MakeKey("e", strconv.Itoa(row)), true },
		rows: make(map[int]*gathering), byID: make(map[api.Key]*gathering),
	}
	waits := make(map[api.Key]int)
	start := int64(1_795_442_520)
	for turn := range int64(turns) {
		now := start + turn*stepOf(0)
		var b api.Batch
		for row := range rows {
			i := b.Add(row, now*1e9)
			b.Values[api.ColCPU][i] = turn
		}
		r.Commit(&b)
		due := r.due(false, now)
		if len(due) > 2*rows/flushPoints {
			t.Errorf("turn %d: %d of %d containers are written", turn, len(due), rows)
		}
		for key := range waits {
			if waits[key]++; waits[key] > flushPoints {
				t.Errorf("turn %d: %s waits for the %dth turn", turn, key, waits[key])
			}
		}
		for key, points := range due {
			waits[key] = 0
			if len(points) > flushPoints {
				t.Errorf("%d points at once", len(points))
			}
		}
		r.written(due)
	}
	if len(waits) != rows {
		t.Errorf("%d of %d containers were written", len(waits), rows)
	}
}

// TestClockIsSetBackWhileItGathers: however far the clock goes back, what is
// measured from then on is written, at the times that it says.
func TestClockIsSetBackWhileItGathers(t *testing.T) {
	const key = api.Key("e/1")
	for _, back := range []int64{2 * stepBack, 3600, 5 * 365 * 24 * 3600} {
		r := &Rollup{name: func(int) (api.Key, bool) { return key, true }, rows: make(map[int]*gathering), byID: make(map[api.Key]*gathering)}
		got := make(map[int64]bool)
		now := int64(1_795_442_520)
		for turn := range int64(4 * flushPoints) {
			if turn == flushPoints/2 {
				now -= back
			}
			var b api.Batch
			b.Add(1, now*1e9)
			r.Commit(&b)
			due := r.due(false, now)
			for i, p := range due[key] {
				got[p.at] = true
				if i > 0 && p.at <= due[key][i-1].at {
					t.Errorf("%d s back: not in order", back)
				}
			}
			r.written(due)
			now += stepOf(0)
		}
		end := now - 2*flushPoints*stepOf(0) // what gathers still is not yet written
		for at := int64(1_795_442_520) + flushPoints/2*stepOf(0) - back; at < end; at += stepOf(0) {
			if !got[at] {
				t.Errorf("%d s back: nothing is written of %d s after", back, at-(1_795_442_520+flushPoints/2*stepOf(0)-back))
			}
		}
	}
}
