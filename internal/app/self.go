package app

import (
	"context"
	"math"
	"os"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// selfEvery is how often the server's own status is looked at: every client
// gets each change of it, and it changes nearly every time.
const selfEvery = 5 * time.Second

// runStatus keeps the server's own item of topic system up to date.
func (c *Core) runStatus(ctx context.Context) error {
	tick := time.NewTicker(selfEvery)
	defer tick.Stop()
	sought := time.Time{}
	heap := heap{last: time.Now()}
	var changed <-chan struct{} // never, without a history
	if c.o.History != nil {
		changed = c.o.History.Changed()
	}
	for {
		if time.Since(sought) >= pidEvery {
			sought = time.Now()
			c.pid.find(ctx, c.engine.PeerPID)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			c.publish()
		case <-c.revisions.news:
			c.publish()
		case <-tick.C:
			heap.tend(time.Now())
			c.publish()
		}
	}
}

func (c *Core) publish() {
	s := c.self()
	c.store.Apply(store.Change{System: []api.SystemItem{{Key: "server", Server: &s}}})
}

// self is what the server is and what it costs now.
func (c *Core) self() api.ServerStatus {
	s := api.ServerStatus{
		Version: c.o.Version, PID: os.Getpid(), StartedAt: c.started, ReadOnly: c.o.ReadOnly, Exec: !c.o.ReadOnly && !c.o.NoExec,
		Clients: c.hub.Clients(), SampleSeconds: 1, SampleRestSeconds: 10, Revisions: c.revisions.counts(),
	}
	if costs, ok := c.sampling.costs(); ok {
		s.CPUPercent, s.EngineCPUPercent = rounded(costs.CPUPercent), rounded(costs.EngineCPUPercent)
		s.SampleSeconds, s.SampleRestSeconds = costs.SampleSeconds, costs.RestSeconds
		if costs.MemoryBytes != nil {
			const step = 1 << 18
			v := (*costs.MemoryBytes + step/2) / step * step
			s.MemoryBytes = &v
		}
	}
	if c.o.History != nil {
		status := c.o.History.Status()
		s.History = &status
	}
	return s
}

// rounded is a percentage to two digits behind the point.
func rounded(v *float64) *float64 {
	if v == nil {
		return nil
	}
	r := math.Round(*v*100) / 100
	return &r
}

// enginePID remembers the engine's process: who it is changes rarely, and
// asking takes a connection.
type enginePID struct{ pid atomic.Int64 }

// find asks for the engine's process; 0 where it can't be told.
func (p *enginePID) find(ctx context.Context, ask func(context.Context) (int, error)) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	pid, err := ask(ctx)
	if err != nil {
		pid = 0
	}
	p.pid.Store(int64(pid))
}

// list is the process, as the sampler wants it.
func (p *enginePID) list() []int {
	if pid := int(p.pid.Load()); pid > 0 {
		return []int{pid}
	}
	return nil
}
