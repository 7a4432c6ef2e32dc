package client

import (
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
)

// tail is the subscription to topic logs: what it is of, and where each of its
// containers stands, so that another connection goes on from there without a
// repetition. Stream.mu guards it.
type tail struct {
	id     int
	filter api.Filter
	// at is the time of each source's last line, and last the lines of that very
	// microsecond, which come again. They are bounded: a source that writes more
	// than maxTwins lines a microsecond may repeat some.
	at   []int64
	last [][]string
	// again: the lines up to at may come again, as this connection was resumed.
	again bool
}

const maxTwins = 64

func newTail(id int, filter *api.Filter) *tail {
	t := &tail{id: id}
	if filter != nil {
		t.filter = *filter
	}
	t.at = make([]int64, len(t.filter.Containers))
	t.last = make([][]string, len(t.filter.Containers))
	return t
}

// sub is what asks for the rest of it.
func (t *tail) sub() api.Sub {
	f := t.filter
	f.Since = nil
	for i, key := range f.Containers {
		if t.at[i] == 0 {
			continue
		}
		if f.Since == nil {
			f.Since = make(map[api.Key]int64)
		}
		f.Since[key] = t.at[i]
		t.again = true
	}
	return api.Sub{Type: api.TypeSub, ID: t.id, Topic: api.TopicLogs, Filter: &f}
}

// take notes where the sources stand and drops the lines that were there
// already. It reports false for a frame of another subscription.
func (t *tail) take(f *api.LogsFrame) bool {
	if f.ID != t.id || len(f.Text) != len(f.At) {
		return false
	}
	drop := make(map[int]bool)
	for i, at := range f.At {
		src := 0
		if i < len(f.Src) {
			src = f.Src[i]
		}
		if src < 0 || src >= len(t.at) {
			return false
		}
		switch {
		case t.again && at < t.at[src] && t.at[src] > 0, t.again && at == t.at[src] && slices.Contains(t.last[src], f.Text[i]):
			drop[i] = true
		case at == t.at[src]:
			if len(t.last[src]) < maxTwins {
				t.last[src] = append(t.last[src], f.Text[i])
			}
		default:
			t.at[src], t.last[src] = at, append(t.last[src][:0:0], f.Text[i])
		}
	}
	if len(drop) > 0 {
		without(f, drop)
	}
	return true
}

// without removes lines from a frame.
func without(f *api.LogsFrame, drop map[int]bool) {
	old := *f
	f.At, f.Text, f.Src, f.Err, f.Cut = nil, nil, nil, nil, nil
	for i := range old.At {
		if drop[i] {
			continue
		}
		n := len(f.At)
		f.At, f.Text = append(f.At, old.At[i]), append(f.Text, old.Text[i])
		if i < len(old.Src) {
			f.Src = append(f.Src, old.Src[i])
		}
		if slices.Contains(old.Err, i) {
			f.Err = append(f.Err, n)
		}
		if slices.Contains(old.Cut, i) {
			f.Cut = append(f.Cut, n)
		}
	}
}
