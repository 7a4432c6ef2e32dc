package app

import (
	"runtime/debug"
	"testing"
)

// TestPace: much in use lets less pile up, and a percentage of somebody's own stays.
func TestPace(t *testing.T) {
	before := debug.SetGCPercent(mostPercent)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	now := func() int {
		p := debug.SetGCPercent(-1)
		debug.SetGCPercent(p)
		return p
	}
	var h heap
	for _, c := range []struct {
		live uint64
		want int
	}{{1 << 20, 50}, {0, 50}, {5 << 20, 30}, {21 << 18, 30}, {500 << 20, 20}, {2 << 20, 50}} {
		h.pace(c.live, uint64(now()))
		if got := now(); got != c.want {
			t.Errorf("%d MiB in use: %d %%, want %d", c.live>>20, got, c.want)
		}
	}
	debug.SetGCPercent(100)
	h.pace(500<<20, 100)
	if got := now(); got != 100 {
		t.Errorf("what GOGC asks for became %d", got)
	}
}
