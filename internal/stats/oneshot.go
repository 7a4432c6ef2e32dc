package stats

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// oneShotWorkers is how many calls are under way at once.
	oneShotWorkers = 8
	// oneShotDeadline bounds each call, so that a frozen engine is noticed.
	oneShotDeadline = 5 * time.Second
	// oneShotBudget is how long a tick goes on starting calls.
	oneShotBudget = 900 * time.Millisecond
	// oneShotSlow is an average call that takes too long to poll with: engines
	// before 25 gather the numbers for more than a second.
	oneShotSlow = 800 * time.Millisecond
	// oneShotWarm is how many calls there must be before the average counts.
	oneShotWarm = 16
)

// errSlow is why the one-shot source gives up by itself.
var errSlow = errors.New("too slow to poll")

// oneShot asks the engine once a container and tick.
type oneShot struct {
	engine  EngineStats
	machine int64
	budget  time.Duration
	rows    rawRows
	order   []int // positions in the tick's targets, in the order of asking
	average time.Duration
	calls   int
}

// newOneShot makes the source; machine is the engine's machine's memory, 0
// where not known.
func newOneShot(e EngineStats, machine int64) *oneShot {
	return &oneShot{engine: e, machine: machine, budget: oneShotBudget, rows: make(rawRows)}
}

// Name is "one-shot".
func (o *oneShot) Name() string { return sourceOneShot }

// oneShotAnswer is what a worker brings back of one target.
type oneShotAnswer struct {
	stats api.RawStats
	at    time.Time
	took  time.Duration
	err   error
	done  bool
}

// Sample asks for the targets, watched ones first and among them those first
// that have waited longest. After the tick's time is over no further call is
// started: the targets left are absent, and come first at the next tick. It
// waits for the calls under way. The error is the engine's where every call
// failed, and says so where calls take too long altogether.
func (o *oneShot) Sample(ctx context.Context, targets []Target, b *api.Batch) error {
	if len(targets) == 0 {
		return nil
	}
	o.order = o.order[:0]
	for i := range targets {
		o.rows.of(&targets[i])
		o.order = append(o.order, i)
	}
	slices.SortStableFunc(o.order, func(x, y int) int {
		a, c := &targets[x], &targets[y]
		if a.Watched != c.Watched {
			if a.Watched {
				return -1
			}
			return 1
		}
		return cmp.Compare(o.rows[a.Row].at, o.rows[c.Row].at)
	})
	answers := make([]oneShotAnswer, len(targets))
	stop := time.Now().Add(o.budget)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(oneShotWorkers, len(targets)) {
		workers.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(o.order) || ctx.Err() != nil || !time.Now().Before(stop) {
					return
				}
				i := o.order[n]
				answers[i] = o.ask(ctx, targets[i].ID)
			}
		})
	}
	workers.Wait()
	return o.collect(ctx, targets, answers, b)
}

func (o *oneShot) ask(ctx context.Context, id string) oneShotAnswer {
	ctx, cancel := context.WithTimeout(ctx, oneShotDeadline)
	defer cancel()
	start := time.Now()
	s, err := o.engine.StatsOnce(ctx, id)
	now := time.Now()
	return oneShotAnswer{stats: s, at: now, took: now.Sub(start), err: err, done: true}
}

func (o *oneShot) collect(ctx context.Context, targets []Target, answers []oneShotAnswer, b *api.Batch) error {
	var failed error
	good := 0
	for i := range answers {
		a := &answers[i]
		switch {
		case !a.done:
			continue
		case a.err != nil:
			if api.CodeOf(a.err) != api.ErrNotFound { // gone meanwhile is no failure
				failed = a.err
			}
			continue
		}
		good++
		o.calls++
		if o.calls == 1 {
			o.average = a.took
		}
		o.average += (a.took - o.average) / oneShotWarm
		r := o.rows.of(&targets[i])
		r.apply(&a.stats, a.at, o.machine)
		r.cells.addTo(b, r.target.Row, r.at)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case good == 0 && failed != nil:
		return failed
	case o.calls >= oneShotWarm && o.average > oneShotSlow:
		return &api.Error{
			Code:    api.ErrTimeout,
			Message: fmt.Sprintf("one-shot statistics take the engine %.1f s a call", o.average.Seconds()),
			Cause:   errSlow,
		}
	}
	return nil
}

// Forget drops the rows.
func (o *oneShot) Forget(rows []int) {
	for _, r := range rows {
		delete(o.rows, r)
	}
}

// Close does nothing: there is no call under way between two ticks.
func (o *oneShot) Close() error { return nil }
