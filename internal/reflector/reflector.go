package reflector

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// ListerWatcher is what the reflector needs of an engine. Every error that has
// a meaning is an *api.Error; ErrNotFound from Inspect means that the container
// is gone.
type ListerWatcher interface {
	Ping(ctx context.Context) (time.Duration, error)
	Status(ctx context.Context) (api.EngineStatus, error)
	List(ctx context.Context) ([]api.Container, error)
	Inspect(ctx context.Context, id string) (api.Container, error)
	// Events blocks until the stream ends. It calls ready once the engine has
	// taken the subscription, and fn for each event, which never blocks.
	Events(ctx context.Context, since time.Time, ready func(), fn func(api.Event)) error
}

// Defaults of Options.
const (
	DefaultQueue   = 4096
	DefaultWorkers = 8
)

// Options configure a Reflector. Engine and Store are required.
type Options struct {
	Engine ListerWatcher
	// Resources are the engine's images, volumes and networks; nil leaves them out.
	Resources Resources
	Store     *store.Store
	Log       *slog.Logger
	// Initial is what is known of the engine before its first answer: ID, Host
	// and Origin at least. Without an ID nothing is shown until it answers.
	Initial api.EngineStatus
	// OnStatus hears of every change of the engine's status, after the store. It
	// is called by the goroutine of Run, which waits for it.
	OnStatus func(api.EngineStatus)
	// Who says who asked for what led to an event; at is the event's
	// time by our clock. It is asked once for each event, by the goroutine of Run,
	// and must not block. nil knows nobody.
	Who func(e *api.Event, at time.Time) *api.Actor
	// Past is asked once for each engine, by the goroutine of Run before the first
	// session with it; nil, and its nil, remember nothing.
	Past func(ctx context.Context, engine string) *Past
	// Queue is how many events may wait to be handled. When it is full, events
	// are dropped and counted, and the engine is listed anew.
	Queue int
	// Workers is how many inspects are made at a time. An engine makes an inspect
	// wait while it starts or cleans up that container, so it takes some.
	Workers int
}

// Reflector keeps a store equal to one engine. Several may write to the same
// store, one for each engine.
type Reflector struct {
	engine    ListerWatcher
	resources Resources
	store     *store.Store
	log       *slog.Logger
	onStatus  func(api.EngineStatus)
	past      func(context.Context, string) *Past
	workers   int

	// Owned by the goroutine of Run.
	tracker   *tracker
	status    api.EngineStatus
	published *api.EngineStatus
	disk      api.DiskUsage
	diskShown *api.DiskUsage
	rttAt     time.Time
	wall      func() time.Time // the wall clock, for the wake check

	// queue carries events from the session's decoder to the goroutine of Run;
	// overflow says that one did not fit.
	queue    chan *api.Event
	overflow chan struct{}
	retry    chan struct{}
	measure  chan struct{} // disk use is to be measured now
	renamed  chan struct{} // the metrics source changed
	counters counters

	mu                          sync.Mutex
	metricsSource, metricsCause string
}

// New makes a reflector. It does nothing until Run.
func New(o Options) *Reflector {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Queue <= 0 {
		o.Queue = DefaultQueue
	}
	if o.Workers <= 0 {
		o.Workers = DefaultWorkers
	}
	if o.Past == nil {
		o.Past = func(context.Context, string) *Past { return nil }
	}
	tracker := newTracker(o.Store.Container)
	tracker.who = o.Who
	if o.Resources != nil {
		tracker.res = newResources(tracker)
	}
	return &Reflector{
		engine: o.Engine, resources: o.Resources, measure: make(chan struct{}, 1), store: o.Store, log: o.Log, onStatus: o.OnStatus, past: o.Past, workers: o.Workers,
		tracker: tracker, status: o.Initial, wall: time.Now,
		queue: make(chan *api.Event, o.Queue), overflow: make(chan struct{}, 1),
		retry: make(chan struct{}, 1), renamed: make(chan struct{}, 1),
		metricsSource: o.Initial.MetricsSource, metricsCause: o.Initial.MetricsReason,
	}
}

// Run follows the engine until ctx ends, through every failure of it, and then
// returns nil. The rows stay in the store as they are.
func (r *Reflector) Run(ctx context.Context) error {
	r.status.State, r.status.Since = api.EngineConnecting, time.Now().UTC()
	r.publish(store.Change{})
	failures := 0
	for {
		s, err := r.follow(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case s != nil && s.healthy && s.streamEnded:
			// Only the stream is known to be broken: if the engine answers, it was
			// never unreachable, and if it is dead, the next attempt says so at once.
			r.log.Info("event stream ended, connecting again", "engine", r.status.Name, "error", err)
			failures = 0
			continue
		case s != nil && s.healthy:
			failures = 0
		}
		failures++
		r.unreachable(err)
		r.wait(ctx, backoff(failures, backoffCap(r.status.Host), jitter()))
	}
}

// follow connects and lives through one session. A nil session means that the
// engine did not answer.
func (r *Reflector) follow(ctx context.Context) (*session, error) {
	asked, cancel := context.WithTimeout(ctx, statusTimeout)
	status, err := r.engine.Status(asked)
	cancel()
	if err != nil {
		return nil, err
	}
	r.tracker.before = func(engine string) *Past { return r.past(ctx, engine) }
	r.tracker.begin(status.ID)
	if r.disk.Engine != status.ID {
		r.disk = api.DiskUsage{} // another engine's
	}
	r.tracker.name = status.Name
	s := newSession(r, status)
	err = s.run(ctx)
	if !s.alive.IsZero() {
		r.tracker.deaf(s.alive, "the connection to the engine was lost")
	}
	return s, err
}

// wait returns when it is time for the next attempt, or Retry asks for one.
func (r *Reflector) wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			return
		case <-r.retry:
			return
		case <-r.renamed:
			r.publish(store.Change{})
		case <-ctx.Done():
			return
		}
	}
}

// Retry makes the next attempt to connect now, if one is being waited for. While
// connected it asks for a list.
func (r *Reflector) Retry() {
	select {
	case r.retry <- struct{}{}:
	default:
	}
}

// SetMetricsSource says which source of metrics is in use, and why not a better
// one; it is shown in the engine's status.
func (r *Reflector) SetMetricsSource(name, reason string) {
	r.mu.Lock()
	r.metricsSource, r.metricsCause = name, reason
	r.mu.Unlock()
	select {
	case r.renamed <- struct{}{}:
	default:
	}
}

// Counters are what the reflector has done since it was made.
type Counters struct {
	Events        uint64 // heard, without duplicates
	Duplicates    uint64 // replayed and recognized
	Filtered      uint64 // left out of the log as noise
	Drops         uint64 // lost because the queue was full
	Relists       uint64 // lists after the first
	Inspects      uint64
	InspectErrors uint64 // not counting containers that are gone
	QueueDepth    int    // events that wait to be handled
	// Lag is how long the last live event took from the engine's clock to the
	// store; it includes the difference of the clocks.
	Lag time.Duration
}

type counters struct {
	events, duplicates, filtered, drops, relists, inspects, inspectErrors atomic.Uint64

	lag atomic.Int64
}

// Counters may be called from any goroutine.
func (r *Reflector) Counters() Counters {
	c := &r.counters
	return Counters{
		Events: c.events.Load(), Duplicates: c.duplicates.Load(), Filtered: c.filtered.Load(),
		Drops: c.drops.Load(), Relists: c.relists.Load(),
		Inspects: c.inspects.Load(), InspectErrors: c.inspectErrors.Load(),
		QueueDepth: len(r.queue), Lag: time.Duration(c.lag.Load()),
	}
}
