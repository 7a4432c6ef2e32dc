package demoengine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options make a demo engine.
type Options struct {
	// Containers is how many there are at first; the churn keeps the number
	// about constant.
	Containers int
	// Churn is how many changes of containers' lives happen by themselves in a
	// second, over all of them. At 0 nothing happens but what clients ask for
	// and what follows from it.
	Churn float64
	// Chatty makes one of them "loadtest-chatty-1", which writes 20,000 lines a
	// second, where there are 20 at least.
	Chatty bool
	// Seed decides everything: the same seed, number and clock give the same
	// world, and without a client's actions the same future.
	Seed uint64
	// Log may be nil: then nothing is logged.
	Log *slog.Logger
	// Now is the clock; nil is time.Now. Waiting is done with the time package's
	// timers, which testing/synctest controls together with time.Now.
	Now func() time.Time
	// CgroupRoot, when set, is a directory under which Run keeps a made cgroup
	// v2 tree of the running containers up to date, once a second: for
	// benchmarks of a reader of cgroup files (see cgrouptree.go). Take one on
	// tmpfs: thirteen files a container are slow to make elsewhere.
	CgroupRoot string
}

// Engine is a demo engine. New makes the world, Handler or Serve show it, and
// Run moves it along.
type Engine struct {
	world   *world
	host    host
	id      string
	log     *slog.Logger
	churn   float64
	root    string
	handler http.Handler
	// buffers holds *doc for answers.
	buffers sync.Pool
}

// New makes the world of o. It does no I/O and starts nothing.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{
		world: newWorld(o.Seed, max(o.Containers, 0), o.Chatty, o.Now),
		log:   o.Log, churn: max(o.Churn, 0), root: o.CgroupRoot,
		buffers: sync.Pool{New: func() any { d := make(doc, 0, 4096); return &d }},
	}
	e.host = newHost(o.Containers, e.world.epoch)
	e.id = hexID(o.Seed, "engine", 0)[:32]
	e.handler = e.routes()
	return e
}

// Handler answers the Engine API, with and without a version in the path.
func (e *Engine) Handler() http.Handler { return e.handler }

// Serve answers on l until ctx ends, and closes l. Streams end with ctx;
// answers that are under way get five seconds. It returns nil when ctx ended.
func (e *Engine) Serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	srv := &http.Server{
		Handler:           e.handler,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(e.log.Handler(), slog.LevelDebug),
	}
	var closer sync.WaitGroup
	closer.Go(func() {
		<-ctx.Done()
		last, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer done()
		if srv.Shutdown(last) != nil {
			_ = srv.Close()
		}
	})
	err := srv.Serve(l)
	cancel()
	closer.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the demo engine: %w", err)
	}
	return nil
}

// Run moves the world along until ctx ends: the churn, what follows from
// changes (restart policies, health checks), and the cgroup tree. It returns
// nil when ctx ended, or why the cgroup tree can't be written.
func (e *Engine) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var tree sync.WaitGroup
	var failed error
	if e.root != "" {
		tree.Go(func() {
			if failed = newCgroupTree(e.root, e.world).run(ctx); failed != nil {
				cancel(failed)
			}
		})
	}
	e.live(ctx)
	tree.Wait()
	return failed
}

// live does what is due, and the churn, until ctx ends.
func (e *Engine) live(ctx context.Context) {
	c := newChurn(e.world, e.churn)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.world.agenda.wake:
		case <-timer.C:
		}
		e.world.settle()
		c.act()
		wait := time.Hour
		now := e.world.now()
		if at, ok := e.world.next(); ok {
			wait = min(wait, at.Sub(now))
		}
		if at, ok := c.next(); ok {
			wait = min(wait, at.Sub(now))
		}
		timer.Reset(max(wait, 0))
	}
}
