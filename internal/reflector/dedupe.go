package reflector

import (
	"hash/maphash"

	"github.com/quaywatch/quaywatch/internal/api"
)

// seenWindow is how many events are remembered to recognize them when they are
// replayed. Docker replays 256 at most; at 400 events a second this still
// covers the overlap of 5 s.
const seenWindow = 4096

// seen recognizes events that were heard before. It forgets the oldest beyond
// seenWindow.
type seen struct {
	seed maphash.Seed
	set  map[uint64]struct{}
	ring []uint64
	next int
}

func newSeen() *seen {
	return &seen{seed: maphash.MakeSeed(), set: make(map[uint64]struct{})}
}

// again reports whether the event was heard before, and remembers it. The
// engine's time in nanoseconds, what happened and to whom name an event; 64
// bits of a hash of them do within a window this small.
func (s *seen) again(e *api.Event) bool {
	h := maphash.Comparable(s.seed, struct {
		nano                     int64
		kind, action, id, detail string
		container                string
	}{e.Time.UnixNano(), e.Kind, e.Action, e.ID, e.Detail, e.Attributes["container"]})
	if _, ok := s.set[h]; ok {
		return true
	}
	if len(s.ring) < seenWindow {
		s.ring = append(s.ring, h)
	} else {
		delete(s.set, s.ring[s.next])
		s.ring[s.next] = h
		s.next = (s.next + 1) % seenWindow
	}
	s.set[h] = struct{}{}
	return false
}
