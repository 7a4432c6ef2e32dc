package app

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/store"
)

// What changes in the store is in the history, with the reason of each change of
// state, and jobs as they begin and end.
func TestRecordingWritesWhatChanges(t *testing.T) {
	h := history.New(history.Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- h.Run(ctx) }()
	st := store.New(store.Options{})
	following, stop := context.WithCancel(ctx)
	r := &recording{store: st, history: h}
	go func() { ended <- r.follow(following) }()
	defer func() {
		stop()
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}()
	code := 137
	c := &api.Container{Engine: "e1", ID: "abc", Name: "web", Image: "nginx", Project: "shop", State: api.StateRunning, Health: api.HealthNone}
	dead := *c
	dead.State, dead.ExitCode, dead.OOMKilled = api.StateExited, &code, true
	at := time.Now().UTC()
	by := &api.Actor{Name: "alice"}
	until := func(what string, q history.Query, ok func([]api.Event) bool) []api.Event {
		t.Helper()
		for end := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
			p, err := h.Events(t.Context(), q)
			if err == nil && ok(p.Items) {
				return p.Items
			}
			if time.Now().After(end) {
				t.Fatalf("%s: %+v %v", what, p.Items, err)
			}
		}
	}
	st.Apply(store.Change{Put: []*api.Container{c}, System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected, Since: at.Add(-time.Minute)}}},
		Events: []api.Event{{Time: at.Add(-time.Second), Engine: "e1", Kind: "container", Action: "start", ID: "abc", Name: "web"}}})
	until("the first event", history.Query{}, func(e []api.Event) bool { return len(e) == 1 })
	st.Apply(store.Change{Put: []*api.Container{&dead}, Events: []api.Event{{Time: at, Engine: "e1", Kind: "container", Action: "die", ID: "abc", Name: "web", By: by}}})
	states := until("a state", history.Query{Kinds: []string{api.KindState}}, func(e []api.Event) bool { return len(e) == 1 })
	if s := states[0]; s.Action != "exited" || s.Detail != "running" || !s.Time.Equal(at) || s.By == nil || s.By.Name != "alice" ||
		s.Attributes[api.AttrReason] != "out of memory, asked for by alice" || s.Attributes["exitCode"] != "137" {
		t.Errorf("%+v", s)
	}
	if p := until("of the project", history.Query{Projects: []string{"shop"}, Kinds: []string{history.AllKinds}}, func([]api.Event) bool { return true }); len(p) != 1 {
		t.Errorf("%+v", p)
	}
	job := api.Job{ID: "j1", Kind: api.JobContainers, Action: api.ActionStop, By: *by, State: api.JobRunning, StartedAt: at, Items: []api.JobItem{{Key: "e1/abc", Name: "web"}}}
	st.Apply(store.Change{Jobs: []api.Job{job}})
	until("a job", history.Query{Kinds: []string{api.KindJob}}, func(e []api.Event) bool { return len(e) == 1 })
	job.Next = 1
	st.Apply(store.Change{Jobs: []api.Job{job}}) // its progress is no row
	over := at.Add(time.Second)
	job.State, job.EndedAt, job.Failures = api.JobDone, &over, []api.JobFailure{{Message: "no", Engine: "nope"}}
	st.Apply(store.Change{Jobs: []api.Job{job}})
	rows := until("its end", history.Query{Kinds: []string{api.KindJob}}, func(e []api.Event) bool { return len(e) == 2 })
	if rows[0].Detail != "done" || rows[1].Detail != "running" || rows[0].Attributes["failed"] != "1" || rows[0].Attributes["message"] != "no" || rows[0].Attributes["error"] != "nope" || rows[0].Engine != "e1" {
		t.Errorf("%+v", rows)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	ended <- nil
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The end says until when the engine was listened to.
	recalled, err := h.Recall(t.Context(), "e1")
	if err != nil || recalled == nil || at.Sub(recalled.Heard) > 10*time.Second || len(recalled.Events) != 2 || recalled.Containers["abc"].Name != "web" {
		t.Errorf("%+v %v", recalled, err)
	}
}

// Whoever takes too long to follow is told how much is missing.
func TestRecordingTellsWhatItMissed(t *testing.T) {
	h := history.New(history.Options{Dir: t.TempDir()})
	st := store.New(store.Options{Events: 10})
	r := &recording{store: st, history: h, states: make(map[api.Key]seenState), jobs: make(map[string]api.JobState), listened: make(map[string]bool), took: time.Now().Add(-time.Minute)}
	for i := range 25 {
		st.Apply(store.Change{Events: []api.Event{{Time: time.Now().Add(time.Duration(i) * time.Millisecond), Engine: "e1", Kind: "container", Action: "start"}}})
	}
	r.take(false)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	if err := h.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	p, err := h.Events(ctx, history.Query{})
	lost := slices.IndexFunc(p.Items, func(e api.Event) bool { return e.Kind == api.KindHistory })
	if err != nil || len(p.Items) != 11 || lost < 0 || p.Items[lost].Attributes[api.AttrCount] != "15" {
		t.Errorf("%+v %v", p.Items, err)
	}
}
