package app

import (
	"sync/atomic"

	"github.com/quaywatch/quaywatch/internal/api"
)

// revisions counts the changes of lists that no topic carries. Whoever changes one
// says so once the change can be read; the server's own status carries the counts.
type revisions struct {
	rules, deliveries atomic.Uint64
	news              chan struct{} // one slot: a count is another one
}

func newRevisions() *revisions { return &revisions{news: make(chan struct{}, 1)} }

func (r *revisions) rulesChanged()      { r.count(&r.rules) }
func (r *revisions) deliveriesChanged() { r.count(&r.deliveries) }

func (r *revisions) count(n *atomic.Uint64) {
	n.Add(1)
	select {
	case r.news <- struct{}{}:
	default:
	}
}

func (r *revisions) counts() api.Revisions {
	return api.Revisions{AlertRules: r.rules.Load(), Deliveries: r.deliveries.Load()}
}
