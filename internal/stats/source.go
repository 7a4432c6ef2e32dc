package stats

import (
	"context"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Target is a running container to be sampled.
type Target struct {
	// Row is Container.Row: it stands for this container and no other.
	Row int
	// ID is the engine's full container id.
	ID string
	// Started tells one run of a container from the next: counters begin anew.
	Started time.Time
	// PID is the main process on the engine's machine, 0 while not known.
	PID int
	// NetworkMode is the container's: "host", "none", "container:ID", a network's
	// name, or "" while not known.
	NetworkMode string
	// MemoryLimit is bytes, 0 where unlimited or not known.
	MemoryLimit int64
	// Watched is set by the Sampler: somebody looks at this container now.
	Watched bool
}

// same tells whether t is the same run of the same container as u.
func (t *Target) same(u *Target) bool {
	return t.ID == u.ID && t.Started.Equal(u.Started)
}

// Source is one way to read metrics. One goroutine at a time uses it.
type Source interface {
	// Name is the rung's name as EngineStatus.MetricsSource shows it.
	Name() string
	// Sample appends a row to b for each target that could be read, each with its
	// own time. A target that could not is absent and no error; an error means
	// that this source does not work at all, and b is of no use.
	Sample(ctx context.Context, targets []Target, b *api.Batch) error
	// Forget drops what is kept for rows whose container is gone.
	Forget(rows []int)
	Close() error
}

// Sink takes the samples: store.Metrics does. Commit must not keep b.
type Sink interface {
	Commit(b *api.Batch)
	// Clear makes every cell of the rows Unknown: the containers have stopped.
	Clear(rows ...int)
}

// EngineStats are the engine's own calls for statistics: engine.Engine has them.
type EngineStats interface {
	StatsOnce(ctx context.Context, id string) (api.RawStats, error)
	// StatsStream calls fn with every answer until the stream ends, as it must when
	// nothing has come for too long.
	StatsStream(ctx context.Context, id string, fn func(api.RawStats)) error
}
