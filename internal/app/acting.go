package app

import (
	"context"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// Actor does actions for whoever runs a Core within this process, as the server
// does them for its users.
type Actor struct {
	core  *Core
	actor *jobs.Actor
}

// Actor returns the core's own. It works while the core runs.
func (c *Core) Actor() *Actor {
	return &Actor{core: c, actor: jobs.NewActor(jobs.ActorOptions{Engine: engine.NewActor(c.engine), Store: c.store, Ledger: c.ledger, Log: c.log, Allowance: c.o.Engine.Timeout})}
}

// Do carries out an action on the container with a key. Nothing is repeated
// within a process, so that the idempotency key is not needed.
func (a *Actor) Do(ctx context.Context, ref string, action api.Action, o api.ActionOptions, _ string) (api.ActionResult, error) {
	c, ok := a.core.store.Container(api.Key(ref))
	if !ok {
		return api.ActionResult{}, &api.Error{Code: api.ErrNotFound, Message: "This container is gone"}
	}
	took, err := a.actor.Do(ctx, api.Actor{Name: "this process"}, c, action, o)
	if err != nil {
		return api.ActionResult{}, err
	}
	return api.ActionResult{Engine: c.Engine, ID: c.ID, Action: action, Seconds: took.Seconds()}, nil
}
