package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/alert"
	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/hub"
	"github.com/quaywatch/quaywatch/internal/jobs"
	"github.com/quaywatch/quaywatch/internal/ledger"
	"github.com/quaywatch/quaywatch/internal/reflector"
	"github.com/quaywatch/quaywatch/internal/series"
	"github.com/quaywatch/quaywatch/internal/store"
)

// CoreOptions configure a Core.
type CoreOptions struct {
	Engine EngineOptions
	// Version is this program's; ReadOnly is shown, the server enforces it.
	Version  string
	ReadOnly bool
	// NoExec is likewise: there are no terminals in containers.
	NoExec bool
	// MaxConns bounds the clients, MaxPerSignIn those with the same sign-in; 0 is
	// the hub's default.
	MaxConns, MaxPerSignIn int
	// CgroupRoot is a cgroup tree to read instead of the machine's; see
	// stats.CgroupOptions.
	CgroupRoot string
	// Jobs lets a core that is run by itself do more than watch: see StartJob.
	Jobs bool
	// History is written and asked; nil keeps nothing. Whoever gives it runs it.
	History *history.History
	// Alerts holds rules against what is watched, also those of the file RulesFile;
	// Teller is told of what they find.
	Alerts    bool
	RulesFile string
	Teller    alert.Teller
	// Deliver is run below the alerts: it delivers what Teller was told. nil is
	// nothing to run.
	Deliver func(context.Context) error
	// OnEngine hears of every change of the engine's status. It must not block.
	OnEngine func(api.EngineStatus)
	Log      *slog.Logger
	// Clients is the log of those who connect; nil is Log.
	Clients *slog.Logger
}

// Core watches an engine: everything but the network.
type Core struct {
	o         CoreOptions
	log       *slog.Logger
	started   time.Time
	engine    *engine.Engine
	demo      *demo
	absent    error
	store     *store.Store
	ledger    *ledger.Ledger
	reflector *reflector.Reflector
	past      *series.Recorder
	keep      func(rows map[int]struct{}) // told the rows that are there
	sampling  *sampling
	status    *statusBox
	hub       *hub.Hub
	pid       enginePID
	revisions *revisions
	alerts    *alert.Keeper // nil without CoreOptions.Alerts
	jobs      *jobs.Runner  // nil without CoreOptions.Jobs

	mu       sync.Mutex // guards closed, and Add against Wait
	closed   bool
	sessions sync.WaitGroup
}

// NewCore chooses the engine. It connects to nothing yet, except to see whether
// an engine answers where a demo engine is to stand in for one that doesn't.
func NewCore(ctx context.Context, o CoreOptions) (*Core, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clients == nil {
		o.Clients = o.Log
	}
	if o.OnEngine == nil {
		o.OnEngine = func(api.EngineStatus) {}
	}
	e, demo, absent, err := choose(ctx, o.Engine, o.Log)
	if err != nil {
		return nil, err
	}
	c := &Core{
		o: o, log: o.Log, started: time.Now().UTC(), engine: e, demo: demo, absent: absent,
		store: store.New(store.Options{}), ledger: ledger.New(), past: series.New(series.Options{}), status: newStatusBox(), revisions: newRevisions(),
	}
	sampled := sinks{c.store.Metrics(), c.past}
	c.keep = c.past.Keep
	if o.History != nil {
		rollup := o.History.NewRollup(func(row int) (api.Key, bool) {
			k, ok := c.store.ContainerByRow(row)
			if !ok {
				return "", false
			}
			return k.Key(), true
		})
		sampled = append(sampled, rollup)
		c.keep = func(rows map[int]struct{}) {
			c.past.Keep(rows)
			rollup.Keep(rows)
		}
	}
	c.sampling = &sampling{
		engine: e, sink: sampled, cgroupRoot: o.CgroupRoot, log: o.Log, pids: c.pid.list,
		onSource: func(name, reason string) { c.reflector.SetMetricsSource(name, reason) },
	}
	c.reflector = reflector.New(reflector.Options{
		Engine: e, Resources: e, Store: c.store, Log: o.Log, Initial: initialStatus(e, demo != nil),
		OnStatus: func(s api.EngineStatus) { c.status.put(s); o.OnEngine(s) },
		Who:      c.ledger.Explain,
		Past:     c.recall,
	})
	c.hub = hub.New(hub.Options{Store: c.store, OnWatch: c.sampling.setWatched, Log: o.Clients, MaxConns: o.MaxConns, MaxPerIdentity: o.MaxPerSignIn, OpenLogs: c.openLogs})
	if o.Jobs {
		c.jobs = c.newJobs(jobs.NewActor(jobs.ActorOptions{Engine: engine.NewActor(e), Store: c.store, Ledger: c.ledger, Note: c.note, Log: o.Log, Allowance: o.Engine.Timeout}))
	}
	if o.Alerts {
		c.alerts = alert.New(alert.Options{Store: c.store, History: o.History, Teller: o.Teller, OnRows: c.sampling.setRuled, OnChange: c.revisions.rulesChanged, File: o.RulesFile, Log: o.Log})
	}
	c.publish()
	return c, nil
}

