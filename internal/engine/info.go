package engine

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Info is what the engine says of itself, in its own words.
func (e *Engine) Info(ctx context.Context) (api.EngineInfo, error) {
	const op = "ask for its configuration"
	info, err := ask(ctx, e, e.timeout, op, func(ctx context.Context, c *client.Client) (client.SystemInfoResult, error) {
		return c.Info(ctx, client.InfoOptions{})
	})
	if err != nil {
		return api.EngineInfo{}, err
	}
	version, err := ask(ctx, e, e.timeout, "ask for its version", func(ctx context.Context, c *client.Client) (client.ServerVersionResult, error) {
		return c.ServerVersion(ctx, client.ServerVersionOptions{})
	})
	if err != nil {
		return api.EngineInfo{}, err
	}
	out := api.EngineInfo{Engine: e.ID(), Warnings: append([]string{}, info.Info.Warnings...)}
	// Passwords of proxies are the engine's to mask, which not all of them do.
	info.Info.HTTPProxy, info.Info.HTTPSProxy = withoutPassword(info.Info.HTTPProxy), withoutPassword(info.Info.HTTPSProxy)
	if out.Info, err = asDocument(info.Info); err == nil {
		out.Version, err = asDocument(version)
	}
	return out, e.wrap(ctx, op, err)
}

func asDocument(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return plainDocument(raw)
}

// withoutPassword is an address without who signs in there.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	u.User = url.User(mask)
	return u.String()
}
