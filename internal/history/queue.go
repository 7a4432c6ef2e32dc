package history

import (
	"maps"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of what waits for the disk: at 5,000 events a second the disk may
// stand still for three seconds and nothing is lost.
const (
	maxQueue = 16_384
	// maxKnown bounds the containers whose latest state waits; there is one entry
	// for each, so it is a bound on containers, not on time.
	maxKnown = 100_000
)

// Record is what is handed to the history at once; it is written at once, too,
// or, with those before it, in a few steps in order.
type Record struct {
	// Events are appended; an event that is there already is not.
	Events []api.Event
	// Put and Remove are what became of containers.
	Put    []*api.Container
	Remove []api.Key
	// Lost is how many events before these nobody could hand over, which Since
	// says: from when.
	Lost  int
	Since time.Time
	// Heard says until when an engine was surely listened to.
	Heard map[string]time.Time
}

// queue is what waits to be written. When it is full, the newest events are
// dropped, counted, and told of by a row of their own once there is room.
type queue struct {
	wake chan struct{} // one slot

	mu      sync.Mutex
	events  []api.Event
	known   map[api.Key]*Known // nil is gone
	heard   map[string]time.Time
	lost    lost
	dropped uint64 // in all
}

// lost are events that were dropped.
type lost struct {
	n           int
	from, until time.Time
}

func newQueue() *queue {
	return &queue{wake: make(chan struct{}, 1), known: make(map[api.Key]*Known), heard: make(map[string]time.Time)}
}

// put takes what was recorded. It never waits.
func (q *queue) put(r Record) {
	q.mu.Lock()
	if r.Lost > 0 {
		q.lose(r.Lost, r.Since, time.Now())
	}
	for i := range r.Events {
		e := &r.Events[i]
		if len(q.events) >= maxQueue {
			q.lose(1, e.Time, e.Time)
			continue
		}
		q.events = append(q.events, *e)
		if e.Kind == "container" && e.Action == "destroy" {
			// It may be one that was never seen since the start.
			q.known[api.MakeKey(e.Engine, e.ID)] = nil
		}
	}
	for _, c := range r.Put {
		// A list does not tell when a container started; an inspect will.
		if !c.Partial && len(q.known) < maxKnown {
			q.known[c.Key()] = &Known{Name: c.Name, Image: c.Image, Started: c.StartedAt, Finished: c.FinishedAt, Checked: c.Health != "" && c.Health != api.HealthNone}
		}
	}
	for _, k := range r.Remove {
		if len(q.known) < maxKnown {
			q.known[k] = nil
		}
	}
	maps.Copy(q.heard, r.Heard)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// lose counts events that are dropped. q.mu is held.
func (q *queue) lose(n int, from, until time.Time) {
	if q.lost.n == 0 {
		q.lost.from = from
	}
	q.lost.n += n
	q.lost.until = until
	q.dropped += uint64(n)
}

// batch is what is written in one transaction.
type batch struct {
	events []api.Event
	known  map[api.Key]*Known
	heard  map[string]time.Time
	lost   lost
}

func (b *batch) empty() bool {
	return len(b.events)+len(b.known)+len(b.heard)+b.lost.n == 0
}

// peek returns the oldest of what waits; it goes on waiting until done. The
// state of containers comes with the last of the events before it.
func (q *queue) peek(most int) batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(most, len(q.events))
	b := batch{events: q.events[:n:n]}
	if n == len(q.events) {
		b.known, b.heard, b.lost = maps.Clone(q.known), maps.Clone(q.heard), q.lost
	}
	return b
}

// done forgets what peek returned: it is written.
func (q *queue) done(b batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.events = q.events[len(b.events):]
	if len(q.events) == 0 {
		q.events = nil
	}
	for k, v := range b.known {
		if q.known[k] == v {
			delete(q.known, k)
		}
	}
	for k, v := range b.heard {
		if q.heard[k].Equal(v) {
			delete(q.heard, k)
		}
	}
	if b.lost.n > 0 {
		q.lost.n -= b.lost.n
		q.lost.from = b.lost.until
	}
}

// counts are how many events wait, and how many were dropped so far.
func (q *queue) counts() (waiting int, dropped uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.events), q.dropped
}
