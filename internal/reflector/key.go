package reflector

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// queue says in which queue of inspects a key waits.
type queue uint8

const (
	queueNone   queue = iota
	queueUrgent       // an event said so
	queueBulk         // a list said so
)

// held is an event that waits for the inspect of its key.
type held struct {
	event api.Event
	at    time.Time // when it came
	// needs: the event itself asks for an inspect. Others only wait behind one
	// that does, to keep the order.
	needs bool
	place *place // in the line of what was replayed, if it was
}

// key is what the reflector knows of one container, besides its row in the
// store. It belongs to the tracker.
type key struct {
	id string
	// name and image are the last ones known, for the news that it is gone.
	name, image string

	stored  bool // there is a row in the store
	checked bool // the container has a health check
	gone    bool // the engine does not know it any more, but no destroy was heard

	// The work.
	queued   queue
	later    bool // a choreInspect is on the agenda
	inflight bool
	again    bool // marked during the inspect
	dirty    bool // the last session ended before the work was done
	started  time.Time
	seenAt   time.Time // when an inspect last answered
	fails    int
	slow     bool // the inspect in flight is one of the bulk

	// The events; the first cover of held came before the inspect in flight.
	held    []held
	cover   int
	lined   int  // how many of the container's events stand in the line
	holding bool // a choreHold is on the agenda

	// The verdict on what nobody could hear.
	pending   bool // wanted: a choreVerify is on the agenda, or verify is set
	verify    bool // the grace is over: the next inspect brings it
	verifying bool // the inspect in flight does
	heard     bool // an event came since pending was set
	inferred  bool // the state was recovered by looking

	news told
	// lastDie and lastStart are the times of the latest events heard.
	lastDie, lastStart time.Time
	lastHealth         string // the last verdict heard
}

// told is what the log of events says of a container's life so far.
type told struct {
	// before: it was there in the first list, or before it. What its record says
	// when it is first inspected is no news.
	before   bool
	created  bool
	started  time.Time
	finished time.Time
}

// busy reports whether an inspect is under way or bound to come.
func (k *key) busy() bool { return k.inflight || k.queued != queueNone || k.later }

// rest forgets all work: the session is over.
func (k *key) rest() {
	k.dirty = k.dirty || k.busy() || k.pending
	k.queued, k.later, k.inflight, k.again, k.slow, k.cover, k.fails = queueNone, false, false, false, false, 0, 0
	k.pending, k.verify, k.verifying, k.holding = false, false, false, false
	k.started = time.Time{}
}
