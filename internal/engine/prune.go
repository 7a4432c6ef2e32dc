package engine

import (
	"context"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Prune removes what nobody uses of a kind, and all of it where all says so;
// volumes are those that are named, but for those that are used by now. What went
// is told also where it fails in the middle. It takes as long as ctx lets it.
func (a *Actor) Prune(ctx context.Context, kind api.PruneKind, all bool, volumes []api.PruneItem) (api.Pruned, error) {
	e, op := a.engine, "prune "+string(kind)
	out := api.Pruned{Kind: kind}
	c, err := e.client(ctx)
	if err != nil {
		return out, e.wrap(ctx, op, err)
	}
	switch kind {
	case api.PruneContainers:
		r, err := c.ContainerPrune(ctx, client.ContainerPruneOptions{})
		out.Count, out.Bytes = len(r.Report.ContainersDeleted), size(r.Report.SpaceReclaimed)
		return out, e.wrap(ctx, op, err)
	case api.PruneNetworks:
		r, err := c.NetworkPrune(ctx, client.NetworkPruneOptions{})
		out.Count = len(r.Report.NetworksDeleted)
		e.tellNetwork("prune", "", "")
		return out, e.wrap(ctx, op, err)
	case api.PruneVolumes:
		for _, v := range volumes {
			_, err := c.VolumeRemove(ctx, v.ID, client.VolumeRemoveOptions{})
			if errdefs.IsConflict(err) || errdefs.IsNotFound(err) {
				continue // used again, or gone
			}
			if err != nil {
				return out, e.wrap(ctx, op, err)
			}
			if out.Count++; v.SizeBytes != nil {
				out.Bytes += *v.SizeBytes
			}
		}
		return out, nil
	case api.PruneImages:
		return e.pruneImages(ctx, c, all)
	case api.PruneBuildCache:
		r, err := c.BuildCachePrune(ctx, client.BuildCachePruneOptions{All: all})
		out.Count, out.Bytes = len(r.Report.CachesDeleted), size(r.Report.SpaceReclaimed)
		return out, e.wrap(ctx, op, err)
	}
	return out, invalid("There is no “%s” to prune", clip(string(kind), 40))
}

// pruneImages counts images: the engine's answer names their layers too.
func (e *Engine) pruneImages(ctx context.Context, c *client.Client, all bool) (api.Pruned, error) {
	const op = "prune images"
	out := api.Pruned{Kind: api.PruneImages}
	before, err := c.ImageList(ctx, client.ImageListOptions{})
	if err != nil {
		return out, e.wrap(ctx, op, err)
	}
	filters := client.Filters{}
	if all {
		filters.Add("dangling", "false")
	} else {
		filters.Add("dangling", "true")
	}
	r, err := c.ImagePrune(ctx, client.ImagePruneOptions{Filters: filters})
	if err != nil {
		return out, e.wrap(ctx, op, err)
	}
	var known []string
	for i := range before.Items {
		known = append(known, before.Items[i].ID)
	}
	for _, d := range r.Report.ImagesDeleted {
		if d.Deleted != "" && slices.Contains(known, d.Deleted) {
			out.Count++
		}
	}
	out.Bytes = size(r.Report.SpaceReclaimed)
	return out, nil
}

func size(n uint64) int64 { return int64(min(n, 1<<62)) } //nolint:gosec // bounded
