package series

import "math/bits"

// width is how many bits numbers are written with, in eighths of a bit: it
// follows their size (Golomb-Rice codes, adapted as by Malvar, "Adaptive
// Run-Length / Golomb-Rice Encoding", 2006, without the runs).
//
// A number is: as many ones as its upper bits count, a zero, and its lower bits,
// as many as the width says. One whose upper bits count to escape or more, or that
// is no multiple of its unit, is: that many ones, six bits that say how many
// bits it has less 1, and those.
type width uint8

const (
	escape   = 8
	eighths  = 8
	maxWidth = 30 * eighths
)

func (w *width) write(b *bitWriter, v int64, unit int) {
	lower := int(*w / eighths)
	if u := zigzag(v >> unit); v&(1<<unit-1) == 0 && u>>lower < escape {
		upper := int(u >> lower) //nolint:gosec // G115: below escape
		b.write(1<<(upper+1)-2, upper+1)
		b.write(u, lower)
		w.adapt(upper)
		return
	}
	u := zigzag(v)
	n := max(1, bits.Len64(u))
	b.write(1<<escape-1, escape)
	b.write(uint64(n-1), 6) //nolint:gosec // G115: 0 to 63
	b.write(u, n)
	w.adapt(escape)
}

func (w *width) read(b *bitReader, unit int) int64 {
	lower, upper := int(*w/eighths), 0
	for upper < escape && b.read(1) == 1 {
		upper++
	}
	w.adapt(upper)
	if upper == escape {
		return unzigzag(b.read(int(b.read(6)) + 1)) //nolint:gosec // G115: 0 to 63
	}
	return unzigzag(uint64(upper)<<lower|b.read(lower)) << unit
}

// adapt widens what was too narrow for a number, and narrows what had room.
func (w *width) adapt(upper int) {
	switch {
	case upper == 0:
		*w -= min(*w, 3)
	case upper > 1:
		*w = min(*w+width(2*upper), maxWidth) //nolint:gosec // G115: at most escape
	}
}

func zigzag(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) } //nolint:gosec // G115: zigzag
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }    //nolint:gosec // G115: zigzag
