package reflector

import (
	"cmp"
	"hash/maphash"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// list notes that the engine is being asked for its list: what events say from
// now on may be newer than the answer.
func (t *tracker) list() {
	t.listing = t.gaps
	t.touched = make(map[string]bool)
}

// unlisted notes that no answer came.
func (t *tracker) unlisted() { t.touched = nil }

// replace compares the engine's list with the store. New rows are put as they
// are, so that there is a first view at once, and inspected, running ones
// first. Rows that say what the store says keep the store's full value, unless
// events were lost: a list does not show that a container was restarted. The
// rest, and what the list lacks, is looked into once the grace is over; a row
// that an event spoke of meanwhile is left to that event's inspect, and is put
// as it is only where there would be none until then.
func (t *tracker) replace(rows []api.Container, now time.Time) {
	first := !t.listed
	gap := t.listing != t.closed // the comparison closes one
	t.old = max(8, len(t.keys)/10)
	inList := make(map[string]struct{}, len(rows))
	for i := range rows {
		inList[rows[i].ID] = struct{}{}
	}
	for _, alive := range []bool{true, false} { // the bulk: running first
		for i := range rows {
			if rows[i].State.Alive() == alive {
				t.compare(&rows[i], now, first, gap)
			}
		}
	}
	for id, k := range t.keys {
		_, listed := inList[id]
		_, touched := t.touched[id]
		if !listed && !touched && (k.stored || k.gone) {
			t.judge(k, now, gap)
		}
	}
	t.touched, t.closed, t.listed = nil, t.listing, true
}

func (t *tracker) compare(row *api.Container, now time.Time, first, gap bool) {
	k, known := t.keys[row.ID]
	destroyed, touched := t.touched[row.ID]
	if !known && !touched {
		k = t.key(row.ID)
	}
	if k != nil && first && !k.news.created {
		k.news.before = true
	}
	if touched {
		if known && !k.stored && !k.gone && !destroyed {
			t.putRow(k, row)
		}
		if known && gap {
			t.judge(k, now, gap)
		}
		return
	}
	if k.gone {
		t.judge(k, now, gap)
		return
	}
	if !k.stored {
		t.putRow(k, row)
		if first {
			t.mark(k, now, queueBulk)
		} else {
			t.judge(k, now, gap)
		}
		return
	}
	stored, ok := t.stored(k)
	switch {
	case !ok || first: // somebody else removed it; or an event came before the first list
		t.mark(k, now, queueBulk)
	case gap, k.dirty, stored.Partial && !k.busy(), !t.sameRow(row, stored):
		t.judge(k, now, gap)
	case now.Sub(k.seenAt) > lookEvery && t.old > 0 && !k.busy():
		t.old--
		t.judge(k, now, gap)
	}
}

// putRow puts what the list says; an inspect will say more.
func (t *tracker) putRow(k *key, row *api.Container) {
	own := *row
	own.Partial = true
	k.name, k.image = own.Name, own.Image
	t.put(k, &own)
}

// judge asks for the verdict on a key, after the grace.
func (t *tracker) judge(k *key, now time.Time, gap bool) {
	if k.pending {
		return
	}
	k.pending, k.heard = true, false
	t.agenda.add(now.Add(t.grace(gap)), k, choreVerify)
}

// sameRow reports whether two values agree in everything that a list tells and
// an event may change.
func (t *tracker) sameRow(a, b *api.Container) bool { return t.digest(a) == t.digest(b) }

func (t *tracker) digest(c *api.Container) uint64 {
	var h maphash.Hash
	h.SetSeed(t.seen.seed)
	health := c.Health
	if c.State != api.StateRunning {
		health = "" // a list tells it of running containers only
	}
	exit := -1
	if c.ExitCode != nil {
		exit = *c.ExitCode
	}
	maphash.WriteComparable(&h, struct {
		state           api.ContainerState
		health          api.Health
		name, image     string
		exit            int
		networks, ports int
	}{c.State, health, c.Name, c.Image, exit, len(c.Networks), len(c.Ports)})
	for _, n := range slices.Sorted(slices.Values(c.Networks)) {
		maphash.WriteComparable(&h, n)
	}
	for _, p := range slices.SortedFunc(slices.Values(c.Ports), comparePorts) {
		maphash.WriteComparable(&h, p)
	}
	return h.Sum64()
}

func comparePorts(a, b api.Port) int {
	return cmp.Or(cmp.Compare(a.Private, b.Private), cmp.Compare(a.Proto, b.Proto),
		cmp.Compare(a.Public, b.Public), cmp.Compare(a.IP, b.IP))
}
