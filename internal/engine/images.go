package engine

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// noneTag is what engines before 29 write where a dangling image has no tag or
// no digest.
const noneTag = "<none>"

// Images returns every image but the unnamed layers that builds leave between.
// The list tells all there is of an image in one answer, and what one image's
// new tag takes away from another, so there is no asking for a single one.
func (e *Engine) Images(ctx context.Context) ([]api.Image, error) {
	result, err := ask(ctx, e, 2*e.timeout, "list images", func(ctx context.Context, c *client.Client) (client.ImageListResult, error) {
		return c.ImageList(ctx, client.ImageListOptions{})
	})
	if err != nil {
		return nil, err
	}
	id := e.ID()
	list := make([]api.Image, len(result.Items))
	for i := range result.Items {
		list[i] = fromImage(id, &result.Items[i])
	}
	return list, nil
}

func fromImage(engine string, s *image.Summary) api.Image {
	i := api.Image{
		Engine: engine, ID: s.ID, Tags: references(s.RepoTags), Digests: references(s.RepoDigests),
		SizeBytes: s.Size, Labels: labelsOf(s.Labels),
	}
	if s.Created > 0 {
		created := time.Unix(s.Created, 0).UTC()
		i.CreatedAt = &created
	}
	return i
}

// references are an image's tags or digests, in order.
func references(in []string) []string {
	out := make([]string, 0, len(in))
	for _, r := range in {
		if !strings.Contains(r, noneTag) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, natural.Compare)
	return slices.Compact(out)
}

// ImageRaw returns the engine's own document of an image, in which the values of
// Config.Env are masked.
func (e *Engine) ImageRaw(ctx context.Context, id string) (map[string]any, error) {
	id, err := imageID(id)
	if err != nil {
		return nil, err
	}
	const op = "inspect the image"
	raw, err := ask(ctx, e, e.timeout, op, func(ctx context.Context, c *client.Client) ([]byte, error) {
		var raw bytes.Buffer
		_, err := c.ImageInspect(ctx, id, client.ImageInspectWithRawResponse(&raw))
		return raw.Bytes(), err
	})
	if err != nil {
		return nil, err
	}
	doc, err := maskedDocument(raw)
	return doc, e.wrap(ctx, op, err)
}

// ImageHistory returns the steps that made an image, newest first.
func (e *Engine) ImageHistory(ctx context.Context, id string) ([]api.ImageLayer, error) {
	id, err := imageID(id)
	if err != nil {
		return nil, err
	}
	result, err := ask(ctx, e, e.timeout, "read the image's history", func(ctx context.Context, c *client.Client) (client.ImageHistoryResult, error) {
		return c.ImageHistory(ctx, id)
	})
	if err != nil {
		return nil, err
	}
	layers := make([]api.ImageLayer, len(result.Items))
	for n, h := range result.Items {
		l := api.ImageLayer{ID: h.ID, CreatedBy: maskStep(h.CreatedBy), SizeBytes: h.Size, Tags: references(h.Tags), Comment: h.Comment}
		if l.ID == "<missing>" {
			l.ID = ""
		}
		if h.Created > 0 {
			at := time.Unix(h.Created, 0).UTC()
			l.CreatedAt = &at
		}
		layers[n] = l
	}
	return layers, nil
}

// Search asks the engine to search its registry for images.
func (e *Engine) Search(ctx context.Context, term string, limit int) ([]api.SearchResult, error) {
	if strings.TrimSpace(term) == "" {
		return nil, invalid("Say what to search for")
	}
	// The engine asks a registry far away.
	result, err := ask(ctx, e, e.atLeast(actionTimeout), "search the registry", func(ctx context.Context, c *client.Client) (client.ImageSearchResult, error) {
		return c.ImageSearch(ctx, term, client.ImageSearchOptions{Limit: limit})
	})
	if err != nil {
		return nil, searchError(err)
	}
	registry := searched(term)
	found := make([]api.SearchResult, len(result.Items))
	for n, r := range result.Items {
		name := r.Name
		if registry != "" && !strings.HasPrefix(name, registry+"/") {
			name = registry + "/" + name // the engine leaves it out, and would pull another's image
		}
		found[n] = api.SearchResult{Name: name, Description: r.Description, Stars: r.StarCount, Official: r.IsOfficial}
	}
	return found, nil
}

// searched is the registry that a term names before its first slash, "" for
// Docker Hub. The engine tells it apart in the same way.
func searched(term string) string {
	host, _, ok := strings.Cut(strings.TrimSpace(term), "/")
	if !ok || host != "localhost" && !strings.ContainsAny(host, ".:") || host == "docker.io" || host == "index.docker.io" {
		return ""
	}
	return host
}

// searchError says what is in the way of a search, where the engine's words tell:
// it answers all of it with an error of its own, or, from 29 on, says that the
// request is no good.
func searchError(err error) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Cause == nil || e.Code != api.ErrInternal && e.Code != api.ErrNotFound && e.Code != api.ErrInvalid {
		return err
	}
	words := strings.ToLower(e.Cause.Error())
	has := func(any ...string) bool {
		return slices.ContainsFunc(any, func(a string) bool { return strings.Contains(words, a) })
	}
	switch {
	case has("unauthorized", "denied", "forbidden"):
		return &api.Error{Code: api.ErrForbidden, Cause: e.Cause, Message: "The registry does not let the engine search it. Pull the image by its name instead."}
	case has("no such host", "connection refused", "i/o timeout", "handshake timeout", "request canceled", "connection reset", "unreachable", "no route to host", "temporary failure", "server misbehaving", "deadline exceeded"):
		return &api.Error{Code: api.ErrUnreachable, Cause: e.Cause, Message: "The engine can't reach the registry to search it. Check the engine's network, or pull the image by its name from a registry that it reaches."}
	case has("unexpected status code 404", "404", "not found", "invalid registry endpoint", "unexpected status"):
		return &api.Error{Code: api.ErrUnsupported, Cause: e.Cause, Message: "This registry can't be searched: Docker Hub can, most others can't. Pull the image by its name instead."}
	}
	return err
}

// imageID guards the path of a request, as containerID does: an image's id, or
// a reference with slashes, a tag and a digest.
func imageID(id string) (string, error) {
	if !validReference(id) {
		return "", invalid("“%s” is no image id or reference", clip(id, 80))
	}
	return id, nil
}

// validReference accepts what a path may hold: that it is a good reference is
// for the engine to say.
func validReference(s string) bool {
	if s == "" || len(s) > 512 || strings.Contains(s, "..") || strings.HasPrefix(s, "/") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("._-/:@+", c) >= 0:
		default:
			return false
		}
	}
	return true
}
