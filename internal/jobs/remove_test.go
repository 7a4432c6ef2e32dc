package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// remover notes what it was asked to remove, beside what its engine was.
type remover struct {
	*engine
	keeps map[string]error
	more  sync.Mutex
	order []string
}

func (r *remover) Do(ctx context.Context, id string, action api.Action, o api.ActionOptions) error {
	r.note("container " + id)
	return r.engine.Do(ctx, id, action, o)
}

func (r *remover) note(what string) {
	r.more.Lock()
	defer r.more.Unlock()
	r.order = append(r.order, what)
}

func (r *remover) RemoveNetwork(_ context.Context, id string) error {
	r.note("network " + id)
	return r.keeps[id]
}

func (r *remover) RemoveVolume(_ context.Context, name string, force bool) error {
	if force {
		return errors.New("a volume is never forced")
	}
	r.note("volume " + name)
	return r.keeps[name]
}

func (r *remover) RemoveImage(_ context.Context, id string, force bool) (untagged, deleted []string, err error) {
	if force {
		id += " by force"
	}
	r.note("image " + id)
	return nil, nil, r.keeps[id]
}

func newRemovalRig(t *testing.T, e *remover) *rig {
	t.Helper()
	st := store.New(store.Options{})
	st.Apply(store.Change{
		Put: []*api.Container{
			{Engine: "e", ID: "c1", Name: "db", Project: "shop", Service: "db", State: api.StateRunning},
			{Engine: "e", ID: "c2", Name: "web", Project: "shop", Service: "web", State: api.StateRunning, Labels: map[string]string{labelDepends: "db:service_started:false"}},
		},
		Networks: []*api.Network{{Engine: "e", ID: "n1", Name: "shop_default", Project: "shop"}},
		Volumes:  []*api.Volume{{Engine: "e", Name: "v1"}, {Engine: "e", Name: "v2"}},
		Images: []*api.Image{
			{Engine: "e", ID: "sha256:aa", Tags: []string{"old:1", "old:2"}, CreatedAt: new(time.Unix(100, 0))},
			{Engine: "e", ID: "sha256:bb", Tags: []string{"new:latest"}, CreatedAt: new(time.Unix(200, 0))},
			{Engine: "e", ID: "sha256:cc"},
		},
	})
	r := &rig{store: st, Runner: New(Options{Store: st, Engine: e, Remover: e, Actor: NewActor(ActorOptions{Engine: e, Store: st})})}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.end = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	return r
}

func things(of ...string) []api.JobThing {
	var out []api.JobThing
	for _, s := range of {
		kind, id, _ := strings.Cut(s, " ")
		out = append(out, api.JobThing{Kind: api.Topic(kind), ID: id})
	}
	return out
}

// TestThingsAreRemoved: containers first and in the order of their services, then
// what they use; an image with all its tags, whoever fails.
func TestThingsAreRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &remover{engine: &engine{}, keeps: map[string]error{"v1": &api.Error{Code: api.ErrConflict, Message: "In use.", Cause: errors.New("volume is in use")}}}
		r := newRemovalRig(t, e)
		defer r.end()
		j := r.start(t, api.JobRequest{Kind: api.JobRemove, Things: things("images e/sha256:aa", "volumes v1", "volumes e/v2", "networks shop_default", "containers db", "containers web", "images new", "images sha256:cc", "images sha256:aa")})
		if j.Subject != "2 containers, 1 network, 2 volumes, 3 images" || j.Action != api.ActionRemove || len(j.Items) != 8 {
			t.Errorf("begins as %+v", j)
		}
		synctest.Wait()
		time.Sleep(time.Second)
		j = r.now(t, j.ID)
		if j.State != api.JobDone || len(j.Failures) != 1 || j.Items[j.Failures[0].Item] != (api.JobItem{Key: "e/v1", Name: "v1", Kind: api.TopicVolumes}) || j.Failures[0].Message != "In use." || j.Failures[0].Engine != "volume is in use" {
			t.Errorf("ends as %+v", j)
		}
		ordered := []string{"container c2", "container c1", "network n1"}
		if !slices.Equal(e.order[:3], ordered) {
			t.Errorf("asked in the order %q, want it to begin with %q", e.order, ordered)
		}
		rest := slices.Sorted(slices.Values(e.order[3:]))
		if want := []string{"image new:latest", "image old:1", "image old:2", "image sha256:cc", "volume v1", "volume v2"}; !slices.Equal(rest, want) {
			t.Errorf("then %q, want %q", rest, want)
		}
	})
}

