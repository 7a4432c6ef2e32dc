package notify

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// keepWithin bounds one write, keepAgain is how long is waited after one that
	// failed: the disk may be full.
	keepWithin = 30 * time.Second
	keepAgain  = 3 * time.Second
	// finishWithin bounds the last write.
	finishWithin = 2 * time.Second
	// maxUnsaid bounds the lines of the log that wait for the disk; the oldest goes.
	maxUnsaid = 1000
	// recentLog is how much of the log is read at the start, to know how each
	// delivery does.
	recentLog = 500
)

// kept is what was kept before a restart.
type kept struct {
	entries  map[string][]*entry // by delivery
	messages map[string][]*message
}

// keeper reads what was kept, once, and then writes what changes, until ctx ends.
// While the disk fails, what changes waits, once for each alert, and deliveries
// go on.
func (n *Notifier) keeper(ctx context.Context, loaded chan<- kept) {
	for !n.load(ctx, loaded) {
		if !pause(ctx) {
			return // nothing was read, so nothing of it may be replaced
		}
	}
	for {
		if ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-n.dirty:
			}
		}
		within, end := keepWithin, ctx.Err() != nil
		if end {
			within = finishWithin
		}
		wctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
		err := n.flush(wctx)
		cancel()
		if end {
			if err != nil {
				n.log.Warn("what is still to be delivered could not be written down", "error", err)
			}
			return
		}
		if err != nil {
			n.log.Debug("what is to be delivered could not be written down yet", "error", err)
			pause(ctx)
			n.wakeKeeper()
		}
	}
}

// pause waits before the next try; false says that ctx ended.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(keepAgain):
		return true
	}
}

// load reads what was kept, and reports whether that worked.
func (n *Notifier) load(ctx context.Context, loaded chan<- kept) bool {
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	docs, err := n.o.Memory.Deliveries(ctx)
	if err != nil {
		n.log.Debug("what is to be delivered could not be read yet", "error", err)
		return false
	}
	recent, err := n.o.Memory.DeliveryLog(ctx, 0, recentLog)
	if err != nil {
		n.log.Debug("the delivery log could not be read yet", "error", err)
		return false
	}
	n.mu.Lock()
	for _, a := range slices.Backward(recent) {
		n.lastID = max(n.lastID, a.ID)
		if st := n.status[a.Delivery]; st.sentAt == nil || a.At.After(*st.sentAt) {
			st.learn(a)
			n.status[a.Delivery] = st
		}
	}
	n.mu.Unlock()
	n.o.OnChange()
	loaded <- n.decode(docs)
	return true
}

// decode reads what was kept; what can't be understood is forgotten.
func (n *Notifier) decode(docs map[string]json.RawMessage) kept {
	out := kept{entries: make(map[string][]*entry), messages: make(map[string][]*message)}
	for _, key := range slices.Sorted(maps.Keys(docs)) {
		kind, name, id := cutKey(key)
		switch kind {
		case entryKey:
			var e entry
			if json.Unmarshal(docs[key], &e) == nil && e.Alert.ID == id {
				out.entries[name] = append(out.entries[name], &e)
				continue
			}
		case messageKey:
			var m message
			if json.Unmarshal(docs[key], &m) == nil && m.ID == id && len(m.IDs) > 0 {
				out.messages[name] = append(out.messages[name], &m)
				continue
			}
		}
		n.log.Warn("something that was kept of deliveries can't be understood, it is dropped", "key", key)
		n.save(key, nil)
	}
	for _, all := range out.messages {
		slices.SortFunc(all, func(a, b *message) int { return a.At.Compare(b.At) })
	}
	return out
}

// flush writes what waits.
func (n *Notifier) flush(ctx context.Context) error {
	n.mu.Lock()
	put, lines := n.unkept, slices.Clone(n.unsaid)
	n.unkept = make(map[string]json.RawMessage)
	n.mu.Unlock()
	if len(put)+len(lines) == 0 {
		return nil
	}
	err := n.o.Memory.KeepDeliveries(ctx, put, lines)
	n.mu.Lock()
	defer n.mu.Unlock()
	if err != nil {
		for key, doc := range put {
			if _, newer := n.unkept[key]; !newer {
				n.unkept[key] = doc
			}
		}
		return err
	}
	if len(lines) > 0 {
		last := lines[len(lines)-1].ID
		n.unsaid = slices.DeleteFunc(n.unsaid, func(a api.DeliveryAttempt) bool { return a.ID <= last })
	}
	return nil
}
