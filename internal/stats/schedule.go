package stats

import (
	"slices"
	"time"
)

const (
	// followUp is when a new or newly watched target is sampled again, so that a
	// first true rate is there soon.
	followUp = 450 * time.Millisecond
	// retryAbsent is when a target that could not be read at first is tried again,
	// and retryTimes how often before it waits for its turn.
	retryAbsent = 300 * time.Millisecond
	retryTimes  = 4
	never       = time.Duration(-1)
)

// schedule says who is sampled when. It is pure: times are since its beginning,
// on the monotonic clock, and are given.
//
// Ticks lie on a grid of interval. Watched targets are due at each, the others
// at every restInterval, spread over the ticks by their row. A new or newly
// watched target is due at once and again after followUp. A tick that comes too
// late for its place on the grid takes the place it has reached: ticks are left
// out, never made up for.
type schedule struct {
	interval, rest time.Duration
	nextTick       time.Duration
	entries        []*entry
	byRow          map[int]*entry
	all            bool
	watched        map[int]struct{}
}

// entry is what is planned for a target.
type entry struct {
	target   Target
	last     time.Duration // when it was last read; never
	urgent   time.Duration // when it is due beside the ticks; never
	attempts int           // reads since it became urgent, successful or not
	pending  bool          // was due at a tick and could not be read
	due      bool          // within one tick
}

func newSchedule(interval, rest time.Duration) *schedule {
	return &schedule{interval: interval, rest: rest, byRow: make(map[int]*entry), watched: make(map[int]struct{})}
}

// pace changes the intervals, from now on.
func (s *schedule) pace(interval, rest, now time.Duration) {
	s.interval, s.rest = interval, rest
	s.nextTick = (now/interval + 1) * interval
}

// set takes the running containers and returns the rows that have gone.
func (s *schedule) set(targets []Target, now time.Duration) (gone []int) {
	old := s.byRow
	s.byRow = make(map[int]*entry, len(targets))
	s.entries = s.entries[:0]
	for i := range targets {
		t := targets[i]
		e := old[t.Row]
		switch {
		case e == nil || !e.target.same(&t):
			e = &entry{target: t, last: never, urgent: now}
		case e.last == never && e.target.PID != t.PID:
			// What was missing to find it may be here now.
			e.urgent, e.attempts = now, 0
		}
		e.target = t
		e.target.Watched = s.isWatched(t.Row)
		s.byRow[t.Row] = e
		s.entries = append(s.entries, e)
	}
	for row := range old {
		if s.byRow[row] == nil {
			gone = append(gone, row)
		}
	}
	slices.Sort(gone)
	return gone
}

// renew makes all targets due as if they were new: another source reads them.
func (s *schedule) renew(now time.Duration) {
	for _, e := range s.entries {
		e.last, e.urgent, e.attempts, e.pending = never, now, 0, false
	}
}

// watch takes the rows that somebody looks at.
func (s *schedule) watch(rows []int, all bool, now time.Duration) {
	s.all = all
	s.watched = make(map[int]struct{}, len(rows))
	for _, r := range rows {
		s.watched[r] = struct{}{}
	}
	for _, e := range s.entries {
		w := s.isWatched(e.target.Row)
		if w && !e.target.Watched && (e.last == never || now-e.last >= s.minGap()) {
			e.urgent, e.attempts = now, 0
		}
		e.target.Watched = w
	}
}

func (s *schedule) isWatched(row int) bool {
	if s.all {
		return true
	}
	_, ok := s.watched[row]
	return ok
}

// minGap is how soon after a read a tick leaves a target out.
func (s *schedule) minGap() time.Duration { return min(400*time.Millisecond, s.interval*2/5) }

// due appends those to be sampled now to dst, and moves to the next tick.
func (s *schedule) due(dst []Target, now time.Duration) []Target {
	tick := now >= s.nextTick
	var n, restTicks int64
	if tick {
		n = int64(now / s.interval)
		restTicks = max(1, int64(s.rest/s.interval))
		s.nextTick = time.Duration(n+1) * s.interval
	}
	for _, e := range s.entries {
		e.due = e.urgent != never && e.urgent <= now
		if tick && !e.due && (e.last == never || now-e.last >= s.minGap()) {
			e.due = e.target.Watched || e.pending ||
				(n+int64(e.target.Row))%restTicks == 0 ||
				e.last != never && now-e.last >= s.rest+s.interval/2
		}
		if e.due {
			dst = append(dst, e.target)
		}
	}
	return dst
}

// done notes which of those that were due have been read; the others are tried
// again. now is when the tick was over.
func (s *schedule) done(rows []int, now time.Duration) {
	for _, row := range rows {
		e := s.byRow[row]
		if e == nil || !e.due {
			continue
		}
		first := e.urgent != never && e.attempts == 0 || e.last == never
		e.due, e.pending, e.last = false, false, now
		e.urgent = never
		e.attempts++
		if first {
			e.urgent = now + followUp
			e.attempts = 1
		}
	}
	for _, e := range s.entries {
		if !e.due {
			continue
		}
		e.due, e.pending = false, true
		if e.urgent == never {
			continue
		}
		e.urgent = never
		if e.attempts < retryTimes && e.last == never {
			e.attempts++
			e.urgent = now + retryAbsent
		}
	}
}

// next is when due has something to say again.
func (s *schedule) next() time.Duration {
	at := s.nextTick
	for _, e := range s.entries {
		if e.urgent != never && e.urgent < at {
			at = e.urgent
		}
	}
	return at
}
