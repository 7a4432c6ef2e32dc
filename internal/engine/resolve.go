package engine

import (
	"crypto/tls"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Endpoint is where an engine is and how it is reached.
type Endpoint struct {
	// Host is the address: unix:///path or tcp://host:port.
	Host string
	// Origin says where the choice came from, as api.EngineStatus.Origin.
	Origin string
	// TLS is nil for none.
	TLS *tls.Config
	// APIVersion fixes the API version instead of negotiating one
	// (DOCKER_API_VERSION); empty negotiates.
	APIVersion string
	// Timeout is how long a call may take; 0 is 5 s. What changes something has
	// longer deadlines of its own, unless this is longer.
	Timeout time.Duration

	// candidates are sockets of other engines, for a hint in an error.
	candidates []string
}

// ResolveOptions are what a choice of an engine is made from.
type ResolveOptions struct {
	// Flag is --host, empty if it wasn't given.
	Flag string
	// Getenv reads the environment; nil is os.Getenv.
	Getenv func(string) string
	// ConfigDir is the docker CLI's configuration directory; empty is
	// DOCKER_CONFIG, or ~/.docker.
	ConfigDir string
}

const (
	defaultHost    = "unix:///var/run/docker.sock"
	defaultContext = "default"
)

// Resolve finds the engine as the docker CLI does: --host, else DOCKER_HOST,
// else the context of DOCKER_CONTEXT, else the current context of config.json,
// else the default socket. It reads files but does not connect.
func Resolve(o ResolveOptions) (Endpoint, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.ConfigDir == "" {
		o.ConfigDir = configDir(o.Getenv)
	}
	ep, err := o.choose()
	if err != nil {
		return Endpoint{}, err
	}
	ep.APIVersion = strings.TrimPrefix(strings.TrimSpace(o.Getenv("DOCKER_API_VERSION")), "v")
	ep.candidates = candidates(o.Getenv)
	return ep, nil
}

func (o ResolveOptions) choose() (Endpoint, error) {
	if o.Flag != "" {
		return o.fromAddress(o.Flag, "flag")
	}
	if host := o.Getenv("DOCKER_HOST"); host != "" {
		return o.fromAddress(host, "DOCKER_HOST")
	}
	name, err := o.context()
	if err != nil {
		return Endpoint{}, err
	}
	return o.named(name)
}

// context is the name of the context that is used where nothing else is said.
func (o ResolveOptions) context() (string, error) {
	name := o.Getenv("DOCKER_CONTEXT")
	if name == "" {
		current, err := currentContext(o.ConfigDir)
		if err != nil {
			return "", err
		}
		name = current
	}
	if name == "" {
		name = defaultContext
	}
	return name, nil
}

func (o ResolveOptions) named(name string) (Endpoint, error) {
	if name == defaultContext {
		return o.fromAddress(o.Getenv("DOCKER_HOST"), "default socket")
	}
	return fromContext(o.ConfigDir, name)
}

// fromAddress is for addresses that people write: of a flag or DOCKER_HOST. The
// environment's TLS variables belong to them, and to them only.
func (o ResolveOptions) fromAddress(address, origin string) (Endpoint, error) {
	secure := o.Getenv("DOCKER_TLS_VERIFY") != "" || o.Getenv("DOCKER_TLS") != ""
	host, err := parseHost(address, secure)
	if err != nil {
		return Endpoint{}, err
	}
	ep := Endpoint{Host: host, Origin: origin}
	if secure && strings.HasPrefix(host, "tcp://") {
		dir := o.Getenv("DOCKER_CERT_PATH")
		if dir == "" {
			dir = o.ConfigDir
		}
		ep.TLS, err = loadTLS(dir, o.Getenv("DOCKER_TLS_VERIFY") == "")
	}
	return ep, err
}

// parseHost reads an address as the docker CLI does: the scheme is tcp and the
// port 2375, or 2376 with TLS, where none is given.
func parseHost(address string, secure bool) (string, error) {
	address = strings.TrimSpace(address)
	if address == "" && secure {
		return "tcp://localhost:2376", nil
	}
	if address == "" {
		return defaultHost, nil
	}
	invalid := func(message string) (string, error) {
		return "", &api.Error{Code: api.ErrInvalid, Message: message}
	}
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		if strings.HasPrefix(address, "/") {
			return invalid("The engine's address “" + address + "” has no scheme. Write unix://" + address)
		}
		scheme, rest = "tcp", address
	}
	switch scheme {
	case "unix":
		if rest == "" {
			return defaultHost, nil
		}
		if !strings.HasPrefix(rest, "/") {
			return invalid("The engine's address “" + address + "” needs a path that begins with /, such as " + defaultHost)
		}
		return "unix://" + rest, nil
	case "tcp":
		return parseTCP(address, rest, secure)
	case "ssh":
		return "", sshError(address)
	case "npipe":
		return invalid("Named pipes (" + address + ") are not supported: let Docker Desktop expose its daemon on tcp://localhost:2375, or run Quaywatch in WSL")
	case "http", "https":
		return invalid("The engine's address “" + address + "” has the scheme of a web page. Write tcp://" + rest + ", with DOCKER_TLS_VERIFY=1 for TLS")
	default:
		return invalid("The engine's address “" + address + "” has an unknown scheme. Write unix:///path or tcp://host:port")
	}
}

func parseTCP(address, rest string, secure bool) (string, error) {
	u, err := url.Parse("tcp://" + rest)
	if err != nil {
		return "", &api.Error{Code: api.ErrInvalid, Message: "The engine's address “" + clip(address, 200) + "” can't be read. Write tcp://host:port", Cause: err}
	}
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = "2375"
		if secure {
			port = "2376"
		}
	}
	u.Host = net.JoinHostPort(host, port)
	return u.String(), nil
}

func sshError(address string) error {
	target, _ := strings.CutPrefix(address, "ssh://")
	return &api.Error{
		Code: api.ErrUnsupported,
		Message: "Quaywatch does not open ssh connections itself (" + address + "). Open a tunnel with " +
			"`ssh -nNT -L /tmp/remote-docker.sock:/var/run/docker.sock " + target + "` and give --host unix:///tmp/remote-docker.sock, " +
			"or better run Quaywatch on that machine",
	}
}

func configDir(getenv func(string) string) string {
	if dir := getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home := getenv("HOME")
	if home == "" {
		home, _ = os.UserHomeDir()
	}
	return filepath.Join(home, ".docker")
}

// candidates are where engines listen that the docker CLI does not try by
// itself: rootless Docker, Docker Desktop, podman.
func candidates(getenv func(string) string) []string {
	paths := []string{"/var/run/docker.sock", "/run/podman/podman.sock"}
	if run := getenv("XDG_RUNTIME_DIR"); run != "" {
		paths = append(paths, filepath.Join(run, "docker.sock"), filepath.Join(run, "podman", "podman.sock"))
	}
	if home := getenv("HOME"); home != "" {
		paths = append(paths, filepath.Join(home, ".docker", "run", "docker.sock"), filepath.Join(home, ".docker", "desktop", "docker.sock"))
	}
	return paths
}
