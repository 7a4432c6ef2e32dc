package hub

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// The caches make one encoding serve all sessions that need the same one. Their
// locks are held while a frame is made, so that a thousand sessions woken by the
// same change wait for one encoding instead of each making its own.

// update is an encoded step of a topic: a delta, or a mark where the delta is
// empty. It is shared and never changed.
type update struct {
	msg       []byte
	from, seq uint64
	cause     time.Time
}

type updateKey struct {
	topic     api.Topic
	from, seq uint64
}

// What frameCache keeps at most; the oldest goes first. Sessions at the same
// position need one entry each topic, stragglers a few more.
const (
	cachedUpdates     = 64
	cachedUpdateBytes = 4 << 20
)

type frameCache struct {
	mu    sync.Mutex
	byKey map[updateKey]*update
	order []updateKey
	bytes int
}

// update returns the step that leads the topic from a position to the present;
// nil where there is nothing to say, false where it can't be continued.
func (h *Hub) update(topic api.Topic, from uint64) (*update, bool) {
	seq := h.store.Seq(topic)
	if seq == from {
		return nil, true
	}
	c := &h.frames
	c.mu.Lock()
	defer c.mu.Unlock()
	if u, ok := c.byKey[updateKey{topic, from, seq}]; ok {
		h.stats.shared.Add(1)
		return u, true
	}
	made, ok := h.store.Since(topic, from)
	if !ok {
		return nil, false
	}
	u := encodeUpdate(made)
	h.stats.encoded.Add(1)
	c.put(updateKey{topic, from, u.seq}, u)
	return u, true
}

func (c *frameCache) put(k updateKey, u *update) {
	if c.byKey == nil {
		c.byKey = make(map[updateKey]*update)
	}
	if _, ok := c.byKey[k]; ok {
		return
	}
	c.byKey[k] = u
	c.order = append(c.order, k)
	c.bytes += len(u.msg)
	for len(c.order) > 1 && (len(c.order) > cachedUpdates || c.bytes > cachedUpdateBytes) {
		old := c.order[0]
		c.order = append(c.order[:0], c.order[1:]...)
		c.bytes -= len(c.byKey[old].msg)
		delete(c.byKey, old)
	}
}

func encodeUpdate(u store.Update) *update {
	d := &u.Delta
	out := &update{from: d.From, seq: d.Seq, cause: u.Cause}
	if len(d.Added)+len(d.Changed)+len(d.Removed) == 0 {
		out.msg = encode(api.Mark{Type: api.TypeMark, Topic: d.Topic, Seq: d.Seq})
	} else {
		out.msg = encode(d)
	}
	return out
}

// encode marshals a message of package api, all of which can be.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("hub: marshal %T: %v", v, err))
	}
	return b
}

// snapKeep is how long a snapshot is kept for others who want one.
const snapKeep = time.Second

type snapCache struct {
	mu  sync.Mutex
	all map[api.Topic]*cachedSnap
}

type cachedSnap struct {
	snap store.Snapshot
	made time.Time
}

// snapshot returns the topic's content as of some moment after asked; it is
// shared, so that many clients that come at once cost one walk through the
// store. Events are not cached: their length is each client's choice.
func (h *Hub) snapshot(topic api.Topic, last int, asked time.Time) store.Snapshot {
	if topic == api.TopicEvents {
		return h.store.Snapshot(topic, last)
	}
	c := &h.snaps
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.all[topic]; ok && (s.made.After(asked) || s.snap.Seq == h.store.Seq(topic)) {
		return s.snap
	}
	if c.all == nil {
		c.all = make(map[api.Topic]*cachedSnap)
	}
	s := &cachedSnap{made: time.Now()} // before it is taken: it is not older than that
	s.snap = h.store.Snapshot(topic, last)
	c.all[topic] = s
	time.AfterFunc(snapKeep, func() { // it would keep what the store has let go of
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.all[topic] == s {
			delete(c.all, topic)
		}
	})
	return s.snap
}

// tickKey is everything a metrics frame depends on, besides the tick.
type tickKey struct {
	rows             string
	all, rest        bool
	cols             store.ColumnSet
	since, restSince uint64
	every, restEvery time.Duration
}

// cachedTicks is how many different frames of one tick are kept.
const cachedTicks = 64

type tickCache struct {
	mu    sync.Mutex
	tick  uint64
	byKey map[tickKey][]byte
}

// metricsFrame returns the frame that answers q, shared with the sessions that
// ask the same, and the tick it leads to. rows is q.Rows in a comparable form.
func (h *Hub) metricsFrame(q *store.Query, rows string) ([]byte, uint64) {
	if len(q.Whole) > 0 { // a filter has just changed: nobody else asks this
		h.stats.encoded.Add(1)
		return h.metrics.AppendFrame(nil, q)
	}
	k := tickKey{rows, q.All, q.Rest, q.Cols, q.Since, q.RestSince, q.Every, q.RestEvery}
	c := &h.ticks
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := h.metrics.Tick(); now != c.tick {
		c.tick = now
		clear(c.byKey)
	} else if f, ok := c.byKey[k]; ok {
		h.stats.shared.Add(1)
		return f, now
	}
	buf := h.buffer()
	defer h.release(buf)
	b, tick := h.metrics.AppendFrame((*buf)[:0], q)
	*buf = b
	f := append(make([]byte, 0, len(b)), b...)
	h.stats.encoded.Add(1)
	if tick == c.tick && len(c.byKey) < cachedTicks {
		if c.byKey == nil {
			c.byKey = make(map[tickKey][]byte)
		}
		c.byKey[k] = f
	}
	return f, tick
}

// Buffers come from a pool because a session that keeps one of 64 KiB would
// cost more than all its rest.
func (h *Hub) buffer() *[]byte { return h.buffers.Get().(*[]byte) }

func (h *Hub) release(b *[]byte) {
	if cap(*b) <= 2*MaxFrame {
		h.buffers.Put(b)
	}
}
