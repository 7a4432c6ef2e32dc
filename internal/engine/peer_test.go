//go:build linux

package engine_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
)

// Who listens may not be the daemon: systemd does, for Debian's and Docker's
// packages. Here it is this test.
func TestPeerBehindSocketActivation(t *testing.T) {
	_, real := shared(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "docker.sock")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	e := connect(t, "unix://"+path, 10*time.Second)

	_, err = e.PeerPID(t.Context())
	wantError(t, err, api.ErrUnsupported)
	write(t, filepath.Join(dir, "docker.pid"), strconv.Itoa(os.Getpid())) // stale: not a daemon
	_, err = e.PeerPID(t.Context())
	wantError(t, err, api.ErrUnsupported)
	dockerd := real.PIDs(t).Dockerd
	write(t, filepath.Join(dir, "docker.pid"), strconv.Itoa(dockerd)+"\n")
	if pid, err := e.PeerPID(t.Context()); err != nil || pid != dockerd {
		t.Errorf("pid %d, %v; want %d", pid, err, dockerd)
	}
	if e.Local() {
		t.Error("local before any status")
	}

	_, err = connect(t, "tcp://127.0.0.1:1", patience).PeerPID(t.Context())
	wantError(t, err, api.ErrUnsupported)
}

// The context store is read here as the docker CLI writes it.
func TestContextOfTheRealCLI(t *testing.T) {
	_, real := shared(t)
	dir := t.TempDir()
	docker := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "docker", args...)
		cmd.Env = append(real.Env(), "DOCKER_CONFIG="+dir, "DOCKER_HOST=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker %v: %v\n%s", args, err, out)
		}
	}
	docker("context", "create", "private", "--docker", "host="+real.Host)
	docker("context", "use", "private")
	ep, err := engine.Resolve(engine.ResolveOptions{ConfigDir: dir, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	if ep.Host != real.Host || ep.Origin != "context private" {
		t.Errorf("%+v", ep)
	}
}