// Absent is why a demo engine stands in for the one that was asked for; nil
// where none does.
func (c *Core) Absent() error { return c.absent }

// Demo reports whether a demo engine of this process is watched.
func (c *Core) Demo() bool { return c.demo != nil }

// Run watches until ctx ends.
func (c *Core) Run(ctx context.Context) error {
	if c.jobs != nil {
		return c.run(ctx, stage{"jobs", c.jobs.Run})
	}
	return c.run(ctx)
}

// run starts the core's stages and then those that stand on them.
func (c *Core) run(ctx context.Context, above ...stage) error {
	t := &targets{store: c.store, set: c.sampling.setTargets, keep: c.keep}
	stages := []stage{
		{"hub", c.runHub},
		{"own status", c.runStatus},
		{"sampling", func(ctx context.Context) error { return c.sampling.run(ctx, c.status) }},
		{"targets", t.follow},
	}
	if c.o.History != nil {
		r := &recording{store: c.store, history: c.o.History, log: c.log}
		// What is written last is what the reflector tells last.
		stages = append([]stage{{"history", c.o.History.Run}}, append(stages, stage{"recording", r.follow})...)
	}
	if c.o.Deliver != nil {
		stages = append(stages, stage{"deliveries", c.o.Deliver}) // before who tells them, and after them at the end
	}
	if c.alerts != nil {
		stages = append(stages, stage{"alerts", c.alerts.Run})
	}
	stages = append(stages, stage{"reflector", c.reflector.Run})
	if c.demo != nil {
		stages = append([]stage{{"demo engine", c.demo.run}}, stages...)
	}
	err := runStages(ctx, c.log, append(stages, above...)...)
	if cerr := c.engine.Close(); cerr != nil {
		c.log.Debug("closing the engine's connections failed", "error", cerr)
	}
	return err
}

// sessionsEnd bounds how long sessions within the process may take to end.
const sessionsEnd = 3 * time.Second

// runHub runs the hub and ends what Dial has opened.
func (c *Core) runHub(ctx context.Context) error {
	err := c.hub.Run(ctx)
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), sessionsEnd)
	defer cancel()
	if serr := c.hub.Shutdown(end); serr != nil {
		c.log.Debug("sessions did not end in time", "error", serr)
	}
	c.sessions.Wait()
	return err
}

// Dial opens a connection to the hub within the process, for whoever runs it:
// they could do anything to the engine without Quaywatch.
func (c *Core) Dial(ctx context.Context) (client.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, &api.Error{Code: api.ErrUnreachable, Message: "Quaywatch is shutting down"}
	}
	ours, theirs := client.Pipe()
	ctx = context.WithoutCancel(ctx) // a session ends by a close
	c.sessions.Go(func() {
		if err := c.hub.Serve(ctx, hubConn{theirs}, hub.As(hub.Identity{Key: "process", Name: "this process", Role: "admin"})); err != nil {
			c.log.Debug("session within the process ended", "error", err)
		}
		// However the session ended, the other side must learn of it.
		_ = theirs.Close(0, "")
	})
	return ours, nil
}

// hubConn is a pipe's end as the hub wants it.
type hubConn struct{ client.Conn }

func (h hubConn) Read(ctx context.Context) ([]byte, error) {
	frame, err := h.Conn.Read(ctx)
	if ce, ok := errors.AsType[*client.CloseError](err); ok {
		return nil, fmt.Errorf("%w: %w", hub.ErrClosed, ce)
	}
	return frame, err
}

// Ready says why there is nothing true to show yet; nil when there is.
func (c *Core) Ready() error {
	for _, e := range c.store.Engines() {
		if e.State == api.EngineConnected {
			return nil
		}
		if e.Error != "" {
			return &api.Error{Code: api.ErrUnreachable, Message: e.Error}
		}
	}
	return &api.Error{Code: api.ErrUnreachable, Message: "The engine has not answered yet."}
}
