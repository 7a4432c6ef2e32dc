package stats

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// fold is how long changes of targets and of who is watched are gathered
	// before they are acted on.
	fold = 25 * time.Millisecond
	// failuresToFall is how many ticks in a row a source may fail.
	failuresToFall = 3
	// chooseAgain is the pause before another attempt where no source works, and
	// the first one before a better rung is tried again; it doubles up to
	// betterAtMost.
	chooseAgain  = 5 * time.Second
	betterAgain  = time.Minute
	betterAtMost = 15 * time.Minute
)

// SamplerOptions configure a Sampler. Choose and Sink are needed.
type SamplerOptions struct {
	// Choose finds a source, as the function Choose does. below names one that
	// failed, why says how; both are empty for the best one. It runs in a goroutine
	// of the sampler's.
	Choose func(ctx context.Context, targets []Target, below, why string) (Source, string, error)
	// Engine is what a cgroup source is checked against; nil leaves that out.
	Engine EngineStats
	Sink   Sink
	// OnSource is told the source in use and why not a better one: EngineStatus's
	// MetricsSource and MetricsReason. name is empty while there is none. It is
	// called by Run's goroutine and must not block.
	OnSource func(name, reason string)
	// EnginePIDs are the engine's processes on this machine, for Costs.
	EnginePIDs func() []int
	// Interval (1 s) and RestInterval (10 s) are how often watched and other
	// targets are sampled.
	Interval, RestInterval time.Duration
	// Budget is the share of a core that sampling may use before it slows itself
	// down; 0.02 if 0, none if negative. EngineBudget is what it may make the
	// engine use, where that is known; 0.1 if 0.
	Budget, EngineBudget float64
	Log                  *slog.Logger
}

// Sampler samples targets into a Sink, each as often as it is looked at.
type Sampler struct {
	o    SamplerOptions
	base time.Time
	kick chan struct{} // one slot: something below has changed

	mu      sync.Mutex // guards the fields below
	targets []Target
	rows    []int
	all     bool
	changed struct{ targets, watched bool }
	costs   Costs

	// What follows is Run's alone.
	plan     *schedule
	pace     pace
	cost     costMeter
	src      Source
	failures int
	foldAt   time.Duration // when to look at what has changed; never
	chooseAt time.Duration // when to look for a (better) source; never
	checkAt  time.Duration // when to check it; never
	better   time.Duration // how long to wait before the next attempt
	chosen   chan choice
	verdict  chan verdict
	asking   bool // a goroutine is choosing
	checking bool // a goroutine is checking
	running  sync.WaitGroup
	due      []Target
	batch    api.Batch
}

// choice is what a choosing goroutine brings.
type choice struct {
	src    Source
	reason string
	err    error
	// onlyBetter: src is of use only if it is another than the one in use.
	onlyBetter bool
}

// verdict is what a checking goroutine brings; src is what was checked.
type verdict struct {
	src     Source
	checked bool
	err     error
}

// NewSampler makes a Sampler; Run starts it.
func NewSampler(o SamplerOptions) *Sampler {
	if o.Interval <= 0 {
		o.Interval = time.Second
	}
	if o.RestInterval <= 0 {
		o.RestInterval = 10 * time.Second
	}
	if o.Budget == 0 {
		o.Budget = 0.02
	}
	if o.EngineBudget <= 0 {
		o.EngineBudget = 0.1
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnSource == nil {
		o.OnSource = func(string, string) {}
	}
	s := &Sampler{
		o: o, kick: make(chan struct{}, 1),
		plan:   newSchedule(o.Interval, o.RestInterval),
		pace:   pace{budget: o.Budget, interval: o.Interval, rest: o.RestInterval},
		foldAt: never, chooseAt: never, checkAt: never, better: betterAgain,
		chosen: make(chan choice, 1), verdict: make(chan verdict, 1),
	}
	s.costs = Costs{SampleSeconds: o.Interval.Seconds(), RestSeconds: o.RestInterval.Seconds()}
	return s
}

// SetTargets takes over the running containers: all of them, each time. A
// target that is no more among them is cleared in the Sink.
func (s *Sampler) SetTargets(targets []Target) {
	s.mu.Lock()
	s.targets, s.changed.targets = targets, true
	s.mu.Unlock()
	s.wake()
}

// SetWatched takes over the rows that somebody looks at, or all.
func (s *Sampler) SetWatched(rows []int, all bool) {
	s.mu.Lock()
	s.rows, s.all, s.changed.watched = rows, all, true
	s.mu.Unlock()
	s.wake()
}

// Costs says what Quaywatch costs, and how often it samples.
func (s *Sampler) Costs() Costs {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.costs
}

func (s *Sampler) wake() {
	select {
	case s.kick <- struct{}{}:
	default: // it will look anyway
	}
}

// Run samples until ctx ends, and then returns nil.
func (s *Sampler) Run(ctx context.Context) error {
	s.base = time.Now()
	s.cost.ownAt, s.cost.ownKnown = processCPU()
	ctx, cancel := context.WithCancel(ctx)
	defer s.stop(cancel)
	s.choose(ctx, "", "", false)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.kick:
			if s.foldAt == never {
				s.foldAt = s.now() + fold
			}
		case c := <-s.chosen:
			s.install(c)
		case v := <-s.verdict:
			s.judge(ctx, v)
		case <-timer.C:
		}
		s.work(ctx)
		timer.Reset(s.next() - s.now())
	}
}

