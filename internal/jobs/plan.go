package jobs

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// job is what somebody asked for. Its state belongs to the goroutine that works
// through it.
type job struct {
	state api.Job
	// task is what a job of one thing does; nil for an action on containers.
	task       *task
	containers []*api.Container // as they were, in the order of state.Items
	things     []removal        // the items behind them
	waves      []wave
	// stop is closed by Run when no more items are to be begun.
	stop chan struct{}
}

// wave is the items before position end that the waves before don't have.
type wave struct {
	end int
	// waits are what must have come before the wave is begun.
	waits []awaited
}

// plan makes a job of a request; an error says what is wrong with it.
func (r *Runner) plan(by api.Actor, q api.JobRequest) (*job, error) {
	switch q.Kind {
	case "", api.JobContainers:
		return r.planContainers(by, q)
	case api.JobPull, api.JobPush:
		return r.planTransfer(by, q)
	case api.JobPrune:
		return r.planPrune(by, q)
	case api.JobRemove:
		return r.planRemove(by, q)
	case api.JobSave:
		return nil, invalid("An image is saved by whoever takes the file: GET /api/v1/images/{id}/save.")
	default:
		return nil, invalid(fmt.Sprintf("There is no kind of job %q. There are containers, remove, pull, push and prune.", q.Kind))
	}
}

// newJob is a job as it begins.
func newJob(kind api.JobKind, by api.Actor) *job {
	return &job{stop: make(chan struct{}), state: api.Job{
		ID: "j-" + strings.ToLower(rand.Text()[:12]), Kind: kind, By: by, State: api.JobRunning, StartedAt: time.Now().UTC(),
		Items: []api.JobItem{}, Running: []int{}, Failures: []api.JobFailure{},
	}}
}

// planContainers makes a job of an action on containers.
func (r *Runner) planContainers(by api.Actor, q api.JobRequest) (*job, error) {
	if r.o.Engine == nil {
		return nil, &api.Error{Code: api.ErrForbidden, Message: "Quaywatch is read-only here and changes nothing."}
	}
	if q.Action == api.ActionRename {
		return nil, invalid("Rename is for one container: several can't have the same name. Rename them one by one.")
	}
	if err := r.o.Engine.Check(q.Action, q.Options); err != nil {
		return nil, err
	}
	var groups [][]*api.Container
	var err error
	switch all := r.o.Store.Containers(); {
	case q.Project != "" && len(q.Containers) > 0:
		return nil, invalid("Name either containers or a project, not both.")
	case q.Options.Networks && (q.Project == "" || r.o.Remover == nil):
		return nil, invalid("Networks are removed with a project: name one.")
	case q.Project != "":
		groups, err = ofProject(all, q.Project, q.Engine, q.Action)
	case len(q.Containers) == 0:
		return nil, invalid("Name at least one container, or a project.")
	case len(q.Containers) > api.MaxJobItems:
		return nil, tooMany(len(q.Containers))
	default:
		groups, err = chosen(r.o.Store, all, q.Containers, q.Action == api.ActionRemove)
	}
	if err != nil {
		return nil, err
	}
	j := newJob(api.JobContainers, by)
	j.state.Action, j.state.Options, j.state.Project = q.Action, q.Options, q.Project
	j.addContainers(groups, q.Project != "", q.Action)
	if q.Options.Networks {
		j.addThings(r.networksOf(q.Project, j.containers))
	}
	if len(j.state.Items) > api.MaxJobItems {
		return nil, tooMany(len(j.state.Items))
	}
	return j, nil
}

// addContainers adds containers as items, a wave for each group. Where they wait
// for each other, a wave waits for what it needs of those before.
func (j *job) addContainers(groups [][]*api.Container, wait bool, action api.Action) {
	for _, g := range groups {
		w := wave{end: len(j.state.Items) + len(g)}
		if wait {
			w.waits = awaitedBy(g, j.containers, action)
		}
		j.waves = append(j.waves, w)
		for _, c := range g {
			j.containers = append(j.containers, c)
			j.state.Items = append(j.state.Items, api.JobItem{Key: c.Key(), Name: c.Name})
		}
	}
}

// addThings adds a wave of other things, behind the containers.
func (j *job) addThings(things []removal) {
	if len(things) == 0 {
		return
	}
	for _, t := range things {
		j.things = append(j.things, t)
		j.state.Items = append(j.state.Items, api.JobItem{Key: t.key(), Name: t.thing.Name, Kind: t.thing.Kind})
	}
	j.waves = append(j.waves, wave{end: len(j.state.Items)})
}

// ofProject finds a Compose project's containers, in waves; engine is empty for
// those of all engines.
func ofProject(all []*api.Container, project, engine string, action api.Action) ([][]*api.Container, error) {
	var of []*api.Container
	for _, c := range all {
		if c.Project == project && (engine == "" || c.Engine == engine) {
			of = append(of, c)
		}
	}
	if len(of) == 0 {
		return nil, &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no container of a Compose project %q.", project)}
	}
	return waves(of, directionOf(action)), nil
}

// chosen finds containers by key, id, name or the beginning of an id, each
// once. The store's own search looks through all containers for each. With gone,
// one that is not there and named by its key is taken all the same: it is to be
// removed, and the engine says that it is.
func chosen(st *store.Store, all []*api.Container, refs []string, gone bool) ([][]*api.Container, error) {
	exact := make(map[string]*api.Container, 3*len(all)) // nil: several
	add := func(ref string, c *api.Container) {
		if other, ok := exact[ref]; ok && other != c {
			c = nil
		}
		exact[ref] = c
	}
	ids := make([]string, 0, len(all))
	for _, c := range all {
		add(string(c.Key()), c)
		add(c.ID, c)
		add(c.Name, c)
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	var out []*api.Container
	seen := make(map[api.Key]bool, len(refs))
	for _, ref := range refs {
		c := exact[strings.TrimPrefix(ref, "/")]
		if c == nil && ref != "" {
			i, _ := slices.BinarySearch(ids, ref)
			if i < len(ids) && strings.HasPrefix(ids[i], ref) && (i+1 == len(ids) || !strings.HasPrefix(ids[i+1], ref)) {
				c = exact[ids[i]]
			}
		}
		if c == nil {
			var err error
			if c, err = st.Find(ref); err != nil {
				engine, id, ok := goneKey(st, ref, err)
				if !gone || !ok {
					return nil, err // it says which, and why
				}
				c = &api.Container{Engine: engine, ID: id, Name: id[:min(12, len(id))]}
			}
		}
		if !seen[c.Key()] {
			seen[c.Key()] = true
			out = append(out, c)
		}
	}
	return [][]*api.Container{out}, nil
}

// goneKey reads the key of a thing that was looked for and is not there; false
// where it is not the key of a thing of an engine that there is.
func goneKey(st *store.Store, ref string, err error) (engine, id string, ok bool) {
	engine, id = api.Key(ref).Split()
	known := slices.ContainsFunc(st.Engines(), func(e api.EngineStatus) bool { return e.ID == engine })
	return engine, id, known && id != "" && api.CodeOf(err) == api.ErrNotFound
}

func invalid(message string) error { return &api.Error{Code: api.ErrInvalid, Message: message} }

func tooMany(n int) error {
	return &api.Error{Code: api.ErrTooLarge, Message: fmt.Sprintf("A job takes %d items at most, not %d. Ask for them in parts.", api.MaxJobItems, n)}
}
