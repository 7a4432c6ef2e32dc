package reflector

import (
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
	*b = batch{}
	return ch
}
