package engine

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/system"

	"github.com/quaywatch/quaywatch/internal/api"
)

// PeerPID is the process id of the engine's daemon, if it listens on a unix
// socket of this machine and can be seen: to measure what Quaywatch costs it.
// Behind systemd's socket activation it is systemd that listens; then the
// daemon's pid file, which lies beside the socket, tells. Otherwise the error
// has code api.ErrUnsupported.
func (e *Engine) PeerPID(ctx context.Context) (int, error) {
	unknown := func(why string, cause error) (int, error) {
		return 0, &api.Error{Code: api.ErrUnsupported, Message: "The process of the engine at " + e.endpoint.displayHost() + " can't be told: " + why, Cause: cause}
	}
	path, ok := e.endpoint.socket()
	if !ok {
		return unknown("it is not reached by a unix socket", nil)
	}
	ctx, cancel := e.deadline(ctx, e.timeout)
	defer cancel()
	conn, err := e.dial(ctx, "unix", path)
	if err != nil {
		return 0, e.wrap(ctx, "find its process", err)
	}
	defer func() { _ = conn.Close() }()
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return unknown("the connection is no unix socket", nil)
	}
	pid, err := listenerPID(unix)
	if err != nil {
		return unknown("the system does not say who listens", err)
	}
	if isDaemon(pid) {
		return pid, nil
	}
	if pid, ok := pidFile(filepath.Join(filepath.Dir(path), "docker.pid")); ok && isDaemon(pid) {
		return pid, nil
	}
	return unknown("who listens is not the daemon itself", errors.New("listener "+processName(pid)+" (pid "+strconv.Itoa(pid)+")"))
}

// Local reports whether the engine's containers are processes of this machine,
// as far as the last Status could tell; false before the first.
func (e *Engine) Local() bool {
	id := e.identity.Load()
	return id != nil && id.local
}

// isLocal: it is reached by a unix socket, it runs the same kernel, and it is
// the same host or its daemon is a process here. An engine in a virtual machine
// (Docker Desktop) and one behind a tunnel are not local.
func (e *Engine) isLocal(ctx context.Context, info system.Info) bool {
	_, socket := e.endpoint.socket()
	if !socket || info.KernelVersion == "" || info.KernelVersion != kernelRelease() || strings.Contains(info.OperatingSystem, "Docker Desktop") {
		return false
	}
	if name, err := os.Hostname(); err == nil && name == info.Name {
		return true
	}
	_, err := e.PeerPID(ctx)
	return err == nil
}

// isDaemon reports whether a process is that of an engine. The kernel says pid
// 0 for a listener that this process may not see.
func isDaemon(pid int) bool {
	if pid <= 0 {
		return false
	}
	switch processName(pid) {
	case "dockerd", "podman":
		return true
	default:
		return false
	}
}

func processName(pid int) string {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}

func pidFile(path string) (int, bool) {
	b, err := os.ReadFile(path) //nolint:gosec // beside the socket the user named
	if err != nil {
		return 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid, err == nil
}

func kernelRelease() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
