package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/ledger"
	"github.com/quaywatch/quaywatch/internal/store"
)

// actor records what it was asked. It stands for an engine whose answers and
// delays the test decides.
type actor struct {
	mu    sync.Mutex
	calls []string
	ends  time.Duration // the time the last call had
	err   error
	gate  chan struct{} // nil: answers at once

	ledger *ledger.Ledger
}

func (a *actor) Do(ctx context.Context, id string, action api.Action, o api.ActionOptions) error {
	a.mu.Lock()
	a.calls = append(a.calls, fmt.Sprintf("%s %s %s force=%v", action, id, o.Name, o.Force))
	if end, ok := ctx.Deadline(); ok {
		a.ends = time.Until(end)
	}
	err, gate := a.err, a.gate
	a.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return err
}

func (a *actor) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.calls...)
}

func TestActions(t *testing.T) {
	a := &actor{}
	r := newRig(t, acting(t, a))
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	before := r.store.Revision()
	var got api.ActionResult
	decodeInto(t, r.ask(t, "POST", "/api/v1/containers/n-a/rename", `{"name":"b"}`), http.StatusOK, &got)
	if got.ID != "a" || got.Engine != "e1" || got.Action != api.ActionRename || got.Replayed {
		t.Errorf("result = %+v", got)
	}
	decodeInto(t, r.ask(t, "DELETE", "/api/v1/containers/a?force=true", ""), http.StatusOK, &got)
	if calls := a.all(); calls[0] != "rename a b force=false" || calls[1] != "remove a  force=true" {
		t.Errorf("calls = %v", calls)
	}
	if r.store.Revision() != before {
		t.Error("an action wrote the store")
	}
	wantProblem(t, "rename without a name", r.ask(t, "POST", "/api/v1/containers/a/rename", ""), api.ErrInvalid)
	wantProblem(t, "not a bool", r.ask(t, "DELETE", "/api/v1/containers/a?force=x", ""), api.ErrInvalid)
	wantProblem(t, "not JSON", r.ask(t, "POST", "/api/v1/containers/a/stop", "{"), api.ErrInvalid)
	wantProblem(t, "no such container", r.ask(t, "POST", "/api/v1/containers/zzz/stop", ""), api.ErrNotFound)
	wantProblem(t, "no such action", r.ask(t, "POST", "/api/v1/containers/a/explode", ""), api.ErrNotFound)
	wantProblem(t, "a body that is too large", r.ask(t, "POST", "/api/v1/containers/a/stop", `{"signal":"`+strings.Repeat("x", maxBody)+`"}`), api.ErrTooLarge)
	a.err = &api.Error{Code: api.ErrConflict, Message: "The container is already stopped.", Cause: errors.New("container a is not running")}
	if p := wantProblem(t, "refused by the engine", r.ask(t, "POST", "/api/v1/containers/a/kill", ""), api.ErrConflict); p.Engine != "container a is not running" {
		t.Errorf("problem = %+v, want the engine's words", p)
	}
	a.err = &api.Error{Code: api.ErrInvalid, Message: "“X” is no signal"}
	if p := wantProblem(t, "a quote first", r.ask(t, "POST", "/api/v1/containers/a/kill", ""), api.ErrInvalid); p.Detail != "“X” is no signal." {
		t.Errorf("problem = %+v", p)
	}
	a.err = errors.New("dial /secret/path")
	if p := wantProblem(t, "an inner error", r.ask(t, "POST", "/api/v1/containers/a/kill", ""), api.ErrInternal); strings.Contains(p.Detail+p.Engine, "secret") {
		t.Errorf("problem = %+v tells too much", p)
	}
}

// An action that waits in an unreachable engine would happen when nobody
// expects it any more.
func TestNoActionOnUnreachableEngine(t *testing.T) {
	a := &actor{}
	r := newRig(t, acting(t, a))
	show := func(state api.EngineState, why string) {
		r.store.Apply(store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: state, Error: why}}}})
	}
	show(api.EngineUnreachable, "It is frozen.")
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	p := wantProblem(t, "unreachable", r.ask(t, "POST", "/api/v1/containers/a/stop", "", "Idempotency-Key", "k1"), api.ErrUnreachable)
	if !strings.HasPrefix(p.Detail, "It is frozen. Nothing was done") || p.Status != http.StatusServiceUnavailable {
		t.Errorf("problem = %+v, want the engine's sentence", p)
	}
	show(api.EngineConnecting, "")
	wantProblem(t, "connecting", r.ask(t, "DELETE", "/api/v1/containers/a", ""), api.ErrUnreachable)
	if calls := a.all(); len(calls) != 0 {
		t.Errorf("calls = %v", calls)
	}
	show(api.EngineConnected, "")
	var got api.ActionResult
	decodeInto(t, r.ask(t, "POST", "/api/v1/containers/a/stop", "", "Idempotency-Key", "k1"), http.StatusOK, &got)
	if calls := a.all(); len(calls) != 1 || got.Replayed {
		t.Errorf("calls = %v, %+v; the key's first try was none", calls, got)
	}
	show(api.EngineUnreachable, "It is frozen.")
	decodeInto(t, r.ask(t, "POST", "/api/v1/containers/a/stop", "", "Idempotency-Key", "k1"), http.StatusOK, &got)
	if !got.Replayed {
		t.Errorf("%+v: what was done before is still told", got)
	}
}

