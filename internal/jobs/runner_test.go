package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		words := errors.New("No such container: c00003")
		e := &engine{takes: time.Second, fails: map[string]error{
			"c00003": &api.Error{Code: api.ErrNotFound, Message: "Can't stop it.", Cause: words},
			"c00004": &api.Error{Code: api.ErrTimeout, Message: "It did not answer in time.", Cause: errors.New("no answer within 25s")},
			"c00005": errors.New("dial /secret"),
		}}
		containers, ids := some(30)
		r := newRig(t, e, containers...)
		defer r.end()
		sub := r.store.Subscribe()
		defer sub.Close()
		ctx, leave := context.WithCancel(t.Context())
		first, err := r.Start(ctx, api.Actor{Name: "admin", Client: "tab-1"}, api.JobRequest{Action: api.ActionStop, Containers: ids})
		if err != nil {
			t.Fatal(err)
		}
		leave() // whoever asked is gone
		if first.State != api.JobRunning || first.Next != 0 || len(first.Items) != 30 || first.By.Client != "tab-1" || first.Items[2] != (api.JobItem{Key: "e/c00002", Name: "nc00002"}) {
			t.Errorf("begins as %+v", first)
		}
		published := []api.Job{r.now(t, first.ID)}
		began := time.Now()
		for published[len(published)-1].State == api.JobRunning {
			<-sub.C()
			published = append(published, r.now(t, first.ID))
		}
		took := time.Since(began)
		if most := 2 + int(took/paceBase); len(published) > most || len(published) < 5 {
			t.Errorf("published %d times in %s, want at most %d", len(published), took, most)
		}
		if took != 4*time.Second || e.most() != width {
			t.Errorf("30 items of a second took %s, %d at a time", took, e.most())
		}
		for i, j := range published[1:] {
			if j.Next < published[i].Next || len(j.Running) > width || len(j.Failures) < len(published[i].Failures) {
				t.Errorf("after %+v came %+v", published[i], j)
			}
		}
		j := published[len(published)-1]
		slices.SortFunc(j.Failures, func(a, b api.JobFailure) int { return a.Item - b.Item })
		want := []api.JobFailure{
			{Item: 3, Code: api.ErrNotFound, Message: "Can't stop it.", Engine: "No such container: c00003"},
			{Item: 4, Code: api.ErrTimeout, Message: "It did not answer in time."},
			{Item: 5, Code: api.ErrInternal, Message: "Quaywatch failed to do it. Its log says why."},
		}
		if j.State != api.JobDone || j.Next != 30 || len(j.Running) != 0 || j.EndedAt == nil || !slices.Equal(j.Failures, want) {
			t.Errorf("ends as %+v", j)
		}
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{takes: time.Second}
		containers, ids := some(30)
		r := newRig(t, e, containers...)
		defer r.end()
		j := r.start(t, api.JobRequest{Action: api.ActionStop, Containers: ids})
		time.Sleep(1500 * time.Millisecond)
		for range 2 { // a second time changes nothing
			now, err := r.Cancel(t.Context(), j.ID)
			if err != nil || now.State != api.JobRunning {
				t.Errorf("cancelling: %+v %v", now, err)
			}
		}
		synctest.Wait()
		if got := r.now(t, j.ID); got.State != api.JobRunning || len(got.Running) != width {
			t.Errorf("what was begun has not ended: %+v", got)
		}
		time.Sleep(time.Second)
		got, err := r.Cancel(t.Context(), j.ID)
		if err != nil || got.State != api.JobCancelled || got.Next != 2*width || len(got.Running) != 0 || len(got.Failures) != 0 || len(e.all()) != 2*width {
			t.Errorf("cancelled: %+v %v after %d calls", got, err, len(e.all()))
		}
		if _, err := r.Cancel(t.Context(), "j-x"); api.CodeOf(err) != api.ErrNotFound {
			t.Errorf("no such job: %v", err)
		}
	})
}

func TestAProjectInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, web := service("db", ""), service("web", "db:service_healthy:true")
		proxy := service("proxy", "web:service_started:true")
		e := &engine{takes: time.Second}
		r := newRig(t, e, proxy, web, db)
		defer r.end()
		start := r.start(t, api.JobRequest{Action: api.ActionStart, Project: "p"})
		seen := func(c *api.Container, state api.ContainerState, health api.Health) {
			at := time.Now()
			own := *c
			own.State, own.Health, own.StartedAt = state, health, &at
			r.store.Apply(store.Change{Put: []*api.Container{&own}})
		}
		time.Sleep(5 * time.Second)
		if got := e.all(); !slices.Equal(got, []string{"start db"}) {
			t.Fatalf("before db is healthy: %v", got)
		}
		seen(db, api.StateRunning, api.HealthStarting)
		time.Sleep(5 * time.Second)
		if got := e.all(); len(got) != 1 {
			t.Fatalf("while db's health is not known: %v", got)
		}
		seen(db, api.StateRunning, api.HealthHealthy)
		time.Sleep(3 * time.Second)
		if got := r.now(t, start.ID); got.State != api.JobDone || got.Project != "p" || got.Items[0].Name != "p-db-1" {
			t.Errorf("started: %+v", got)
		}
		stop := r.start(t, api.JobRequest{Action: api.ActionStop, Project: "p"})
		time.Sleep(4 * time.Second)
		if got := e.all(); !slices.Equal(got, []string{"start db", "start web", "start proxy", "stop proxy", "stop web", "stop db"}) || r.now(t, stop.ID).State != api.JobDone {
			t.Errorf("calls: %v", got)
		}
		e.fails = map[string]error{"db": &api.Error{Code: api.ErrConflict, Message: "no"}}
		began := time.Now()
		r.start(t, api.JobRequest{Action: api.ActionRestart, Project: "p"})
		time.Sleep(4 * time.Second)
		if got := e.all(); len(got) != 9 {
			t.Errorf("what failed is waited for: %v %s", got[6:], time.Since(began))
		}
	})
}

