package alert

import (
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/filter"
)

// selector is which containers a match chooses. Rules with the same match share
// one; a container is asked about again only when it has changed.
type selector struct {
	f   *filter.Filter
	all bool // everything matches, always
	// in is by slot; slots are those that are in, in order, while sorted.
	in     []bool
	slots  []int32
	sorted bool
	users  int // rules
}

func newSelector(match string) *selector {
	f := filter.Parse(match)
	return &selector{f: f, all: f.Empty(), sorted: true}
}

// look asks whether the container in a slot is in; nil is a slot that is free.
func (s *selector) look(slot int32, c *api.Container, sight filter.Sight) {
	if s.all {
		return
	}
	for int(slot) >= len(s.in) {
		s.in = append(s.in, false)
	}
	is := c != nil && s.f.Still(c, sight)
	if s.in[slot] != is {
		s.in[slot], s.sorted = is, false
	}
}

// has tells whether a container is chosen as of now.
func (s *selector) has(sub *subject, sight filter.Sight) bool {
	if s.all {
		return true
	}
	if int(sub.slot) >= len(s.in) || !s.in[sub.slot] {
		return false
	}
	return !s.f.Live() || s.f.Match(sub.c, sight)
}

// members are the slots that are in.
func (s *selector) members() []int32 {
	if !s.sorted {
		s.slots, s.sorted = s.slots[:0], true
		for i, in := range s.in {
			if in {
				s.slots = append(s.slots, int32(i)) //nolint:gosec // G115: slots are few
			}
		}
	}
	return s.slots
}

// view is what filters see beside the container.
type view struct {
	now     time.Time
	metrics func(row int, column api.Column) int64
	engines map[string]string // names by id
}

func (v *view) Now() time.Time { return v.now }

func (v *view) Metric(row int, column api.Column) int64 {
	if v.metrics == nil {
		return api.Unknown
	}
	return v.metrics(row, column)
}

func (v *view) EngineName(id string) string {
	if n, ok := v.engines[id]; ok {
		return n
	}
	return id
}

// selectorsOf finds the selectors of a set of rules anew, keeping those that stay.
func selectorsOf(rules []*rule, old map[string]*selector, look func(*selector)) map[string]*selector {
	out := make(map[string]*selector, len(old))
	for _, r := range rules {
		if r.about != ofState && r.about != ofFigure {
			continue
		}
		s := out[r.Match]
		if s == nil {
			if s = old[r.Match]; s == nil {
				s = newSelector(r.Match)
				look(s)
			}
			s.users = 0
			out[r.Match] = s
		}
		s.users++
		r.selector = s
	}
	return out
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
