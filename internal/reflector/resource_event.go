package reflector

import (
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// hearResource takes an event of an image, a volume or a network; false for
// those of anything else.
func (t *tracker) hearResource(e *api.Event, now time.Time) bool {
	r := t.res
	if r == nil {
		return false
	}
	if e.Kind == kindImage || e.Kind == kindVolume || e.Kind == kindNetwork {
		t.attribute(e, t.ours(e.Time))
	}
	switch e.Kind {
	case kindImage:
		switch e.Action {
		case "push", "save", "mount", "unmount":
			return false
		}
		r.spoke(kindImages, e.ID)
		r.hint(r.key(kindImages, ""), e, now)
		if e.Action == "pull" && e.ID == "" {
			r.pulling = now
		}
	case kindVolume:
		if e.ID == "" {
			return r.pruned(kindVolumes, e, now)
		}
		switch e.Action {
		case "mount", "unmount":
			return r.follow(kindVolumes, e, now)
		case actionDestroy:
			r.destroyed(kindVolumes, e)
		default:
			r.spoke(kindVolumes, e.ID)
			r.hint(r.key(kindVolumes, e.ID), e, now)
		}
	case kindNetwork:
		if e.ID == "" {
			return r.pruned(kindNetworks, e, now)
		}
		switch e.Action {
		case actionDestroy, "remove":
			if n := r.networks[e.ID]; n != nil && e.Name == "" {
				e.Name = n.Name
			}
			r.destroyed(kindNetworks, e)
		default:
			if e.Action == actionCreate {
				r.spoke(kindNetworks, e.ID)
			}
			r.hint(r.key(kindNetworks, e.ID), e, now)
		}
	default:
		return false
	}
	return true
}

// pruned asks for the list of a kind: of the volumes that a prune takes, engines
// tell nothing one by one.
func (r *resources) pruned(kind rkind, e *api.Event, now time.Time) bool {
	if e.Action != "prune" {
		return false
	}
	r.hint(r.key(kind, ""), e, now)
	return true
}

// built looks for what a build has left, which has no event where it was given
// no name: its containers are made from images by their ids.
func (r *resources) built(e *api.Event, now time.Time) {
	if strings.HasPrefix(e.Attributes["image"], "sha256:") {
		r.mark(r.key(kindImages, ""), now, queueBulk)
	}
}

// follow keeps an event that asks for nothing behind those of the same thing
// that wait.
func (r *resources) follow(kind rkind, e *api.Event, now time.Time) bool {
	k, ok := r.keys[kind][e.ID]
	if !ok || len(k.held) == 0 {
		return false
	}
	k.held = append(k.held, held{event: *e, at: now, place: r.t.place(nil, e)})
	return true
}

// destroyed believes that a thing is gone: of all that events say, this alone
// can't change any more.
func (r *resources) destroyed(kind rkind, e *api.Event) {
	k := r.key(kind, e.ID)
	r.spoke(kind, e.ID)
	r.gone(k)
	r.t.say(nil, *e)
}

// attached notes that somebody was attached to a network, or detached. The
// event itself stays with the container, in the order of the container's other
// events; it waits for the network as well, if that answers at once.
func (t *tracker) attached(e *api.Event, now time.Time) *rkey {
	if t.res == nil || e.ID == "" {
		return nil
	}
	t.attribute(e, t.ours(e.Time))
	n := t.res.key(kindNetworks, e.ID)
	t.res.touch(n)
	t.res.mark(n, now, queueUrgent)
	return n
}

// owes reports whether the event is to wait for its network's answer: one that
// folds with others is not waited for, because a container's events must not be
// late for it.
func (h *held) owes() bool {
	n := h.network
	return n != nil && n.asked.Before(h.at) && (n.inflight || n.queued != queueNone)
}
