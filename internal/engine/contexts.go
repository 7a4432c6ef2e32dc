package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// The docker CLI's context store is read here and not by the CLI's own package:
// that one brings a module of 5 MB and three more for what is, to a reader, one
// JSON file. Its layout has not changed since Docker 19.03:
//
//	contexts/meta/SHA256(NAME)/meta.json
//	contexts/tls/SHA256(NAME)/docker/{ca,cert,key}.pem

// contextMeta is the part of meta.json that concerns an engine's address.
type contextMeta struct {
	Name      string
	Endpoints map[string]struct {
		Host          string
		SkipTLSVerify bool
	}
}

// currentContext is currentContext of config.json; empty where there is none.
func currentContext(dir string) (string, error) {
	path := filepath.Join(dir, "config.json")
	b, err := os.ReadFile(path) //nolint:gosec // the user's own configuration
	if err != nil {
		// The CLI warns and goes on with the defaults when it may not read it.
		return "", nil //nolint:nilerr // as the docker CLI does
	}
	var config struct{ CurrentContext string }
	if err := json.Unmarshal(b, &config); err != nil {
		return "", &api.Error{Code: api.ErrInvalid, Message: "The docker configuration " + path + " is no valid JSON. Mend it, or choose the engine with --host", Cause: err}
	}
	return config.CurrentContext, nil
}

func fromContext(dir, name string) (Endpoint, error) {
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	path := filepath.Join(dir, "contexts", "meta", id, "meta.json")
	meta, err := readMeta(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Endpoint{}, &api.Error{Code: api.ErrNotFound, Message: "There is no docker context “" + name + "”. There are: " + strings.Join(contextNames(dir), ", ") + ". Choose one with DOCKER_CONTEXT or `docker context use`, or give --host"}
	}
	if err != nil {
		return Endpoint{}, &api.Error{Code: api.ErrInvalid, Message: "The docker context “" + name + "” can't be read from " + path + ". Make it anew with `docker context create`, or give --host", Cause: err}
	}
	docker, ok := meta.Endpoints["docker"]
	if !ok {
		return Endpoint{}, &api.Error{Code: api.ErrInvalid, Message: "The docker context “" + name + "” has no Docker endpoint. Choose another, or give --host"}
	}
	ep := Endpoint{Host: docker.Host, Origin: "context " + name}
	if ep.Host == "" {
		ep.Host = defaultHost
	}
	if ep.Host, err = parseHost(ep.Host, false); err != nil {
		return Endpoint{}, err
	}
	tlsDir := filepath.Join(dir, "contexts", "tls", id, "docker")
	if strings.HasPrefix(ep.Host, "tcp://") && (docker.SkipTLSVerify || exists(tlsDir)) {
		ep.TLS, err = loadTLS(tlsDir, docker.SkipTLSVerify)
	}
	return ep, err
}

// Contexts are the docker command's contexts, "default" first.
func Contexts(getenv func(string) string) ([]api.Context, error) {
	o := ResolveOptions{Getenv: getenv, ConfigDir: configDir(getenv)}
	current, err := o.context()
	if err != nil {
		return nil, err
	}
	if getenv("DOCKER_HOST") != "" {
		current = defaultContext // which DOCKER_HOST then describes
	}
	var all []api.Context
	for _, name := range contextNames(o.ConfigDir) {
		c := api.Context{Name: name, Current: name == current}
		ep, err := o.named(name)
		if err != nil {
			c.Error = err.Error()
		}
		c.Host = ep.Host
		all = append(all, c)
	}
	return all, nil
}

func readMeta(path string) (contextMeta, error) {
	var meta contextMeta
	b, err := os.ReadFile(path) //nolint:gosec // the user's own configuration
	if err != nil {
		return meta, err
	}
	return meta, json.Unmarshal(b, &meta)
}

// contextNames are all contexts, in order, "default" first.
func contextNames(dir string) []string {
	paths, _ := filepath.Glob(filepath.Join(dir, "contexts", "meta", "*", "meta.json"))
	var names []string
	for _, path := range paths {
		if meta, err := readMeta(path); err == nil && meta.Name != "" {
			names = append(names, meta.Name)
		}
	}
	slices.SortFunc(names, natural.Compare)
	return append([]string{defaultContext}, names...)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
