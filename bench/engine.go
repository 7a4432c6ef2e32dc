package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// realEngine is a private engine by scripts/engine.
type realEngine struct{ name, host, dir string }

func startEngine(ctx context.Context) (*realEngine, error) {
	e := &realEngine{name: fmt.Sprintf("bench-%d", os.Getpid())}
	out, err := exec.CommandContext(ctx, "scripts/engine", "up", "--name", e.name, "--owner", strconv.Itoa(os.Getpid())).Output()
	if err != nil {
		return nil, said("scripts/engine up", err)
	}
	for line := range strings.SplitSeq(string(out), "\n") {
		if v, ok := strings.CutPrefix(line, "DOCKER_HOST="); ok {
			e.host = v
		}
		if v, ok := strings.CutPrefix(line, "ENGINE_DIR="); ok {
			e.dir = v
		}
	}
	return e, nil
}

// stop takes the engine down, also when ctx has ended.
func (e *realEngine) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "scripts/engine", "down", "--name", e.name).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: scripts/engine down: %v\n%s", err, out)
	}
}

func (e *realEngine) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/usr/bin/docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+e.host, "DOCKER_CONTEXT=")
	return cmd
}

func (e *realEngine) docker(ctx context.Context, args ...string) (string, error) {
	out, err := e.command(ctx, args...).Output()
	if err != nil {
		return "", said("docker "+args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

// light is what a container without a network is run with that mostly sleeps and
// now and then does a little, so that its counters move.
func light(int) []string {
	return []string{"--network", "none", "busybox:local", "sh", "-c", "while :; do i=0; while [ $i -lt 200 ]; do i=$((i+1)); done; sleep 2; done"}
}

// fill starts n containers, each with the arguments that args gives it.
func (e *realEngine) fill(ctx context.Context, n int, args func(i int) []string) error {
	var wg sync.WaitGroup
	work := make(chan int)
	errs := make([]error, 4)
	for w := range errs {
		wg.Go(func() {
			for i := range work {
				_, err := e.docker(ctx, append([]string{"run", "-d", "--name", fmt.Sprintf("b-%03d", i)}, args(i)...)...)
				errs[w] = errors.Join(errs[w], err)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	return errors.Join(errs...)
}

// pids are the engine's processes: dockerd, containerd and all shims.
func (e *realEngine) pids(ctx context.Context) ([]int, error) {
	out, err := exec.CommandContext(ctx, "scripts/engine", "pids", "--name", e.name).Output()
	if err != nil {
		return nil, said("scripts/engine pids", err)
	}
	var pids []int
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		_, id, _ := strings.Cut(line, " ")
		pid, err := strconv.Atoi(id)
		if err != nil {
			return nil, fmt.Errorf("scripts/engine pids said %q", line)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}

// said adds what the program wrote to its standard error.
func said(what string, err error) error {
	if x, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%s: %w: %s", what, err, strings.TrimSpace(string(x.Stderr)))
	}
	return fmt.Errorf("%s: %w", what, err)
}
