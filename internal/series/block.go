package series

import (
	"math/bits"

	"github.com/quaywatch/quaywatch/internal/api"
)

// blockSize is about how large a block becomes, in bytes: one that the allocator
// has no waste with. It is closed when there may be no room for another sample of
// the usual kind, and is the step in which history is forgotten.
const (
	blockSize  = 1 << 10
	sampleRoom = 48
)

// block is a run of samples. Each is written as what was not to be expected of
// it, in bits:
//
//	how much longer than the one before it took, as a number; not for the first
//	1: nothing else was unexpected
//	01: the same columns are known, and their differences follow as numbers
//	00: a bit for each column says whether it is known, then likewise
//
// What is expected of a rate is what its counter says, and of all else that it
// stays as it was. Every int64 comes out again as it was.
type block struct {
	first, last int64 // Unix milliseconds
	bitWriter
}

// coder is what the next sample of a block is expected to be like. A block
// begins with the zero coder, for whoever writes and whoever reads it.
type coder struct {
	known uint32 // by column
	value [api.NumColumns]int64
	step  int64 // milliseconds between the last two samples
	// width is, for each column and for steps, what is known of the width of its
	// numbers.
	width [api.NumColumns + 1]width
}

// add appends a sample. at must not be before the last one's.
func (b *block) add(at int64, c *coder, sample *[api.NumColumns]int64) {
	step := int64(0)
	if b.size() == 0 {
		b.first = at
	} else {
		step = at - b.last
		c.width[api.NumColumns].write(&b.bitWriter, step-c.step, 0)
	}
	b.last = at
	var known uint32
	for i, v := range sample {
		if v != api.Unknown {
			known |= 1 << i
		}
	}
	var off [api.NumColumns]int64
	same := known == c.known
	next := c.expect(step, known, func(col api.Column, expected int64) int64 {
		off[col] = sample[col] - expected
		same = same && off[col] == 0
		return sample[col]
	})
	switch {
	case same:
		b.write(1, 1)
	case known == c.known:
		b.write(1, 2)
	default:
		b.write(0, 2)
		b.write(uint64(known), int(api.NumColumns))
	}
	for rest := known; !same && rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros32(rest)
		c.width[i].write(&b.bitWriter, off[i], unit(api.Column(i)))
	}
	c.step, c.known, c.value = step, known, next
}

// each calls fn with every sample of the block. The values are fn's until it
// returns.
func (b *block) each(fn func(at int64, c *coder)) {
	var c coder
	r := bitReader{data: b.data}
	at := b.first
	for r.at < b.size() {
		step := int64(0)
		if r.at > 0 {
			step = c.step + c.width[api.NumColumns].read(&r, 0)
		}
		at += step
		same, known := r.read(1) == 1, c.known
		if !same && r.read(1) == 0 {
			known = uint32(r.read(int(api.NumColumns))) //nolint:gosec // G115: 18 bits
		}
		c.value = c.expect(step, known, func(col api.Column, expected int64) int64 {
			if same {
				return expected
			}
			return expected + c.width[col].read(&r, unit(col))
		})
		c.step, c.known = step, known
		fn(at, &c)
	}
}

const most = 1 << 31

// expect calls fn, in order, with each column that is known in a sample, step
// milliseconds after the one before, and what is expected of it, and returns what
// fn makes of them.
func (c *coder) expect(step int64, known uint32, fn func(col api.Column, expected int64) int64) [api.NumColumns]int64 {
	next := c.value
	per, took := int64(1000), step // how much a second, of how much
	for rest := known; rest != 0; rest &= rest - 1 {
		col := api.Column(bits.TrailingZeros32(rest))
		from, ok := counterOf(col)
		moved := next[from] - c.value[from]
		if ok = ok && step > 0 && c.known&known&(1<<from) != 0 && moved >= 0 && moved < most; !ok {
			next[col] = fn(col, next[col])
			continue
		}
		next[col] = fn(col, (moved*per+took/2)/took)
		if moved > took && next[col] > 0 && next[col] < most {
			per, took = next[col], moved
		}
	}
	return next
}

// counterOf is the counter, an earlier column, whose rate a column is.
func counterOf(c api.Column) (api.Column, bool) {
	switch c { //nolint:exhaustive // others are no rates
	case api.ColRxRate:
		return api.ColRx, true
	case api.ColTxRate:
		return api.ColTx, true
	case api.ColReadRate:
		return api.ColRead, true
	case api.ColWriteRate:
		return api.ColWrite, true
	}
	return 0, false
}

// unit is the power of two that a column's differences usually are multiples of:
// pages of memory, sectors of disks.
func unit(c api.Column) int {
	switch c { //nolint:exhaustive // others are of any size
	case api.ColMemory:
		return 12
	case api.ColRead, api.ColWrite:
		return 9
	}
	return 0
}
