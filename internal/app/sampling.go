package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/stats"
)

// sampling runs a sampler for as long as the same engine answers, and another
// one when another does: the source of metrics is chosen for an engine.
type sampling struct {
	engine     *engine.Engine
	sink       stats.Sink
	cgroupRoot string
	onSource   func(name, reason string)
	log        *slog.Logger
	pids       func() []int

	mu      sync.Mutex // guards the fields below
	current *stats.Sampler
	targets []stats.Target
	rows    []int
	all     bool
	ruled   []int // rows that alert rules want to know each second, sorted
}

// sinks takes every sample to each of them: to the table of the latest, and to
// the record of the past.
type sinks []stats.Sink

func (s sinks) Commit(b *api.Batch) {
	for _, sink := range s {
		sink.Commit(b)
	}
}

func (s sinks) Clear(rows ...int) {
	for _, sink := range s {
		sink.Clear(rows...)
	}
}

// setTargets and setWatched are for the sampler of now and for the next one.
func (s *sampling) setTargets(t []stats.Target) {
	s.mu.Lock()
	s.targets = t
	current := s.current
	s.mu.Unlock()
	if current != nil {
		current.SetTargets(t)
	}
}

func (s *sampling) setWatched(rows []int, all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows, s.all = rows, all
	s.watch()
}

// setRuled is the same for what alert rules look at.
func (s *sampling) setRuled(rows []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ruled = rows
	s.watch()
}

// watch tells the sampler of now, which only takes a note of it. s.mu is held: of
// two changes at once, the later one must stand.
func (s *sampling) watch() {
	if s.current != nil {
		s.current.SetWatched(s.watched(), s.all)
	}
}

// watched are the rows to be known each second. s.mu is held.
func (s *sampling) watched() []int {
	if len(s.ruled) == 0 {
		return s.rows
	}
	rows := append(slices.Clone(s.rows), s.ruled...)
	slices.Sort(rows)
	return slices.Compact(rows)
}

// costs are what sampling costs now; false while there is none.
func (s *sampling) costs() (stats.Costs, bool) {
	s.mu.Lock()
	current := s.current
	s.mu.Unlock()
	if current == nil {
		return stats.Costs{}, false
	}
	return current.Costs(), true
}

// run waits for an engine to be connected, and samples it until another one
// takes its place or ctx ends.
func (s *sampling) run(ctx context.Context, box *statusBox) error {
	for {
		status, changed, ok := box.get()
		if !ok {
			select {
			case <-ctx.Done():
				return nil
			case <-changed:
			}
			continue
		}
		if err := s.sample(ctx, box, status); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// sample runs one sampler, for the engine of status.
func (s *sampling) sample(ctx context.Context, box *statusBox, status api.EngineStatus) error {
	sampler := stats.NewSampler(stats.SamplerOptions{
		Choose: func(ctx context.Context, targets []stats.Target, below, why string) (stats.Source, string, error) {
			return stats.Choose(ctx, stats.ChooseOptions{
				Engine: s.engine, Status: status, Targets: targets, Below: below, BelowReason: why,
				Cgroup: stats.CgroupOptions{Root: s.cgroupRoot, Log: s.log}, Log: s.log,
			})
		},
		Engine: s.engine, Sink: s.sink, OnSource: s.onSource, EnginePIDs: s.pids, Log: s.log,
	})
	s.mu.Lock()
	sampler.SetTargets(s.targets)
	sampler.SetWatched(s.watched(), s.all)
	s.current = sampler
	s.mu.Unlock()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- sampler.Run(ctx) }()
	for {
		now, changed, ok := box.get()
		if ok && !sameEngine(now, status) {
			s.log.Info("another engine: choosing its source of metrics", "engine", now.Name, "version", now.Version)
			cancel()
			return <-ended
		}
		select {
		case err := <-ended:
			return err
		case <-changed:
		}
	}
}

// sameEngine reports whether a source chosen for a is right for b.
func sameEngine(a, b api.EngineStatus) bool {
	return a.ID == b.ID && a.Version == b.Version && a.APIVersion == b.APIVersion && a.CgroupVersion == b.CgroupVersion && a.CgroupDriver == b.CgroupDriver
}

// statusBox holds the engine's latest status while it was connected last.
type statusBox struct {
	mu      sync.Mutex
	status  api.EngineStatus
	known   bool
	changed chan struct{}
}

func newStatusBox() *statusBox { return &statusBox{changed: make(chan struct{})} }

// put takes a status; only those of a connected engine are kept.
func (b *statusBox) put(s api.EngineStatus) {
	if s.State != api.EngineConnected {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known && sameEngine(b.status, s) {
		b.status = s
		return
	}
	b.status, b.known = s, true
	close(b.changed)
	b.changed = make(chan struct{})
}

// get returns the status and a channel that is closed when another engine
// answers; false before the first answer.
func (b *statusBox) get() (api.EngineStatus, <-chan struct{}, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status, b.changed, b.known
}

// pidEvery is how often the engine's process is looked for.
const pidEvery = 10 * time.Second
