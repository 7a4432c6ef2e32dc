package api

import "log/slog"

// Transfer is an image to pull or to push, for the engine.
type Transfer struct {
	// Image is a reference as the docker command takes it.
	Image string
	// Platform is os/architecture[/variant], empty for the engine's own.
	Platform string
	// Auth is for the image's registry; its zero value is nobody.
	Auth RegistryAuth
}

// RegistryAuth is who an engine says it is to a registry.
type RegistryAuth struct {
	Username, Password string
	// IdentityToken stands instead of a password where a login gave one.
	IdentityToken string
	// Server is the registry as the docker command's configuration names it.
	Server string
}

// LogValue keeps the secrets out of logs.
func (RegistryAuth) LogValue() slog.Value { return slog.StringValue("(hidden)") }

// String keeps the secrets out of messages.
func (RegistryAuth) String() string { return "(hidden)" }

// GoString keeps the secrets out of messages.
func (RegistryAuth) GoString() string { return "(hidden)" }

// TransferLine is what the engine says while it pulls or pushes.
type TransferLine struct {
	// ID is a layer's, or empty.
	ID string
	// Status is the engine's word.
	Status string
	// Current and Total are bytes, or what Units says where it is not empty.
	Current, Total int64
	Units          string
}

// TransferResult is what the engine said at the end.
type TransferResult struct {
	Digest string
	// Message is a sentence of the engine's, such as "Image is up to date for …".
	Message string
}

// ImageReference is an image's name, understood.
type ImageReference struct {
	// Name is as people write it, with its tag or digest: "alpine:latest".
	Name string
	// Registry is the host that it is at: "docker.io", "registry.example:5000".
	Registry string
}
