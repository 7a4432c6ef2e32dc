package client

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// eventLog is the position in topic events. The events themselves are handed
// on, not kept.
type eventLog struct {
	seq   uint64
	known bool
	// loading and pages are as in table. seen: at least one snapshot has ended
	// in this epoch; latest is the time of the newest event handed on, by which
	// events that another epoch tells again are recognised.
	loading  bool
	pages    []api.Event
	nextPage int
	seen     bool
	latest   time.Time
}

// forget: positions mean nothing any more, times still do.
func (l *eventLog) forget() { *l = eventLog{latest: l.latest} }

// resync: a snapshot follows by itself.
func (l *eventLog) resync() { l.loading, l.pages, l.nextPage = true, nil, 0 }

// disconnected forgets a half-told snapshot.
func (l *eventLog) disconnected() { l.loading, l.pages = false, nil }

func (l *eventLog) position() (seq uint64, known, whole bool) { return l.seq, l.known, !l.loading }

func (l *eventLog) subbed(m *api.Subbed) {
	l.pages, l.nextPage = nil, 0
	l.loading = !m.Recovered
}

func decodeEvents(raws []json.RawMessage) ([]api.Event, error) {
	out := make([]api.Event, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, fmt.Errorf("decode an event: %w", err)
		}
	}
	return out, nil
}

func (l *eventLog) snap(m *api.Snap) error {
	if m.Page == 0 {
		l.pages, l.nextPage = nil, 0
	}
	if m.Page != l.nextPage {
		return fmt.Errorf("page %d of a snapshot of events, want %d", m.Page, l.nextPage)
	}
	events, err := decodeEvents(m.Items)
	if err != nil {
		return err
	}
	l.nextPage++
	l.pages = append(l.pages, events...)
	return nil
}

// snapEnd returns the events that are new to this client, and the range that
// it will never see, if there is one.
func (l *eventLog) snapEnd(m *api.SnapEnd) (events []api.Event, lost *api.Range, err error) {
	if m.Count != len(l.pages) {
		return nil, nil, fmt.Errorf("a snapshot of %d events ends after %d", m.Count, len(l.pages))
	}
	pages := l.pages
	for _, e := range pages {
		if l.seen && e.Seq <= l.seq || !l.seen && !l.latest.IsZero() && !e.Time.After(l.latest) {
			continue
		}
		events = append(events, e)
	}
	if l.seen && m.Seq > l.seq {
		oldest := m.Seq
		if len(pages) > 0 {
			oldest = pages[0].Seq - 1
		}
		if oldest > l.seq {
			lost = &api.Range{From: l.seq, To: oldest}
		}
	}
	l.pages, l.nextPage = nil, 0
	l.seq, l.known, l.loading, l.seen = m.Seq, true, false, true
	l.note(events)
	return events, lost, nil
}

func (l *eventLog) delta(m *api.Delta) (events []api.Event, ok bool, err error) {
	switch {
	case l.loading:
		return nil, true, nil
	case !l.known:
		return nil, false, nil
	case m.Seq <= l.seq:
		return nil, true, nil
	case m.From != l.seq:
		return nil, false, nil
	}
	events, err = decodeEvents(m.Added)
	if err != nil {
		return nil, true, err
	}
	l.seq = m.Seq
	l.note(events)
	return events, true, nil
}

func (l *eventLog) note(events []api.Event) {
	for i := range events {
		if events[i].Time.After(l.latest) {
			l.latest = events[i].Time
		}
	}
}

func (l *eventLog) mark(seq uint64) {
	if l.known && !l.loading && seq > l.seq {
		l.seq = seq
	}
}
