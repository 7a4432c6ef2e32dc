package engine

import (
	"strings"

	"github.com/distribution/reference"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quaywatch/quaywatch/internal/api"
)

// ParseReference reads an image's name as the docker command does: "alpine" is
// docker.io/library/alpine:latest.
func ParseReference(text string) (api.ImageReference, error) {
	text = strings.TrimSpace(text)
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return api.ImageReference{}, &api.Error{
			Code: api.ErrInvalid, Cause: err,
			Message: "“" + clip(text, 120) + "” is no image's name. Write one such as alpine:3.20, registry.example:5000/team/app:1.2 or alpine@sha256:….",
		}
	}
	if digested, ok := named.(reference.Digested); ok {
		// The digest says all; a tag beside it is not looked at by the engine either.
		if named, err = reference.WithDigest(reference.TrimNamed(named), digested.Digest()); err != nil {
			return api.ImageReference{}, &api.Error{Code: api.ErrInvalid, Message: "“" + clip(text, 120) + "” is no image's name.", Cause: err}
		}
	} else {
		named = reference.TagNameOnly(named)
	}
	return api.ImageReference{Name: reference.FamiliarString(named), Registry: reference.Domain(named)}, nil
}

// parsePlatform reads os/architecture[/variant]; nil for none.
func parsePlatform(text string) (*ocispec.Platform, error) {
	if text == "" {
		return nil, nil
	}
	parts := strings.Split(strings.ToLower(text), "/")
	for _, p := range parts {
		if p == "" || strings.Trim(p, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
			parts = nil
		}
	}
	if len(parts) != 2 && len(parts) != 3 {
		return nil, invalid("“%s” is no platform: write os/architecture or os/architecture/variant, such as linux/arm64 or linux/arm/v7", clip(text, 80))
	}
	p := &ocispec.Platform{OS: parts[0], Architecture: parts[1]}
	if len(parts) == 3 {
		p.Variant = parts[2]
	}
	return p, nil
}
