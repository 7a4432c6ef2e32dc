package app

import (
	"context"

	"github.com/quaywatch/quaywatch/internal/hub"
	"github.com/quaywatch/quaywatch/internal/logs"
)

// openLogs follows the logs of a hub's subscription.
func (c *Core) openLogs(ctx context.Context, r hub.LogRequest) hub.LogTail {
	sources := make([]logs.Source, len(r.Keys))
	for i, k := range r.Keys {
		_, id := k.Split()
		sources[i] = logs.Source{ID: id, Container: r.Containers[i], Since: r.Since[i]}
	}
	return logs.Open(ctx, logs.Options{Engine: c.engine, Sources: sources, Tail: r.Tail, Wake: r.Wake})
}
