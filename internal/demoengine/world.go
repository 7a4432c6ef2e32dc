package demoengine

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// world is the state behind the API: the containers and what they hang on, the
// event ring, and what is due to happen.
type world struct {
	seed  uint64
	epoch time.Time
	now   func() time.Time

	// stock is what the containers hang on; see goods.
	stock atomic.Pointer[stock]

	events *eventRing

	// mu guards what follows, and the order of events.
	mu     sync.Mutex
	byID   map[string]*container
	byName map[string]string
	// within are the containers of each network, in the order of creation.
	within map[*network][]string
	// order holds the ids by creation, the oldest first.
	order   []string
	serial  uint64
	nextPID int
	agenda  agenda
	// dice are for what a user's action takes; churn has its own.
	dice *dice
	// changes counts lifecycle changes that nobody asked for, for the pace of
	// the churn.
	changes uint64
}

func newWorld(seed uint64, want int, chatty bool, now func() time.Time) *world {
	epoch := now()
	b := generate(seed, want, chatty, epoch)
	w := &world{
		seed: seed, epoch: epoch, now: now, serial: b.serial, within: map[*network][]string{},
		byID: make(map[string]*container, len(b.made)), byName: make(map[string]string, len(b.made)),
		order: make([]string, 0, len(b.made)), nextPID: firstPID + int(b.serial)*3 + 1,
		dice:   newDice(seed, purposeActions),
		events: newEventRing(),
		agenda: agenda{wake: make(chan struct{}, 1)},
	}
	s := &stock{networks: b.networks, volumes: b.volumes, networkN: map[string]*network{}, volumeN: map[string]*volume{}}
	for _, im := range b.images {
		s.images = append(s.images, im)
	}
	slices.SortFunc(s.images, func(a, b *image) int { return cmp.Or(strings.Compare(a.ref, b.ref), strings.Compare(a.id, b.id)) })
	for _, n := range s.networks {
		s.networkN[n.id], s.networkN[n.name] = n, n
	}
	for _, v := range s.volumes {
		s.volumeN[v.name] = v
	}
	w.stock.Store(s)
	for _, c := range b.made {
		w.byID[c.id], w.byName[c.name] = c, c.id
		w.order = append(w.order, c.id)
		w.enterLocked(c)
	}
	return w
}

// all returns the containers, the newest first, as the engine lists them.
func (w *world) all() []*container {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]*container, len(w.order))
	for i, id := range w.order {
		out[len(out)-1-i] = w.byID[id]
	}
	return out
}

// find resolves ref as the engine does: a full id, then a name, then a prefix
// of one id alone.
func (w *world) find(ref string) (*container, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.findLocked(ref)
}

func (w *world) findLocked(ref string) (*container, error) {
	if c := w.byID[ref]; c != nil {
		return c, nil
	}
	if id, ok := w.byName[strings.TrimPrefix(ref, "/")]; ok {
		return w.byID[id], nil
	}
	var found *container
	if ref != "" {
		for _, id := range w.order {
			if strings.HasPrefix(id, ref) {
				if found != nil {
					return nil, refuse(400, "Multiple IDs found with provided prefix: %s", ref)
				}
				found = w.byID[id]
			}
		}
	}
	if found == nil {
		return nil, refuse(404, "No such container: %s", ref)
	}
	return found, nil
}

// replaceLocked makes n the present version.
func (w *world) replaceLocked(n *container) { w.byID[n.id] = n }

func (w *world) addLocked(c *container) {
	w.byID[c.id], w.byName[c.name] = c, c.id
	w.order = append(w.order, c.id)
	w.enterLocked(c)
}

func (w *world) dropLocked(c *container) {
	delete(w.byID, c.id)
	delete(w.byName, c.name)
	w.leaveLocked(c)
	if i := slices.Index(w.order, c.id); i >= 0 {
		w.order = slices.Delete(w.order, i, i+1)
	}
}

// tally counts the containers for /info.
func (w *world) tally() (total, alive, pausedNow, stopped int) {
	for _, c := range w.all() {
		total++
		switch c.state {
		case running, restarting:
			alive++
		case paused:
			pausedNow++
		case created, exited:
			stopped++
		}
	}
	return total, alive, pausedNow, stopped
}