// TestWhatIsGoneAlready: who tries again what failed names things that may be gone
// by then. The engine says which, and they count as done; so does what goes
// between the asking and the doing.
func TestWhatIsGoneAlready(t *testing.T) {
	gone := &api.Error{Code: api.ErrNotFound, Message: "It is gone.", Cause: errors.New("no such thing")}
	for name, q := range map[string]api.JobRequest{
		"things":     {Kind: api.JobRemove, Things: things("containers e/c9", "containers e/c1", "networks e/n9", "volumes e/v9", "volumes e/v1", "volumes e/v2", "images e/sha256:dd", "images e/sha256:aa")},
		"containers": {Kind: api.JobContainers, Action: api.ActionRemove, Containers: []string{"e/c9", "e/c1"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := &remover{engine: &engine{fails: map[string]error{"c9": gone}}, keeps: map[string]error{
				"n9": gone, "v9": gone, "v2": gone, "sha256:dd": gone, "old:1": gone, // another tag of which is there
				"v1": &api.Error{Code: api.ErrConflict, Message: "In use."},
			}}
			r := newRemovalRig(t, e)
			defer r.end()
			r.store.Apply(store.Change{System: []api.SystemItem{{Key: "e", Engine: &api.EngineStatus{ID: "e", State: api.EngineConnected}}}})
			j := r.start(t, q)
			synctest.Wait()
			time.Sleep(time.Second)
			j = r.now(t, j.ID)
			var lost, failed []api.Key
			for _, i := range j.Gone {
				lost = append(lost, j.Items[i].Key)
			}
			for _, f := range j.Failures {
				failed = append(failed, j.Items[f.Item].Key)
			}
			slices.Sort(lost)
			wantLost, wantFailed := []api.Key{"e/c9"}, []api.Key(nil)
			if name == "things" {
				wantLost, wantFailed = []api.Key{"e/c9", "e/n9", "e/sha256:dd", "e/v2", "e/v9"}, []api.Key{"e/v1"}
			}
			if j.State != api.JobDone || j.Next != len(j.Items) || !slices.Equal(lost, wantLost) || !slices.Equal(failed, wantFailed) {
				t.Errorf("%s: gone %q, failed %q, ends as %+v", name, lost, failed, j)
			}
			// Of another action it is an error, and so is an engine that nobody knows.
			for _, wrong := range []api.JobRequest{
				{Action: api.ActionStop, Containers: []string{"e/c9"}},
				{Kind: api.JobRemove, Things: things("volumes f/v9")},
				{Kind: api.JobRemove, Things: things("volumes e/")},
			} {
				if _, err := r.Start(t.Context(), api.Actor{}, wrong); api.CodeOf(err) != api.ErrNotFound {
					t.Errorf("%+v: %v", wrong, err)
				}
			}
		})
	}
}

func TestWhatIsRemovedOfAnImage(t *testing.T) {
	i := &api.Image{Engine: "e", ID: "sha256:aa", Tags: []string{"old:1", "old:latest"}}
	for _, c := range []struct {
		refs  string
		force bool
		want  string
		name  string
	}{
		{"e/sha256:aa", false, "old:1 old:latest", "old:1"},
		{"e/sha256:aa", true, "sha256:aa", "old:1"},
		{"old", false, "old:latest", "old:latest"},
		{"old old:latest", true, "old:latest", "old:latest"},
		{"old:latest old:1", false, "old:latest old:1", "old:1"},
		{"old:1 sha256:aa", false, "old:1 old:latest", "old:1"},
	} {
		got := imageRemoval(i, strings.Fields(c.refs), c.force)
		if strings.Join(got.names, " ") != c.want || got.thing.Name != c.name {
			t.Errorf("%q, force %t: %q called %s, want %q called %s", c.refs, c.force, got.names, got.thing.Name, c.want, c.name)
		}
	}
}

func TestRemovalsThatAreNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRemovalRig(t, &remover{engine: &engine{}})
		defer r.end()
		for what, q := range map[string]api.JobRequest{
			"nothing":            {},
			"of no kind":         {Things: things("jobs j-1")},
			"of one not there":   {Things: things("volumes v1", "volumes v9")},
			"with a project too": {Things: things("volumes v1"), Project: "shop"},
			"with a signal":      {Things: things("volumes v1"), Options: api.ActionOptions{Signal: "HUP"}},
		} {
			q.Kind = api.JobRemove
			if j, err := r.Start(t.Context(), api.Actor{}, q); err == nil {
				t.Errorf("%s: begun as %+v", what, j)
			}
		}
		if n := len(r.store.Jobs()); n != 0 {
			t.Errorf("%d jobs", n)
		}
	})
}
