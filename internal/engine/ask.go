package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/moby/moby/client"
)

// ask makes one call with a deadline, and an *api.Error of what goes wrong.
func ask[T any](ctx context.Context, e *Engine, limit time.Duration, op string, call func(context.Context, *client.Client) (T, error)) (T, error) {
	ctx, cancel := e.deadline(ctx, limit)
	defer cancel()
	var none T
	c, err := e.client(ctx)
	if err != nil {
		return none, e.wrap(ctx, op, err)
	}
	result, err := call(ctx, c)
	if err != nil {
		return none, e.wrap(ctx, op, err)
	}
	return result, nil
}

// plainDocument reads a document without changing its numbers.
func plainDocument(raw json.RawMessage) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // sizes beyond 2^53 stay what they are
	var doc map[string]any
	return doc, decoder.Decode(&doc)
}

// labelsOf copies labels or options; most of them are the same on many things.
func labelsOf(in map[string]string) map[string]string {
	out := make(map[string]string, len(in))
	for k, v := range in {
		out[shared(k)] = shared(v)
	}
	return out
}

// projectOf is the Compose project that labels name; empty outside.
func projectOf(labels map[string]string) string {
	if p := labels["com.docker.compose.project"]; p != "" {
		return p
	}
	return labels["io.podman.compose.project"] // podman-compose, before it took Docker's labels too
}
