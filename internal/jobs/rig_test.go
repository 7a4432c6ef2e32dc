package jobs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// engine stands for one whose answers and delays the test decides; what real
// ones do is tested in internal/app.
type engine struct {
	takes time.Duration
	fails map[string]error

	mu         sync.Mutex
	calls      []string
	under, top int // calls under way, and the most there were
}

func (e *engine) Check(action api.Action, _ api.ActionOptions) error {
	if action == "explode" {
		return invalid("No such action.")
	}
	return nil
}

func (e *engine) Do(ctx context.Context, id string, action api.Action, _ api.ActionOptions) error {
	e.mu.Lock()
	e.calls = append(e.calls, string(action)+" "+id)
	e.under++
	e.top = max(e.top, e.under)
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.under--
		e.mu.Unlock()
	}()
	if e.takes == 0 {
		// No timer: whoever receives from one that has fired runs it, several at once
		// in one bubble, and the race detector breaks down over that (go.dev/issue/78156).
		return cmp.Or(ctx.Err(), e.fails[id])
	}
	select {
	case <-time.After(e.takes):
		return e.fails[id]
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *engine) most() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.top
}

func (e *engine) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.calls)
}

// maxTestItems is a bound that the race detector can follow: it gives out over
// the switches of tens of thousands of items in one bubble.
const maxTestItems = 1000

// rig is a runner over a real store.
type rig struct {
	*Runner
	store *store.Store
	end   func() // ends Run and waits for it
}

func newRig(t *testing.T, e *engine, containers ...*api.Container) *rig {
	t.Helper()
	st := store.New(store.Options{})
	st.Apply(store.Change{Put: containers})
	r := &rig{store: st, Runner: New(Options{Store: st, Engine: e, MaxItems: maxTestItems, Actor: NewActor(ActorOptions{Engine: e, Store: st})})}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return r
}

func some(n int) (containers []*api.Container, ids []string) {
	for i := range n {
		id := fmt.Sprintf("c%05d", i)
		ids = append(ids, id)
		containers = append(containers, &api.Container{Engine: "e", ID: id, Name: "n" + id, State: api.StateRunning})
	}
	return containers, ids
}

func (r *rig) start(t *testing.T, q api.JobRequest) api.Job {
	t.Helper()
	j, err := r.Start(t.Context(), api.Actor{Name: "admin", Client: "tab-1"}, q)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (r *rig) now(t *testing.T, id string) api.Job {
	t.Helper()
	j, err := Find(r.store, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}
