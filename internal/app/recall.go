package app

import (
	"context"
	"time"

	"github.com/quaywatch/quaywatch/internal/reflector"
)

// recallWithin bounds how long the first view waits for the disk.
const recallWithin = 3 * time.Second

// recall is what the history remembers of an engine, so that the reflector can
// tell what happened while Quaywatch did not run. What it can't be asked for is
// not remembered. A demo engine is another world each time.
func (c *Core) recall(ctx context.Context, engine string) *reflector.Past {
	if c.o.History == nil || c.demo != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, recallWithin)
	defer cancel()
	if err := c.o.History.Sync(ctx); err != nil {
		c.log.Warn("what the history knows of the engine can't be asked for", "error", err)
		return nil
	}
	r, err := c.o.History.Recall(ctx, engine)
	if err != nil {
		c.log.Warn("what the history knows of the engine can't be read", "error", err)
		return nil
	}
	if r == nil {
		return nil
	}
	p := &reflector.Past{Heard: r.Heard, Events: r.Events, Containers: make(map[string]reflector.PastContainer, len(r.Containers))}
	for id, k := range r.Containers {
		p.Containers[id] = reflector.PastContainer{Name: k.Name, Image: k.Image, Started: k.Started, Finished: k.Finished, Checked: k.Checked}
	}
	return p
}
