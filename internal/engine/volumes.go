package engine

import (
	"context"
	"encoding/json"

	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Volumes returns every volume, without its size: that takes the engine long.
func (e *Engine) Volumes(ctx context.Context) ([]api.Volume, error) {
	result, err := ask(ctx, e, 2*e.timeout, "list volumes", func(ctx context.Context, c *client.Client) (client.VolumeListResult, error) {
		return c.VolumeList(ctx, client.VolumeListOptions{})
	})
	if err != nil {
		return nil, err
	}
	id := e.ID()
	list := make([]api.Volume, len(result.Items))
	for i := range result.Items {
		list[i] = fromVolume(id, &result.Items[i])
	}
	return list, nil
}

// Volume returns one volume, by its name. The error of one that is gone has code
// api.ErrNotFound.
func (e *Engine) Volume(ctx context.Context, name string) (api.Volume, error) {
	result, err := e.volume(ctx, name)
	if err != nil {
		return api.Volume{}, err
	}
	return fromVolume(e.ID(), &result.Volume), nil
}

// VolumeRaw returns the engine's own document of a volume.
func (e *Engine) VolumeRaw(ctx context.Context, name string) (map[string]any, error) {
	result, err := e.volume(ctx, name)
	if err != nil {
		return nil, err
	}
	doc, err := e.document(ctx, "inspect the volume", result.Raw)
	if options, ok := doc["Options"].(map[string]any); ok {
		for name, value := range options {
			text, _ := value.(string)
			options[name] = maskOption(name, text)
		}
	}
	return doc, err
}

func (e *Engine) volume(ctx context.Context, name string) (client.VolumeInspectResult, error) {
	if !validName(name) {
		return client.VolumeInspectResult{}, invalid("“%s” is no name of a volume", clip(name, 80))
	}
	return ask(ctx, e, e.timeout, "inspect the volume", func(ctx context.Context, c *client.Client) (client.VolumeInspectResult, error) {
		return c.VolumeInspect(ctx, name, client.VolumeInspectOptions{})
	})
}

func fromVolume(engine string, v *volume.Volume) api.Volume {
	out := api.Volume{
		Engine: engine, Name: v.Name, Driver: v.Driver, Mountpoint: v.Mountpoint, Scope: v.Scope,
		CreatedAt: parseTime(v.CreatedAt), Labels: labelsOf(v.Labels), Options: labelsOf(v.Options),
	}
	for name, value := range out.Options {
		out.Options[name] = maskOption(name, value)
	}
	out.Project = projectOf(out.Labels)
	return out
}

// document reads an engine's document as it is; sizes beyond 2^53 stay what they
// are.
func (e *Engine) document(ctx context.Context, op string, raw json.RawMessage) (map[string]any, error) {
	doc, err := plainDocument(raw)
	return doc, e.wrap(ctx, op, err)
}
