package alert

import (
	"context"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// Times of writing.
const (
	// gatherFor is how long a change waits for others: a crash loop is many.
	gatherFor = 200 * time.Millisecond
	// retryAfter is how long a write that failed waits for the next attempt.
	retryAfter = 3 * time.Second
	// writeWithin bounds one write.
	writeWithin = 30 * time.Second
)

// outbox is what is not in the history yet: the latest of each alert, so that it
// is bounded by the number of alerts, not by time.
type outbox struct {
	history *history.History // nil keeps nothing
	wake    chan struct{}    // one slot

	mu      sync.Mutex // guards all below
	put     map[string]*api.Alert
	drop    map[string]struct{}
	asked   uint64        // counts what was handed over
	written uint64        // of it, what is on disk, or could not be
	moved   chan struct{} // closed when written moves
}

func newOutbox(h *history.History) *outbox {
	return &outbox{
		history: h, wake: make(chan struct{}, 1), put: make(map[string]*api.Alert), drop: make(map[string]struct{}), moved: make(chan struct{}),
	}
}

// add hands over what has changed. It never waits.
func (o *outbox) add(put []*api.Alert, drop []string) {
	if o.history == nil || len(put)+len(drop) == 0 {
		return
	}
	o.mu.Lock()
	o.asked++
	for _, a := range put {
		o.put[a.ID] = a
		delete(o.drop, a.ID)
	}
	for _, id := range drop {
		delete(o.put, id)
		o.drop[id] = struct{}{}
	}
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// flushed returns when all that was handed over before was tried to be written.
func (o *outbox) flushed(ctx context.Context) error {
	o.mu.Lock()
	until := o.asked
	o.mu.Unlock()
	for {
		o.mu.Lock()
		done, moved := o.written >= until, o.moved
		o.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// run writes until ctx ends, and then what is left.
func (o *outbox) run(ctx context.Context) {
	if o.history == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), retryAfter)
			o.write(end)
			cancel()
			return
		case <-o.wake:
		}
		pause := gatherFor
		for pause > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause = 0
			if ctx.Err() == nil && !o.write(ctx) {
				pause = retryAfter
			}
		}
	}
}

// write writes what waits; false says that it waits still.
func (o *outbox) write(ctx context.Context) bool {
	o.mu.Lock()
	put, drop, asked := o.put, o.drop, o.asked
	o.put, o.drop = make(map[string]*api.Alert), make(map[string]struct{})
	o.mu.Unlock()
	var err error
	if len(put)+len(drop) > 0 {
		ctx, cancel := context.WithTimeout(ctx, writeWithin)
		err = o.history.PutAlerts(ctx, values(put), sortedKeys(drop))
		cancel()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.written = max(o.written, asked)
	close(o.moved)
	o.moved = make(chan struct{})
	if err == nil {
		return true
	}
	for id, a := range put { // what came meanwhile is newer
		_, newer := o.put[id]
		if _, dropped := o.drop[id]; !newer && !dropped {
			o.put[id] = a
		}
	}
	for id := range drop {
		if _, newer := o.put[id]; !newer {
			o.drop[id] = struct{}{}
		}
	}
	return false
}

func values(m map[string]*api.Alert) []*api.Alert {
	out := make([]*api.Alert, 0, len(m))
	for _, id := range sortedKeys(m) {
		out = append(out, m[id])
	}
	return out
}
