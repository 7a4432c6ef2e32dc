package reflector

import (
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Times of the tracker.
const (
	// foldWindow is how long after the beginning of an inspect further marks of
	// its key fold into one.
	foldWindow = 25 * time.Millisecond
	// holdMax is how long an event waits for the state it caused.
	holdMax = time.Second
	// verdictGrace is how long after a list the events that are on their way may
	// take: within it they speak, after it the record does. Where events have
	// lately come late, it is longer by twice of that, up to verdictMost: a
	// container that is starting shows in a list before its event is even made.
	// Where nothing is known to be lost, a verdict is in no hurry: verdictMost.
	verdictGrace = time.Second
	verdictMost  = 5 * time.Second
	// ghostGrace is the same for the destroy of a container that an inspect did
	// not find.
	ghostGrace = time.Second
	// retryBase and retryMax bound the wait before a failed inspect is repeated.
	retryBase = 250 * time.Millisecond
	retryMax  = 15 * time.Second
	// lookEvery is how often a container is inspected at least: a list does not
	// show everything (a restart, for one), and an engine may drop events for
	// us without a word.
	lookEvery = 15 * time.Minute
)

// tracker is the reflector's mind: what it knows of each container, which
// inspects are to be made, and what is to go to the store. It does no I/O,
// starts nothing, holds no lock and is told the time, so that every branch can
// be tested by calling it. One goroutine owns it.
type tracker struct {
	engine string
	name   string                               // the engine's
	row    func(api.Key) (*api.Container, bool) // the store's
	who    func(*api.Event, time.Time) *api.Actor
	ahead  time.Duration             // the engine's clock before ours, as far as is known
	before func(engine string) *Past // what is remembered of an engine; nil nothing
	batch  batch
	res    *resources // nil where they are not followed
	line   line

	keys   map[string]*key
	agenda agenda
	urgent []*key
	bulk   []*key
	flying int // inspects in flight
	slow   int // those of them from the bulk

	seen      *seen
	watermark time.Time     // of the latest event, by the engine's clock
	opened    time.Time     // when the stream was opened, by the same; what is older is replayed
	late      time.Duration // how late events came lately
	past      time.Time     // what is older came before the first view
	listed    bool          // there was a first list

	// Gaps are counted: those up to closed were looked after by a list, and a
	// list that is under way looks after those up to listing.
	gaps, listing, closed int
	proven                int // the gap of which the engine has replayed all
	// anchor is the time of the last event heard before this session, until its
	// replay proves that nothing is missing behind it; zero when that would prove
	// nothing.
	anchor time.Time
	// touched are the containers an event spoke of since the list was asked
	// for: the list may be older than that. true: that it was destroyed. nil when
	// no list is under way.
	touched map[string]bool
	silence *gap // the gap that is not told yet; nil while somebody listens
	old     int  // how many more containers the comparison may look at for their age

	heardN, duplicates, filtered uint64
}

func newTracker(row func(api.Key) (*api.Container, bool)) *tracker {
	return &tracker{row: row, keys: make(map[string]*key), seen: newSeen()}
}

// begin starts a session with an engine. If it is another one than before,
// everything of the old one goes.
func (t *tracker) begin(engine string) {
	if t.engine != engine {
		for _, k := range t.keys {
			if k.stored {
				t.batch.remove(api.MakeKey(t.engine, k.id))
			}
		}
		if t.res != nil {
			t.res.drop()
		}
		t.keys, t.seen, t.watermark = make(map[string]*key), newSeen(), time.Time{}
		t.engine, t.listed, t.gaps, t.closed, t.proven, t.anchor, t.silence = engine, false, 0, 0, 0, time.Time{}, nil
		if t.before != nil {
			if p := t.before(engine); p != nil {
				t.recall(p)
			}
		}
		return
	}
	if t.listed {
		if t.anchor = t.watermark; t.inGap() || t.heardN == 0 {
			t.anchor = time.Time{}
		}
		t.gap()
	}
}

// attribute finds who is behind a container's event; at is its time by our
// clock.
func (t *tracker) attribute(e *api.Event, at time.Time) {
	if t.who != nil {
		e.By = t.who(e, at)
	}
}

// ours is a time of the engine's by our clock.
func (t *tracker) ours(at time.Time) time.Time { return at.Add(-t.ahead) }

// measure notes how late an event came. A peak is forgotten slowly.
func (t *tracker) measure(e *api.Event, now time.Time) {
	if e.Time.Before(t.opened) {
		return
	}
	t.late = max(now.Sub(t.ours(e.Time)), t.late-t.late/16)
}

// grace is how long a verdict waits for events, after a gap or without one.
func (t *tracker) grace(gap bool) time.Duration {
	if !gap {
		return verdictMost
	}
	return min(verdictGrace+2*t.late, verdictMost)
}

// replayed takes an event that was heard before. The engine forgets its oldest
// events first, so if it still has the last one that was heard, it has replayed
// everything since, and there was no gap.
func (t *tracker) replayed(e *api.Event) {
	t.duplicates++
	if e.Time.Equal(t.anchor) {
		t.anchor, t.closed, t.proven, t.silence = time.Time{}, t.gaps, t.gaps, nil
	}
}

// end stops all work and lets go of the events that were held.
func (t *tracker) end() {
	for _, k := range t.keys {
		t.send(k, len(k.held))
		k.rest()
	}
	if t.res != nil {
		t.res.end()
	}
	t.agenda, t.urgent, t.bulk, t.flying, t.slow, t.touched = nil, nil, nil, 0, 0, nil
}

// gap notes that events may have been lost. The next list looks after it.
func (t *tracker) gap() { t.gaps++ }

// lost is a gap in the middle of a session.
func (t *tracker) lost() {
	t.anchor = time.Time{}
	t.gap()
}

func (t *tracker) inGap() bool { return t.gaps != t.closed }

// stored is the container's row as it will be once the batch is applied.
func (t *tracker) stored(k *key) (*api.Container, bool) {
	if !k.stored {
		return nil, false
	}
	name := api.MakeKey(t.engine, k.id)
	if c, ok := t.batch.get(name); ok {
		return c, true
	}
	return t.row(name)
}

func (t *tracker) put(k *key, c *api.Container) {
	k.stored = true
	k.checked = c.Health != api.HealthNone && c.Health != ""
	t.batch.put(c)
}

func (t *tracker) remove(k *key) {
	if k.stored {
		t.batch.remove(api.MakeKey(t.engine, k.id))
		k.stored = false
	}
}

func (t *tracker) key(id string) *key {
	k, ok := t.keys[id]
	if !ok {
		k = &key{id: id}
		t.keys[id] = k
	}
	return k
}

// current reports whether k still is what its id names: it may have been
// destroyed while work for it was under way.
func (t *tracker) current(k *key) bool { return t.keys[k.id] == k }

// release sends the first n held events of k to the log, and those behind them
// that ask for nothing themselves, up to the first that waits for its network.
func (t *tracker) release(k *key, n int) {
	for n < len(k.held) && !k.held[n].needs {
		n++
	}
	for i := range k.held[:n] {
		if h := &k.held[i]; h.owes() {
			t.send(k, i)
			k.ready = n - i
			if !slices.Contains(h.network.waiters, k) {
				h.network.waiters = append(h.network.waiters, k)
			}
			return
		}
	}
	t.send(k, n)
}

// send sends the first n held events of k to the log.
func (t *tracker) send(k *key, n int) {
	for n < len(k.held) && !k.held[n].needs {
		n++
	}
	for i := range k.held[:n] {
		e := k.held[i].event
		if e.Kind != kindContainer {
			nameContainer(&e, k)
		}
		if p := k.held[i].place; p != nil {
			t.line.leave(p, e, t.batch.event)
		} else {
			t.say(k, e)
		}
	}
	k.held = k.held[n:]
	if len(k.held) == 0 {
		k.held = nil
	}
	k.cover, k.ready = max(0, k.cover-n), max(0, k.ready-n)
}

// run does the chores whose time has come.
func (t *tracker) run(now time.Time) {
	t.tell(now)
	for {
		d, ok := t.agenda.pop(now)
		if !ok {
			return
		}
		if d.res != nil {
			t.res.run(d.res, d.chore, now)
			continue
		}
		k := d.key
		if !t.current(k) {
			continue
		}
		switch d.chore {
		case choreInspect:
			k.later = false
			t.enqueue(k, queueUrgent)
		case choreHold:
			k.holding = false
			n := 0
			for n < len(k.held) && now.Sub(k.held[n].at) >= holdMax {
				n++
			}
			t.send(k, n)
			t.hold(k)
		case choreVerify:
			k.verify = true
			t.mark(k, now, queueBulk)
		case choreLook: // for images
		}
	}
}

// hold sees to it that the oldest held event is not held for too long.
func (t *tracker) hold(k *key) {
	if len(k.held) > 0 && !k.holding {
		k.holding = true
		t.agenda.add(k.held[0].at.Add(holdMax), k, choreHold)
	}
}

// bury forgets a container that is gone and whose destroy nobody heard, and
// says so.
func (t *tracker) bury(k *key, now time.Time) {
	c, ok := t.stored(k)
	if !ok {
		c = &api.Container{Engine: t.engine, ID: k.id, Name: k.name, Image: k.image}
	}
	t.remove(k)
	if k.news.created || k.news.before {
		e := inferred(c, "destroy", now)
		t.attribute(&e, now)
		t.say(k, e)
	}
	delete(t.keys, k.id)
}
