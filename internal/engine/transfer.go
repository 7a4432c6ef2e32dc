package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/api/types/registry"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Pull has the engine pull an image, and calls fn in the caller's goroutine for
// each line that it says meanwhile. It takes as long as ctx lets it: the caller
// looks whether anything moves. The engine stops when ctx ends, unless another
// client pulls the same.
func (a *Actor) Pull(ctx context.Context, t api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
	ref, platform, auth, err := prepare(t)
	if err != nil {
		return api.TransferResult{}, err
	}
	e, op := a.engine, transferOp{verb: "pull", ref: ref, platform: t.Platform}
	c, err := e.client(ctx)
	if err != nil {
		return api.TransferResult{}, e.wrap(ctx, op.String(), err)
	}
	options := client.ImagePullOptions{RegistryAuth: auth}
	if platform != nil {
		options.Platforms = append(options.Platforms, *platform)
	}
	stream, err := c.ImagePull(ctx, ref.Name, options)
	if err != nil {
		return api.TransferResult{}, e.transferError(ctx, op, err)
	}
	result, err := follow(stream.JSONMessages(ctx), fn)
	if err != nil {
		return result, e.transferError(ctx, op, err)
	}
	// A stream that ends is not an image that is there.
	looked, cancel := e.deadline(ctx, e.timeout)
	defer cancel()
	if _, err := c.ImageInspect(looked, ref.Name); err != nil {
		return result, e.transferError(looked, op, err)
	}
	return result, nil
}

// Push is Pull the other way.
func (a *Actor) Push(ctx context.Context, t api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
	ref, platform, auth, err := prepare(t)
	if err != nil {
		return api.TransferResult{}, err
	}
	if strings.Contains(ref.Name, "@") {
		return api.TransferResult{}, invalid("An image is pushed by its tag, not by a digest: %s", ref.Name)
	}
	e, op := a.engine, transferOp{verb: "push", ref: ref, platform: t.Platform}
	c, err := e.client(ctx)
	if err != nil {
		return api.TransferResult{}, e.wrap(ctx, op.String(), err)
	}
	stream, err := c.ImagePush(ctx, ref.Name, client.ImagePushOptions{RegistryAuth: auth, Platform: platform})
	if err != nil {
		return api.TransferResult{}, e.transferError(ctx, op, err)
	}
	result, err := follow(stream.JSONMessages(ctx), fn)
	return result, e.transferError(ctx, op, err)
}

// Reference reads an image's name.
func (a *Actor) Reference(text string) (api.ImageReference, error) { return ParseReference(text) }

// CheckPlatform says what is wrong with a platform; empty is none.
func (a *Actor) CheckPlatform(text string) error {
	_, err := parsePlatform(text)
	return err
}

func prepare(t api.Transfer) (ref api.ImageReference, platform *ocispec.Platform, auth string, err error) {
	if ref, err = ParseReference(t.Image); err != nil {
		return ref, nil, "", err
	}
	if platform, err = parsePlatform(t.Platform); err != nil {
		return ref, nil, "", err
	}
	auth, err = authconfig.Encode(registry.AuthConfig{
		Username: t.Auth.Username, Password: t.Auth.Password, IdentityToken: t.Auth.IdentityToken, ServerAddress: t.Auth.Server,
	})
	if err != nil {
		return ref, nil, "", &api.Error{Code: api.ErrInternal, Message: "The registry's credentials can't be encoded.", Cause: err}
	}
	return ref, platform, auth, nil
}

// follow hands on what the engine says until it ends, or fails in the middle:
// after a 200, as the engine answers before it begins.
func follow(messages iter.Seq2[jsonstream.Message, error], fn func(api.TransferLine)) (api.TransferResult, error) {
	var result api.TransferResult
	for m, err := range messages {
		if err != nil {
			return result, err
		}
		if m.Error != nil {
			return result, &streamError{m.Error.Message}
		}
		if m.Aux != nil {
			var aux struct{ Digest string }
			if json.Unmarshal(*m.Aux, &aux) == nil && aux.Digest != "" {
				result.Digest = aux.Digest
			}
		}
		if m.ID == "" {
			if digest := saidDigest(m.Status); digest != "" {
				result.Digest = digest
			}
			if status, ok := strings.CutPrefix(m.Status, "Status: "); ok {
				result.Message = ended(clip(status, 300))
			}
		}
		line := api.TransferLine{ID: clip(m.ID, 64), Status: clip(m.Status, 200)}
		if p := m.Progress; p != nil {
			line.Current, line.Total, line.Units = p.Current, p.Total, p.Units
		}
		fn(line)
	}
	return result, nil
}

// saidDigest is the digest in a line such as "Digest: sha256:…", the last but one
// of a pull, and "1.2: digest: sha256:… size: 580", the last of a push: an engine
// that keeps images in containerd tells it nowhere else.
func saidDigest(status string) string {
	if digest, ok := strings.CutPrefix(status, "Digest: "); ok {
		return digest
	}
	if _, rest, ok := strings.Cut(status, ": digest: "); ok {
		digest, _, _ := strings.Cut(rest, " ")
		return digest
	}
	return ""
}

// streamError is what the engine says went wrong, in the middle of its stream.
type streamError struct{ words string }

func (s *streamError) Error() string { return s.words }

// Save writes an image as docker save does, with the names that it is asked by:
// by its id it has none in the file. expect is called with about how large that
// will be, before the first byte. It takes as long as ctx lets it.
func (e *Engine) Save(ctx context.Context, names []string, w io.Writer, expect func(int64)) error {
	for _, name := range names {
		if !validImage(name) {
			return invalid("“%s” is no image's name or id", clip(name, 120))
		}
	}
	if len(names) == 0 {
		return invalid("Say which image is to be saved")
	}
	op := transferOp{verb: "save", ref: api.ImageReference{Name: names[0]}}
	c, err := e.client(ctx)
	if err != nil {
		return e.wrap(ctx, op.String(), err)
	}
	looked, cancel := e.deadline(ctx, e.timeout)
	size, err := savedSize(looked, c, names[0])
	if err != nil {
		err = e.transferError(looked, op, err)
		cancel()
		return err
	}
	cancel()
	expect(size)
	body, err := c.ImageSave(ctx, names)
	if err != nil {
		return e.transferError(ctx, op, err)
	}
	defer func() { _ = body.Close() }()
	if _, err = io.Copy(w, body); err == nil {
		return nil
	}
	if written, ok := errors.AsType[*api.Error](err); ok {
		return written // the writer's own
	}
	return e.transferError(ctx, op, err)
}

// savedSize is about how large an image's file will be. Of an engine that keeps
// images in containerd that is what was pulled, mostly compressed, and not the
// image's size, which has what was unpacked of it as well.
func savedSize(ctx context.Context, c *client.Client, name string) (int64, error) {
	var options []client.ImageInspectOption
	if versions.GreaterThanOrEqualTo(c.ClientVersion(), "1.48") {
		options = append(options, client.ImageInspectWithManifests(true))
	}
	found, err := c.ImageInspect(ctx, name, options...)
	if err != nil {
		return 0, err
	}
	var content int64
	for i := range found.Manifests {
		content += found.Manifests[i].Size.Content
	}
	if content > 0 {
		return content, nil
	}
	return found.Size, nil
}

// validImage accepts names and ids: what can't lead a request elsewhere.
func validImage(text string) bool {
	if hex, ok := strings.CutPrefix(text, "sha256:"); ok {
		return hex != "" && len(hex) <= 64 && strings.Trim(hex, "0123456789abcdef") == ""
	}
	return reference.ReferenceRegexp.MatchString(text) && len(text) <= 512
}
