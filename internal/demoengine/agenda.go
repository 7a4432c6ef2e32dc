package demoengine

import (
	"container/heap"
	"time"
)

// deed is something that will happen to a container by itself.
type deed int

const (
	becomeHealthy deed = iota
	becomeUnhealthy
	crash
	restartByPolicy
	startAgain
	unpauseAgain
)

// entry is a deed with its time. It is dropped when the container has begun
// another run by then.
type entry struct {
	at   time.Time
	seq  uint64
	id   string
	run  int
	deed deed
}

// agenda is a heap of what is due, guarded by world.mu. Its length is bounded
// by a few entries a container: each is made by an earlier change of one.
type agenda struct {
	entries entries
	seq     uint64
	// wake tells Run that the head may have changed.
	wake chan struct{}
}

type entries []entry

func (e entries) Len() int { return len(e) }
func (e entries) Less(i, j int) bool {
	if !e[i].at.Equal(e[j].at) {
		return e[i].at.Before(e[j].at)
	}
	return e[i].seq < e[j].seq
}
func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)   { *e = append(*e, x.(entry)) } // Only entries are pushed.
func (e *entries) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}

func (w *world) planLocked(c *container, d deed, at time.Time) {
	w.agenda.seq++
	heap.Push(&w.agenda.entries, entry{at: at, seq: w.agenda.seq, id: c.id, run: c.run, deed: d})
	select {
	case w.agenda.wake <- struct{}{}:
	default:
	}
}

// next is when the agenda's head is due.
func (w *world) next() (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.agenda.entries) == 0 {
		return time.Time{}, false
	}
	return w.agenda.entries[0].at, true
}

// settle does everything that is due by now.
func (w *world) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	for len(w.agenda.entries) > 0 && !w.agenda.entries[0].at.After(now) {
		e := heap.Pop(&w.agenda.entries).(entry)
		if c := w.byID[e.id]; c != nil && c.run == e.run {
			w.doLocked(c, e.deed, now)
		}
	}
}

func (w *world) doLocked(c *container, d deed, now time.Time) {
	switch d {
	case becomeHealthy:
		if c.state != running || c.health == healthy {
			return
		}
		w.healthLocked(c, healthy, now)
	case becomeUnhealthy:
		if c.state != running || c.health == unhealthy {
			return
		}
		w.healthLocked(c, unhealthy, now)
	case crash:
		if !c.alive() {
			return
		}
		w.dieLocked(c, 1, false, false, now)
	case restartByPolicy:
		if c.state != restarting {
			return
		}
		w.startLocked(c, true, now)
	case startAgain:
		if c.alive() || c.state == restarting {
			return
		}
		w.startLocked(c, false, now)
	case unpauseAgain:
		if c.state != paused {
			return
		}
		w.unpauseLocked(c, now)
	}
	w.changes++
}
