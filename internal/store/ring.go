package store

// ring keeps the last values pushed. Its zero value is empty.
type ring[T any] struct {
	buf  []T
	head int // index of the oldest
	n    int
}

func (r *ring[T]) len() int { return r.n }

// at is the value at a place, 0 being the oldest.
func (r *ring[T]) at(i int) *T { return &r.buf[(r.head+i)%len(r.buf)] }

// push appends v and then forgets the oldest values beyond limit.
func (r *ring[T]) push(v T, limit int) {
	if r.n == len(r.buf) && r.n < limit {
		r.grow(min(limit, max(64, 2*r.n)))
	}
	var zero T
	for r.n > 0 && (r.n >= limit || r.n == len(r.buf)) {
		r.buf[r.head] = zero
		r.head = (r.head + 1) % len(r.buf)
		r.n--
	}
	r.buf[(r.head+r.n)%len(r.buf)] = v
	r.n++
}

func (r *ring[T]) grow(size int) {
	buf := make([]T, size)
	for i := range r.n {
		buf[i] = r.buf[(r.head+i)%len(r.buf)]
	}
	r.buf, r.head = buf, 0
}

// last returns the newest k values, oldest first, as a copy.
func (r *ring[T]) last(k int) []T {
	k = min(k, r.n)
	out := make([]T, k)
	for i := range out {
		out[i] = r.buf[(r.head+r.n-k+i)%len(r.buf)]
	}
	return out
}
