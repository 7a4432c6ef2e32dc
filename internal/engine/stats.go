package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// streamSilence is how long a stats stream may be silent: engines send every
// second, podman every 5, and one with hundreds of streams falls behind.
const streamSilence = 30 * time.Second

// StatsOnce reads a container's counters once. Engines from 20.10 (API 1.41)
// answer with one reading; 19.03 takes two, a second apart. Of a container that
// doesn't run nothing is known: the reading has no time.
func (e *Engine) StatsOnce(ctx context.Context, id string) (api.RawStats, error) {
	const op = "read the container's statistics"
	ctx, cancel := e.deadline(ctx, e.timeout)
	defer cancel()
	body, err := e.statsOnce(ctx, id)
	if err != nil {
		return api.RawStats{}, e.wrap(ctx, op, err)
	}
	defer func() { _ = body.Close() }()
	answer := e.answers.Get().(*bytes.Buffer)
	defer e.answers.Put(answer)
	answer.Reset()
	if _, err := answer.ReadFrom(body); err != nil {
		return api.RawStats{}, e.wrap(ctx, op, err)
	}
	var s statsJSON
	if err := json.Unmarshal(answer.Bytes(), &s); err != nil {
		return api.RawStats{}, e.wrap(ctx, op, err)
	}
	return s.raw(id), nil
}

// StatsStream calls fn for each reading the engine sends, in the caller's
// goroutine, and blocks until the stream ends: with nil when the engine ends
// it, as it does when the container is removed. It costs the engine a
// collector that runs as long as the stream.
func (e *Engine) StatsStream(ctx context.Context, id string, fn func(api.RawStats)) error {
	const op = "follow the container's statistics"
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(e.timeout, func() { cancel(deadlineError(e.timeout)) })
	defer watchdog.Stop()
	body, err := e.stats(ctx, id, true)
	if err != nil {
		return e.wrap(ctx, op, err)
	}
	defer func() { _ = body.Close() }()
	decoder := json.NewDecoder(body)
	watchdog.Stop()
	watchdog = time.AfterFunc(streamSilence, func() { cancel(deadlineError(streamSilence)) })
	defer watchdog.Stop()
	for {
		var s statsJSON
		switch err := decoder.Decode(&s); {
		case errors.Is(err, io.EOF) && ctx.Err() == nil:
			return nil
		case err != nil:
			return e.wrap(ctx, op, err)
		}
		watchdog.Reset(streamSilence)
		fn(s.raw(id))
	}
}

// statsOnce goes past the moby client, which leaves more behind than the answer.
func (e *Engine) statsOnce(ctx context.Context, id string) (io.ReadCloser, error) {
	id, err := containerID(id)
	if err != nil {
		return nil, err
	}
	c, err := e.client(ctx)
	if err != nil {
		return nil, err
	}
	body, err := e.plain(ctx, c, "containers/"+id+"/stats", "stream=false&one-shot=true")
	if body != nil || err != nil {
		return body, err
	}
	return e.stats(ctx, id, false)
}

func (e *Engine) stats(ctx context.Context, id string, stream bool) (io.ReadCloser, error) {
	id, err := containerID(id)
	if err != nil {
		return nil, err
	}
	c, err := e.client(ctx)
	if err != nil {
		return nil, err
	}
	result, err := c.ContainerStats(ctx, id, client.ContainerStatsOptions{Stream: stream})
	return result.Body, err
}
