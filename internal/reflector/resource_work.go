package reflector

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// foldMost bounds how long further hints of a resource fold, and foldShare is
// how many times longer than its last answer they do: a fifth of one worker's
// time at most goes into one resource.
const (
	foldMost  = 2 * time.Second
	foldShare = 5
)

// rkey is a resource that is asked for, or the list of a kind.
type rkey struct {
	kind rkind
	id   string // empty: the list

	queued   queue
	later    bool // a chore is on the agenda
	inflight bool
	again    bool // marked during the question
	dirty    bool // the last session ended before the work was done
	started  time.Time
	asked    time.Time // when the last question that was answered began
	took     time.Duration
	seenAt   time.Time
	fails    int
	gaps     int // how many there had been when the question under way was asked

	held    []held
	cover   int
	holding bool
	// waiters are containers whose events wait for this network too.
	waiters []*key
}

func (r *resources) key(kind rkind, id string) *rkey {
	k, ok := r.keys[kind][id]
	if !ok {
		k = &rkey{kind: kind, id: id}
		r.keys[kind][id] = k
	}
	return k
}

func (r *resources) current(k *rkey) bool { return r.keys[k.kind][k.id] == k }

// fold is how long after a question further hints wait.
func (k *rkey) fold() time.Duration {
	return min(max(foldWindow, foldShare*k.took), foldMost)
}

// hint holds an event until a question that is asked after it has been answered.
func (r *resources) hint(k *rkey, e *api.Event, now time.Time) {
	r.touch(k)
	k.held = append(k.held, held{event: *e, at: now, needs: true, place: r.t.place(nil, e)})
	r.hold(k)
	r.mark(k, now, queueUrgent)
}

func (r *resources) touch(k *rkey) {
	if m := r.touched[k.kind]; m != nil && k.id != "" {
		m[k.id] = struct{}{}
	}
}

func (r *resources) hold(k *rkey) {
	if len(k.held) > 0 && !k.holding {
		k.holding = true
		r.t.agenda.addResource(k.held[0].at.Add(holdMax), k, choreHold)
	}
}

// mark says that the resource may have changed.
func (r *resources) mark(k *rkey, now time.Time, q queue) {
	switch {
	case k.inflight:
		k.again = true
	case k.later && k.fails == 0:
	case k.queued == queueNone && now.Sub(k.started) < k.fold():
		r.askLater(k, k.started.Add(k.fold()))
	default:
		r.enqueue(k, q)
	}
}

func (r *resources) askLater(k *rkey, at time.Time) {
	if !k.later {
		k.later = true
		r.t.agenda.addResource(at, k, choreInspect)
	}
}

func (r *resources) enqueue(k *rkey, q queue) {
	switch {
	case k.inflight:
		k.again = true
	case k.queued == q || k.queued == queueUrgent:
	case q == queueUrgent:
		k.queued = q
		r.urgent = append(r.urgent, k)
	default:
		k.queued = q
		r.bulk = append(r.bulk, k)
	}
}

// run does a chore whose time has come.
func (r *resources) run(k *rkey, c chore, now time.Time) {
	if !r.current(k) {
		return
	}
	if c == choreInspect {
		k.later = false
		r.enqueue(k, queueUrgent)
		return
	}
	if c == choreVerify {
		r.verdict(k.kind, now)
		return
	}
	if c == choreLook {
		r.looking = false
		r.mark(k, now, queueBulk)
		return
	}
	k.holding = false
	n := 0
	for n < len(k.held) && now.Sub(k.held[n].at) >= holdMax {
		n++
	}
	r.release(k, n)
	r.hold(k)
}

// release sends the first n held events to the log.
func (r *resources) release(k *rkey, n int) {
	for n < len(k.held) && !k.held[n].needs {
		n++
	}
	for i := range k.held[:n] {
		if h := &k.held[i]; h.place != nil {
			r.t.line.leave(h.place, h.event, r.t.batch.event)
		} else {
			r.t.say(nil, h.event)
		}
	}
	if k.held = k.held[n:]; len(k.held) == 0 {
		k.held = nil
	}
	k.cover = max(0, k.cover-n)
}

