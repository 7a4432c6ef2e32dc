package client

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Change is what happened to one resource. Old is nil for a new one, New for
// one that is gone.
type Change[T any] struct {
	Key      api.Key
	Old, New *T
}

// entry keeps a resource with its encoding, to which diffs are applied: that
// way a field this client doesn't know is neither lost nor in the way.
type entry[T any] struct {
	value *T
	raw   json.RawMessage
}

// table is a client's copy of a state topic and its position.
type table[T any] struct {
	key     func(*T) api.Key
	entries map[api.Key]entry[T]
	seq     uint64
	// known: seq is a position of the current epoch. loading: a snapshot was
	// promised and has not ended; pages gathers it, nextPage is the one due.
	known, loading bool
	pages          map[api.Key]entry[T]
	nextPage       int
	count          int
}

func newTable[T any](key func(*T) api.Key) *table[T] {
	return &table[T]{key: key, entries: make(map[api.Key]entry[T])}
}

// forget drops the position and keeps the view until something replaces it.
func (t *table[T]) forget() { t.known, t.loading, t.pages = false, false, nil }

// resync: a snapshot follows by itself.
func (t *table[T]) resync() { t.loading, t.pages = true, nil }

// disconnected forgets a half-told snapshot.
func (t *table[T]) disconnected() { t.loading, t.pages = false, nil }

func (t *table[T]) position() (seq uint64, known, whole bool) { return t.seq, t.known, !t.loading }

// subbed handles the server's answer to a sub.
func (t *table[T]) subbed(m *api.Subbed) {
	t.pages, t.nextPage, t.count = nil, 0, 0
	t.loading = !m.Recovered
}

func (t *table[T]) decode(raw json.RawMessage) (api.Key, entry[T], error) {
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		return "", entry[T]{}, fmt.Errorf("decode a resource: %w", err)
	}
	k := t.key(v)
	if k == "" {
		return "", entry[T]{}, fmt.Errorf("a resource without a key")
	}
	return k, entry[T]{v, append(json.RawMessage(nil), raw...)}, nil
}

// snap gathers a page. Page 0 begins again: the server may restart a snapshot.
func (t *table[T]) snap(m *api.Snap) error {
	if m.Page == 0 {
		t.pages, t.nextPage, t.count = make(map[api.Key]entry[T]), 0, 0
	}
	if m.Page != t.nextPage || t.pages == nil {
		return fmt.Errorf("page %d of a snapshot, want %d", m.Page, t.nextPage)
	}
	page := make(map[api.Key]entry[T], len(m.Items))
	for _, raw := range m.Items {
		k, e, err := t.decode(raw)
		if err != nil {
			return err
		}
		page[k] = e
	}
	t.nextPage++
	t.count += len(m.Items)
	maps.Copy(t.pages, page)
	return nil
}

// snapEnd replaces the view and returns in what it differs from the old one.
func (t *table[T]) snapEnd(m *api.SnapEnd) ([]Change[T], error) {
	if m.Count != t.count {
		return nil, fmt.Errorf("a snapshot of %d resources ends after %d", m.Count, t.count)
	}
	fresh := t.pages
	if fresh == nil {
		fresh = make(map[api.Key]entry[T])
	}
	var out []Change[T]
	for k, e := range fresh {
		old, ok := t.entries[k]
		if !ok {
			out = append(out, Change[T]{k, nil, e.value})
		} else if string(old.raw) != string(e.raw) {
			out = append(out, Change[T]{k, old.value, e.value})
		}
	}
	for k, e := range t.entries {
		if _, ok := fresh[k]; !ok {
			out = append(out, Change[T]{k, e.value, nil})
		}
	}
	t.entries, t.pages, t.nextPage, t.count = fresh, nil, 0, 0
	t.seq, t.known, t.loading = m.Seq, true, false
	return out, nil
}

// delta moves the table on. It reports false when the table is not where the
// delta begins; nothing has changed then. An error leaves it unchanged too.
func (t *table[T]) delta(m *api.Delta) (out []Change[T], ok bool, err error) {
	if t.loading {
		return nil, true, nil
	}
	if !t.known {
		return nil, false, nil
	}
	if m.Seq <= t.seq {
		return nil, true, nil
	}
	if m.From != t.seq {
		return nil, false, nil
	}
	put := make(map[api.Key]entry[T], len(m.Added)+len(m.Changed))
	order := make([]api.Key, 0, len(m.Added)+len(m.Changed))
	for _, raw := range m.Added {
		k, e, err := t.decode(raw)
		if err != nil {
			return nil, true, err
		}
		put[k], order = e, append(order, k)
	}
	for k, d := range m.Changed {
		old, known := t.entries[k]
		if !known {
			// The server and this view disagree: start over from a snapshot.
			return nil, false, nil
		}
		raw, err := patch(old.raw, d)
		if err != nil {
			return nil, true, err
		}
		nk, e, err := t.decode(raw)
		if err != nil {
			return nil, true, err
		}
		if nk != k {
			return nil, true, fmt.Errorf("a change of %q turns it into %q", k, nk)
		}
		put[k], order = e, append(order, k)
	}
	for _, k := range order {
		out = append(out, Change[T]{k, t.entries[k].value, put[k].value})
		t.entries[k] = put[k]
	}
	for _, k := range m.Removed {
		if old, ok := t.entries[k]; ok {
			out = append(out, Change[T]{k, old.value, nil})
			delete(t.entries, k)
		}
	}
	t.seq = m.Seq
	return out, true, nil
}

// mark moves the position where nothing changed.
func (t *table[T]) mark(seq uint64) {
	if t.known && !t.loading && seq > t.seq {
		t.seq = seq
	}
}

// patch applies a diff to an encoded object.
func patch(raw json.RawMessage, d api.Diff) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("patch a resource: %w", err)
	}
	if fields == nil {
		return nil, fmt.Errorf("patch a resource: not an object")
	}
	maps.Copy(fields, d.Set)
	for _, f := range d.Unset {
		delete(fields, f)
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("patch a resource: %w", err)
	}
	return out, nil
}
