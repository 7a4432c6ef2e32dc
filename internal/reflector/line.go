package reflector

import "github.com/quaywatch/quaywatch/internal/api"

// line puts what an engine replays into the log in the order in which it came.
// A replay is minutes of many containers' life within a few milliseconds, and
// each of its events is held until its own container's inspect has answered: let
// go one by one as those end, they would stand in the log in the order in which
// the engine found the time to answer. So each takes its place when it is heard,
// and leaves when all before it have left: a second later at most, as nothing is
// held for longer. What is live stands in no line: an event must not wait for
// another container's.
//
// Its length is bounded by what an engine replays (Docker: 256 events), and what
// the same containers do within that second.
type line struct{ places []*place }

// place is where an event stands in the line; it may leave once it is let go.
type place struct {
	key   *key // the container whose events must not pass it, or nil
	event api.Event
	gone  bool // let go
}

// take gives the next place to an event of k.
func (l *line) take(k *key) *place {
	p := &place{key: k}
	l.places = append(l.places, p)
	if k != nil {
		k.lined++
	}
	return p
}

// leave lets the event go, and hands on those whose turn has come by it.
func (l *line) leave(p *place, e api.Event, say func(api.Event)) {
	p.event, p.gone = e, true
	n := 0
	for ; n < len(l.places) && l.places[n].gone; n++ {
		first := l.places[n]
		if first.key != nil {
			first.key.lined--
		}
		say(first.event)
		l.places[n] = nil
	}
	if l.places = l.places[n:]; len(l.places) == 0 {
		l.places = nil
	}
}

// place is where an event that is going to be held will stand, or nil where it
// may stand wherever it is let go.
func (t *tracker) place(k *key, e *api.Event) *place {
	if !e.Time.Before(t.opened) {
		return nil
	}
	return t.line.take(k)
}

// say takes an event that waits for nothing into the log. It is k's, or
// nobody's; what its container did before still comes before it.
func (t *tracker) say(k *key, e api.Event) {
	if k != nil && k.lined > 0 || len(t.line.places) > 0 && e.Time.Before(t.opened) {
		t.line.leave(t.line.take(k), e, t.batch.event)
		return
	}
	t.batch.event(e)
}
