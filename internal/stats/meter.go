package stats

import "github.com/quaywatch/quaywatch/internal/api"

// minWindow is the shortest time, in nanoseconds, over which a rate is taken:
// below it, the counter's own granularity would show.
const minWindow = 200_000_000

// meter turns readings of one counter into a rate. Each has its own times,
// because not every file is read at every tick.
type meter struct {
	known bool
	last  uint64
	at    int64 // ns of any clock that never goes back
	rate  int64 // in the unit of the scale; meaningless unless rated
	rated bool
}

// update takes a reading and returns the rate: Unknown after the first, and
// after a counter or a clock went backwards. A reading that comes too soon
// after the one before leaves the rate, and the window open.
func (m *meter) update(v uint64, at int64, scale uint64) int64 {
	switch {
	case !m.known || v < m.last || at < m.at:
		*m = meter{known: true, last: v, at: at}
		return api.Unknown
	case at-m.at >= minWindow:
		m.rate = mulDiv(v-m.last, scale, uint64(at-m.at))
		m.rated = true
		m.last, m.at = v, at
	}
	if !m.rated {
		return api.Unknown
	}
	return m.rate
}

// share turns readings of two counters into the one's part of the other.
type share struct {
	known       bool
	part, whole uint64
}

// update returns hundredths of a percent since the reading before; Unknown
// after the first, and after one went backwards.
func (s *share) update(part, whole uint64) int64 {
	old := *s
	*s = share{known: true, part: part, whole: whole}
	if !old.known || part < old.part || whole < old.whole {
		return api.Unknown
	}
	return Throttled(part-old.part, whole-old.whole)
}

// meters are a container's counters.
type meters struct {
	cpu, rx, tx, read, write meter
	throttled                share
}

// cells are one row of a Batch.
type cells [api.NumColumns]int64

func (c *cells) clear() {
	for i := range c {
		c[i] = api.Unknown
	}
}

// addTo appends c to b as a row that was read at Unix nanoseconds at.
func (c *cells) addTo(b *api.Batch, row int, at int64) {
	b.Rows = append(b.Rows, row)
	b.Times = append(b.Times, at)
	for i := range b.Values {
		b.Values[i] = append(b.Values[i], c[i])
	}
}
