package hub

import (
	"slices"
	"time"
)

// watch is what one session looks at; it is never changed once set.
type watch struct {
	rows []int
	all  bool
}

// poll is what a client without a socket looks at, until it should have polled
// again.
type poll struct {
	watch
	until time.Time
}

const (
	// pollKeeps is how long one poll counts as looking.
	pollKeeps = 5 * time.Second
	// maxPolls bounds the polls that are remembered. Beyond it a poll is
	// answered from the samples there are, at the slower pace.
	maxPolls = 256
)

func (h *Hub) setWatch(s *session, w *watch) {
	h.mu.Lock()
	s.watch = w
	h.mu.Unlock()
	h.watchChanged()
}

// polled remembers what a poll looks at.
func (h *Hub) polled(f *sampleFilter, now time.Time) {
	key := f.rowsKey
	if f.all {
		key = "all"
	}
	h.mu.Lock()
	p, ok := h.polls[key]
	if !ok && len(h.polls) < maxPolls {
		p = &poll{watch: watch{rows: f.rows, all: f.all}}
		h.polls[key] = p
	}
	if p != nil {
		p.until = now.Add(pollKeeps)
	}
	h.mu.Unlock()
	if !ok {
		h.watchChanged()
	}
}

func (h *Hub) watchChanged() {
	select {
	case h.watching <- struct{}{}:
	default:
	}
}

// watched is the union of what everybody looks at, and when the first of the
// polls in it ends.
func (h *Hub) watched(now time.Time) (rows []int, all bool, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	set := make(map[int]struct{})
	add := func(w *watch) {
		all = all || w.all
		for _, r := range w.rows {
			set[r] = struct{}{}
		}
	}
	for s := range h.sessions {
		if s.watch != nil {
			add(s.watch)
		}
	}
	for key, p := range h.polls {
		if now.After(p.until) {
			delete(h.polls, key)
			continue
		}
		add(&p.watch)
		if until.IsZero() || p.until.Before(until) {
			until = p.until
		}
	}
	if all {
		return nil, true, until
	}
	return sortedRows(set), false, until
}

// watcher tells the sampler what is looked at: at once after a quiet while, and
// at most every watchEvery. It belongs to the goroutine of Run.
type watcher struct {
	hub   *Hub
	timer *time.Timer
	last  time.Time
	rows  []int
	all   bool
}

func newWatcher(h *Hub) *watcher {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &watcher{hub: h, timer: t}
}

func (w *watcher) changed(now time.Time) {
	if wait := watchEvery - now.Sub(w.last); wait > 0 {
		w.timer.Reset(wait)
		return
	}
	w.fire(now)
}

func (w *watcher) fire(now time.Time) {
	w.last = now
	rows, all, until := w.hub.watched(now)
	if !until.IsZero() {
		w.timer.Reset(until.Sub(now) + time.Millisecond)
	}
	if all == w.all && slices.Equal(rows, w.rows) {
		return
	}
	w.rows, w.all = rows, all
	if w.hub.o.OnWatch != nil {
		w.hub.o.OnWatch(rows, all)
	}
}
