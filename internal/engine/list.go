package engine

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unique"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// List returns every container, running or not, as far as a list tells:
// Partial is true. It is a hundred times cheaper than inspecting them all.
func (e *Engine) List(ctx context.Context) ([]api.Container, error) {
	// An engine with thousands of containers needs its time; that it is there
	// at all, a ping has told before.
	ctx, cancel := e.deadline(ctx, 2*e.timeout)
	defer cancel()
	const op = "list containers"
	c, err := e.client(ctx)
	if err != nil {
		return nil, e.wrap(ctx, op, err)
	}
	id, list := e.ID(), []api.Container{}
	add := func(s *container.Summary) { list = append(list, fromSummary(id, s)) }
	// The moby client would read the whole answer and decode all of it before it
	// gives any: of 10,000 containers 16 MB, and twice as much of values.
	body, err := e.plain(ctx, c, "containers/json", "all=1")
	if err != nil {
		return nil, e.wrap(ctx, op, err)
	}
	if body != nil {
		defer func() { _ = body.Close() }()
		return list, e.wrap(ctx, op, each(body, add))
	}
	result, err := c.ContainerList(ctx, client.ContainerListOptions{All: true})
	if err != nil {
		return nil, e.wrap(ctx, op, err)
	}
	for i := range result.Items {
		add(&result.Items[i])
	}
	return list, nil
}

func fromSummary(engine string, s *container.Summary) api.Container {
	state := canonicalState(string(s.State))
	c := api.Container{
		Engine:      engine,
		ID:          s.ID,
		Name:        primaryName(s.Names),
		Image:       s.Image,
		ImageID:     s.ImageID,
		Command:     s.Command,
		State:       state,
		Health:      healthOfStatus(s.Status),
		ExitCode:    exitCodeOfStatus(s.Status),
		Ports:       summaryPorts(s.Ports),
		NetworkMode: s.HostConfig.NetworkMode,
		Networks:    []string{},
		Volumes:     volumesOf(s.Mounts),
		Partial:     true,
	}
	// Engines from 29 (API 1.52) say it in so many words.
	if s.Health != nil && s.Health.Status != "" {
		c.Health = canonicalHealth(string(s.Health.Status))
	}
	if s.Created > 0 {
		created := time.Unix(s.Created, 0).UTC()
		c.CreatedAt = &created
	}
	if s.NetworkSettings != nil {
		c.Networks = sortedKeys(s.NetworkSettings.Networks)
	}
	setLabels(&c, s.Labels)
	return c
}

// volumesOf are the names of the volumes among the mounts, in order.
func volumesOf(mounts []container.MountPoint) []string {
	names := []string{}
	for i := range mounts {
		if m := &mounts[i]; m.Type == mount.TypeVolume && m.Name != "" {
			names = append(names, shared(m.Name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// primaryName is the name without the slash. Further names, with a second
// slash, are those of legacy links.
func primaryName(names []string) string {
	for _, n := range names {
		if n = strings.TrimPrefix(n, "/"); !strings.Contains(n, "/") {
			return n
		}
	}
	return ""
}

// shared makes equal strings one: thousands of containers have the same images
// and, mostly, the same labels, and each answer of the engine has its own copies.
func shared(s string) string { return unique.Make(s).Value() }

func setLabels(c *api.Container, labels map[string]string) {
	c.Labels = labelsOf(labels)
	c.Image, c.ImageID = shared(c.Image), shared(c.ImageID)
	c.Project = projectOf(c.Labels)
	c.Service = c.Labels["com.docker.compose.service"]
}

func sortedKeys[V any](m map[string]V) []string {
	keys := slices.Sorted(maps.Keys(m))
	if keys == nil {
		return []string{}
	}
	return keys
}
