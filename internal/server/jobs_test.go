package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/jobs"
	"github.com/quaywatch/quaywatch/internal/ledger"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Check accepts everything: what engines accept is tested there.
func (a *actor) Check(action api.Action, _ api.ActionOptions) error {
	if action == "explode" {
		return &api.Error{Code: api.ErrInvalid, Message: "There is no action “explode”"}
	}
	return nil
}

// acting lets the server change things by way of a.
func acting(t *testing.T, a *actor) func(*Options) {
	t.Helper()
	return func(o *Options) {
		o.Actor = jobs.NewActor(jobs.ActorOptions{Engine: a, Store: o.Store, Ledger: ledgerOf(a)})
		o.Jobs = jobs.New(jobs.Options{Store: o.Store, Actor: o.Actor, Engine: a, Pruner: a, Saver: a})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- o.Jobs.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error("jobs:", err)
			}
		})
	}
}

func ledgerOf(a *actor) jobs.Ledger {
	if a.ledger == nil {
		a.ledger = ledger.New()
	}
	return a.ledger
}

// untilEnded waits for a job's end.
func untilEnded(t *testing.T, r *rig, id string) api.Job {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var j api.Job
		decodeInto(t, r.ask(t, "GET", "/api/v1/jobs/"+id, ""), http.StatusOK, &j)
		if j.State != api.JobRunning {
			return j
		}
	}
	t.Fatalf("job %s does not end", id)
	return api.Job{}
}

func TestJobs(t *testing.T) {
	a := &actor{}
	r := newRig(t, acting(t, a))
	var names []string
	for i := range 20 {
		c := running(fmt.Sprintf("c%02d", i))
		r.store.Apply(store.Change{Put: []*api.Container{c}})
		names = append(names, c.Name)
	}
	body, err := json.Marshal(api.JobRequest{Action: api.ActionStop, Containers: append(names, names[0])})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.ask(t, "GET", "/api/v1/jobs", "").text; got != "{\"items\":[],\"next\":\"\"}\n" {
		t.Errorf("before any job: %s", got)
	}
	var first, again api.Job
	resp := r.ask(t, "POST", "/api/v1/jobs", string(body), "Idempotency-Key", "k", "X-Quaywatch-Client", "tab-1")
	decodeInto(t, resp, http.StatusAccepted, &first)
	if first.State != api.JobRunning || len(first.Items) != 20 || first.By != (api.Actor{Name: "admin", Client: "tab-1"}) || resp.Header.Get("Location") != "/api/v1/jobs/"+first.ID {
		t.Errorf("begins as %+v", first)
	}
	ended := untilEnded(t, r, first.ID)
	if ended.State != api.JobDone || ended.Next != 20 || len(ended.Running)+len(ended.Failures) != 0 || ended.EndedAt == nil || len(a.all()) != 20 {
		t.Errorf("ends as %+v after %d calls", ended, len(a.all()))
	}
	decodeInto(t, r.ask(t, "POST", "/api/v1/jobs", string(body), "Idempotency-Key", "k"), http.StatusAccepted, &again)
	if again.ID != first.ID || again.State != api.JobDone || len(a.all()) != 20 {
		t.Errorf("the same key again: %+v, %d calls", again, len(a.all()))
	}
	wantProblem(t, "the key for another job", r.ask(t, "POST", "/api/v1/jobs", `{"action":"start","containers":["c00"]}`, "Idempotency-Key", "k"), api.ErrConflict)
	wantProblem(t, "the key for a single action", r.ask(t, "POST", "/api/v1/containers/c00/stop", "", "Idempotency-Key", "k"), api.ErrConflict)
	var list api.List[api.Job]
	decodeInto(t, r.ask(t, "GET", "/api/v1/jobs", ""), http.StatusOK, &list)
	if len(list.Items) != 1 || list.Items[0].ID != first.ID {
		t.Errorf("jobs = %+v", list)
	}
	decodeInto(t, r.ask(t, "DELETE", "/api/v1/jobs/"+first.ID, ""), http.StatusOK, &again)
	if again.State != api.JobDone {
		t.Errorf("cancelled after its end: %+v", again)
	}
	wantProblem(t, "no such job", r.ask(t, "GET", "/api/v1/jobs/j-1", ""), api.ErrNotFound)
	wantProblem(t, "cancel no such job", r.ask(t, "DELETE", "/api/v1/jobs/j-1", ""), api.ErrNotFound)
}

