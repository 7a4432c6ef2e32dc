package stats

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// checkTargets is how many containers a check tries before it gives up.
	checkTargets = 3
	// checkDeadline bounds the engine's answer: it takes over a second before
	// Docker 25.
	checkDeadline = 5 * time.Second
	// What the engine's CPU total may be off by: 5 % and 100 ms.
	checkCPUSlack = 100_000_000
	// What its memory may be off by: 10 % and 4 MiB.
	checkMemorySlack = 4 << 20
)

// Check compares the files with the engine's own answer for a running
// container: its CPU total and memory must lie between what the files say
// before and after, within a tolerance. That tells a wrong group, another
// machine behind a forwarded socket, and a kernel that counts something else.
// It works on its own descriptors and may run beside Sample.
func (c *Cgroup) Check(ctx context.Context, e EngineStats, targets []Target) (checked bool, err error) {
	o := c.options
	o.Descriptors = 1
	mine, err := NewCgroup(o)
	if err != nil {
		return false, err
	}
	defer func() { _ = mine.Close() }()
	var missing error
	for _, t := range targets[:min(checkTargets, len(targets))] {
		checked, err := mine.checkOne(ctx, e, t)
		switch {
		case checked:
			return true, err
		case err != nil:
			missing = err // one may run elsewhere, in a virtual machine of its own
		}
	}
	return false, missing
}

func (c *Cgroup) checkOne(ctx context.Context, e EngineStats, t Target) (checked bool, err error) {
	before, errBefore := c.reading(ctx, t)
	call, cancel := context.WithTimeout(ctx, checkDeadline)
	defer cancel()
	raw, err := e.StatsOnce(call, t.ID)
	if err != nil || raw.CPUNanoseconds == nil || raw.MemoryUsage == nil || *raw.CPUNanoseconds == 0 {
		return false, nil // gone, stopped, or an engine that doesn't answer: tells nothing of the files
	}
	if errBefore != nil {
		if t.PID == 0 {
			return false, nil // not inspected yet: its group may be found later
		}
		return false, errBefore
	}
	after, err := c.reading(ctx, t)
	if err != nil {
		return false, nil // gone meanwhile
	}
	return true, before.agrees(after, &raw, shortID(t.ID))
}

// groupReading is what Check compares.
type groupReading struct{ cpu, usage, inactive uint64 }

// reading reads t's group anew.
func (c *Cgroup) reading(ctx context.Context, t Target) (groupReading, error) {
	c.Forget([]int{t.Row})
	var b api.Batch
	if err := c.Sample(ctx, []Target{t}, &b); err != nil {
		return groupReading{}, err
	}
	g := c.groups[t.Row]
	if len(b.Rows) == 0 || g == nil {
		why := c.lastMiss
		if why == nil {
			why = errGone
		}
		return groupReading{}, &api.Error{Code: api.ErrNotFound, Message: "the container's metrics can't be read", Cause: why}
	}
	return groupReading{cpu: g.meters.cpu.last, usage: g.usage, inactive: g.inactive}, nil
}

var errDisagree = errors.New("cgroup files and engine disagree")

func (before groupReading) agrees(after groupReading, raw *api.RawStats, id string) error {
	cpu := *raw.CPUNanoseconds
	if cpu+cpu/20+checkCPUSlack < before.cpu || cpu > after.cpu+after.cpu/20+checkCPUSlack {
		return fmt.Errorf("%w about the CPU time of %s: %.2f to %.2f s, the engine says %.2f s",
			errDisagree, id, float64(before.cpu)/1e9, float64(after.cpu)/1e9, float64(cpu)/1e9)
	}
	// podman takes the inactive file cache off already, docker does not.
	low := min(before.usage, after.usage)
	low -= min(low, max(before.inactive, after.inactive))
	high := max(before.usage, after.usage)
	mem := *raw.MemoryUsage
	if mem+mem/10+checkMemorySlack < low || mem > high+high/10+checkMemorySlack {
		return fmt.Errorf("%w about the memory of %s: %d to %d bytes, the engine says %d",
			errDisagree, id, low, high, mem)
	}
	return nil
}
