// Package keyring finds who the docker command is to a registry: in its
// config.json, or through the credential helpers that are named there.
//
// It reads the file itself. docker/cli's own package would bring a module of
// 5 MB for what is one JSON file, and docker-credential-helpers' client runs a
// helper without a deadline, which one that asks a person needs; the protocol is
// a line in and a JSON object out, and has not changed since 2016.
//
// Nothing is kept: the file and the helper are asked each time, so that a login
// or logout counts at once. Secrets are in no error and no log.
//
// Goroutines: none that outlives a call. Locks: none.
package keyring

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// dockerHub is what the docker command calls Docker Hub in its configuration,
// and hub what it is called in images' names.
const (
	dockerHub = "https://index.docker.io/v1/"
	hub       = "docker.io"
)

// Ring is the docker command's configuration. It is safe for concurrent use.
type Ring struct {
	dir    string
	getenv func(string) string
}

// New makes a Ring of the configuration that the docker command would use
// with this environment.
func New(getenv func(string) string) *Ring {
	dir := getenv("DOCKER_CONFIG")
	if dir == "" {
		home := getenv("HOME")
		if home == "" {
			home, _ = os.UserHomeDir()
		}
		dir = filepath.Join(home, ".docker")
	}
	return &Ring{dir: dir, getenv: getenv}
}

// config is the part of config.json that concerns registries.
type config struct {
	Auths       map[string]auth   `json:"auths"`
	CredsStore  string            `json:"credsStore"`
	CredHelpers map[string]string `json:"credHelpers"`
}

type auth struct {
	Auth          string `json:"auth"` // base64 of name:password
	Username      string `json:"username"`
	Password      string `json:"password"`
	IdentityToken string `json:"identitytoken"`
}

// For finds the credentials for a registry's host; the zero value where there
// are none.
func (k *Ring) For(ctx context.Context, registry string) (api.RegistryAuth, error) {
	path := filepath.Join(k.dir, "config.json")
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return api.RegistryAuth{}, nil
	case err != nil:
		return api.RegistryAuth{}, &api.Error{Code: api.ErrForbidden, Message: "The docker configuration " + path + " can't be read, so no registry's credentials are known.", Cause: err}
	}
	var c config
	if err := json.Unmarshal(b, &c); err != nil {
		// The cause could quote what stands in the file.
		return api.RegistryAuth{}, &api.Error{Code: api.ErrInvalid, Message: "The docker configuration " + path + " is no valid JSON. Mend it, or sign in anew with `docker login`."}
	}
	server := registry
	if registry == hub || registry == "index.docker.io" {
		server = dockerHub
	}
	if helper := c.helper(registry, server); helper != "" {
		return k.ask(ctx, helper, server)
	}
	return c.find(server)
}

// helper is the name of the program that knows the registry, empty for none.
func (c *config) helper(registry, server string) string {
	for _, name := range []string{server, registry} {
		if helper := c.CredHelpers[name]; helper != "" {
			return helper
		}
	}
	return c.CredsStore
}

// find reads the entry of the file. Old versions of the docker command wrote
// hosts with a scheme and a path.
func (c *config) find(server string) (api.RegistryAuth, error) {
	a, ok := c.Auths[server]
	if !ok {
		for name, other := range c.Auths {
			if host(name) == host(server) {
				a, ok = other, true
				break
			}
		}
	}
	if !ok {
		return api.RegistryAuth{}, nil
	}
	if a.IdentityToken != "" {
		return api.RegistryAuth{IdentityToken: a.IdentityToken, Server: server}, nil
	}
	out := api.RegistryAuth{Username: a.Username, Password: a.Password, Server: server}
	if a.Auth == "" {
		return out, nil
	}
	b, err := base64.StdEncoding.DecodeString(a.Auth)
	name, password, ok := strings.Cut(string(b), ":")
	if err != nil || !ok {
		return api.RegistryAuth{}, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The entry of %s in the docker configuration can't be read. Sign in anew with `docker login`.", server)}
	}
	out.Username, out.Password = name, strings.Trim(password, "\x00")
	return out, nil
}

// host is a registry's name without scheme and path.
func host(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
	name, _, _ = strings.Cut(name, "/")
	return name
}
