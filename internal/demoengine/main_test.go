package demoengine

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs e on a unix socket until the test ends, and returns its address
// as DOCKER_HOST takes it.
func serve(t *testing.T, e *Engine) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	served, ran := make(chan error, 1), make(chan error, 1)
	go func() { served <- e.Serve(ctx, l) }()
	go func() { ran <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		for _, c := range []chan error{served, ran} {
			if err := <-c; err != nil {
				t.Error(err)
			}
		}
	})
	return "unix://" + socket
}

// call asks e's handler.
func call(t *testing.T, e *Engine, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	e.Handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
	return rec
}

// cli is a docker command line to test with.
type cli struct {
	path, host string
}

// clis are the docker command lines of this machine, by version. Without one
// the test is skipped, unless QUAYWATCH_REQUIRE_ALL says that this is a failure.
func clis(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	paths := []string{"/usr/bin/docker", "/usr/local/bin/docker"}
	if p, err := exec.LookPath("docker"); err == nil {
		paths = append(paths, p)
	}
	for _, p := range paths {
		out, err := exec.CommandContext(t.Context(), p, "--version").Output()
		if err != nil {
			continue
		}
		found[strings.TrimSuffix(strings.Fields(string(out))[2], ",")] = p
	}
	if len(found) == 0 {
		if os.Getenv("QUAYWATCH_REQUIRE_ALL") == "1" {
			t.Fatal("no docker command line here, and QUAYWATCH_REQUIRE_ALL=1: install docker-cli")
		}
		t.Skip("no docker command line here: install docker-cli to run this test")
	}
	return found
}

// try runs docker and returns its output and whether it succeeded.
func (c cli) try(t *testing.T, args ...string) (stdout, stderr string, ok bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.path, args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+c.host, "DOCKER_CONTEXT=", "DOCKER_API_VERSION=", "DOCKER_CONFIG="+t.TempDir())
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	return out.String(), errs.String(), err == nil
}

// run runs docker, which must succeed, and returns its output.
func (c cli) run(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, ok := c.try(t, args...)
	if !ok {
		t.Fatalf("docker %s: %s%s", strings.Join(args, " "), out, errs)
	}
	return strings.TrimSpace(out)
}