// stop ends what Run has started.
func (s *Sampler) stop(cancel context.CancelFunc) {
	cancel()
	s.running.Wait()
	select {
	case c := <-s.chosen:
		if c.err == nil {
			_ = c.src.Close()
		}
	default:
	}
	s.closeSource()
}

func (s *Sampler) now() time.Duration { return time.Since(s.base) }

// next is when work has something to do.
func (s *Sampler) next() time.Duration {
	at := s.now() + s.plan.interval
	if s.src != nil {
		at = s.plan.next()
	}
	for _, t := range []time.Duration{s.foldAt, s.chooseAt, s.checkAt} {
		if t != never && t < at {
			at = t
		}
	}
	return at
}

// work does what is due.
func (s *Sampler) work(ctx context.Context) {
	now := s.now()
	if s.foldAt != never && now >= s.foldAt {
		s.foldAt = never
		s.absorb(now)
	}
	if s.chooseAt != never && now >= s.chooseAt && !s.asking {
		s.chooseAt = never
		s.choose(ctx, "", "", s.src != nil)
	}
	if s.src != nil {
		if s.checkAt != never && now >= s.checkAt && !s.checking {
			s.check(ctx)
		}
		s.tick(ctx, now)
	}
	s.account(now)
}

// absorb takes what SetTargets and SetWatched have left.
func (s *Sampler) absorb(now time.Duration) {
	s.mu.Lock()
	targets, rows, all, changed := s.targets, s.rows, s.all, s.changed
	s.targets, s.rows = nil, nil
	s.changed.targets, s.changed.watched = false, false
	s.mu.Unlock()
	if changed.targets {
		if gone := s.plan.set(targets, now); len(gone) > 0 {
			if s.src != nil {
				s.src.Forget(gone)
			}
			s.o.Sink.Clear(gone...)
		}
	}
	if changed.watched {
		s.plan.watch(rows, all, now)
	}
}

// tick samples what is due.
func (s *Sampler) tick(ctx context.Context, now time.Duration) {
	s.due = s.plan.due(s.due[:0], now)
	if len(s.due) == 0 {
		return
	}
	s.batch.Reset()
	err := s.measured(func() error { return s.src.Sample(ctx, s.due, &s.batch) })
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.batch.Reset()
	}
	s.plan.done(s.batch.Rows, s.now())
	if len(s.batch.Rows) > 0 {
		s.failures = 0
		s.o.Sink.Commit(&s.batch)
	}
	if err == nil {
		return
	}
	s.failures++
	s.o.Log.Debug("sampling failed", "source", s.src.Name(), "failures", s.failures, "err", err)
	if s.failures >= failuresToFall && ownFault(s.src, err) {
		s.fall(ctx, err)
	}
}

// measured runs one call of the source and adds up what it costs: the thread's
// CPU time, or wall time where that is not told, and what the engine's
// processes used meanwhile.
func (s *Sampler) measured(call func() error) error {
	var pids []int
	if s.o.EnginePIDs != nil && s.src.Name() == sourceOneShot {
		pids = s.o.EnginePIDs()
	}
	engineBefore, engineOK := processesCPU(pids)
	runtime.LockOSThread()
	begin := time.Now()
	before, ok := threadCPU()
	err := call()
	own := time.Since(begin)
	if after, okAfter := threadCPU(); ok && okAfter {
		own = after - before
	}
	runtime.UnlockOSThread()
	var caused time.Duration
	if after, ok := processesCPU(pids); ok && engineOK {
		caused = max(0, after-engineBefore)
	}
	s.cost.engineKnown = engineOK
	s.cost.sampling += own
	s.cost.engine += caused
	// One pace for two budgets: what is nearer to its own counts.
	if inOwn := time.Duration(float64(caused) * s.o.Budget / s.o.EngineBudget); s.pace.spend(max(own, inOwn), s.now()) {
		s.repace()
	}
	return err
}

// repace takes the pace's intervals.
func (s *Sampler) repace() {
	interval, rest := s.pace.intervals()
	s.plan.pace(interval, rest, s.now())
	s.o.Log.Info("sampling pace changed to keep its CPU budget", "interval", interval, "rest", rest)
	s.mu.Lock()
	s.costs.SampleSeconds, s.costs.RestSeconds = interval.Seconds(), rest.Seconds()
	s.mu.Unlock()
}

// account publishes the costs, every few seconds.
func (s *Sampler) account(now time.Duration) {
	_, asksEngine := s.src.(engineSource)
	s.cost.engineFree = s.src == nil || !asksEngine
	if !s.cost.roll(now) {
		return
	}
	s.mu.Lock()
	c := s.cost.out
	c.SampleSeconds, c.RestSeconds = s.costs.SampleSeconds, s.costs.RestSeconds
	s.costs = c
	s.mu.Unlock()
}
