package enginetest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Docker runs the docker CLI against the engine and returns its standard
// output without the last newline; a failure fails the test.
func (e *Engine) Docker(tb testing.TB, args ...string) string {
	tb.Helper()
	out, err := e.docker(tb.Context(), args...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// DockerErr is Docker for commands that may fail; it may be called from any
// goroutine. The error holds what the CLI said.
func (e *Engine) DockerErr(tb testing.TB, args ...string) (string, error) {
	tb.Helper()
	return e.docker(tb.Context(), args...)
}

// Run starts a container with "docker run -d ARGS…", returns its full id, and
// removes it after the test.
func (e *Engine) Run(tb testing.TB, args ...string) string {
	tb.Helper()
	id := e.Docker(tb, append([]string{"run", "-d"}, args...)...)
	e.removeLater(tb, id)
	return id
}

// RunOutOfMemory runs a container of which the engine itself says that it was
// killed for its memory, and returns its full id. Docker 20.10 misses that for
// good where it is slow to read the cgroup's notice, which goes with the cgroup;
// so others may have run before it, and where it is that slow the first process
// is not the one that is killed, and outlives it for a while.
func (e *Engine) RunOutOfMemory(tb testing.TB) (id string) {
	tb.Helper()
	for n := range 10 {
		command := "tail -c 100m /dev/zero"
		if n >= 5 {
			command += "; code=$?; sleep 5; exit $code"
		}
		id = e.Run(tb, "-m", "16m", "--memory-swap", "16m", Image, "sh", "-c", command)
		e.Docker(tb, "wait", id)
		for range 50 {
			if e.Docker(tb, "inspect", "-f", "{{.State.OOMKilled}}", id) == "true" {
				return id
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	tb.Fatal("ten containers ran out of memory, and the engine says it of none")
	return ""
}

// Create is Run without starting the container.
func (e *Engine) Create(tb testing.TB, args ...string) string {
	tb.Helper()
	id := e.Docker(tb, append([]string{"create"}, args...)...)
	e.removeLater(tb, id)
	return id
}

func (e *Engine) removeLater(tb testing.TB, id string) {
	tb.Helper()
	if !e.shared {
		return // it goes with the engine, which may be frozen or dead by then
	}
	tb.Cleanup(func() {
		out, err := e.docker(context.WithoutCancel(tb.Context()), "rm", "-f", "-v", id)
		if err != nil && !strings.Contains(err.Error(), "No such container") && !strings.Contains(err.Error(), "already in progress") {
			tb.Errorf("removing container %s: %v %s", id, err, out)
		}
	})
}

// Env is the environment for a process that is to use this engine: the test's
// own, without other choices of an engine.
func (e *Engine) Env() []string {
	env := []string{"DOCKER_HOST=" + e.Host, "DOCKER_CONFIG=" + e.Dir + "/cli"}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "DOCKER_") {
			env = append(env, v)
		}
	}
	return env
}

// CLI is the docker CLI that tests use: the one that comes with the engine, or the
// distribution's, which is as old as its engine. With another one, an engine puts
// its answers in older words.
func CLI() string {
	for _, dir := range []string{os.Getenv("QUAYWATCH_ENGINE_BIN"), "/usr/bin"} {
		if path, err := exec.LookPath(filepath.Join(dir, "docker")); err == nil && dir != "" {
			return path
		}
	}
	return "docker"
}

// docker runs the CLI. An engine whose disk stalls may take minutes for an answer.
func (e *Engine) docker(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, CLI(), args...) //nolint:gosec // the test's own arguments
	cmd.Env = e.Env()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		return strings.TrimSuffix(stdout.String(), "\n"), fmt.Errorf("docker %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}
