package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Engine does an action to a container and returns when the engine has
// answered.
type Engine interface {
	Do(ctx context.Context, id string, action api.Action, o api.ActionOptions) error
}

// Ledger writes down who asks for an action before the engine is called. What
// Begin returns is called with the engine's answer.
type Ledger interface {
	Begin(by api.Actor, k api.Key, action api.Action, o api.ActionOptions) (end func(error))
	BeginThing(by api.Actor, engine, kind, id, name string, action api.ResourceAction) (end func(error))
	BeginTransfer(by api.Actor, engine, image string, kind api.JobKind) (end func(error))
}

// NotTried is the error of an action that the engine was not asked for.
type NotTried struct{ Err error }

func (n *NotTried) Error() string { return n.Err.Error() }
func (n *NotTried) Unwrap() error { return n.Err }

// ActorOptions configure an Actor. Engine and Store are required.
type ActorOptions struct {
	Engine Engine
	Store  *store.Store
	// Ledger is nil where nobody asks who it was.
	Ledger Ledger
	// Note is called with a row before the engine is asked, and with another one
	// after it has answered. It must not block; nil is nobody.
	Note func(api.Event)
	Log  *slog.Logger
	// Allowance is what the engine is given beyond the usual deadlines; 0 is nothing.
	Allowance time.Duration
}

// Actor does single actions in somebody's name. It is safe for concurrent use.
type Actor struct{ o ActorOptions }

// NewActor makes an Actor.
func NewActor(o ActorOptions) *Actor {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Note == nil {
		o.Note = func(api.Event) {}
	}
	return &Actor{o}
}

// Do has the engine do the action and returns how long that took. It does not
// touch the store: what became of the container comes the way of every other
// change.
func (a *Actor) Do(ctx context.Context, by api.Actor, c *api.Container, action api.Action, o api.ActionOptions) (time.Duration, error) {
	if err := reachable(a.o.Store, c.Engine); err != nil {
		return 0, &NotTried{err}
	}
	ctx, cancel := context.WithTimeout(ctx, Deadline(action, o)+a.o.Allowance)
	defer cancel()
	end := func(error) {}
	if a.o.Ledger != nil {
		end = a.o.Ledger.Begin(by, c.Key(), action, o)
	}
	began := time.Now()
	a.o.Note(audit(by, c, action, o, began))
	err := a.o.Engine.Do(ctx, c.ID, action, o)
	took := time.Since(began)
	end(err)
	a.o.Note(audited(by, c, action, o, began.Add(took), took, err))
	a.o.Log.InfoContext(ctx, "action", "action", string(action), "container", c.Name, "id", c.ID, "by", by.Name, "client", by.Client, "seconds", took.Seconds(), "error", err)
	return took, err
}

// reachable refuses what an engine that doesn't answer would do later, when it
// answers again and nobody expects it any more.
func reachable(st *store.Store, engine string) error {
	for _, e := range st.Engines() {
		if e.ID != engine || e.State == api.EngineConnected {
			continue
		}
		why := e.Error
		if why == "" {
			why = "The Docker engine has not answered yet."
		}
		return &api.Error{Code: api.ErrUnreachable, Message: why + " Nothing was done: try again when the engine answers."}
	}
	return nil
}

const (
	// actionTimeout bounds an action beyond the time that the container has to
	// stop; the engine adapter's own deadline comes before it, with a better
	// sentence.
	actionTimeout = 20 * time.Second
	// defaultStop is how long Docker itself lets a container take to stop.
	defaultStop = 10 * time.Second
	// MaxStopSeconds is the longest time to stop that may be asked for.
	MaxStopSeconds = 3600
)

// Deadline is how long an action may take of an engine without an allowance.
func Deadline(action api.Action, o api.ActionOptions) time.Duration {
	switch {
	case action != api.ActionStop && action != api.ActionRestart:
		return actionTimeout
	case o.TimeoutSeconds == nil:
		return actionTimeout + defaultStop
	default:
		return actionTimeout + time.Duration(*o.TimeoutSeconds)*time.Second
	}
}
