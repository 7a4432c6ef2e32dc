package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// wholeFrom is how many changed fields make a change an addition.
const wholeFrom = 6

// object is a resource with its encoding, made once for all clients.
type object struct {
	value any
	raw   json.RawMessage
	// order is the position of the object's last addition: a stable sort key.
	order uint64
}

type op uint8

const (
	opAdd op = iota
	opChange
	opRemove
)

// change is one step of a topic. Additions carry no content: the object that is
// there when the change is read is newer anyway.
type change struct {
	key api.Key
	op  op
	// row is the container's, also of one that was removed; 0 in other topics.
	row   int32
	set   map[string]json.RawMessage
	unset []string
	cause time.Time
}

// table is a state topic: the resources by key and a ring of the last changes.
// It is guarded by Store.mu.
type table struct {
	objects map[api.Key]*object
	seq     uint64
	ring    ring[change]
	minRing int
}

func newTable(minRing int) *table {
	return &table{objects: make(map[api.Key]*object), minRing: minRing}
}

// record notes a change of the resource with this value.
func (t *table) record(c change, value any) {
	if container, ok := value.(*api.Container); ok {
		c.row = int32(container.Row) //nolint:gosec // rows are counted from 1: two thousand million containers in one epoch
	}
	t.seq++
	t.ring.push(c, max(t.minRing, 4*len(t.objects)))
}

func (t *table) put(key api.Key, value any, raw json.RawMessage, cause time.Time) bool {
	old, ok := t.objects[key]
	if !ok {
		t.objects[key] = &object{value: value, raw: raw, order: t.seq + 1}
		t.record(change{key: key, op: opAdd, cause: cause}, value)
		return true
	}
	if bytes.Equal(old.raw, raw) {
		return false
	}
	set, unset := diff(old.raw, raw)
	t.objects[key] = &object{value: value, raw: raw, order: old.order}
	c := change{key: key, op: opChange, set: set, unset: unset, cause: cause}
	if _, first := set["partial"]; first || len(set) > wholeFrom {
		// So much of it is new that the whole is hardly more to send, and far less
		// to keep: the first inspects of 10,000 containers would fill the ring.
		c = change{key: key, op: opAdd, cause: cause}
	}
	t.record(c, value)
	return true
}

func (t *table) remove(key api.Key, cause time.Time) *object {
	old, ok := t.objects[key]
	if !ok {
		return nil
	}
	delete(t.objects, key)
	t.record(change{key: key, op: opRemove, cause: cause}, old.value)
	return old
}

// sorted are the objects, the oldest first.
func (t *table) sorted() []*object {
	return slices.SortedFunc(maps.Values(t.objects), func(a, b *object) int { return cmp.Compare(a.order, b.order) })
}

func (t *table) items() []json.RawMessage {
	objects := t.sorted()
	items := make([]json.RawMessage, len(objects))
	for i, o := range objects {
		items[i] = o.raw
	}
	return items
}

// touches tells whether a container of one of the rows, which are sorted, has
// changed after seq.
func (t *table) touches(rows []int, seq uint64) bool {
	if seq > t.seq || t.seq-seq > uint64(t.ring.len()) {
		return true // nobody knows
	}
	for at := t.ring.len() - int(t.seq-seq); at < t.ring.len(); at++ {
		if _, found := slices.BinarySearch(rows, int(t.ring.at(at).row)); found {
			return true
		}
	}
	return false
}

func (t *table) since(topic api.Topic, seq uint64) (Update, bool) {
	if seq > t.seq || t.seq-seq > uint64(t.ring.len()) {
		return Update{}, false
	}
	u := Update{Delta: api.Delta{Type: api.TypeDelta, Topic: topic, From: seq, Seq: t.seq}}
	steps := t.ring.last(int(t.seq - seq))
	merged := make(map[api.Key]*merge, len(steps))
	order := make([]api.Key, 0, len(steps))
	for i := range steps {
		c := &steps[i]
		if !c.cause.IsZero() && (u.Cause.IsZero() || c.cause.Before(u.Cause)) {
			u.Cause = c.cause
		}
		m, ok := merged[c.key]
		if !ok {
			m = &merge{}
			merged[c.key] = m
			order = append(order, c.key)
		}
		m.step(c)
	}
	for _, k := range order {
		m := merged[k]
		o, exists := t.objects[k]
		switch {
		case !exists:
			u.Delta.Removed = append(u.Delta.Removed, k)
		case m.whole:
			u.Delta.Added = append(u.Delta.Added, o.raw)
		default:
			if u.Delta.Changed == nil {
				u.Delta.Changed = make(map[api.Key]api.Diff)
			}
			u.Delta.Changed[k] = m.diff()
		}
	}
	return u, true
}

// merge folds the changes of one key.
type merge struct {
	whole bool // an addition is among them: send the object as it is now
	set   map[string]json.RawMessage
	unset map[string]bool
	owned bool // set is ours to write, not a change's
}

func (m *merge) step(c *change) {
	if c.op != opChange {
		m.whole = m.whole || c.op == opAdd
		return
	}
	if m.set == nil && m.unset == nil && len(c.unset) == 0 {
		m.set = c.set // the usual case: one change, shared as it is
		return
	}
	if !m.owned {
		own := make(map[string]json.RawMessage, len(m.set)+len(c.set))
		maps.Copy(own, m.set)
		m.set, m.unset, m.owned = own, make(map[string]bool), true
	}
	for k, v := range c.set {
		m.set[k] = v
		delete(m.unset, k)
	}
	for _, k := range c.unset {
		delete(m.set, k)
		m.unset[k] = true
	}
}

func (m *merge) diff() api.Diff {
	d := api.Diff{Set: m.set}
	for k := range m.unset {
		d.Unset = append(d.Unset, k)
	}
	slices.Sort(d.Unset)
	return d
}

// diff compares two encoded objects field by field.
func diff(from, to json.RawMessage) (set map[string]json.RawMessage, unset []string) {
	var a, b map[string]json.RawMessage
	if json.Unmarshal(from, &a) != nil || json.Unmarshal(to, &b) != nil {
		panic("store: a resource is not a JSON object")
	}
	set = make(map[string]json.RawMessage)
	for k, v := range b {
		if !bytes.Equal(a[k], v) {
			set[k] = v
		}
		delete(a, k)
	}
	for k := range a {
		unset = append(unset, k)
	}
	return set, unset
}
