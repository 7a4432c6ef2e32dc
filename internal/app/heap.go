package app

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// heap gives memory back to the machine. A list of thousands of containers
// takes many times the memory, for a moment, of what is kept of it, and the
// runtime by itself would hold on to that for minutes.
//
// It also bounds what piles up between two collections: half of what is in use,
// as main asks for, is much once a thousand containers have an hour of past.
type heap struct {
	last    time.Time
	percent uint64 // of the collector, as it was set here; 0 before that
}

// Giving back costs a collection, so it must be worth it and is done rarely.
const (
	trimEvery = 20 * time.Second
	trimFrom  = 4 << 20
)

// The collector may let headroom pile up, but not less than leastPercent of what
// is in use, or it would run all the time, and not more than mostPercent, which
// is what cmd/quaywatch begins with.
const (
	headroom     = 3 << 19
	leastPercent = 20
	mostPercent  = 50
)

func (h *heap) tend(now time.Time) {
	// Free is what the runtime holds without use, unused is lost between objects.
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/gc/gogc:percent"},
	}
	metrics.Read(s)
	for i := range s {
		if s[i].Value.Kind() != metrics.KindUint64 {
			return
		}
	}
	free, objects, live := s[0].Value.Uint64(), s[1].Value.Uint64(), s[2].Value.Uint64()
	h.pace(live, s[3].Value.Uint64())
	h.trim(now, free+objects-min(objects, live), live)
}

// pace bounds what piles up between two collections. Where somebody has asked for
// another percentage (GOGC), it stays.
func (h *heap) pace(live, percent uint64) {
	ours := h.percent
	if ours == 0 {
		ours = mostPercent
	}
	if percent != ours {
		return
	}
	want := min(max(headroom*100/max(live, 1), leastPercent), mostPercent)
	if max(want, percent)-min(want, percent) < 4 {
		return // setting it stops the world for a moment
	}
	debug.SetGCPercent(int(want)) //nolint:gosec // G115: at most 50
	h.percent = want
}

// trim gives back what is unused.
func (h *heap) trim(now time.Time, unused, live uint64) {
	if now.Sub(h.last) < trimEvery || unused < max(trimFrom, live/4) {
		return
	}
	h.last = now
	debug.FreeOSMemory()
}
