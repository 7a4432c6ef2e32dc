package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Jobs lists the jobs that run and those that have ended lately.
func (r *REST) Jobs(ctx context.Context) ([]api.Job, error) {
	return list[api.Job](ctx, r, "/api/v1/jobs", nil)
}

// Job returns one job.
func (r *REST) Job(ctx context.Context, id string) (api.Job, error) {
	var out api.Job
	return out, r.call(ctx, http.MethodGet, "/api/v1/jobs/"+url.PathEscape(id), nil, nil, &out)
}

// StartJob begins a job and returns it as it begins.
func (r *REST) StartJob(ctx context.Context, q api.JobRequest) (api.Job, error) {
	var out api.Job
	return out, r.call(ctx, http.MethodPost, "/api/v1/jobs", nil, q, &out)
}

// CancelJob cancels a job and returns it as it is then.
func (r *REST) CancelJob(ctx context.Context, id string) (api.Job, error) {
	var out api.Job
	return out, r.call(ctx, http.MethodDelete, "/api/v1/jobs/"+url.PathEscape(id), nil, nil, &out)
}

// PrunePlan is what a prune would remove now.
func (r *REST) PrunePlan(ctx context.Context, engine string, o api.PruneOptions) (api.PrunePlan, error) {
	query := url.Values{}
	for _, k := range o.Kinds {
		query.Add("kind", string(k))
	}
	for name, on := range map[string]bool{"allImages": o.AllImages, "allVolumes": o.AllVolumes, "allCache": o.AllCache} {
		if on {
			query.Set(name, strconv.FormatBool(on))
		}
	}
	if engine != "" {
		query.Set("engine", engine)
	}
	var out api.PrunePlan
	return out, r.call(ctx, http.MethodGet, "/api/v1/prune", query, nil, &out)
}

// SaveImage writes an image to w, as docker save does; begun is called with the
// job's id before the first byte. It takes as long as ctx lets it.
func (r *REST) SaveImage(ctx context.Context, ref string, w io.Writer, begun func(job string)) error {
	hc := *r.hc
	hc.Timeout = 0 // of the whole answer, which may be large
	res, err := (&REST{base: r.base, token: r.token, hc: &hc}).open(ctx, request{method: http.MethodGet, path: "/api/v1/images/" + url.PathEscape(ref) + "/save"})
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	begun(res.Header.Get("X-Quaywatch-Job"))
	if _, err := io.Copy(w, res.Body); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("save the image: %w", err)
	}
	return nil
}
