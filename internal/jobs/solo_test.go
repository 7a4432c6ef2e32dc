package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// mover stands for an engine that says what the test decides, when it decides;
// what real ones say is tested in internal/engine and internal/app.
type mover struct {
	move func(ctx context.Context, t api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error)
}

func (m *mover) Reference(text string) (api.ImageReference, error) {
	if strings.Contains(text, " ") {
		return api.ImageReference{}, invalid("That is no image's name.")
	}
	host, _, _ := strings.Cut(text, "/")
	return api.ImageReference{Name: text + ":latest", Registry: host}, nil
}

func (m *mover) CheckPlatform(text string) error {
	if text == "bad" {
		return invalid("That is no platform.")
	}
	return nil
}

func (m *mover) Pull(ctx context.Context, t api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
	return m.move(ctx, t, fn)
}

func (m *mover) Push(ctx context.Context, t api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
	return m.move(ctx, t, fn)
}

// ring has credentials for one registry, and fails for another.
type ring struct{}

func (ring) For(_ context.Context, registry string) (api.RegistryAuth, error) {
	switch registry {
	case "known":
		return api.RegistryAuth{Username: "of the keyring", Password: "hunter2", Server: registry}, nil
	case "locked":
		return api.RegistryAuth{}, errors.New("the keyring is locked")
	}
	return api.RegistryAuth{}, nil
}

// soloRig runs jobs of one thing over a real store.
type soloRig struct {
	rig
	log   bytes.Buffer // read after end
	mu    sync.Mutex
	notes []api.Event
}

func newSoloRig(t *testing.T, m *mover) *soloRig {
	t.Helper()
	s := &soloRig{}
	st := store.New(store.Options{})
	st.Apply(store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}}})
	s.store = st
	s.Runner = New(Options{
		Store: st, Images: m, Keyring: ring{}, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
		Note: func(e api.Event) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.notes = append(s.notes, e)
		},
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	s.end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func pull(subject string) api.JobRequest { return api.JobRequest{Kind: api.JobPull, Subject: subject} }

func TestAPullSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mover{move: func(_ context.Context, _ api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
			for i := range int64(100) {
				fn(api.TransferLine{ID: "a", Status: "Downloading", Current: i + 1, Total: 100})
				time.Sleep(50 * time.Millisecond)
			}
			return api.TransferResult{Digest: "sha256:d", Message: "Downloaded newer image."}, nil
		}}
		r := newSoloRig(t, m)
		defer r.end()
		j := r.start(t, pull("known/app"))
		if j.Kind != api.JobPull || j.Subject != "known/app:latest" || j.Engine != "e1" || j.State != api.JobRunning || j.By.Client != "tab-1" {
			t.Errorf("it begins as %+v", j)
		}
		seq := r.store.Seq(api.TopicJobs)
		time.Sleep(2 * time.Second)
		if n := r.store.Seq(api.TopicJobs) - seq; n < 6 || n > 9 {
			t.Errorf("%d changes in two seconds", n)
		}
		if p := r.now(t, j.ID).Progress; p == nil || p.CurrentBytes < 35 || p.CurrentBytes > 41 || *p.TotalBytes != 100 || p.BytesPerSecond == nil {
			t.Errorf("in the middle: %+v", p)
		}
		time.Sleep(4 * time.Second)
		j = r.now(t, j.ID)
		if j.State != api.JobDone || j.Error != nil || j.Result.Digest != "sha256:d" || j.Result.Message != "Downloaded newer image." || j.EndedAt == nil || *j.Progress.Fraction != 1 || j.Progress.Phase != api.PhaseDone {
			t.Errorf("it ends as %+v, %+v", j, j.Progress)
		}
		r.end()
		if len(r.notes) != 2 || r.notes[0].Detail != "asked" || r.notes[1].Detail != "done" || r.notes[1].Name != "known/app:latest" || r.notes[1].By.Name != "admin" {
			t.Errorf("noted: %+v", r.notes)
		}
	})
}

func TestAPullIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mover{move: func(ctx context.Context, _ api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
			fn(api.TransferLine{ID: "a", Status: "Downloading", Current: 1, Total: 100})
			<-ctx.Done()
			return api.TransferResult{}, &api.Error{Code: api.ErrInternal, Message: "The call was cancelled.", Cause: ctx.Err()}
		}}
		r := newSoloRig(t, m)
		defer r.end()
		first, second := r.start(t, pull("a/b")), r.start(t, pull("a/c"))
		time.Sleep(time.Second)
		if _, err := r.Cancel(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if j := r.now(t, first.ID); j.State != api.JobCancelled || j.Error != nil || j.EndedAt == nil || j.Progress.BytesPerSecond != nil || *j.Progress.Fraction == 1 {
			t.Errorf("cancelled: %+v", j)
		}
		if j := r.now(t, second.ID); j.State != api.JobRunning {
			t.Errorf("the other: %+v", j)
		}
		r.end() // Quaywatch ends
		if j := r.now(t, second.ID); j.State != api.JobCancelled || j.EndedAt == nil {
			t.Errorf("at the end: %+v", j)
		}
	})
}

