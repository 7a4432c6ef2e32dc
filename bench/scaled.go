package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/stats"
)

const cgroups = "/sys/fs/cgroup"

// scaled runs the sampler over as many cgroups of this kernel as would be too
// many containers for this machine, each with a process that never counts as
// idle, in this process, every column each second.
func scaled(ctx context.Context, b *bench) error {
	if _, err := os.Stat(cgroups + "/cpuacct/cgroup.procs"); err != nil {
		b.add(fmt.Sprintf("share of a core, sampler over %d cgroups at 1 Hz", b.scale), "≤ 1.5 %", "not measured: needs cgroup v1 under "+cgroups, "", false)
		return nil
	}
	targets, remove, err := makeGroups(ctx, b.scale)
	defer remove()
	if err != nil {
		return err
	}
	var sink countingSink
	s := stats.NewSampler(stats.SamplerOptions{
		Choose: func(context.Context, []stats.Target, string, string) (stats.Source, string, error) {
			src, err := stats.NewCgroup(stats.CgroupOptions{})
			return src, "", err
		},
		Sink: &sink, Budget: -1,
	})
	s.SetTargets(targets)
	s.SetWatched(nil, true)
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.Run(running) }()
	pause(ctx, 8*time.Second)
	before, rows, began := cpu(os.Getpid()), sink.rows.Load(), time.Now()
	pause(ctx, b.window)
	took := time.Since(began)
	share := 100 * (cpu(os.Getpid()) - before).Seconds() / took.Seconds()
	sampled := sink.rows.Load() - rows
	stop()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	per := (share / 100 * 1e6) / (float64(sampled) / took.Seconds())
	b.add(fmt.Sprintf("share of a core, sampler over %d real cgroups at 1 Hz, none idle", b.scale), "≤ 1.5 %",
		fmt.Sprintf("%.2f %% (%.1f µs a container and tick, %.0f rows a second)", share, per, float64(sampled)/took.Seconds()),
		"in a process of its own", share <= 1.5 && float64(sampled) > 0.9*float64(b.scale)*took.Seconds())
	return nil
}

type countingSink struct{ rows atomic.Int64 }

func (c *countingSink) Commit(b *api.Batch) { c.rows.Add(int64(len(b.Rows))) }
func (c *countingSink) Clear(...int)        {}

// makeGroups makes n cgroups where a cgroupfs engine would, with a restless
// process each. What it returns takes them down again, whatever happened.
func makeGroups(ctx context.Context, n int) (targets []stats.Target, remove func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, func() {}, err
	}
	var processes []*exec.Cmd
	var dirs []string
	remove = func() {
		for _, p := range processes {
			_ = p.Process.Kill()
		}
		for _, p := range processes {
			_ = p.Wait()
		}
		for _, d := range dirs {
			if err := os.Remove(d); err != nil {
				fmt.Fprintln(os.Stderr, "bench:", err)
			}
		}
	}
	for i := range n {
		id := fmt.Sprintf("%08x%056x", os.Getpid(), i+1)
		p := exec.CommandContext(ctx, self)
		p.Env = []string{restless + "=1", "GOMAXPROCS=1", "GOGC=off"}
		if err := p.Start(); err != nil {
			return nil, remove, err
		}
		processes = append(processes, p)
		for _, h := range []string{"cpuacct", "memory", "blkio", "pids"} {
			dir := filepath.Join(cgroups, h, "docker", id)
			if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // as the engine makes them
				return nil, remove, err
			}
			dirs = append(dirs, dir)
			if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(p.Process.Pid)), 0o644); err != nil { //nolint:gosec // exists
				return nil, remove, err
			}
		}
		targets = append(targets, stats.Target{Row: i + 1, ID: id, Started: time.Unix(int64(i), 0), PID: p.Process.Pid, NetworkMode: "none"})
	}
	return targets, remove, nil
}

// restless names the environment variable that makes this program such a
// process: it uses a little CPU several times a second, until it is killed.
const restless = "QUAYWATCH_BENCH_RESTLESS"

func beRestless() {
	var s strings.Builder
	for {
		s.Reset()
		for i := range 500 {
			s.WriteByte(byte(i))
		}
		time.Sleep(400 * time.Millisecond)
	}
}
