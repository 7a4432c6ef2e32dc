package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Bounds of what a Runner does and remembers.
const (
	// maxRunning jobs run at a time, with maxItems items in all; another one is
	// refused.
	maxRunning = 16
	maxItems   = 2 * api.MaxJobItems
	// width is how many items of one job are under way at a time, and totalWidth
	// of all jobs: engines do little more side by side, and others want something
	// of them too. An item that finds no room waits.
	width      = 8
	totalWidth = 32
	// Ended jobs are kept for keepFor, at most keepJobs of them with maxItems items
	// in all; then the oldest go.
	keepFor    = time.Hour
	keepJobs   = 50
	pruneEvery = time.Minute
	// grace is how long items that were begun may take to end at shutdown.
	grace = 3 * time.Second
)

// Checker says what is wrong with an action's options before it is tried.
type Checker interface {
	Check(action api.Action, o api.ActionOptions) error
}

// Options configure a Runner. Store is required, and of the others what is to
// be done.
type Options struct {
	Store *store.Store
	// Actor and Engine act on containers, Images pulls and pushes, and Pruner
	// removes what is left over; nil where nothing may be changed.
	Actor  *Actor
	Engine Checker
	Images Images
	Pruner Pruner
	// Saver reads images.
	Saver Saver
	// Remover removes what is chosen, and a project's networks; nil where nothing
	// may be changed.
	Remover Remover
	// Ledger is as ActorOptions.Ledger.
	Ledger Ledger
	// Keyring has the credentials for registries that nobody types in; nil for
	// none.
	Keyring Keyring
	// MaxItems bounds the items of all jobs that run, and of all that are kept; 0
	// is what two of the largest jobs have.
	MaxItems int
	// Note is as ActorOptions.Note, for jobs of one thing.
	Note func(api.Event)
	Log  *slog.Logger
}

// Runner works through jobs. Its methods may be called from any goroutine; they
// wait for Run.
type Runner struct {
	o    Options
	asks chan ask
	over chan struct{} // closed when Run begins to end
}

// ask is a question to Run: begin a job, or cancel one.
type ask struct {
	begin  *job
	cancel string
	reply  chan error // has room
}

// New makes a Runner. It does nothing until Run.
func New(o Options) *Runner {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Note == nil {
		o.Note = func(api.Event) {}
	}
	if o.MaxItems <= 0 {
		o.MaxItems = maxItems
	}
	return &Runner{o: o, asks: make(chan ask), over: make(chan struct{})}
}

// Start begins a job in somebody's name and returns it as it begins. The job
// goes on when ctx ends.
func (r *Runner) Start(ctx context.Context, by api.Actor, q api.JobRequest) (api.Job, error) {
	j, err := r.plan(by, q)
	if err != nil {
		return api.Job{}, err
	}
	first := j.published()
	return first, r.ask(ctx, ask{begin: j, reply: make(chan error, 1)})
}

// Cancel has a job begin nothing more and returns it: what was begun ends. Of a
// job that has ended it changes nothing.
func (r *Runner) Cancel(ctx context.Context, id string) (api.Job, error) {
	if err := r.ask(ctx, ask{cancel: id, reply: make(chan error, 1)}); err != nil {
		return api.Job{}, err
	}
	return Find(r.o.Store, id)
}

// Find returns a job as it was last published.
func Find(st *store.Store, id string) (api.Job, error) {
	for _, j := range st.Jobs() {
		if j.ID == id {
			return j, nil
		}
	}
	return api.Job{}, unknown(id)
}

func unknown(id string) error {
	return &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no job %q. Jobs are forgotten an hour after their end, and when Quaywatch ends.", id)}
}

func (r *Runner) ask(ctx context.Context, a ask) error {
	select {
	case r.asks <- a:
		return <-a.reply
	case <-r.over:
		return &api.Error{Code: api.ErrUnreachable, Message: "Quaywatch is shutting down. Nothing was done."}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run works until ctx ends; then what was begun has a moment to end, and the
// rest is left.
func (r *Runner) Run(ctx context.Context) error {
	defer close(r.over)
	// Items outlive ctx, for as long as grace.
	working, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	var wg sync.WaitGroup
	set := &jobs{store: r.o.Store, limit: r.o.MaxItems, running: make(map[string]*job)}
	ended := make(chan *job, maxRunning) // has room for all that run
	slots := make(chan struct{}, totalWidth)
	prune := time.NewTicker(pruneEvery)
	defer prune.Stop()
	for {
		select {
		case a := <-r.asks:
			if a.begin == nil {
				a.reply <- set.cancel(a.cancel)
				break
			}
			err := set.admit(a.begin)
			if err == nil {
				run := (&worker{job: a.begin, runner: r, slots: slots, wg: &wg}).run
				if a.begin.task != nil {
					run = (&solo{job: a.begin, runner: r, wg: &wg}).run
				}
				wg.Go(func() {
					run(working)
					ended <- a.begin
				})
			}
			a.reply <- err
		case j := <-ended:
			set.ended(j)
		case now := <-prune.C:
			set.prune(now)
		case <-ctx.Done():
			for id := range set.running {
				_ = set.cancel(id) // known: it is in the set
			}
			late := time.AfterFunc(grace, abort)
			wg.Wait()
			late.Stop()
			return nil
		}
	}
}

// jobs are those that run and those that have ended lately. They belong to Run.
type jobs struct {
	store   *store.Store
	limit   int             // Options.MaxItems
	running map[string]*job // nil: is to end
	items   int             // of those that run
	old     []*job          // ended, the oldest first
}

func (s *jobs) admit(j *job) error {
	if len(s.running) >= maxRunning || s.items+len(j.state.Items) > s.limit {
		return &api.Error{Code: api.ErrTooMany, Message: fmt.Sprintf("%d jobs are under way, with %d items, and that is enough. Wait until one has ended, or cancel one.", len(s.running), s.items)}
	}
	s.running[j.state.ID] = j
	s.items += len(j.state.Items)
	s.store.Apply(store.Change{Jobs: []api.Job{j.published()}})
	return nil
}

// cancel may be asked for again, and for a job that has ended.
func (s *jobs) cancel(id string) error {
	if j, ok := s.running[id]; ok {
		if j != nil {
			close(j.stop)
			s.running[id] = nil
		}
		return nil
	}
	for _, j := range s.old {
		if j.state.ID == id {
			return nil
		}
	}
	return unknown(id)
}

func (s *jobs) ended(j *job) {
	delete(s.running, j.state.ID)
	s.items -= len(j.state.Items)
	j.containers, j.things, j.waves, j.task = nil, nil, nil, nil // nobody needs them any more; a task may hold a password
	s.old = append(s.old, j)
	s.prune(time.Now())
}

func (s *jobs) prune(now time.Time) {
	items := 0
	for _, j := range s.old {
		items += len(j.state.Items)
	}
	var drop []string
	for len(s.old) > 0 {
		j := s.old[0]
		if len(s.old) <= keepJobs && items <= s.limit && now.Sub(*j.state.EndedAt) < keepFor {
			break
		}
		items -= len(j.state.Items)
		drop = append(drop, j.state.ID)
		s.old = s.old[1:]
	}
	if len(drop) > 0 {
		s.store.Apply(store.Change{DropJobs: drop})
	}
}
