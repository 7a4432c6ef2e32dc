package app

import (
	"context"
	"io"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// What a core with CoreOptions.Jobs does besides watching, while it runs: the
// same as client.REST has a server do.

// thisProcess is in whose name a core within a command works.
func thisProcess() api.Actor { return api.Actor{Name: "process"} }

// StartJob begins a job and returns it as it begins.
func (c *Core) StartJob(ctx context.Context, q api.JobRequest) (api.Job, error) {
	return c.jobs.Start(ctx, thisProcess(), q)
}

// CancelJob cancels a job and returns it as it is then.
func (c *Core) CancelJob(ctx context.Context, id string) (api.Job, error) {
	return c.jobs.Cancel(ctx, id)
}

// PrunePlan is what a prune would remove now.
func (c *Core) PrunePlan(_ context.Context, engine string, o api.PruneOptions) (api.PrunePlan, error) {
	return jobs.Preview(c.store, engine, o)
}

// listWithin is how long after a core's start its images may become known.
const listWithin = 5 * time.Second

// SaveImage writes an image to w; begun is called with the job's id before the
// first byte.
func (c *Core) SaveImage(ctx context.Context, ref string, w io.Writer, begun func(job string)) error {
	image, err := c.findImage(ctx, ref)
	if err != nil {
		return err
	}
	return c.jobs.Save(ctx, thisProcess(), image, ref, w, func(j api.Job) { begun(j.ID) })
}

// findImage looks again while the engine's images may not be known yet.
func (c *Core) findImage(ctx context.Context, ref string) (*api.Image, error) {
	return await(ctx, c, func() (*api.Image, error) { return c.store.FindImage(ref) })
}
