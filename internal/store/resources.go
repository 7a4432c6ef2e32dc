package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// keyed is a resource of a plain topic: images, volumes, networks and alerts.
type keyed interface{ Key() api.Key }

func put[T keyed](t *table, values []T, cause time.Time) bool {
	changed := false
	for _, v := range values {
		changed = t.put(v.Key(), v, encode(v), cause) || changed
	}
	return changed
}

func drop(t *table, keys []api.Key, cause time.Time) bool {
	changed := false
	for _, k := range keys {
		changed = t.remove(k, cause) != nil || changed
	}
	return changed
}

// Images returns the images, the first that came first; so do the others.
func (s *Store) Images() []*api.Image { return all[*api.Image](s, s.images) }

// Volumes returns the volumes.
func (s *Store) Volumes() []*api.Volume { return all[*api.Volume](s, s.volumes) }

// Networks returns the networks.
func (s *Store) Networks() []*api.Network { return all[*api.Network](s, s.networks) }

// Alerts returns the alerts of the topic: pending, firing and lately resolved.
func (s *Store) Alerts() []*api.Alert { return all[*api.Alert](s, s.alerts) }

func all[T any](s *Store, t *table) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]T, 0, len(t.objects))
	for _, o := range t.sorted() {
		out = append(out, o.value.(T))
	}
	return out
}

// Image returns the image with this key.
func (s *Store) Image(k api.Key) (*api.Image, bool) { return one[*api.Image](s, s.images, k) }

// Volume returns the volume with this key.
func (s *Store) Volume(k api.Key) (*api.Volume, bool) { return one[*api.Volume](s, s.volumes, k) }

// Network returns the network with this key.
func (s *Store) Network(k api.Key) (*api.Network, bool) { return one[*api.Network](s, s.networks, k) }

func one[T any](s *Store, t *table, k api.Key) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := t.objects[k]; ok {
		return o.value.(T), true
	}
	var none T
	return none, false
}

// FindImage resolves what a person typed: a key, an id, the beginning of one
// with or without "sha256:", a tag, or a name that stands for its tag "latest".
func (s *Store) FindImage(ref string) (*api.Image, error) {
	return find(s.Images(), ref, "image", func(i *api.Image) bool {
		if i.ID == ref || strings.TrimPrefix(i.ID, "sha256:") == ref {
			return true
		}
		return slices.Contains(i.Tags, ref) || slices.Contains(i.Tags, ref+":latest") || slices.Contains(i.Digests, ref)
	}, func(i *api.Image) string { return strings.TrimPrefix(i.ID, "sha256:") })
}

// FindVolume resolves a key or a name.
func (s *Store) FindVolume(ref string) (*api.Volume, error) {
	return find(s.Volumes(), ref, "volume", func(v *api.Volume) bool { return v.Name == ref }, nil)
}

// FindNetwork resolves a key, an id, a name, or the beginning of an id.
func (s *Store) FindNetwork(ref string) (*api.Network, error) {
	return find(s.Networks(), ref, "network", func(n *api.Network) bool { return n.ID == ref || n.Name == ref },
		func(n *api.Network) string { return n.ID })
}

// find looks for a key, then for what is exactly meant, then for the beginning
// of an id, where there are such.
func find[T keyed](all []T, ref, what string, exact func(T) bool, id func(T) string) (T, error) {
	var found, prefix []T
	for _, v := range all {
		switch {
		case string(v.Key()) == ref:
			return v, nil
		case exact(v):
			found = append(found, v)
		case id != nil && ref != "" && strings.HasPrefix(id(v), strings.TrimPrefix(ref, "sha256:")):
			prefix = append(prefix, v)
		}
	}
	if len(found) == 0 {
		found = prefix
	}
	var none T
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return none, &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no %s %q. `quaywatch %ss` lists them.", what, ref, what)}
	}
	keys := make([]string, 0, len(found))
	for _, v := range found[:min(len(found), 5)] {
		keys = append(keys, string(v.Key()))
	}
	return none, &api.Error{Code: api.ErrConflict, Message: fmt.Sprintf("%q names %d %ss. Use one of: %s", ref, len(found), what, strings.Join(keys, ", "))}
}