// Health that does not come is waited for a minute; a cancel does not wait.
func TestTheWaitIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, web := service("db", ""), service("web", "db:service_healthy:true")
		e := &engine{}
		r := newRig(t, e, web, db)
		defer r.end()
		slow := r.start(t, api.JobRequest{Action: api.ActionStart, Project: "p"})
		time.Sleep(maxWait - time.Second)
		if got := r.now(t, slow.ID); got.Next != 1 {
			t.Errorf("too early: %+v", got)
		}
		time.Sleep(2 * time.Second)
		if got := r.now(t, slow.ID); got.State != api.JobDone || got.Next != 2 {
			t.Errorf("too late: %+v", got)
		}
		left := r.start(t, api.JobRequest{Action: api.ActionStart, Project: "p"})
		time.Sleep(time.Second)
		if _, err := r.Cancel(t.Context(), left.ID); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if got := r.now(t, left.ID); got.State != api.JobCancelled || got.Next != 1 {
			t.Errorf("cancelled: %+v", got)
		}
	})
}

func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, takes := range []time.Duration{time.Second, time.Minute} {
			e := &engine{takes: takes}
			containers, ids := some(20)
			r := newRig(t, e, containers...)
			j := r.start(t, api.JobRequest{Action: api.ActionStop, Containers: ids})
			time.Sleep(100 * time.Millisecond)
			began := time.Now()
			r.end()
			got := r.now(t, j.ID)
			if got.State != api.JobCancelled || got.EndedAt == nil || len(got.Running) != 0 || got.Next != width || time.Since(began) > grace {
				t.Errorf("after %s: %+v", time.Since(began), got)
			}
			if unknown := takes > grace; unknown != (len(got.Failures) == width) || unknown && !strings.Contains(got.Failures[0].Message, "not known") {
				t.Errorf("failures: %+v", got.Failures)
			}
			if _, err := r.Start(t.Context(), api.Actor{}, api.JobRequest{Action: api.ActionStop, Containers: ids}); api.CodeOf(err) != api.ErrUnreachable {
				t.Errorf("a job after the end: %v", err)
			}
			if _, err := r.Cancel(t.Context(), j.ID); api.CodeOf(err) != api.ErrUnreachable {
				t.Errorf("a cancel after the end: %v", err)
			}
		}
	})
}

func TestBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{takes: time.Second}
		containers, ids := some(maxTestItems / 2)
		r := newRig(t, e, containers...)
		defer r.end()
		ask := func(ids []string) (api.Job, error) {
			return r.Start(t.Context(), api.Actor{}, api.JobRequest{Action: api.ActionStop, Containers: ids})
		}
		var all []api.Job
		for range maxRunning {
			j, err := ask(ids[:9])
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, j)
		}
		if _, err := ask(ids[:1]); api.CodeOf(err) != api.ErrTooMany || len(r.store.Jobs()) != maxRunning {
			t.Errorf("one job more than may run: %v, %d jobs", err, len(r.store.Jobs()))
		}
		time.Sleep(500 * time.Millisecond)
		if e.most() != totalWidth {
			t.Errorf("%d items under way in all", e.most())
		}
		time.Sleep(10 * time.Second)
		for _, j := range all {
			if got := r.now(t, j.ID); got.State != api.JobDone || got.Next != 9 {
				t.Errorf("%+v", got)
			}
		}
		e.takes = 0
		for range keepJobs + 10 {
			if _, err := ask(ids[:1]); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if n := len(r.store.Jobs()); n != keepJobs {
			t.Errorf("%d ended jobs are kept", n)
		}
		for range 3 {
			if _, err := ask(ids); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		if n := len(r.store.Jobs()); n != 2 {
			t.Errorf("%d ended jobs are kept beside two large ones", n)
		}
		time.Sleep(keepFor)
		if n := len(r.store.Jobs()); n != 0 {
			t.Errorf("%d jobs are kept for more than an hour", n)
		}
		e.takes = time.Second
		for i := range 3 {
			if _, err := ask(ids); (i == 2) != (api.CodeOf(err) == api.ErrTooMany) {
				t.Errorf("large job %d: %v", i, err)
			}
		}
		for _, j := range r.store.Jobs() {
			if _, err := r.Cancel(t.Context(), j.ID); err != nil {
				t.Error(err)
			}
		}
	})
}

// Each container once, by whatever names it; and what several names mean.
func TestChosen(t *testing.T) {
	st := store.New(store.Options{})
	put := func(engine, id, name string) {
		st.Apply(store.Change{Put: []*api.Container{{Engine: engine, ID: id, Name: name}}})
	}
	put("e", "abc1", "web")
	put("e", "abd2", "db")
	put("f", "fff3", "db")
	for refs, want := range map[string]string{
		"web,abc1,e/abc1,/web,abc": "e/abc1", "abd,web": "e/abd2 e/abc1", "f/fff3,f": "f/fff3",
		"web,nope": "not_found", "ab": "conflict", "db": "conflict", "": "not_found",
	} {
		groups, err := chosen(st, st.Containers(), strings.Split(refs, ","), false)
		var got []string
		for _, c := range slices.Concat(groups...) {
			got = append(got, string(c.Key()))
		}
		if err != nil {
			got = []string{string(api.CodeOf(err))}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v (%v), want %s", refs, got, err, want)
		}
	}
}
