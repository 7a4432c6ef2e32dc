package series

import (
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Defaults of Options.
const (
	DefaultWindow = time.Hour
	DefaultBudget = 5 << 20
)

// rowCost is what a row costs besides its blocks' content, about, and blockCost
// a block; both count against the budget.
const (
	rowCost   = 256
	blockCost = 64
)

// stepBack is how far the clock may go back, in milliseconds, until what comes is
// kept from there on, instead of once it is where it was.
const stepBack = 60_000

// Options configure a Recorder; the zero value is usable.
type Options struct {
	// Window is how long samples are kept, Budget how many bytes of them in all.
	Window time.Duration
	Budget int
	// Now is the wall clock, in whose time the samples are.
	Now func() time.Time
}

// Recorder holds the past of all rows. It is safe from any goroutine.
type Recorder struct {
	window int64 // milliseconds
	budget int
	now    func() time.Time

	mu   sync.Mutex
	rows map[int]*row
	size int
}

// row is one container's past: its blocks, the oldest first, the last of which
// is open.
type row struct {
	blocks []block
	coder  coder
}

// New makes an empty recorder.
func New(o Options) *Recorder {
	if o.Window <= 0 {
		o.Window = DefaultWindow
	}
	if o.Budget <= 0 {
		o.Budget = DefaultBudget
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Recorder{window: o.Window.Milliseconds(), budget: o.Budget, now: o.Now, rows: make(map[int]*row)}
}

// Commit takes a tick's samples. The batch can be used again afterwards.
func (r *Recorder) Commit(b *api.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var sample [api.NumColumns]int64
	for i, n := range b.Rows {
		for c := range sample {
			sample[c] = b.Values[c][i]
		}
		r.addLocked(n, b.Times[i]/int64(time.Millisecond), &sample)
	}
	r.trimLocked()
}

// Clear notes that the rows' containers have stopped: from here on nothing is
// known of them.
func (r *Recorder) Clear(rows ...int) {
	now := r.now().UnixMilli()
	var unknown [api.NumColumns]int64
	for c := range unknown {
		unknown[c] = api.Unknown
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range rows {
		if w, ok := r.rows[n]; ok && w.coder.known != 0 {
			r.addLocked(n, now, &unknown)
		}
	}
}

// Keep forgets every row that is not among these: its container is gone.
func (r *Recorder) Keep(rows map[int]struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n, w := range r.rows {
		if _, ok := rows[n]; !ok {
			for len(w.blocks) > 0 {
				r.dropLocked(w)
			}
			r.forgetLocked(n)
		}
	}
}

// Size is about how many bytes are in use.
func (r *Recorder) Size() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.size
}

// Series returns a row's samples from a time on, in Unix milliseconds, with the
// columns asked for; a nil value is not known.
func (r *Recorder) Series(n int, from int64, cols []api.Column) (at []int64, values [][]*int64) {
	values = make([][]*int64, len(cols))
	r.mu.Lock()
	defer r.mu.Unlock()
	w, ok := r.rows[n]
	if !ok {
		return nil, values
	}
	for i := range w.blocks {
		if w.blocks[i].last < from {
			continue
		}
		w.blocks[i].each(func(t int64, c *coder) {
			if t < from {
				return
			}
			at = append(at, t)
			for j, col := range cols {
				var v *int64
				if c.known&(1<<col) != 0 {
					v = new(c.value[col])
				}
				values[j] = append(values[j], v)
			}
		})
	}
	return at, values
}

// Oldest is the time of the oldest sample of a row; false where there is none.
func (r *Recorder) Oldest(n int) (int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w, ok := r.rows[n]
	if !ok || len(w.blocks) == 0 {
		return 0, false
	}
	return w.blocks[0].first, true
}

func (r *Recorder) addLocked(n int, at int64, sample *[api.NumColumns]int64) {
	w, ok := r.rows[n]
	if !ok {
		w = &row{}
		r.rows[n] = w
		r.size += rowCost
	}
	fresh := len(w.blocks) == 0
	if !fresh {
		last := &w.blocks[len(w.blocks)-1]
		switch {
		case at <= last.last && last.last-at <= stepBack:
			return // the same reading again, or a small step back of the clock
		case at <= last.last:
			// The clock was set back: what is ahead of it would stand in the future.
			for n := len(w.blocks); n > 0 && w.blocks[n-1].last >= at; n-- {
				r.size -= len(w.blocks[n-1].data) + blockCost
				w.blocks[n-1] = block{}
				w.blocks = w.blocks[:n-1]
			}
			fresh = true
		case len(last.data) >= blockSize-sampleRoom:
			last.data = slices.Clone(last.data) // what it grew into is half as large again
			fresh = true
		}
	}
	if fresh {
		w.blocks = append(w.blocks, block{})
		w.coder = coder{}
		r.size += blockCost
	}
	last := &w.blocks[len(w.blocks)-1]
	before := len(last.data)
	last.add(at, &w.coder, sample)
	r.size += len(last.data) - before
	for len(w.blocks) > 1 && at-w.blocks[0].last > r.window {
		r.dropLocked(w)
	}
}

// trimLocked drops the oldest blocks while there are too many bytes. A row's
// open block stays: the budget is a bound on history, and a row's last samples
// are the least of it.
func (r *Recorder) trimLocked() {
	for r.size > r.budget {
		// Whatever is older than the oldest tenth of the window goes at once, so
		// that this walk is not made each tick.
		oldest, newest := int64(0), int64(0)
		for _, w := range r.rows {
			if len(w.blocks) > 1 && (oldest == 0 || w.blocks[0].last < oldest) {
				oldest = w.blocks[0].last
			}
			if n := len(w.blocks); n > 0 {
				newest = max(newest, w.blocks[n-1].last)
			}
		}
		if oldest == 0 {
			return // nothing but open blocks
		}
		edge := oldest + (newest-oldest)/10
		for _, w := range r.rows {
			for len(w.blocks) > 1 && w.blocks[0].last <= edge {
				r.dropLocked(w)
			}
		}
	}
}

// dropLocked forgets a row's oldest block.
func (r *Recorder) dropLocked(w *row) {
	r.size -= len(w.blocks[0].data) + blockCost
	w.blocks[0] = block{}
	w.blocks = w.blocks[1:]
}

func (r *Recorder) forgetLocked(n int) {
	delete(r.rows, n)
	r.size -= rowCost
}
