package app

import (
	"context"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// What a core does to an image, a volume or a network, while it runs: the same as
// client.REST has a server do.

// TagImage gives an image another name.
func (c *Core) TagImage(ctx context.Context, ref string, q api.ImageTag) (api.ResourceResult, error) {
	image, err := c.findImage(ctx, ref)
	if err != nil {
		return api.ResourceResult{}, err
	}
	thing := jobs.Thing{Engine: image.Engine, Kind: api.TopicImages, ID: image.ID, Name: ref}
	return c.change(ctx, thing, api.ResourceTag, func(ctx context.Context, a *engine.Actor) (api.ResourceResult, error) {
		return api.ResourceResult{}, a.TagImage(ctx, image.ID, q.Reference)
	})
}

// CreateVolume makes a volume.
func (c *Core) CreateVolume(ctx context.Context, q api.VolumeCreate) (api.ResourceResult, error) {
	thing := jobs.Thing{Engine: c.engine.ID(), Kind: api.TopicVolumes, Name: q.Name}
	return c.change(ctx, thing, api.ResourceCreate, func(ctx context.Context, a *engine.Actor) (out api.ResourceResult, err error) {
		out.ID, err = a.CreateVolume(ctx, q)
		return out, err
	})
}

// CreateNetwork makes a network.
func (c *Core) CreateNetwork(ctx context.Context, q api.NetworkCreate) (api.ResourceResult, error) {
	thing := jobs.Thing{Engine: c.engine.ID(), Kind: api.TopicNetworks, Name: q.Name}
	return c.change(ctx, thing, api.ResourceCreate, func(ctx context.Context, a *engine.Actor) (out api.ResourceResult, err error) {
		out.ID, out.Warning, err = a.CreateNetwork(ctx, q)
		return out, err
	})
}

// Connect attaches a container to a network.
func (c *Core) Connect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error) {
	return c.attach(ctx, ref, q, api.ResourceConnect, func(ctx context.Context, a *engine.Actor, network, container string) error {
		return a.Connect(ctx, network, container, q)
	})
}

// Disconnect takes a container from a network.
func (c *Core) Disconnect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error) {
	return c.attach(ctx, ref, q, api.ResourceDisconnect, func(ctx context.Context, a *engine.Actor, network, container string) error {
		return a.Disconnect(ctx, network, container, q.Force)
	})
}

func (c *Core) attach(ctx context.Context, ref string, q api.NetworkConnect, action api.ResourceAction, do func(ctx context.Context, a *engine.Actor, network, container string) error) (api.ResourceResult, error) {
	network, err := await(ctx, c, func() (*api.Network, error) { return c.store.FindNetwork(ref) })
	if err != nil {
		return api.ResourceResult{}, err
	}
	id := q.Container
	switch container, err := c.store.Find(q.Container); {
	case err == nil:
		id = container.ID
	case !q.Force: // one that the engine has lost can still be let go of
		return api.ResourceResult{}, err
	}
	thing := jobs.Thing{Engine: network.Engine, Kind: api.TopicNetworks, ID: network.ID, Name: network.Name}
	return c.change(ctx, thing, action, func(ctx context.Context, a *engine.Actor) (api.ResourceResult, error) {
		return api.ResourceResult{}, do(ctx, a, network.ID, id)
	})
}

func (c *Core) change(ctx context.Context, thing jobs.Thing, action api.ResourceAction, do func(context.Context, *engine.Actor) (api.ResourceResult, error)) (api.ResourceResult, error) {
	acting := engine.NewActor(c.engine)
	actor := jobs.NewActor(jobs.ActorOptions{Engine: acting, Store: c.store, Ledger: c.ledger, Note: c.note, Log: c.log})
	return actor.Act(ctx, thisProcess(), thing, action, nil, func(ctx context.Context) (api.ResourceResult, error) {
		return do(ctx, acting)
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
