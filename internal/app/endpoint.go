package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/demoengine"
	"github.com/quaywatch/quaywatch/internal/engine"
)

// EngineOptions choose the engine.
type EngineOptions struct {
	// Host is what the user named; empty is the docker CLI's choice.
	Host string
	// Origin says where Host came from, if it was not a flag.
	Origin string
	// Getenv reads the environment.
	Getenv func(string) string
	// Demo watches a demo engine instead, started in this process; DemoIfAbsent
	// does where no engine answers at the start.
	Demo, DemoIfAbsent bool
	// DemoContainers is how many a demo engine has; 0 is DefaultDemoContainers.
	DemoContainers int
	// Timeout is how long it may take for an answer; 0 is what suits most.
	Timeout time.Duration
}

// DefaultDemoContainers is how many containers a demo engine shows.
const DefaultDemoContainers = 200

// demoChurn is how many changes a second happen in it: enough to see.
const demoChurn = 0.5

// probeTimeout is how long an engine may take to answer before a demo engine is
// taken for it. One that is not there refuses at once; a real one that is only
// slow must not be replaced.
const probeTimeout = 4 * time.Second

func (o EngineOptions) resolve() (engine.Endpoint, error) {
	ep, err := engine.Resolve(engine.ResolveOptions{Flag: o.Host, Getenv: o.Getenv})
	if err == nil && o.Origin != "" && o.Host != "" {
		ep.Origin = o.Origin
	}
	ep.Timeout = o.Timeout
	return ep, err
}

// EngineHost is the address of the engine that the options choose.
func EngineHost(o EngineOptions) (string, error) {
	if o.Demo {
		return demoHost, nil
	}
	ep, err := o.resolve()
	return ep.Host, err
}

// demoHost stands for a demo engine, whose address nobody else would choose.
const demoHost = "demo"

// choose connects the options to an engine, with a demo engine where they ask
// for one. absent says why no engine answered, if that is why.
func choose(ctx context.Context, o EngineOptions, log *slog.Logger) (e *engine.Engine, demo *demo, absent error, err error) {
	if !o.Demo {
		ep, err := o.resolve()
		if err != nil {
			return nil, nil, nil, err
		}
		if o.DemoIfAbsent {
			if absent, err = probe(ctx, ep, log); err != nil {
				return nil, nil, nil, err
			}
		}
		if absent == nil {
			e, err = engine.New(ep, log)
			return e, nil, nil, err
		}
	}
	if demo, err = newDemo(ctx, o, log); err != nil {
		return nil, nil, absent, err
	}
	if e, err = engine.New(demo.endpoint, log); err != nil {
		demo.close()
		return nil, nil, absent, err
	}
	return e, demo, absent, nil
}

// probe sees whether an engine answers soon; absent says why not.
func probe(ctx context.Context, ep engine.Endpoint, log *slog.Logger) (absent, err error) {
	ep.Timeout = probeTimeout
	e, err := engine.New(ep, log)
	if err != nil {
		return nil, err
	}
	_, absent = e.Ping(ctx)
	return absent, e.Close()
}

// demo is a demo engine in this process. It is reached through a socket, like
// every engine, so that nothing else knows of it.
type demo struct {
	engine   *demoengine.Engine
	listener net.Listener
	dir      string
	endpoint engine.Endpoint
}

func newDemo(ctx context.Context, o EngineOptions, log *slog.Logger) (*demo, error) {
	n := o.DemoContainers
	if n <= 0 {
		n = DefaultDemoContainers
	}
	dir, err := os.MkdirTemp("", "quaywatch-demo-") // mode 0700: nobody else's
	if err != nil {
		return nil, fmt.Errorf("make a place for the demo engine's socket: %w", err)
	}
	path := filepath.Join(dir, "docker.sock")
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("listen for the demo engine: %w", err)
	}
	return &demo{
		engine:   demoengine.New(demoengine.Options{Containers: n, Churn: demoChurn, Chatty: true, Seed: 1, Log: log}),
		listener: l, dir: dir,
		endpoint: engine.Endpoint{Host: "unix://" + path, Origin: "demo"},
	}, nil
}

// run serves the demo engine and moves its world along until ctx ends.
func (d *demo) run(ctx context.Context) error {
	defer d.close()
	return runStages(ctx, slog.New(slog.DiscardHandler),
		stage{"demo world", d.engine.Run},
		stage{"demo socket", func(ctx context.Context) error { return d.engine.Serve(ctx, d.listener) }},
	)
}

func (d *demo) close() {
	_ = d.listener.Close()
	_ = os.RemoveAll(d.dir)
}

// initialStatus is what is known of an engine that has not answered yet.
func initialStatus(e *engine.Engine, isDemo bool) api.EngineStatus {
	ep := e.Endpoint()
	return api.EngineStatus{ID: e.ID(), Host: ep.Host, Origin: ep.Origin, State: api.EngineConnecting, Since: time.Now().UTC(), Demo: isDemo}
}

// AskEngine asks the engine that the options choose who it is.
func AskEngine(ctx context.Context, o EngineOptions) (api.EngineStatus, error) {
	ep, err := o.resolve()
	if err != nil {
		return api.EngineStatus{}, err
	}
	e, err := engine.New(ep, nil)
	if err != nil {
		return api.EngineStatus{}, err
	}
	defer func() { _ = e.Close() }()
	status, err := e.Status(ctx)
	if err == nil {
		status.State, status.Since = api.EngineConnected, time.Now().UTC()
	}
	return status, err
}

// Contexts are the docker command's contexts, "default" first.
func Contexts(getenv func(string) string) ([]api.Context, error) {
	return engine.Contexts(getenv)
}
