package alert

import (
	"math"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// SetContainer takes a container as it is now; what it means is found by Settle.
func (e *Evaluator) SetContainer(c *api.Container, now time.Time) {
	e.view.now = now
	sub := e.subjects[c.Key()]
	if sub == nil {
		sub = &subject{slot: e.slot()}
		e.subjects[c.Key()], e.slots[sub.slot] = sub, sub
		if l := e.early[c.Key()]; l != nil {
			sub.life = *l
			delete(e.early, c.Key())
		}
	} else {
		delete(e.byRow, sub.c.Row)
	}
	was := sub.c
	sub.c, sub.gone = c, time.Time{}
	delete(e.gone, c.Key())
	e.byRow[c.Row] = sub
	for _, s := range e.selectors {
		s.look(sub.slot, c, &e.view)
	}
	// Where the engine tells of no OOM kill, its record of the container does. A list
	// has no word of it: what the first look after one finds is no news.
	if was != nil && !was.Partial && c.OOMKilled && !was.OOMKilled && c.FinishedAt != nil && c.FinishedAt.Sub(sub.life.oom) > oomBefore {
		sub.life.recorded = e.ours(c.Engine, *c.FinishedAt)
		sub.life.outOfMemory(sub.life.recorded)
	}
	e.touched[sub] = struct{}{}
}

func (e *Evaluator) slot() int32 {
	if n := len(e.free); n > 0 {
		s := e.free[n-1]
		e.free = e.free[:n-1]
		return s
	}
	e.slots = append(e.slots, nil)
	return int32(len(e.slots) - 1) //nolint:gosec // G115: containers are counted in thousands
}

// Hear takes an event. Those of a container come after the container itself.
func (e *Evaluator) Hear(ev *api.Event, now time.Time) {
	if ev.Kind != "container" {
		return
	}
	e.view.now = now
	k, own := api.MakeKey(ev.Engine, ev.ID), *ev
	own.Time = e.ours(ev.Engine, ev.Time)
	sub := e.subjects[k]
	if sub == nil {
		l := e.early[k]
		switch {
		case ev.Action == "destroy":
			delete(e.early, k)
			return
		case l == nil && len(e.early) >= maxEarly:
			return
		case l == nil:
			l = &life{}
			e.early[k] = l
		}
		l.take(&own)
		return
	}
	sub.life.take(&own)
	e.touched[sub] = struct{}{}
}

// ours is an engine's time by our clock; what is told is not still to come, whatever
// became of the clocks since they were compared.
func (e *Evaluator) ours(engine string, at time.Time) time.Time {
	if off := e.engines[engine].ClockOffsetSeconds; off != nil {
		at = at.Add(-seconds(*off))
	}
	if at.After(e.view.now) {
		return e.view.now
	}
	return at
}

// RemoveContainer takes notice that a container is gone. One that ended by
// itself a moment before is missing where a rule says so; what somebody removed
// is not.
func (e *Evaluator) RemoveContainer(k api.Key, now time.Time) {
	e.view.now = now
	sub := e.subjects[k]
	if sub == nil {
		return
	}
	if l := &sub.life; !l.died.IsZero() && !l.asked && now.Sub(l.died) < afterthought && len(e.gone) < maxGone {
		sub.gone = now
		if e.missed(sub) {
			e.gone[k], e.touched[sub] = sub, struct{}{}
			return
		}
	}
	e.forget(sub)
}

// missed tells whether some rule wants a container that is gone.
func (e *Evaluator) missed(sub *subject) bool {
	for _, r := range e.rules {
		if v, _ := e.verdict(r, sub); r.On == api.AlertOnMissing && v == Yes {
			return true
		}
	}
	return false
}

func (e *Evaluator) forget(sub *subject) {
	k := sub.c.Key()
	for _, s := range e.selectors {
		s.look(sub.slot, nil, &e.view)
	}
	e.slots[sub.slot] = nil
	e.free = append(e.free, sub.slot)
	for _, by := range e.figures.by {
		if int(sub.slot) < len(by) {
			by[sub.slot] = math.NaN()
		}
	}
	delete(e.subjects, k)
	delete(e.byRow, sub.c.Row)
	delete(e.touched, sub)
	delete(e.gone, k)
	for _, r := range e.rules {
		if i := r.active[k]; i != nil {
			e.step(i, No, time.Time{}, nil)
		}
	}
}

// Settle finds what the containers that have changed mean for the rules on
// their state.
func (e *Evaluator) Settle(now time.Time) {
	e.view.now = now
	for sub := range e.touched {
		k := sub.c.Key()
		for _, r := range e.rules {
			if r.about != ofState {
				continue
			}
			if i := r.active[k]; i != nil {
				e.review(i)
			} else if r.selector.has(sub, &e.view) {
				e.consider(r, sub)
			}
		}
	}
	clear(e.touched)
}

// consider begins an alert of a rule on a container's state where it is one.
func (e *Evaluator) consider(r *rule, sub *subject) {
	if v, since := e.verdict(r, sub); v == Yes {
		e.raise(r, sub.c.Key(), sub, since, nil)
	}
}

// replaced tells whether another container of the same name runs.
func (e *Evaluator) replaced(gone *subject) bool {
	for _, sub := range e.subjects {
		if sub.gone.IsZero() && sub.c.Name == gone.c.Name && sub.c.Engine == gone.c.Engine && sub.c.State.Alive() {
			return true
		}
	}
	return false
}
