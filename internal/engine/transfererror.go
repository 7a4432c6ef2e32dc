package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// transferOp is what is done to an image, for sentences.
type transferOp struct {
	verb     string
	ref      api.ImageReference
	platform string
}

func (o transferOp) String() string { return o.verb + " " + o.ref.Name }

// transferError says why an image could not be pulled, pushed or saved. Engines
// answer with one status for most of it, and in the middle of a stream with
// none: what they say tells one from another.
func (e *Engine) transferError(ctx context.Context, op transferOp, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil { // whose end it was, the caller knows
		return e.wrap(ctx, op.String(), err)
	}
	if _, known := errors.AsType[*api.Error](err); known {
		return err
	}
	_, streamed := errors.AsType[*streamError](err)
	if !streamed {
		if isCut(err) || isGarbled(err) {
			return &api.Error{
				Code: api.ErrUnreachable, Cause: err,
				Message: "The Docker engine at " + e.endpoint.displayHost() + " went away in the middle, so the image is not whole. Try again when it answers: layers that were complete need not be moved again.",
			}
		}
		if code, _ := answered(err); code == "" {
			return e.wrap(ctx, op.String(), err)
		}
	}
	if code, message := op.advice(strings.ToLower(err.Error())); code != "" {
		return &api.Error{Code: code, Message: message, Cause: said(err)}
	}
	if !streamed {
		return e.wrap(ctx, op.String(), err)
	}
	return &api.Error{Code: api.ErrInternal, Message: "The Docker engine at " + e.endpoint.displayHost() + " failed to " + op.String() + ".", Cause: said(err)}
}

// advice reads an engine's words, in lower case; "" for those it does not know.
func (o transferOp) advice(words string) (api.ErrorCode, string) {
	has := func(any ...string) bool {
		for _, a := range any {
			if strings.Contains(words, a) {
				return true
			}
		}
		return false
	}
	registry := "The registry"
	if o.ref.Registry != "" {
		registry += " " + o.ref.Registry
	}
	switch {
	case has("no space left on device", "disk quota exceeded"):
		return api.ErrInternal, fmt.Sprintf("There is no space left on the disk of the engine, or of the registry, to %s. Remove what nobody needs (quaywatch prune --dry-run shows it) and try again.", o)
	case has("toomanyrequests", "too many requests", "rate limit"):
		return api.ErrTooMany, registry + " has been asked too often, and wants to be left alone for a while. Sign in there for a higher limit, or try again later."
	case has("no matching manifest", "does not match the specified platform", "no match for platform"):
		platform := o.platform
		if platform == "" {
			platform = "the engine's platform"
		}
		return api.ErrNotFound, fmt.Sprintf("%s has %s, but not for %s. Choose another platform, or another tag.", registry, o.ref.Name, platform)
	case has("image does not exist locally", "no such image", "does not exist locally", "tag does not exist"):
		return api.ErrNotFound, fmt.Sprintf("Can't %s: the engine has no such image. Look at its tags, or tag the image with this name first.", o)
	case has("unauthorized", "denied", "no basic auth credentials", "authentication required", "incorrect username or password", "forbidden"):
		return api.ErrForbidden, fmt.Sprintf("%s does not let this user %s: the credentials are wrong or missing, or there is no such image there. Type in a user name and password, or sign in with `docker login` on the machine where Quaywatch runs.", registry, o)
	case has("manifest unknown", "manifest for", "name unknown", "name_unknown", "not found: manifest", "repository name not known", "not found"):
		return api.ErrNotFound, fmt.Sprintf("%s has no %s. Check the name and the tag.", registry, o.ref.Name)
	case has("x509:", "server gave http response to https client", "certificate"):
		return api.ErrUnreachable, "No secure connection from the engine to " + strings.ToLower(registry[:1]) + registry[1:] + ". Give the engine the registry's certificate, or name it under insecure-registries in the engine's daemon.json (podman: as insecure in registries.conf)."
	case has("connection refused", "no such host", "i/o timeout", "handshake timeout", "request canceled", "connection reset", "network is unreachable", "no route to host", "unexpected eof", ": eof", "context deadline exceeded", "temporary failure in name resolution", "server misbehaving", "bad gateway", "service unavailable", "gateway timeout"):
		return api.ErrUnreachable, registry + " can't be reached from the engine, or went away in the middle. Check its name and the engine's network, and try again: layers that were complete need not be moved again."
	case has("invalid reference format", "invalid tag format"):
		return api.ErrInvalid, fmt.Sprintf("The engine does not take “%s” for an image's name.", o.ref.Name)
	}
	return "", ""
}
