package series

import (
	"encoding/binary"
	"math/bits"

	"github.com/quaywatch/quaywatch/internal/api"
)

// blockSize is about how large a block becomes, in bytes: one that the allocator
// has no waste with. It is closed when there may be no room for another sample,
// and is the step in which history is forgotten.
const (
	blockSize  = 1 << 10
	sampleRoom = 48
)

// block is a run of samples. A sample is, in varints: milliseconds since the one
// before (since the block's first, 0, for the first), a mask of the columns that
// changed, and for each of those 0 where it is not known any more, or the
// zigzag difference to its last known value plus 1. Values are within ±2^61, as
// those of every unit are; the difference of larger ones would not fit.
type block struct {
	first, last int64 // Unix milliseconds
	data        []byte
}

// cells are the values before the next sample: what differences are made from.
type cells struct {
	known uint32 // by column
	value [api.NumColumns]int64
}

// add appends a sample. at must not be before the last one's.
func (b *block) add(at int64, c *cells, sample *[api.NumColumns]int64) {
	if len(b.data) == 0 {
		b.first, b.last = at, at
	}
	var changed uint32
	for i, v := range sample {
		if bit := uint32(1) << i; (v != api.Unknown) != (c.known&bit != 0) || v != api.Unknown && v != c.value[i] {
			changed |= bit
		}
	}
	b.data = binary.AppendUvarint(b.data, uint64(at-b.last)) //nolint:gosec // G115: not negative, see above
	b.data = binary.AppendUvarint(b.data, uint64(changed))
	b.last = at
	for rest := changed; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros32(rest)
		v := sample[i]
		if v == api.Unknown {
			c.known &^= 1 << i
			b.data = append(b.data, 0)
			continue
		}
		d := v - c.value[i]
		c.known |= 1 << i
		c.value[i] = v
		b.data = binary.AppendUvarint(b.data, uint64(d<<1)^uint64(d>>63)+1) //nolint:gosec // G115: zigzag
	}
}

// each calls fn with every sample of the block. The values are fn's until it
// returns.
func (b *block) each(fn func(at int64, c *cells)) {
	var c cells
	at := b.first
	for data := b.data; len(data) > 0; {
		dt, n := binary.Uvarint(data)
		changed, m := binary.Uvarint(data[n:])
		data = data[n+m:]
		at += int64(dt) //nolint:gosec // G115: written by add
		for rest := uint32(changed); rest != 0; rest &= rest - 1 {
			i := bits.TrailingZeros32(rest)
			u, n := binary.Uvarint(data)
			data = data[n:]
			if u == 0 {
				c.known &^= 1 << i
				continue
			}
			u--
			c.known |= 1 << i
			c.value[i] += int64(u>>1) ^ -int64(u&1) //nolint:gosec // G115: zigzag
		}
		fn(at, &c)
	}
}
