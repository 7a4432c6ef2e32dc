package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TagImage gives an image another name.
func (r *REST) TagImage(ctx context.Context, ref string, q api.ImageTag) (api.ResourceResult, error) {
	return r.change(ctx, "/api/v1/images/"+url.PathEscape(ref)+"/tag", q)
}

// CreateVolume makes a volume.
func (r *REST) CreateVolume(ctx context.Context, q api.VolumeCreate) (api.ResourceResult, error) {
	return r.change(ctx, "/api/v1/volumes", q)
}

// CreateNetwork makes a network.
func (r *REST) CreateNetwork(ctx context.Context, q api.NetworkCreate) (api.ResourceResult, error) {
	return r.change(ctx, "/api/v1/networks", q)
}

// Connect attaches a container to a network.
func (r *REST) Connect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error) {
	return r.change(ctx, "/api/v1/networks/"+url.PathEscape(ref)+"/connect", q)
}

// Disconnect takes a container from a network.
func (r *REST) Disconnect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error) {
	return r.change(ctx, "/api/v1/networks/"+url.PathEscape(ref)+"/disconnect", q)
}

// Knows reports whether the server knows an image, a volume or a network by now:
// what was made is told by the engine a moment later.
func (r *REST) Knows(ctx context.Context, kind api.Topic, ref string) (bool, error) {
	err := r.call(ctx, http.MethodGet, "/api/v1/"+string(kind)+"/"+url.PathEscape(ref), nil, nil, nil)
	if api.CodeOf(err) == api.ErrNotFound {
		return false, nil
	}
	return err == nil, err
}

func (r *REST) change(ctx context.Context, path string, q any) (api.ResourceResult, error) {
	var out api.ResourceResult
	return out, r.call(ctx, http.MethodPost, path, nil, q, &out)
}
