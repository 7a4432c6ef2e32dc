package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Pruner has an engine remove what nobody uses, one kind at a time. Volumes are
// named: engines before 23 would take those with a name for anonymous ones. It
// takes as long as the context lets it.
type Pruner interface {
	Prune(ctx context.Context, kind api.PruneKind, all bool, volumes []api.PruneItem) (api.Pruned, error)
}

func (r *Runner) planPrune(by api.Actor, q api.JobRequest) (*job, error) {
	if r.o.Pruner == nil {
		return nil, &api.Error{Code: api.ErrForbidden, Message: "Quaywatch is read-only here and removes nothing."}
	}
	if q.Prune == nil {
		q.Prune = &api.PruneOptions{}
	}
	o := *q.Prune
	plan, err := Preview(r.o.Store, q.Engine, o)
	if err != nil {
		return nil, err
	}
	var kinds []api.PruneKind
	var names []string
	for _, k := range pruneOrder() {
		if slices.Contains(o.Kinds, k) {
			kinds, names = append(kinds, k), append(names, kindWords(k, 2))
		}
	}
	j := newJob(api.JobPrune, by)
	j.state.Engine, j.state.Subject = plan.Engine, strings.Join(names, ", ")
	p := &pruning{kinds: len(kinds)}
	j.task = &task{
		progress: p.progress,
		end:      func(done bool) { p.over, p.done = true, done },
		do: func(ctx context.Context, say func(func(time.Time) bool)) (*api.JobResult, error) {
			var went []api.Pruned
			for _, k := range kinds {
				goes := r.itemsOf(q, o, k)
				end := r.written(by, plan.Engine, goes)
				var volumes []api.PruneItem
				if k == api.PruneVolumes {
					volumes = goes
				}
				one, err := r.o.Pruner.Prune(ctx, k, all(o, k), volumes)
				end(err)
				if one.Count > 0 || err == nil {
					went = append(went, one)
				}
				if err != nil {
					return pruned(went), err
				}
				say(func(time.Time) bool {
					p.ended++
					p.freed += one.Bytes
					return true
				})
			}
			return pruned(went), nil
		},
	}
	return j, nil
}

// itemsOf are the things of a kind that go, as of now: containers that went
// before may have been the last to use some.
func (r *Runner) itemsOf(q api.JobRequest, o api.PruneOptions, k api.PruneKind) []api.PruneItem {
	now, err := Preview(r.o.Store, q.Engine, o)
	if err != nil {
		return nil // the engine is away, and the next call says so
	}
	return slices.DeleteFunc(now.Items, func(i api.PruneItem) bool { return i.Kind != k })
}

// maxWritten bounds what a prune writes down of who it was; the ledger has room
// for others then.
const maxWritten = 500

// written notes in the ledger who has things removed.
func (r *Runner) written(by api.Actor, engine string, goes []api.PruneItem) (end func(error)) {
	var ends []func(error)
	for i, item := range goes {
		if r.o.Ledger == nil || i == maxWritten {
			break
		}
		if item.Kind == api.PruneContainers {
			ends = append(ends, r.o.Ledger.Begin(by, api.MakeKey(engine, item.ID), api.ActionRemove, api.ActionOptions{}))
		} else {
			ends = append(ends, r.o.Ledger.BeginThing(by, engine, strings.TrimSuffix(string(item.Kind), "s"), item.ID, item.Name, api.ResourceRemove))
		}
	}
	return func(err error) {
		for _, f := range ends {
			f(err)
		}
	}
}

func all(o api.PruneOptions, k api.PruneKind) bool {
	return k == api.PruneImages && o.AllImages || k == api.PruneVolumes && o.AllVolumes || k == api.PruneBuildCache && o.AllCache
}

// pruning is how far a prune is. It belongs to its job.
type pruning struct {
	kinds, ended int
	freed        int64
	over, done   bool
}

func (p *pruning) progress(time.Time) api.JobProgress {
	f := float64(p.ended) / float64(p.kinds+1) // it is 1 only when all is done
	out := api.JobProgress{Phase: api.PhaseRemoving, CurrentBytes: p.freed, Fraction: &f, Layers: []api.JobLayer{}}
	if p.done {
		f, out.Phase = 1, api.PhaseDone
	}
	return out
}

// pruned tells what went.
func pruned(went []api.Pruned) *api.JobResult {
	out := &api.JobResult{Pruned: went}
	var freed int64
	var parts []string
	for _, p := range went {
		freed += p.Bytes
		if p.Count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.Count, kindWords(p.Kind, p.Count)))
		}
	}
	out.Bytes = &freed
	out.Message = "There was nothing to remove."
	if n := len(parts); n > 1 {
		out.Message = "Removed " + strings.Join(parts[:n-1], ", ") + " and " + parts[n-1] + "."
	} else if n == 1 {
		out.Message = "Removed " + parts[0] + "."
	}
	return out
}

// kindWords is what a kind is called, by how many.
func kindWords(k api.PruneKind, n int) string {
	switch {
	case k == api.PruneBuildCache && n == 1:
		return "entry of the build cache"
	case k == api.PruneBuildCache:
		return "entries of the build cache"
	case n == 1:
		return strings.TrimSuffix(string(k), "s")
	}
	return string(k)
}
