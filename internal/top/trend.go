package top

import "time"

// A trend is a metric's last two minutes in twelve parts of ten seconds each:
// small enough to keep for ten thousand containers, whether they are measured
// each second or each ten.
const (
	trendParts = 12
	trendPart  = 10 * time.Second
)

type trend struct {
	last  int64 // which part sums[trendParts-1] is, in parts since 1970
	sums  [trendParts]float32
	count [trendParts]uint16
}

// add notes a value that was read at a time.
func (t *trend) add(at time.Time, v float64) {
	part := at.UnixMilli() / trendPart.Milliseconds()
	switch {
	case part > t.last:
		t.shift(part)
	case t.last-part >= trendParts:
		return // older than all that is kept
	}
	i := trendParts - 1 - int(t.last-part)
	t.sums[i] += float32(v)
	t.count[i]++
}

// shift moves the parts so that the last one is part.
func (t *trend) shift(part int64) {
	by := int(min(part-t.last, trendParts))
	copy(t.sums[:], t.sums[by:])
	copy(t.count[:], t.count[by:])
	for i := trendParts - by; i < trendParts; i++ {
		t.sums[i], t.count[i] = 0, 0
	}
	t.last = part
}

// levels are the means of the parts up to now, from 0 to top, the trend's own
// highest; -1 where nothing is known.
func (t *trend) levels(now time.Time, top int) [trendParts]int {
	part := now.UnixMilli() / trendPart.Milliseconds()
	var out [trendParts]int
	highest := float32(0)
	mean := func(i int) (float32, bool) {
		from := i + int(max(0, min(part-t.last, trendParts)))
		if from >= trendParts || t.count[from] == 0 {
			return 0, false
		}
		return t.sums[from] / float32(t.count[from]), true
	}
	for i := range out {
		if v, ok := mean(i); ok {
			highest = max(highest, v)
		}
	}
	for i := range out {
		v, ok := mean(i)
		switch {
		case !ok:
			out[i] = -1
		case highest > 0:
			out[i] = int(v/highest*float32(top) + 0.5)
		}
	}
	return out
}
