package engine

import (
	"context"
	"strings"
	"time"

	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// diskTimeout bounds the measuring of disk use: an engine walks through every
// file of every volume for it.
const diskTimeout = 10 * time.Minute

// DiskUsage has the engine measure what it keeps on its disk. It may take
// minutes, and no two may be asked for at a time: engines refuse the second.
func (e *Engine) DiskUsage(ctx context.Context) (api.DiskMeasure, error) {
	began := time.Now()
	r, err := ask(ctx, e, diskTimeout, "measure its disk use", func(ctx context.Context, c *client.Client) (client.DiskUsageResult, error) {
		return c.DiskUsage(ctx, client.DiskUsageOptions{Images: true, Containers: true, Volumes: true, BuildCache: true, Verbose: true})
	})
	if err != nil {
		return api.DiskMeasure{}, err
	}
	at := time.Now().UTC()
	m := api.DiskMeasure{
		Usage: api.DiskUsage{
			Engine: e.ID(), MeasuredAt: &at, Seconds: time.Since(began).Seconds(),
			Images:     use(r.Images.TotalCount, r.Images.ActiveCount, r.Images.TotalSize, r.Images.Reclaimable),
			Containers: use(r.Containers.TotalCount, r.Containers.ActiveCount, r.Containers.TotalSize, r.Containers.Reclaimable),
			Volumes:    use(r.Volumes.TotalCount, r.Volumes.ActiveCount, r.Volumes.TotalSize, r.Volumes.Reclaimable),
			BuildCache: use(r.BuildCache.TotalCount, r.BuildCache.ActiveCount, r.BuildCache.TotalSize, r.BuildCache.Reclaimable),
		},
		Shared: make(map[string]int64, len(r.Images.Items)), Volumes: make(map[string]int64, len(r.Volumes.Items)),
	}
	var images int64
	for i := range r.Images.Items {
		s := &r.Images.Items[i]
		images += s.Size - max(0, s.SharedSize)
		if s.SharedSize >= 0 {
			m.Shared[fullImageID(s.ID)] = s.SharedSize
		}
	}
	if r.Images.TotalSize == 0 && images > 0 {
		*m.Usage.Images.TotalBytes = images // podman 4 leaves it out
	}
	for i := range r.Volumes.Items {
		if v := &r.Volumes.Items[i]; v.UsageData != nil && v.UsageData.Size >= 0 {
			m.Volumes[v.Name] = v.UsageData.Size
		}
	}
	return m, nil
}

// fullImageID is an image's id as all lists have it: podman 4 leaves out the
// algorithm where it measures.
func fullImageID(id string) string {
	if len(id) == 64 && !strings.Contains(id, ":") {
		return "sha256:" + id
	}
	return id
}

func use(count, active, total, reclaimable int64) api.DiskUse {
	free := max(0, reclaimable)
	return api.DiskUse{Count: int(count), Active: int(active), TotalBytes: &total, ReclaimableBytes: &free}
}
