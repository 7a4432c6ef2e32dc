package series

// bitWriter appends bits to data, the highest of a byte first. The bits of the
// last byte that are not used yet are 0.
type bitWriter struct {
	data []byte
	free uint8 // bits of the last byte that are not used yet
}

// write appends the lowest n bits of v, the highest of them first.
func (w *bitWriter) write(v uint64, n int) {
	for n > 0 {
		if w.free == 0 {
			w.data, w.free = append(w.data, 0), 8
		}
		take := min(n, int(w.free))
		part := byte(v >> (n - take) & (1<<take - 1)) //nolint:gosec // G115: at most 8 bits
		w.free -= uint8(take)                         //nolint:gosec // G115: likewise
		w.data[len(w.data)-1] |= part << w.free
		n -= take
	}
}

// size is how many bits there are.
func (w *bitWriter) size() int { return 8*len(w.data) - int(w.free) }

// bitReader takes off what a bitWriter wrote.
type bitReader struct {
	data []byte
	at   int // bits that have been read
}

func (r *bitReader) read(n int) uint64 {
	var v uint64
	for n > 0 {
		left := 8 - r.at&7
		take := min(n, left)
		part := uint64(r.data[r.at>>3]) >> (left - take) & (1<<take - 1)
		v = v<<take | part
		r.at += take
		n -= take
	}
	return v
}
