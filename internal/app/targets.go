package app

import (
	"context"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/stats"
	"github.com/quaywatch/quaywatch/internal/store"
)

// foldTargets is how long changes of the store are gathered before the targets
// are made anew: with 10,000 containers that is not free.
const foldTargets = 100 * time.Millisecond

// targets turns the store's containers into the sampler's targets.
type targets struct {
	store *store.Store
	set   func([]stats.Target)
	// keep is told the rows of all containers, dead ones too.
	keep func(map[int]struct{})
	last []stats.Target
	seq  uint64
	runs map[int]run
}

// run is what tells one run of a container from the next.
type run struct {
	// told is what the sampler was told, known what the engine says since.
	told, known time.Time
	// listed: the sampler has been told before the start was known.
	listed bool
}

// follow keeps the targets up to date until ctx ends.
func (t *targets) follow(ctx context.Context) error {
	sub := t.store.Subscribe()
	defer sub.Close()
	t.runs = make(map[int]run)
	for {
		t.update()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(foldTargets):
		}
		select {
		case <-ctx.Done():
			return nil
		case <-sub.C():
		}
	}
}

// update tells the sampler what runs, if that has changed.
func (t *targets) update() {
	seq := t.store.Seq(api.TopicContainers)
	if seq == t.seq && t.last != nil {
		return
	}
	t.seq = seq
	now := make([]stats.Target, 0, len(t.last))
	seen := make(map[int]run, len(t.runs))
	containers := t.store.Containers()
	rows := make(map[int]struct{}, len(containers))
	for _, c := range containers {
		rows[c.Row] = struct{}{}
		if !c.State.Alive() {
			continue
		}
		r := t.runs[c.Row].next(c.StartedAt)
		seen[c.Row] = r
		target := stats.Target{Row: c.Row, ID: c.ID, Started: r.told, PID: c.PID, NetworkMode: c.NetworkMode}
		if c.MemoryLimitBytes != nil {
			target.MemoryLimit = *c.MemoryLimitBytes
		}
		now = append(now, target)
	}
	t.runs = seen
	t.keep(rows)
	if t.last != nil && slices.Equal(now, t.last) {
		return
	}
	t.last = now
	t.set(slices.Clone(now))
}

// next is the run after the engine has told its start; nil is not known yet. A
// start that becomes known after the first list is that of the run that was
// listed: taking it for another would throw the first reading away.
func (r run) next(started *time.Time) run {
	switch {
	case started == nil && r.known.IsZero():
		return run{listed: true}
	case started == nil || started.Equal(r.known):
		return r
	case r.listed && r.known.IsZero():
		return run{known: *started, listed: true}
	}
	return run{told: *started, known: *started}
}
