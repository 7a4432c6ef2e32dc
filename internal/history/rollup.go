package history

import (
	"cmp"
	"slices"
	"sync"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of what waits to be written of metrics.
const (
	// flushPoints is how many points of 10 s of a container wait for the disk: what
	// a kill -9 loses at most. With many containers it is less, so that all of them
	// together are about maxPending.
	flushPoints = 12
	maxPending  = 40_000
	// keepPoints is how many wait at most while the history is paused; then the
	// oldest are dropped, and the chart has a hole.
	keepPoints = 30
	// stepBack is how far the clock may go back, in seconds, until what comes is
	// kept again from there on, instead of once it is where it was.
	stepBack = 60
)

// Rollup takes every sample and makes points of 10 s of them. It is a sink of
// the sampler's, and never waits: Run writes what has gathered.
type Rollup struct {
	name func(row int) (api.Key, bool)

	mu   sync.Mutex // guards all below
	rows map[int]*gathering
	byID map[api.Key]*gathering
}

// gathering is what is not written yet of one container.
type gathering struct {
	key     api.Key
	open    gather
	began   bool
	pending []point
	// row spreads the containers that were there from the start over the turns in
	// which they are written first; wrote says that it was.
	row   int
	wrote bool
}

// NewRollup makes a sink whose points the history writes. name says which
// container a row is; a row is never given to another one.
func (h *History) NewRollup(name func(row int) (api.Key, bool)) *Rollup {
	r := &Rollup{name: name, rows: make(map[int]*gathering), byID: make(map[api.Key]*gathering)}
	h.mu.Lock()
	h.rollup = r
	h.mu.Unlock()
	return r
}

// Commit takes a tick's samples. The batch can be used again afterwards.
func (r *Rollup) Commit(b *api.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	step := stepOf(0)
	for i, row := range b.Rows {
		g := r.rows[row]
		if g == nil {
			if g = r.begin(row); g == nil {
				continue
			}
		}
		at := b.Times[i] / 1e9 / step * step
		if g.began && at < g.open.at && g.open.at-at <= stepBack {
			continue
		}
		if g.began && at != g.open.at {
			g.close(r.enough())
		}
		if !g.began {
			g.open, g.began = gather{at: at}, true
		}
		for c := range b.Values {
			g.open.add(api.Column(c), b.Values[c][i])
		}
	}
}

// begin finds out whose row it is.
func (r *Rollup) begin(row int) *gathering {
	key, ok := r.name(row)
	if !ok {
		return nil
	}
	g := r.byID[key]
	if g == nil {
		g = &gathering{key: key, row: row}
		r.byID[key] = g
	}
	r.rows[row] = g
	return g
}

// enough is how many points of a container are written at once.
func (r *Rollup) enough() int {
	return min(flushPoints, max(2, maxPending/max(1, len(r.byID))))
}

// close ends a stretch; room is for how many points there is to be memory. What
// waits is in the order of time, also where the clock went back.
func (g *gathering) close(room int) {
	if len(g.pending) >= keepPoints {
		g.pending = append(g.pending[:0], g.pending[1:]...)
	}
	p := g.open.point()
	n, there := slices.BinarySearchFunc(g.pending, p.at, func(p point, at int64) int { return cmp.Compare(p.at, at) })
	switch {
	case !there:
		if cap(g.pending) == 0 {
			g.pending = make([]point, 0, room) // append would take a third more
		}
		g.pending = slices.Insert(g.pending, n, p)
	case n == len(g.pending)-1:
		g.pending[n] = fold(p.at, []point{g.pending[n], p}) // it was closed too early
	default:
		g.pending[n] = p // the newer is right
	}
	g.began = false
}

// Clear notes that the rows' containers have stopped: their stretch ends here.
func (r *Rollup) Clear(rows ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, row := range rows {
		if g := r.rows[row]; g != nil && g.began {
			g.close(r.enough())
		}
	}
}

// Keep forgets the rows that are not among these, once they are written.
func (r *Rollup) Keep(rows map[int]struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for row, g := range r.rows {
		if _, ok := rows[row]; ok {
			continue
		}
		if g.began {
			g.close(r.enough())
		}
		delete(r.rows, row)
	}
}

// due are points that are to be written, by container: those of which enough
// have gathered, or all.
func (r *Rollup) due(all bool, now int64) map[api.Key][]point {
	r.mu.Lock()
	defer r.mu.Unlock()
	enough := r.enough()
	out := make(map[api.Key][]point)
	live := make(map[*gathering]bool, len(r.rows))
	for _, g := range r.rows {
		live[g] = true
	}
	for key, g := range r.byID {
		if g.began && (all || g.open.at+2*stepOf(0) <= now) {
			g.close(r.enough())
		}
		need := enough
		if !g.wrote {
			need = 1 + g.row%enough
		}
		old := len(g.pending) > 0 && g.pending[0].at+flushPoints*stepOf(0) <= now
		switch {
		case len(g.pending) > 0 && (all || old || len(g.pending) >= need):
			out[key] = slices.Clone(g.pending)
		case len(g.pending) == 0 && !g.began && !live[g]:
			delete(r.byID, key) // gone, and written
		}
	}
	return out
}

// written forgets points that are on disk.
func (r *Rollup) written(points map[api.Key][]point) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, done := range points {
		g := r.byID[key]
		if g == nil {
			continue
		}
		g.wrote = true
		// Both are in order. What is another by now than what was written stays.
		g.pending = slices.DeleteFunc(g.pending, func(p point) bool {
			for len(done) > 0 && done[0].at < p.at {
				done = done[1:]
			}
			return len(done) > 0 && done[0] == p
		})
	}
}

// waiting are a container's points that are not written, the one that gathers
// included.
func (r *Rollup) waiting(key api.Key) []point {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.byID[key]
	if g == nil {
		return nil
	}
	out := slices.Clone(g.pending)
	if g.began {
		out = merge(out, []point{g.open.point()})
	}
	return out
}
