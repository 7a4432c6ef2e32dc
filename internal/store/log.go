package store

import (
	"encoding/json"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// entry is one event of the log with its encoding.
type entry struct {
	event api.Event
	raw   json.RawMessage
}

// log is topic events: the last events in order. It is guarded by Store.mu.
type log struct {
	seq   uint64
	ring  ring[entry]
	limit int
}

func newLog(limit int) *log { return &log{limit: limit} }

func (l *log) append(e api.Event) {
	l.seq++
	e.Seq = l.seq
	l.ring.push(entry{e, encode(e)}, l.limit)
}

func (l *log) oldest() uint64 { return l.seq - uint64(l.ring.len()) }

func (l *log) last(k int) []json.RawMessage {
	if k < 0 {
		k = l.ring.len()
	}
	entries := l.ring.last(k)
	out := make([]json.RawMessage, len(entries))
	for i := range entries {
		out[i] = entries[i].raw
	}
	return out
}

func (l *log) since(seq uint64) (Update, bool) {
	if seq > l.seq || seq < l.oldest() {
		return Update{}, false
	}
	u := Update{Delta: api.Delta{Type: api.TypeDelta, Topic: api.TopicEvents, From: seq, Seq: l.seq}}
	var cause time.Time
	for _, e := range l.ring.last(int(l.seq - seq)) {
		u.Delta.Added = append(u.Delta.Added, e.raw)
		if !e.event.Inferred && (cause.IsZero() || e.event.Time.Before(cause)) {
			cause = e.event.Time
		}
	}
	u.Cause = cause
	return u, true
}