func TestJobsThatCantBe(t *testing.T) {
	a := &actor{}
	r := newRig(t, acting(t, a))
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	many, err := json.Marshal(make([]string, api.MaxJobItems+1))
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]struct {
		code api.ErrorCode
		says string
	}{
		`{"action":"stop"}`:                                                     {api.ErrInvalid, "at least one"},
		`{"action":"stop","containers":[]}`:                                     {api.ErrInvalid, "at least one"},
		`{"action":"stop","containers":["a","nope"]}`:                           {api.ErrNotFound, `"nope"`},
		`{"action":"stop","containers":[""]}`:                                   {api.ErrNotFound, `""`},
		`{"action":"stop","project":"nope"}`:                                    {api.ErrNotFound, `"nope"`},
		`{"action":"stop","project":"p","containers":["a"]}`:                    {api.ErrInvalid, "not both"},
		`{"action":"explode","containers":["a"]}`:                               {api.ErrInvalid, "explode"},
		`{"action":"rename","containers":["a"],"options":{"name":"b"}}`:         {api.ErrInvalid, "one by one"},
		`{"action":"stop","containers":` + string(many) + `}`:                   {api.ErrTooLarge, "10000"},
		`{"action":"stop","containers":["` + strings.Repeat("x", 2<<20) + `"]}`: {api.ErrTooLarge, "1024 KiB"},
		`{"action":"stop","container":["a"]}`:                                   {api.ErrInvalid, "container"},
	} {
		if p := wantProblem(t, body[:min(60, len(body))], r.ask(t, "POST", "/api/v1/jobs", body, "Idempotency-Key", "k"), want.code); !strings.Contains(p.Detail, want.says) {
			t.Errorf("%s: %q", body[:min(60, len(body))], p.Detail)
		}
	}
	for _, client := range []string{strings.Repeat("x", 65), "tab\u200b1", "\xff"} {
		p := wantProblem(t, client, r.ask(t, "POST", "/api/v1/jobs", `{"action":"stop","containers":["a"]}`, "X-Quaywatch-Client", client), api.ErrInvalid)
		wantProblem(t, client, r.ask(t, "POST", "/api/v1/containers/a/stop", "", "X-Quaywatch-Client", client), api.ErrInvalid)
		if !strings.Contains(p.Detail, "X-Quaywatch-Client") {
			t.Errorf("%q: %+v", client, p)
		}
	}
	if calls := a.all(); len(calls) != 0 {
		t.Errorf("calls = %v", calls)
	}
	if jobs := r.store.Jobs(); len(jobs) != 0 {
		t.Errorf("jobs = %+v", jobs)
	}
}

// What may be done to one may be done to many, and a read-only server does
// nothing.
func TestWhoMayWhatInJobs(t *testing.T) {
	a := &actor{}
	r := newRig(t, acting(t, a))
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	secret, _, err := auth.OpenTokens(r.dir).Create("op", auth.RoleOperator, 0)
	if err != nil {
		t.Fatal(err)
	}
	for action, allowed := range map[string]bool{"stop": true, "start": true, "kill": true, "remove": false} {
		resp := r.ask(t, "POST", "/api/v1/jobs", `{"action":"`+action+`","containers":["a"]}`, "Authorization", "Bearer "+secret)
		if allowed && resp.StatusCode != http.StatusAccepted {
			t.Errorf("%s: %s", action, resp.text)
		} else if !allowed {
			wantProblem(t, action, resp, api.ErrForbidden)
		}
	}
	readOnly := newRig(t)
	wantProblem(t, "read-only", readOnly.ask(t, "POST", "/api/v1/jobs", `{"action":"stop","containers":["a"]}`), api.ErrForbidden)
	wantProblem(t, "read-only", readOnly.ask(t, "DELETE", "/api/v1/jobs/j-1", ""), api.ErrForbidden)
	wantProblem(t, "read-only", readOnly.ask(t, "GET", "/api/v1/jobs/j-1", ""), api.ErrNotFound)
}

// A single action is in the ledger before the engine is called, with the
// client's id.
func TestASingleActionSaysWhoAsked(t *testing.T) {
	a := &actor{gate: make(chan struct{})}
	r := newRig(t, acting(t, a))
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	done := make(chan *answer, 1)
	go func() {
		var got *answer
		defer func() { done <- got }() // also of one that fails the test
		got = r.ask(t, "POST", "/api/v1/containers/a/stop", "", "X-Quaywatch-Client", "tab 1 é")
	}()
	for len(a.all())+len(done) == 0 {
		time.Sleep(time.Millisecond)
	}
	by := a.ledger.Explain(&api.Event{Engine: "e1", ID: "a", Action: "die"}, time.Now())
	if by == nil || *by != (api.Actor{Name: "admin", Client: "tab 1 é"}) {
		t.Errorf("by %+v", by)
	}
	close(a.gate)
	if resp := <-done; resp != nil && resp.StatusCode != http.StatusOK {
		t.Error(resp.text)
	}
}

// The environment as it is, for operators, and in nobody's cache or log.
func TestEnv(t *testing.T) {
	var logged strings.Builder
	r := newRig(t, func(o *Options) {
		o.Inspector = inspector{"Config": map[string]any{"Env": []any{"PASSWORD=hush", "EMPTY="}}}
		o.Log = logTo(&logged)
	})
	r.store.Apply(store.Change{Put: []*api.Container{running("a"), running("b")}})
	viewer, _, err := auth.OpenTokens(r.dir).Create("v", auth.RoleViewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	resp := r.ask(t, "GET", "/api/v1/containers/a/env", "")
	if resp.StatusCode != http.StatusOK || resp.text != `{"items":["PASSWORD=hush","EMPTY="],"next":""}`+"\n" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s %v", resp.Status, resp.text, resp.Header)
	}
	refused := r.ask(t, "GET", "/api/v1/containers/a/env", "", "Authorization", "Bearer "+viewer)
	wantProblem(t, "a viewer", refused, api.ErrForbidden)
	wantProblem(t, "gone meanwhile", r.ask(t, "GET", "/api/v1/containers/b/env", ""), api.ErrNotFound)
	wantProblem(t, "unknown", r.ask(t, "GET", "/api/v1/containers/zzz/env", ""), api.ErrNotFound)
	if strings.Contains(refused.text+logged.String(), "hush") {
		t.Errorf("told to the viewer or the log: %s %s", refused.text, &logged)
	}
	var detail api.ContainerDetail
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a", ""), http.StatusOK, &detail)
	if env := fmt.Sprint(detail.Inspect["Config"]); strings.Contains(env, "hush") {
		t.Errorf("unmasked in the document: %s", env)
	}
}
