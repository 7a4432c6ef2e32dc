package hub

import (
	"sync/atomic"
	"time"
)

// In a rush of changes at a large engine, nobody reads twenty lines a second,
// and a page that is told of each by itself has no time left for who works with
// it. A session that asks for it (Paced in its subscription to the metrics, which
// says what rows it looks at) is then told at once of what changes in those, and
// of the rest together with its next metrics frame. Outside of a rush, with fewer
// containers, and for whoever did not ask nothing waits.
const (
	// crowd is from how many containers on a rush is paced.
	crowd = 1000
	// So many changes within so long are a rush.
	rushChanges = 8
	rushWithin  = 2 * time.Second
	// holdMost is how long a change waits at most, holdChanges how many do.
	holdMost    = time.Second
	holdChanges = 256
)

// rush tells a rush of changes from one now and then. Run notes; sessions ask.
type rush struct {
	// crowd is the constant, but for tests. times are those of the last changes,
	// next is the oldest's place, revision the store's when they were noted last:
	// Run's alone.
	crowd    int
	times    [rushChanges]time.Time
	next     int
	revision uint64
	// ends is when the rush is over if nothing more comes, Unix ns; 0 for none.
	ends atomic.Int64
}

// note takes the store's revision and size after a change.
func (r *rush) note(revision uint64, size int, now time.Time) {
	n := min(revision-r.revision, rushChanges)
	r.revision = revision
	for range n {
		r.times[r.next] = now
		r.next = (r.next + 1) % rushChanges
	}
	oldest := r.times[r.next]
	if size < r.crowd || now.Sub(oldest) >= rushWithin {
		r.ends.Store(0)
		return
	}
	r.ends.Store(oldest.Add(rushWithin).UnixNano())
}

func (r *rush) on(now time.Time) bool { return now.UnixNano() < r.ends.Load() }

// hold is what a session keeps back in a rush; its zero value keeps nothing.
type hold struct {
	since time.Time // when the first change began to wait
	// checked is the position of topic containers up to which no change
	// concerned what is looked at.
	checked uint64
}

func (h *hold) waits() bool { return !h.since.IsZero() }

// pace tells whether what has changed can wait, and notes that it does.
func (s *session) pace(now time.Time) bool {
	if !s.mayWait(now) {
		s.hold = hold{}
		return false
	}
	if !s.hold.waits() {
		s.hold.since = now
	}
	return true
}

func (s *session) mayWait(now time.Time) bool {
	// Subscriptions and snapshots under way are answered, and a frame of samples
	// takes everything along.
	if s.recheck || !s.samples.on || !s.samples.filter.paced || !s.hub.rush.on(now) {
		return false
	}
	if s.hold.waits() && !now.Before(s.hold.since.Add(holdMost)) || s.sampleDue(now) {
		return false
	}
	st := s.hub.store
	for _, i := range []int{feedSystem, feedJobs, feedAlerts} { // few, and somebody waits for them
		if f := &s.feeds[i]; f.on && st.Seq(f.topic) != f.pos {
			return false
		}
	}
	for _, i := range []int{feedContainers, feedEvents} {
		if f := &s.feeds[i]; f.on && st.Seq(f.topic)-f.pos > holdChanges {
			return false
		}
	}
	f := &s.feeds[feedContainers]
	if !f.on {
		return true
	}
	touched, upTo := st.Touches(s.samples.filter.rows, max(f.pos, s.hold.checked))
	s.hold.checked = upTo
	return !touched
}

// sampleDue tells whether a metrics frame leaves now.
func (s *session) sampleDue(now time.Time) bool {
	at, ok := s.samples.due(s.hub.metrics.Tick(), now)
	return ok && !now.Before(at)
}
