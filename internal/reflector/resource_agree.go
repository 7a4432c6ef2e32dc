package reflector

import (
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// agree asks for the networks that show a container otherwise than its own record
// does; none is left of one that is gone. Docker tells of every attachment, and
// its event has asked already. Podman 4 tells of none that comes with a start or
// goes with an end, and not of networks that are made.
func (r *resources) agree(id string, attached []string, now time.Time) {
	if !r.listed[kindNetworks] {
		return
	}
	known := 0
	for _, n := range r.networks {
		want := slices.Contains(attached, n.Name)
		if want {
			known++
		}
		k := r.key(kindNetworks, n.ID)
		if n.Partial || k.inflight || k.later || k.queued != queueNone {
			continue // it is asked for
		}
		if want != slices.ContainsFunc(n.Endpoints, func(e api.Endpoint) bool { return e.Container == id }) {
			r.mark(k, now, queueUrgent)
		}
	}
	if known < len(attached) {
		r.mark(r.key(kindNetworks, ""), now, queueUrgent)
	}
}

// attachedTo are the networks that a container is attached to now: one that does
// not run keeps the names of those that it will be attached to.
func attachedTo(c *api.Container) []string {
	if c.State.Alive() {
		return c.Networks
	}
	return nil
}