func TestActionsEnd(t *testing.T) {
	a := &actor{}
	r := newRig(t, acting(t, a))
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	for _, c := range []struct {
		path, body string
		most       time.Duration
	}{
		{"start", "", 20 * time.Second},
		{"stop", "", 30 * time.Second},
		{"restart", `{"timeoutSeconds":40}`, 60 * time.Second},
	} {
		var got api.ActionResult
		decodeInto(t, r.ask(t, "POST", "/api/v1/containers/a/"+c.path, c.body), http.StatusOK, &got)
		if a.ends > c.most || a.ends < c.most-5*time.Second {
			t.Errorf("%s %s may take %v, want %v", c.path, c.body, a.ends, c.most)
		}
	}
}

func TestReadOnly(t *testing.T) {
	r := newRig(t)
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	for _, path := range []string{"start", "stop", "restart", "pause", "unpause", "kill", "rename"} {
		if p := wantProblem(t, path, r.ask(t, "POST", "/api/v1/containers/a/"+path, ""), api.ErrForbidden); !strings.Contains(p.Detail, "read-only") {
			t.Errorf("%s: %+v", path, p)
		}
	}
	wantProblem(t, "remove", r.ask(t, "DELETE", "/api/v1/containers/a", ""), api.ErrForbidden)
}

func TestIdempotency(t *testing.T) {
	a := &actor{gate: make(chan struct{})}
	r := newRig(t, acting(t, a))
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	var replayed atomic.Int32
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			var got api.ActionResult
			decodeInto(t, r.ask(t, "POST", "/api/v1/containers/a/stop", "", "Idempotency-Key", "k1"), http.StatusOK, &got)
			if got.Replayed {
				replayed.Add(1)
			}
		})
	}
	for len(a.all()) == 0 {
		time.Sleep(time.Millisecond)
	}
	close(a.gate)
	wg.Wait()
	if calls := a.all(); len(calls) != 1 || replayed.Load() != 4 {
		t.Errorf("%d calls and %d replays of 5 requests", len(calls), replayed.Load())
	}
	wantProblem(t, "the key for something else", r.ask(t, "POST", "/api/v1/containers/a/kill", "", "Idempotency-Key", "k1"), api.ErrConflict)
	wantProblem(t, "a long key", r.ask(t, "POST", "/api/v1/containers/a/kill", "", "Idempotency-Key", strings.Repeat("k", maxKey+1)), api.ErrInvalid)
	a.err = &api.Error{Code: api.ErrConflict, Message: "no"}
	for range 2 {
		wantProblem(t, "a failure is an answer too", r.ask(t, "POST", "/api/v1/containers/a/kill", "", "Idempotency-Key", "k2"), api.ErrConflict)
	}
	if calls := a.all(); len(calls) != 2 {
		t.Errorf("calls = %v", calls)
	}
}

func TestIdempotencyForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newIdempotency()
		calls := 0
		f := func(context.Context) (api.ActionResult, error) { calls++; return api.ActionResult{}, nil }
		do := func(key string) error {
			_, _, err := once(t.Context(), d, requestKey{who: "w", key: key}, f)
			return err
		}
		for range 2 {
			if err := errors.Join(do("k"), do("k")); err != nil {
				t.Error(err)
			}
			time.Sleep(resultLife + 1)
		}
		if calls != 2 {
			t.Errorf("%d calls, want one in each 10 minutes", calls)
		}
		for i := range maxResults {
			if err := do(fmt.Sprint(i)); err != nil {
				t.Fatal(i, err)
			}
		}
		if err := do("one more"); api.CodeOf(err) != api.ErrTooMany {
			t.Errorf("one more than fit: %v", err)
		}
		time.Sleep(resultLife + 1)
		if err := do("one more"); err != nil {
			t.Error(err)
		}
	})
}
