package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Container returns the container with this key.
func (s *Store) Container(k api.Key) (*api.Container, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.containers.objects[k]
	if !ok {
		return nil, false
	}
	return o.value.(*api.Container), true
}

// ContainerByRow returns the container with this metrics row.
func (s *Store) ContainerByRow(row int) (*api.Container, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.byRow[row]
	return c, ok
}

// Size is how many containers there are.
func (s *Store) Size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.containers.objects)
}

// Containers returns all containers, by row: the order in which they came.
func (s *Store) Containers() []*api.Container {
	s.mu.Lock()
	out := make([]*api.Container, 0, len(s.byRow))
	for _, c := range s.byRow {
		out = append(out, c)
	}
	s.mu.Unlock()
	slices.SortFunc(out, func(a, b *api.Container) int { return cmp.Compare(a.Row, b.Row) })
	return out
}

// System returns the items of topic system, sorted by key.
func (s *Store) System() []api.SystemItem {
	s.mu.Lock()
	out := make([]api.SystemItem, 0, len(s.system.objects))
	for _, o := range s.system.objects {
		out = append(out, o.value.(api.SystemItem))
	}
	s.mu.Unlock()
	slices.SortFunc(out, func(a, b api.SystemItem) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// Engines returns the watched engines, sorted by id.
func (s *Store) Engines() []api.EngineStatus {
	var out []api.EngineStatus
	for _, i := range s.System() {
		if i.Engine != nil {
			out = append(out, *i.Engine)
		}
	}
	return out
}

// Jobs returns the jobs, the oldest first.
func (s *Store) Jobs() []api.Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]api.Job, 0, len(s.jobs.objects))
	for _, o := range s.jobs.sorted() {
		out = append(out, o.value.(api.Job))
	}
	return out
}

// Events returns the last events, oldest first; negative is all that are kept.
func (s *Store) Events(last int) []api.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last < 0 {
		last = s.events.ring.len()
	}
	entries := s.events.ring.last(last)
	out := make([]api.Event, len(entries))
	for i := range entries {
		out[i] = entries[i].event
	}
	return out
}

// Find resolves what a person typed: a key, an id, a name, or the beginning of
// an id. An error says that nothing matches, or what does when several do.
func (s *Store) Find(ref string) (*api.Container, error) {
	if c, ok := s.Container(api.Key(ref)); ok {
		return c, nil
	}
	name := strings.TrimPrefix(ref, "/")
	var exact, prefix []*api.Container
	for _, c := range s.Containers() {
		switch {
		case c.ID == ref || c.Name == name:
			exact = append(exact, c)
		case len(ref) > 0 && strings.HasPrefix(c.ID, ref):
			prefix = append(prefix, c)
		}
	}
	found := exact
	if len(found) == 0 {
		found = prefix
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no container %q. `quaywatch ps` lists them.", ref)}
	}
	keys := make([]string, 0, len(found))
	for _, c := range found[:min(len(found), 5)] {
		keys = append(keys, string(c.Key()))
	}
	return nil, &api.Error{Code: api.ErrConflict, Message: fmt.Sprintf("%q names %d containers. Use one of: %s", ref, len(found), strings.Join(keys, ", "))}
}