// pop takes the next question to ask. Of several at a time one is from the bulk
// at most, so that an event never waits behind the answers to a list.
func (r *resources) pop(now time.Time, workers int) (*rkey, bool) {
	if r.flying >= workers {
		return nil, false
	}
	k, ok := r.next(&r.urgent, queueUrgent)
	if !ok && r.flying == 0 {
		k, ok = r.next(&r.bulk, queueBulk)
	}
	if !ok {
		return nil, false
	}
	r.flying++
	k.queued, k.inflight, k.again, k.dirty = queueNone, true, false, false
	k.started, k.cover, k.gaps = now, len(k.held), r.t.gaps
	if k.id == "" {
		r.touched[k.kind] = make(map[string]struct{})
	}
	return k, true
}

func (r *resources) next(q *[]*rkey, which queue) (*rkey, bool) {
	for len(*q) > 0 {
		k := (*q)[0]
		(*q)[0] = nil
		*q = (*q)[1:]
		if k.queued == which && r.current(k) {
			return k, true
		}
	}
	*q = nil
	return nil, false
}

// rfound is an answer: what was asked for is set.
type rfound struct {
	images   []api.Image
	volumes  []api.Volume
	networks []api.Network
	volume   api.Volume
	network  api.Network
}

// answered takes the answer to a question that pop handed out.
func (r *resources) answered(k *rkey, now time.Time, found *rfound, err error) {
	r.flying--
	k.inflight = false
	k.took = now.Sub(k.started)
	if k.id == "" {
		defer func() { r.touched[k.kind] = nil }()
	}
	if !r.current(k) {
		return // destroyed meanwhile: that was certain, this is old
	}
	switch {
	case err == nil:
		k.fails, k.seenAt, k.asked = 0, now, k.started
		r.found(k, now, found)
		r.release(k, k.cover)
	case k.id != "" && api.CodeOf(err) == api.ErrNotFound:
		r.gone(k)
		return
	case k.id != "" && api.CodeOf(err) == api.ErrInvalid: // a name that can't be asked for: only the list tells
		r.release(k, len(k.held))
		delete(r.keys[k.kind], k.id)
		r.mark(r.key(k.kind, ""), now, queueBulk)
		return
	default:
		k.fails++
		r.release(k, k.cover)
		r.wake(k)
		k.again = false
		r.askLater(k, now.Add(min(retryMax, retryBase<<min(k.fails-1, 10))))
		return
	}
	r.wake(k)
	if k.again {
		k.again = false
		r.mark(k, now, queueUrgent)
	}
	if k.kind == kindVolumes && k.id != "" && !k.inflight && k.queued == queueNone && !k.later && len(k.held) == 0 {
		delete(r.keys[k.kind], k.id) // its list knows all of it: there is nothing to remember
	}
}

func (r *resources) found(k *rkey, now time.Time, f *rfound) {
	r.touch(k)
	switch {
	case k.kind == kindImages:
		r.putImages(f.images, k.gaps, now)
	case k.kind == kindVolumes && k.id == "":
		r.putVolumes(f.volumes, k.gaps, now)
	case k.kind == kindVolumes:
		r.putVolume(f.volume)
	case k.id == "":
		r.putNetworks(f.networks, k.gaps, now)
	default:
		r.putNetwork(f.network)
	}
	r.listed[k.kind] = r.listed[k.kind] || k.id == ""
}

// gone forgets a volume or a network that is no more.
func (r *resources) gone(k *rkey) {
	r.touch(k)
	r.remove(k.kind, k.id)
	r.release(k, len(k.held))
	delete(r.keys[k.kind], k.id)
	r.wake(k)
}

// wake lets the events of containers go on that waited for this network.
func (r *resources) wake(k *rkey) {
	waiters := k.waiters
	k.waiters = nil
	for _, c := range waiters {
		if r.t.current(c) {
			r.t.release(c, c.ready)
		}
	}
}

// end stops all work and lets go of the events that were held.
func (r *resources) end() {
	for kind := range r.keys {
		for _, k := range r.keys[kind] {
			r.release(k, len(k.held))
			k.dirty = k.dirty || k.inflight || k.later || k.queued != queueNone
			k.queued, k.later, k.inflight, k.again, k.cover, k.fails, k.holding, k.waiters = queueNone, false, false, false, 0, 0, false, nil
			k.started = time.Time{}
		}
		r.touched[kind] = nil
		r.unheard[kind].due = false
	}
	r.urgent, r.bulk, r.flying, r.looking = nil, nil, 0, false
}
