package reflector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// loop is the session's main loop. Whatever comes is told to the tracker, and
// what the tracker makes of it goes to the workers and to the store.
func (s *session) loop(ctx context.Context, wg *sync.WaitGroup) error {
	t, ready := s.r.tracker, s.ready
	now := time.Now()
	s.lastMono, s.lastWall = now, s.r.wall().Round(0)
	s.nextList = now.Add(readyWait)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now = time.Now()
		t.run(now)
		s.dispatch(now)
		s.dispatchResources(now)
		if due, ok := s.measureDue(); ok && !now.Before(due) {
			s.measure(ctx, wg, now)
		}
		s.flush()
		if !s.inList && !now.Before(s.nextList) {
			s.list(ctx, wg, now)
		}
		timer.Reset(s.sleep(now))
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.stream:
			s.streamEnded = true
			return streamError(err)
		case <-ready:
			ready = nil
			s.relist(time.Now())
		case <-s.r.overflow:
			s.r.log.Warn("event queue overflowed, listing anew", "engine", s.status.Name, "dropped", s.r.counters.drops.Load())
			t.lost()
			t.deaf(s.alive, "more events came than could be handled")
			s.relist(time.Now())
		case <-s.r.retry:
			s.relist(time.Now())
		case <-s.r.renamed: // flush publishes it
		case l := <-s.lists:
			if err := s.listed(l); err != nil {
				return err
			}
		case p := <-s.pings:
			if err := s.pinged(p); err != nil {
				return err
			}
		case a := <-s.answers:
			s.answered(a)
		case a := <-s.ranswers:
			s.resourceAnswered(a)
		case m := <-s.measures:
			s.sized(m)
		case <-s.r.measure:
			s.nextMeasure = time.Now()
		case e := <-s.r.queue:
			s.hear(e)
		case <-timer.C:
		}
		for n := 1; n < batchMax && s.more(); n++ {
		}
	}
}

// more handles what else is ready, so that it leaves in the same change.
func (s *session) more() bool {
	select {
	case a := <-s.answers:
		s.answered(a)
	case a := <-s.ranswers:
		s.resourceAnswered(a)
	case e := <-s.r.queue:
		s.hear(e)
	default:
		return false
	}
	return true
}

// sleep is the time until something is due by itself.
func (s *session) sleep(now time.Time) time.Duration {
	next := now.Add(relistEvery)
	if !s.inList {
		next = s.nextList
	}
	if g := s.r.tracker.silence; g != nil && !g.due.IsZero() && g.due.Before(next) {
		next = g.due
	}
	if at, ok := s.r.tracker.agenda.first(); ok && at.Before(next) {
		next = at
	}
	if at, ok := s.measureDue(); ok && at.Before(next) {
		next = at
	}
	return max(0, next.Sub(now))
}

func (s *session) dispatch(now time.Time) {
	for {
		k, ok := s.r.tracker.pop(now, s.r.workers, max(1, s.r.workers/2))
		if !ok {
			return
		}
		s.r.counters.inspects.Add(1)
		s.jobs <- job{k, k.id} // has room: see jobs
	}
}

func (s *session) hear(e *api.Event) {
	s.alive = time.Now()
	s.r.tracker.hear(e, s.alive)
}

func (s *session) answered(a answer) {
	now := time.Now()
	if a.err == nil || api.CodeOf(a.err) == api.ErrNotFound {
		s.alive = now
	} else if !errors.Is(a.err, context.Canceled) {
		s.r.counters.inspectErrors.Add(1)
		s.r.log.Debug("inspect failed", "id", a.key.id, "error", a.err)
	}
	s.r.tracker.inspected(a.key, now, &a.container, a.err)
}

// relist asks for a list as soon as may be.
func (s *session) relist(now time.Time) {
	if s.listBegan.IsZero() {
		s.nextList = now
		return
	}
	if soon := later(now, s.listBegan.Add(relistGap)); soon.Before(s.nextList) {
		s.nextList = soon
	}
}

// listed takes the engine's list. Without a first one there is no session.
func (s *session) listed(l listing) error {
	t, now := s.r.tracker, time.Now()
	s.inList = false
	if l.err != nil {
		t.unlisted()
		if s.applied.IsZero() {
			return fmt.Errorf("list containers: %w", l.err)
		}
		s.r.log.Warn("list failed, trying again", "engine", s.status.Name, "error", l.err)
		if again := now.Add(relistRetry); again.Before(s.nextList) {
			s.nextList = again
		}
		return nil
	}
	s.alive = now
	if t.listed {
		s.r.counters.relists.Add(1)
	}
	t.replace(l.rows, now)
	if t.res != nil {
		t.res.list(now)
	}
	if s.applied.IsZero() {
		s.applied, s.nextMeasure = now, now.Add(measureFirst)
		s.r.connected(s.status)
		s.r.log.Info("engine connected", "engine", s.status.Name, "version", s.status.Version, "containers", len(l.rows))
	}
	return nil
}

// pinged looks at the engine's health, and at the clocks.
func (s *session) pinged(p pinged) error {
	now := time.Now()
	if p.err != nil {
		if isTimeout(p.err) && s.alive.After(p.began) {
			return nil // it has answered others meanwhile: busy, not frozen
		}
		return p.err
	}
	s.alive = now
	if !s.applied.IsZero() {
		s.healthy = s.healthy || now.Sub(s.applied) >= healthyAfter
		s.r.roundTrip(p.rtt, now)
	}
	// The monotonic clock stands still while the machine sleeps, the wall clock
	// doesn't; and a process that was stopped, or starved, was deaf meanwhile.
	wall := s.r.wall().Round(0)
	mono := now.Sub(s.lastMono)
	if d := wall.Sub(s.lastWall) - mono; d > jump || d < -jump || mono > stall {
		s.r.log.Info("clock jumped, listing anew", "wall", wall.Sub(s.lastWall), "monotonic", mono)
		s.r.tracker.lost()
		s.r.tracker.deaf(s.lastWall, "the machine slept, or its clock was set")
		s.relist(now)
	}
	s.lastWall, s.lastMono = wall, now
	return nil
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || api.CodeOf(err) == api.ErrTimeout
}

func streamError(err error) error {
	if err != nil {
		return err
	}
	return &api.Error{Code: api.ErrUnreachable, Message: "The engine ended its event stream. Quaywatch connects again by itself; if this stays, look at the engine's log."}
}

// flush sends what has gathered to the store.
func (s *session) flush() {
	t, c := s.r.tracker, &s.r.counters
	c.events.Store(t.heardN)
	c.duplicates.Store(t.duplicates)
	c.filtered.Store(t.filtered)
	ch := t.batch.take()
	s.r.publish(ch)
	for i := len(ch.Events) - 1; i >= 0; i-- {
		if e := &ch.Events[i]; !e.Inferred {
			c.lag.Store(int64(time.Since(e.Time)))
			return
		}
	}
}
