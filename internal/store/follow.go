package store

import (
	"cmp"
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Position is where a follower within the process stands.
type Position struct{ Containers, Events uint64 }

// News leads a follower from a position to the present.
type News struct {
	At Position
	// Events are the new ones, the oldest first; Lost is how many before them were
	// no longer kept.
	Events []api.Event
	Lost   uint64
	// Put are the containers that came or changed, as they are now, Removed those
	// that went. Whole says that Put is all there are: the changes since the
	// position were no longer kept.
	Put     []*api.Container
	Removed []api.Key
	Whole   bool
}

// Follow returns what is new since a position; the zero position is before
// everything that is kept. Events and containers are as of the same moment.
func (s *Store) Follow(from Position) News {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := News{At: Position{s.containers.seq, s.events.seq}}
	if oldest := s.events.oldest(); from.Events < oldest {
		n.Lost, from.Events = oldest-from.Events, oldest
	}
	for _, e := range s.events.ring.last(int(s.events.seq - from.Events)) {
		n.Events = append(n.Events, e.event)
	}
	t := s.containers
	if t.seq-from.Containers > uint64(t.ring.len()) {
		n.Whole = true
		for _, c := range s.byRow {
			n.Put = append(n.Put, c)
		}
	} else {
		seen := make(map[api.Key]bool)
		for _, c := range t.ring.last(int(t.seq - from.Containers)) {
			if seen[c.key] {
				continue
			}
			seen[c.key] = true
			if o, ok := t.objects[c.key]; ok {
				n.Put = append(n.Put, o.value.(*api.Container))
			} else {
				n.Removed = append(n.Removed, c.key)
			}
		}
	}
	slices.SortFunc(n.Put, func(a, b *api.Container) int { return cmp.Compare(a.Row, b.Row) })
	return n
}
