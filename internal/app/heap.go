package app

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// heap gives memory back to the machine. A list of thousands of containers
// takes many times the memory, for a moment, of what is kept of it, and the
// runtime by itself would hold on to that for minutes.
type heap struct{ last time.Time }

// Giving back costs a collection, so it must be worth it and is done rarely.
const (
	trimEvery = 20 * time.Second
	trimFrom  = 8 << 20
)

func (h *heap) trim(now time.Time) {
	if now.Sub(h.last) < trimEvery {
		return
	}
	// Free is what the runtime holds without use, unused is lost between objects.
	s := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	for i := range s {
		if s[i].Value.Kind() != metrics.KindUint64 {
			return
		}
	}
	free, objects, live := s[0].Value.Uint64(), s[1].Value.Uint64(), s[2].Value.Uint64()
	if free+objects-min(objects, live) < max(trimFrom, live/4) {
		return
	}
	h.last = now
	debug.FreeOSMemory()
}
