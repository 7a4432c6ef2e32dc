package stats

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// The names of the engine's rungs, as EngineStatus.MetricsSource shows them;
// those of the cgroup rung are "cgroup v1" and "cgroup v2".
const (
	sourceOneShot = "one-shot"
	sourceStream  = "stream"
)

// CgroupOptions say where things are; the zero value is a usual machine.
type CgroupOptions struct {
	// Root is a cgroup tree to read instead of what is mounted: a v2 tree, or a
	// directory with one a v1 controller.
	Root string
	// Proc is where procfs is mounted; "/proc" if empty.
	Proc string
	// MachineMemory is bytes; 0 takes it from Proc.
	MachineMemory int64
	// Descriptors is how many may be kept open; 0 takes a quarter of what the
	// process may open, 4,096 at most. A kept one costs the kernel about 5 KB.
	Descriptors int
	Log         *slog.Logger
}

// ChooseOptions are what Choose judges by.
type ChooseOptions struct {
	// Engine answers where cgroup files can't; nil leaves those rungs out.
	Engine EngineStats
	// Status is the engine's: Host tells a remote one, the versions a slow one,
	// MemoryBytes the machine's memory.
	Status api.EngineStatus
	// Targets are running containers to try the source with. Without any, the
	// source is chosen unchecked; a Sampler checks it later.
	Targets []Target
	// Below names a source that has failed, and BelowReason says how: only rungs
	// below it are tried.
	Below, BelowReason string
	// Cgroup says where the cgroup files are.
	Cgroup CgroupOptions
	Log    *slog.Logger
}

// checker is a source that can be compared with the engine's own answer.
type checker interface {
	// Check is nil where they agree, or where it can't be told: then checked is
	// false. It may run beside Sample.
	Check(ctx context.Context, e EngineStats, targets []Target) (checked bool, err error)
}

// Choose finds the best source that works: cgroup files, then one-shot calls,
// then streams. reason says in words why not a better rung; it is empty for the
// best one. The error, an *api.Error, says why there is none at all.
func Choose(ctx context.Context, o ChooseOptions) (src Source, reason string, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	var reasons []string
	if o.BelowReason != "" {
		reasons = append(reasons, o.BelowReason)
	}
	if o.Below == "" {
		src, why := chooseCgroup(ctx, o)
		if src != nil {
			return src, "", nil
		}
		reasons = append(reasons, why)
	}
	if err := ctx.Err(); err != nil {
		return nil, "", fmt.Errorf("choose a source of metrics: %w", err)
	}
	if o.Engine == nil {
		return nil, "", &api.Error{Code: api.ErrUnsupported, Message: "no metrics: " + strings.Join(reasons, "; ")}
	}
	if o.Below != sourceOneShot && o.Below != sourceStream {
		why := slowOneShot(ctx, o)
		if why == "" {
			return newOneShot(o.Engine, o.Status.MemoryBytes), strings.Join(reasons, "; "), nil
		}
		reasons = append(reasons, why)
	}
	return newStreamSource(o.Engine, o.Status.MemoryBytes), strings.Join(reasons, "; "), nil
}

// chooseCgroup returns the cgroup source, or why not.
func chooseCgroup(ctx context.Context, o ChooseOptions) (Source, string) {
	if why := notLocal(o.Status, o.Cgroup.Root); why != "" {
		return nil, why
	}
	c := o.Cgroup
	if c.Log == nil {
		c.Log = o.Log
	}
	src, err := newCgroupSource(c)
	if err != nil {
		return nil, err.Error()
	}
	if ch, ok := src.(checker); ok && len(o.Targets) > 0 && o.Engine != nil {
		if _, err := ch.Check(ctx, o.Engine, o.Targets); err != nil {
			_ = src.Close()
			return nil, err.Error()
		}
	}
	return src, ""
}

// notLocal says why the engine's containers can't be in this machine's cgroups.
func notLocal(s api.EngineStatus, root string) string {
	switch {
	case s.Demo && root == "":
		return "the demo engine has no cgroups"
	case s.Host != "" && !strings.HasPrefix(s.Host, "unix://"):
		return "the engine is remote (" + s.Host + ")"
	}
	return ""
}

// slowOneShot says why one-shot calls would not do: "" where they would. A
// container to try with decides; without one the version does: Docker answers
// at once from 25 (API 1.44) on, and podman (versions below 17) always has.
func slowOneShot(ctx context.Context, o ChooseOptions) string {
	for _, t := range o.Targets[:min(3, len(o.Targets))] {
		call, cancel := context.WithTimeout(ctx, oneShotDeadline)
		start := time.Now()
		_, err := o.Engine.StatsOnce(call, t.ID)
		took := time.Since(start)
		cancel()
		if err != nil {
			continue
		}
		if took > oneShotSlow {
			return fmt.Sprintf("one-shot statistics take the engine %.1f s a call", took.Seconds())
		}
		return ""
	}
	major, _, _ := strings.Cut(o.Status.Version, ".")
	if n, err := strconv.Atoi(major); err == nil && n > 0 && n < 17 {
		return ""
	}
	if atLeast(o.Status.APIVersion, 1, 44) {
		return ""
	}
	return "engines before version 25 answer one-shot calls too slowly"
}

// atLeast compares an API version like "1.41".
func atLeast(version string, major, minor int) bool {
	a, b, _ := strings.Cut(version, ".")
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	return errX == nil && errY == nil && (x > major || x == major && y >= minor)
}
