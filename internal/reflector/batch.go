package reflector

import (
	"maps"
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// batch gathers what is to be applied to the store in one step. The last word
// about a key wins.
type batch struct {
	puts    []*api.Container
	at      map[api.Key]int // index in puts
	removed []api.Key
	events  []api.Event

	images   rbatch[*api.Image]
	volumes  rbatch[*api.Volume]
	networks rbatch[*api.Network]
}

// rbatch is what is to become of images, volumes or networks: the last word
// about a key wins, a nil says that it is gone.
type rbatch[T interface {
	comparable
	Key() api.Key
}] struct{ last map[api.Key]T }

func (b *rbatch[T]) put(v T) { b.set(v.Key(), v) }

func (b *rbatch[T]) remove(k api.Key) {
	var gone T
	b.set(k, gone)
}

func (b *rbatch[T]) set(k api.Key, v T) {
	if b.last == nil {
		b.last = make(map[api.Key]T)
	}
	b.last[k] = v
}

// split are the values to put, in order of their keys, and the keys to drop.
func (b *rbatch[T]) split() (puts []T, drops []api.Key) {
	var gone T
	for _, k := range slices.Sorted(maps.Keys(b.last)) {
		if v := b.last[k]; v != gone {
			puts = append(puts, v)
		} else {
			drops = append(drops, k)
		}
	}
	return puts, drops
}

func (b *batch) put(c *api.Container) {
	k := c.Key()
	if i, ok := b.at[k]; ok {
		b.puts[i] = c
		return
	}
	if b.at == nil {
		b.at = make(map[api.Key]int)
	}
	b.at[k] = len(b.puts)
	b.puts = append(b.puts, c)
}

func (b *batch) remove(k api.Key) {
	if i, ok := b.at[k]; ok {
		b.puts[i] = nil
		delete(b.at, k)
	}
	b.removed = append(b.removed, k)
}

func (b *batch) event(e api.Event) { b.events = append(b.events, e) }

func (b *batch) get(k api.Key) (*api.Container, bool) {
	if i, ok := b.at[k]; ok {
		return b.puts[i], true
	}
	return nil, false
}

// take returns what was gathered and begins anew.
func (b *batch) take() store.Change {
	ch := store.Change{Remove: b.removed, Events: b.events}
	for _, c := range b.puts {
		if c != nil {
			ch.Put = append(ch.Put, c)
		}
	}
	ch.Images, ch.DropImages = b.images.split()
	ch.Volumes, ch.DropVolumes = b.volumes.split()
	ch.Networks, ch.DropNetworks = b.networks.split()
	*b = batch{}
	return ch
}
