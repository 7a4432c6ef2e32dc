package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

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

// Images lists all images.
func (r *REST) Images(ctx context.Context) ([]api.Image, error) {
	return list[api.Image](ctx, r, "/api/v1/images", nil)
}

// Volumes lists all volumes.
func (r *REST) Volumes(ctx context.Context) ([]api.Volume, error) {
	return list[api.Volume](ctx, r, "/api/v1/volumes", nil)
}

// Networks lists all networks.
func (r *REST) Networks(ctx context.Context) ([]api.Network, error) {
	return list[api.Network](ctx, r, "/api/v1/networks", nil)
}

// ImageHistory returns the steps that made an image, newest first.
func (r *REST) ImageHistory(ctx context.Context, ref string) ([]api.ImageLayer, error) {
	var out api.ImageDetail
	err := r.call(ctx, http.MethodGet, "/api/v1/images/"+url.PathEscape(ref), nil, nil, &out)
	return out.History, err
}

// Search has the engine search its registry for images, limit of them at most.
func (r *REST) Search(ctx context.Context, term string, limit int) ([]api.SearchResult, error) {
	return list[api.SearchResult](ctx, r, "/api/v1/registry/search", url.Values{"term": {term}, "limit": {strconv.Itoa(limit)}})
}

// MeasureDisk has the server measure disk use: what it finds comes on topic system.
func (r *REST) MeasureDisk(ctx context.Context) error {
	return r.call(ctx, http.MethodPost, "/api/v1/system/disk-usage", nil, nil, nil)
}

func list[T any](ctx context.Context, r *REST, path string, query url.Values) ([]T, error) {
	var out api.List[T]
	err := r.call(ctx, http.MethodGet, path, query, nil, &out)
	return out.Items, err
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
