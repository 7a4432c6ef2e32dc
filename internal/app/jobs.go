package app

import (
	"os"

	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/jobs"
	"github.com/quaywatch/quaywatch/internal/keyring"
)

// newJobs makes the runner of jobs. Without an actor it can do what changes
// nothing: save images.
func (c *Core) newJobs(actor *jobs.Actor) *jobs.Runner {
	o := jobs.Options{Store: c.store, Saver: c.engine, Ledger: c.ledger, Note: c.note, Log: c.log}
	if actor != nil {
		acting := engine.NewActor(c.engine)
		getenv := c.o.Engine.Getenv
		if getenv == nil {
			getenv = os.Getenv
		}
		o.Actor, o.Engine, o.Images, o.Pruner, o.Remover, o.Keyring = actor, acting, acting, acting, acting, keyring.New(getenv)
	}
	return jobs.New(o)
}
