package demoengine

import "time"

// The changes of a container's state. They are pure: each takes a version and
// gives the next.

// firstBackoff and longestBackoff are the delays of the engine's restart
// policy: doubled from run to run, begun anew after a run of ten seconds.
const (
	firstBackoff   = 100 * time.Millisecond
	longestBackoff = time.Minute
	steadyRun      = 10 * time.Second
)

func (c *container) started(at time.Time, pid int, byPolicy bool) *container {
	n := *c
	n.state = running
	n.run++
	n.pid = pid
	n.startedAt = at
	n.pausedAt, n.pausedFor = time.Time{}, 0
	n.exitCode, n.oomKilled = 0, false
	n.stoppedByUser = false
	n.failing = 0
	if n.probe != "" {
		n.health, n.healthAt = starting, at
	}
	if byPolicy {
		n.restarts++
	} else {
		n.restarts, n.backoff = 0, 0
	}
	return &n
}

// died ends the run. If the restart policy takes it up the state is
// restarting, and backoff says after how long.
func (c *container) died(at time.Time, code int, oom, byUser bool) *container {
	n := *c
	n.pid = 0
	n.finishedAt = at
	n.exitCode, n.oomKilled = code, oom
	n.pausedAt = time.Time{}
	n.stoppedByUser = byUser
	n.state = exited
	if n.health != "" && n.health != unhealthy {
		// The engine calls what it no longer probes unhealthy.
		n.health, n.healthAt = unhealthy, at
	}
	if byUser || !c.restartsByItself(code) {
		return &n
	}
	n.state = restarting
	switch {
	case n.backoff == 0 || at.Sub(c.startedAt) >= steadyRun:
		n.backoff = firstBackoff
	default:
		n.backoff = min(2*n.backoff, longestBackoff)
	}
	return &n
}

func (c *container) pausedNow(at time.Time) *container {
	n := *c
	n.state, n.pausedAt = paused, at
	return &n
}

func (c *container) unpausedNow(at time.Time) *container {
	n := *c
	n.state = running
	n.pausedFor += at.Sub(c.pausedAt)
	n.pausedAt = time.Time{}
	return &n
}

func (c *container) renamed(name string) *container {
	n := *c
	n.name = name
	return &n
}

func (c *container) withHealth(at time.Time, h health) *container {
	n := *c
	n.health, n.healthAt = h, at
	n.failing = 0
	if h == unhealthy {
		n.failing = 3
	}
	return &n
}

// givenUp ends a restart that a user stopped while it waited.
func (c *container) givenUp() *container {
	n := *c
	n.state, n.stoppedByUser = exited, true
	return &n
}
