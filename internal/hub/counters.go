package hub

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// lagBounds are the upper bounds of the lag histogram's buckets, in seconds.
func lagBounds() [14]float64 {
	return [14]float64{.0005, .001, .002, .003, .005, .01, .02, .05, .1, .25, .5, 1, 5, 30}
}

// Lag is a histogram of the time from the engine's own time of an event to the
// moment the frame with it had been written to a socket, in seconds. The last
// count is of what is above all bounds. Counts are not cumulative.
type Lag struct {
	Bounds []float64
	Counts []uint64
	Sum    float64
}

// Counters are totals since the hub was made, for /metrics.
type Counters struct {
	// Sessions have said hello and are open; Greeting have not yet.
	Sessions, Greeting int
	// LogStreams are the containers' logs that are followed now, over all
	// sessions; MaxLogStreams is how many there may be.
	LogStreams, MaxLogStreams int
	Accepted                  uint64
	FramesOut                 uint64
	BytesOut                  uint64
	FramesIn                  uint64
	BytesIn                   uint64
	// Coalesced counts changes that did not travel by themselves because a later
	// one, in the same delta, took their place or joined them; SkippedTicks
	// counts metrics ticks that became part of a later frame.
	Coalesced    uint64
	SkippedTicks uint64
	// EncodedFrames were made, SharedFrames were taken from the cache.
	EncodedFrames, SharedFrames uint64
	// Resyncs are by reason, Closes by code; code 0 is a client that left.
	Resyncs map[string]uint64
	Closes  map[api.CloseCode]uint64
	Lag     Lag
}

type counters struct {
	accepted, framesOut, bytesOut, framesIn, bytesIn atomic.Uint64
	coalesced, skippedTicks                          atomic.Uint64
	encoded, shared                                  atomic.Uint64
	lag                                              [len([14]float64{}) + 1]atomic.Uint64
	lagNanos                                         atomic.Int64

	mu      sync.Mutex
	resyncs map[string]uint64
	closes  map[api.CloseCode]uint64
}

func (c *counters) resynced(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resyncs == nil {
		c.resyncs = make(map[string]uint64)
	}
	c.resyncs[reason]++
}

func (c *counters) closed(code api.CloseCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closes == nil {
		c.closes = make(map[api.CloseCode]uint64)
	}
	c.closes[code]++
}

// observe counts a lag. An engine's clock that is ahead of ours makes it
// negative, which counts as none.
func (c *counters) observe(lag time.Duration) {
	lag = max(lag, 0)
	i := 0
	for _, b := range lagBounds() {
		if lag.Seconds() <= b {
			break
		}
		i++
	}
	c.lag[i].Add(1)
	c.lagNanos.Add(int64(lag))
}

// Counters reads all counters.
func (h *Hub) Counters() Counters {
	h.mu.Lock()
	greeting, all := h.greeting, len(h.sessions)
	h.mu.Unlock()
	c := &h.stats
	bounds := lagBounds()
	out := Counters{
		Sessions: all - greeting, Greeting: greeting, LogStreams: int(h.logSources.Load()), MaxLogStreams: maxLogSources, Accepted: c.accepted.Load(),
		FramesOut: c.framesOut.Load(), BytesOut: c.bytesOut.Load(),
		FramesIn: c.framesIn.Load(), BytesIn: c.bytesIn.Load(),
		Coalesced: c.coalesced.Load(), SkippedTicks: c.skippedTicks.Load(),
		EncodedFrames: c.encoded.Load(), SharedFrames: c.shared.Load(),
		Lag: Lag{Bounds: bounds[:], Counts: make([]uint64, len(c.lag)), Sum: time.Duration(c.lagNanos.Load()).Seconds()},
	}
	for i := range c.lag {
		out.Lag.Counts[i] = c.lag[i].Load()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out.Resyncs, out.Closes = maps.Clone(c.resyncs), maps.Clone(c.closes)
	return out
}
