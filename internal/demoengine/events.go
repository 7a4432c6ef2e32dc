package demoengine

import (
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// ringSize is what the engine keeps of the past, all kinds together.
	ringSize = 256
	// queueSize is the engine's buffer for a subscriber. A subscriber whose
	// buffer stays full is given patience, and then each event it has no room
	// for is dropped without a word, as the engine does. The engine makes
	// everybody wait for that patience; here the queue grows to queueLimit
	// meanwhile, which looks the same from outside and holds up nobody.
	queueSize  = 1024
	queueLimit = 2 * queueSize
	patience   = 100 * time.Millisecond
)

// event is one message, immutable, encoded once for all who hear it.
type event struct {
	kind, action string
	id           string
	attributes   []label // sorted by key
	at           time.Time
	text         []byte // with a newline at the end
}

func (e *event) attribute(key string) string {
	for _, a := range e.attributes {
		if a.key == key {
			return a.value
		}
	}
	return ""
}

func newEvent(kind, action, id string, attributes []label, at time.Time) *event {
	slices.SortStableFunc(attributes, func(a, b label) int { return strings.Compare(a.key, b.key) })
	e := &event{kind: kind, action: action, id: id, attributes: attributes, at: at}
	d := make(doc, 0, 512)
	d.open('{')
	if kind == "container" {
		// The fields of API 1.21 and before, for containers and images only.
		d.str("status", action)
		d.str("id", id)
		d.str("from", e.attribute("image"))
	}
	d.str("Type", kind)
	d.str("Action", action)
	d.object("Actor")
	d.str("ID", id)
	d.labels("Attributes", attributes)
	d.close('}')
	d.str("scope", "local")
	d.num("time", at.Unix())
	d.num("timeNano", at.UnixNano())
	d.close('}')
	e.text = append(d, '\n')
	return e
}

// eventRing keeps the last events and hands new ones to the subscribers.
// publish is called under world.mu, which orders the events; it never blocks.
type eventRing struct {
	mu          sync.Mutex
	last        []*event
	subscribers map[*subscriber]struct{}
	latest      time.Time
}

func newEventRing() *eventRing {
	return &eventRing{subscribers: map[*subscriber]struct{}{}}
}

// publish makes and sends an event. Two events never have the same time, nor
// an earlier one than the event before them.
func (r *eventRing) publish(kind, action, id string, attributes []label, at time.Time) {
	r.mu.Lock()
	if !at.After(r.latest) {
		at = r.latest.Add(1)
	}
	r.latest = at
	e := newEvent(kind, action, id, attributes, at)
	if len(r.last) == ringSize {
		copy(r.last, r.last[1:])
		r.last = r.last[:ringSize-1]
	}
	r.last = append(r.last, e)
	for s := range r.subscribers {
		s.offer(e)
	}
	r.mu.Unlock()
}

// subscribe returns the events since a time that are still kept, and from
// there on a subscriber without a gap between the two. A zero since asks for
// none of the past. The caller ends it with unsubscribe.
func (r *eventRing) subscribe(since, until time.Time, keep func(*event) bool) ([]*event, *subscriber) {
	s := &subscriber{keep: keep, wake: make(chan struct{}, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	var past []*event
	if !since.IsZero() || !until.IsZero() {
		for _, e := range r.last {
			if !e.at.Before(since) && (until.IsZero() || !e.at.After(until)) && keep(e) {
				past = append(past, e)
			}
		}
	}
	r.subscribers[s] = struct{}{}
	return past, s
}

func (r *eventRing) unsubscribe(s *subscriber) {
	r.mu.Lock()
	delete(r.subscribers, s)
	r.mu.Unlock()
}

func (r *eventRing) listeners() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.subscribers)
}

// subscriber is one events stream: a bounded queue (see queueSize for what
// happens when it is full) and a one-slot wake-up.
type subscriber struct {
	keep func(*event) bool
	wake chan struct{}

	mu      sync.Mutex
	queue   []*event
	full    time.Time // since when the queue has been full
	dropped int
}

// offer queues e if it is wanted and there is room for it.
func (s *subscriber) offer(e *event) {
	if !s.keep(e) {
		return
	}
	s.mu.Lock()
	switch {
	case len(s.queue) < queueSize:
		s.full = time.Time{}
		s.queue = append(s.queue, e)
	case s.full.IsZero():
		s.full = e.at
		s.queue = append(s.queue, e)
	case e.at.Sub(s.full) < patience && len(s.queue) < queueLimit:
		s.queue = append(s.queue, e)
	default:
		s.dropped++
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (s *subscriber) take() []*event {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queue
	s.queue = nil
	return q
}
