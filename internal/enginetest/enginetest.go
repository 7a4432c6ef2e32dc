// Package enginetest gives tests a real Docker engine of their own: it runs
// scripts/engine, which starts a private dockerd, and takes it down with the
// test. Engines of several tests and packages run side by side.
//
// Start gives a test an engine to itself, for faults. Shared gives all tests of
// a package one engine, so that they don't each pay for its start:
//
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.Main(m)) }
//
// Where there can be no engine (not Linux, not root, no dockerd) the test is
// skipped and says what is missing; with QUAYWATCH_REQUIRE_ALL=1 it fails. Its
// data are in memory where there is room, so that no test waits for a disk to
// which the next test's compiler writes: a test of disk I/O mounts a directory of
// its own. A
// test process that is killed leaves its engine to the next one's start, which
// takes down every engine whose owner is gone.
//
// StartRegistry gives a test a real registry besides, and StartProxy a line to it
// that can be slow and be cut.
//
// Goroutines: a Registry's waits for its process, a Proxy's carry its
// connections; all end with the test. Locks: a Proxy's guards its connections. An
// Engine may be used by several tests at once.
package enginetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Image is an image every engine has: busybox, with sh as its command. So have
// they "web:1.0" and "db:2.1", which differ from it in their labels.
const Image = "busybox:local"

// sharedVar names the package's engine between Main and Shared. An environment
// variable, so that there is no package variable that changes.
// usedVar says that a test has asked for it.
const (
	sharedVar = "QUAYWATCH_ENGINETEST_SHARED"
	usedVar   = "QUAYWATCH_ENGINETEST_USED"
)

// cannotStatus is what scripts/engine exits with where there can be no engine.
const cannotStatus = 3

// Engine is a running private engine.
type Engine struct {
	// Host is its address ("unix:///…/docker.sock"), Dir its directory.
	Host string
	Dir  string

	name   string
	shared bool
}

// Start starts an engine for this test alone and takes it down after it.
func Start(tb testing.TB) *Engine {
	tb.Helper()
	name := freshName(tb)
	tb.Cleanup(func() { down(tb, name) })
	return up(tb, name)
}

// Main wraps a package's tests for Shared: it implements Run, as *testing.M
// does, for goleak.VerifyTestMain or os.Exit.
func Main(m interface{ Run() int }) Package { return Package{tests: m} }

// Package is a package's tests with the engine they share.
type Package struct{ tests interface{ Run() int } }

// Run runs the tests and takes the shared engine down, if one of them asked for
// it, and returns the exit status.
func (p Package) Run() int {
	name, err := newName()
	if err == nil {
		err = os.Setenv(sharedVar, name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "enginetest:", err)
		return 1
	}
	status := p.tests.Run()
	if os.Getenv(usedVar) != name {
		return status
	}
	if _, err := script(context.Background(), "down", "--name", name); err != nil {
		fmt.Fprintln(os.Stderr, "enginetest: taking the shared engine down:", err)
		status = max(status, 1)
	}
	return status
}

// Shared is the engine that all tests of the package use; the first to ask
// starts it. Tests must not rely on being alone in it, and must not freeze or
// stop it.
func Shared(tb testing.TB) *Engine {
	tb.Helper()
	name := os.Getenv(sharedVar)
	if name == "" {
		tb.Fatal("enginetest.Shared needs a TestMain that runs enginetest.Main(m)")
	}
	// Before the start, so that a failed one is cleared away too.
	if err := os.Setenv(usedVar, name); err != nil { //nolint:usetesting // must outlive this test
		tb.Fatal(err)
	}
	e := up(tb, name)
	e.shared = true
	return e
}

func up(tb testing.TB, name string) *Engine {
	tb.Helper()
	out, err := script(tb.Context(), "up", "--name", name, "--owner", fmt.Sprint(os.Getpid()), "--in-memory")
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == cannotStatus || errors.Is(err, exec.ErrNotFound) {
		if os.Getenv("QUAYWATCH_REQUIRE_ALL") == "1" {
			tb.Fatalf("QUAYWATCH_REQUIRE_ALL=1, and there can be no engine here: %v", err)
		}
		tb.Skipf("there can be no engine here: %v", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	e := &Engine{name: name}
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "DOCKER_HOST":
			e.Host = value
		case "ENGINE_DIR":
			e.Dir = value
		}
	}
	if e.Host == "" || e.Dir == "" {
		tb.Fatalf("scripts/engine up printed neither DOCKER_HOST nor ENGINE_DIR, but %q", out)
	}
	return e
}

func down(tb testing.TB, name string) {
	tb.Helper()
	// Cleanups run after the test's context has ended.
	if _, err := script(context.WithoutCancel(tb.Context()), "down", "--name", name); err != nil {
		tb.Errorf("taking the engine down: %v", err)
	}
}

// script runs scripts/engine and returns its standard output; the error holds
// what it said on standard error.
func script(ctx context.Context, args ...string) (string, error) {
	path, err := scriptPath()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", append([]string{path}, args...)...) //nolint:gosec // our own script
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// The daemons it leaves running don't hold its output open, but a child of
	// an interrupted script might.
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("scripts/engine %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return stdout.String(), nil
}

// scriptPath finds scripts/engine in the module that the test runs in.
func scriptPath() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find scripts/engine: %w", err)
	}
	for {
		path := filepath.Join(dir, "scripts", "engine")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("there is no scripts/engine in any directory above the test's")
		}
		dir = parent
	}
}

func freshName(tb testing.TB) string {
	tb.Helper()
	name, err := newName()
	if err != nil {
		tb.Fatal(err)
	}
	return name
}

func newName() (string, error) {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("name an engine: %w", err)
	}
	return fmt.Sprintf("test-%d-%s", os.Getpid(), hex.EncodeToString(b[:])), nil
}