// TestAPullThatStalls: its engine is there and says nothing, or the same again
// and again.
func TestAPullThatStalls(t *testing.T) {
	for name, again := range map[string]bool{"silent": false, "repeating": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &mover{move: func(ctx context.Context, _ api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
					for i := range int64(300) { // a slow one is no stalled one
						fn(api.TransferLine{ID: "a", Status: "Downloading", Current: i + 1, Total: 1000})
						time.Sleep(time.Second)
					}
					for again && ctx.Err() == nil {
						fn(api.TransferLine{ID: "a", Status: "Downloading", Current: 300, Total: 1000})
						time.Sleep(100 * time.Millisecond)
					}
					<-ctx.Done()
					return api.TransferResult{}, ctx.Err()
				}}
				r := newSoloRig(t, m)
				defer r.end()
				j := r.start(t, pull("a/b"))
				time.Sleep(300*time.Second + moving - 2*time.Second)
				if now := r.now(t, j.ID); now.State != api.JobRunning || *now.Progress.BytesPerSecond != 0 {
					t.Fatalf("too soon: %+v", now)
				}
				time.Sleep(5 * time.Second)
				if j = r.now(t, j.ID); j.State != api.JobFailed || j.Error.Code != api.ErrTimeout || !strings.Contains(j.Error.Message, "2 minutes") || j.Result != nil {
					t.Errorf("it ends as %+v, %+v", j, j.Error)
				}
			})
		})
	}
}

func TestUnpackingMayTakeItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mover{move: func(_ context.Context, _ api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error) {
			fn(api.TransferLine{ID: "a", Status: "Extracting", Current: 100, Total: 100})
			time.Sleep(moving + time.Minute)
			return api.TransferResult{}, nil
		}}
		r := newSoloRig(t, m)
		defer r.end()
		j := r.start(t, pull("a/b"))
		time.Sleep(moving + 2*time.Minute)
		if j = r.now(t, j.ID); j.State != api.JobDone || j.Result.Message != "Pulled a/b:latest." {
			t.Errorf("it ends as %+v, %+v", j, j.Error)
		}
	})
}

func TestCredentials(t *testing.T) {
	var got api.RegistryAuth
	refuse := &api.Error{Code: api.ErrForbidden, Message: "The registry refuses.", Cause: errors.New("unauthorized: authentication required")}
	m := &mover{move: func(_ context.Context, tr api.Transfer, _ func(api.TransferLine)) (api.TransferResult, error) {
		got = tr.Auth
		return api.TransferResult{}, refuse
	}}
	synctest.Test(t, func(t *testing.T) {
		r := newSoloRig(t, m)
		defer r.end()
		ended := func(q api.JobRequest) api.Job {
			j := r.start(t, q)
			time.Sleep(time.Second)
			return r.now(t, j.ID)
		}
		typed := pull("known/app")
		typed.Kind, typed.Credentials = api.JobPush, &api.RegistryCredentials{Username: "ann", Password: "hunter2"}
		if j := ended(typed); got.Username != "ann" || got.Password != "hunter2" || j.State != api.JobFailed || j.Error.Engine != "unauthorized: authentication required" {
			t.Errorf("typed: %s, %+v", got.Username, j.Error)
		}
		if ended(pull("known/app")); got.Username != "of the keyring" {
			t.Errorf("of the keyring: %s", got.Username)
		}
		if j := ended(pull("other/app")); got != (api.RegistryAuth{}) || j.Error.Message != "The registry refuses." {
			t.Errorf("none: %s, %+v", got.Username, j.Error)
		}
		if j := ended(pull("locked/app")); got != (api.RegistryAuth{}) || !strings.Contains(j.Error.Message, "the keyring is locked") {
			t.Errorf("locked: %+v", j.Error)
		}
		r.end()
		if all := r.log.String() + fmt.Sprintf("%+v %+v", r.store.Jobs(), r.notes); strings.Contains(all, "hunter2") || !strings.Contains(all, "known/app") {
			t.Errorf("a password is told: %s", all)
		}
	})
}

func TestTransfersThatAreNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newSoloRig(t, &mover{})
		defer r.end()
		for want, q := range map[string]api.JobRequest{
			"Say which image":            pull(""),
			"no image's name":            pull("a b"),
			"no platform":                {Kind: api.JobPull, Subject: "a/b", Platform: "bad"},
			"no engine \"e2\"":           {Kind: api.JobPull, Subject: "a/b", Engine: "e2"},
			"not by a digest":            {Kind: api.JobPush, Subject: "a/b@sha256:x"},
			"no kind of job \"explode\"": {Kind: "explode", Subject: "a/b"},
			"GET /api/v1/images":         {Kind: api.JobSave, Subject: "a/b"},
			"need a user name":           {Kind: api.JobPull, Subject: "a/b", Credentials: &api.RegistryCredentials{Password: "x"}},
		} {
			if _, err := r.Start(t.Context(), api.Actor{}, q); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want %q, got %v", want, err)
			}
		}
		r.store.Apply(store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineUnreachable, Error: "It is down."}}}})
		if _, err := r.Start(t.Context(), api.Actor{}, pull("a/b")); api.CodeOf(err) != api.ErrUnreachable {
			t.Errorf("of an engine that is down: %v", err)
		}
		if n := len(r.store.Jobs()); n != 0 {
			t.Errorf("%d jobs were begun", n)
		}
	})
}
