package app

import (
	"context"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// What a core does to an image, a volume or a network, and has the engine asked, while
// it runs: the same as client.REST has a server do.

// TagImage gives an image another name.
func (c *Core) TagImage(ctx context.Context, ref string, q api.ImageTag) (api.ResourceResult, error) {
	return c.perform(ctx, func() (jobs.Deed, error) { return jobs.TagImage(c.store, ref, q) })
}

// CreateVolume makes a volume.
func (c *Core) CreateVolume(ctx context.Context, q api.VolumeCreate) (api.ResourceResult, error) {
	return c.perform(ctx, func() (jobs.Deed, error) { return jobs.CreateVolume(c.store, q) })
}

// CreateNetwork makes a network.
func (c *Core) CreateNetwork(ctx context.Context, q api.NetworkCreate) (api.ResourceResult, error) {
	return c.perform(ctx, func() (jobs.Deed, error) { return jobs.CreateNetwork(c.store, q) })
}

// Connect attaches a container to a network.
func (c *Core) Connect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error) {
	return c.perform(ctx, func() (jobs.Deed, error) { return jobs.Connect(c.store, ref, q) })
}

// Disconnect takes a container from a network.
func (c *Core) Disconnect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error) {
	return c.perform(ctx, func() (jobs.Deed, error) { return jobs.Disconnect(c.store, ref, q) })
}

// ImageHistory returns the steps that made an image, newest first.
func (c *Core) ImageHistory(ctx context.Context, ref string) ([]api.ImageLayer, error) {
	image, err := c.findImage(ctx, ref)
	if err != nil {
		return nil, err
	}
	return c.engine.ImageHistory(ctx, image.ID)
}

// Search has the engine search its registry for images, limit of them at most.
func (c *Core) Search(ctx context.Context, term string, limit int) ([]api.SearchResult, error) {
	return c.engine.Search(ctx, term, limit)
}

// MeasureDisk has disk use measured: what it comes to is told on topic system.
func (c *Core) MeasureDisk() { c.reflector.Measure() }

func (c *Core) perform(ctx context.Context, plan func() (jobs.Deed, error)) (api.ResourceResult, error) {
	d, err := await(ctx, c, plan)
	if err != nil {
		return api.ResourceResult{}, err
	}
	acting := engine.NewActor(c.engine)
	actor := jobs.NewActor(jobs.ActorOptions{Engine: acting, Store: c.store, Ledger: c.ledger, Note: c.note, Log: c.log, Allowance: c.o.Engine.Timeout})
	return actor.Act(ctx, thisProcess(), d.Thing, d.Action, d.Details, func(ctx context.Context) (api.ResourceResult, error) {
		return d.Do(ctx, acting)
	})
}

// await looks for a thing again while the engine's lists may not be known yet.
func await[T any](ctx context.Context, c *Core, find func() (T, error)) (T, error) {
	changed := c.store.Subscribe()
	defer changed.Close()
	late := time.NewTimer(time.Until(c.started.Add(listWithin)))
	defer late.Stop()
	for {
		found, err := find()
		if err == nil || api.CodeOf(err) != api.ErrNotFound {
			return found, err
		}
		select {
		case <-changed.C():
		case <-late.C:
			return found, err
		case <-ctx.Done():
			return found, context.Cause(ctx)
		}
	}
}
