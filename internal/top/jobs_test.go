package top

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// desk is a server's jobs, played by the test.
type desk struct {
	asked     []api.JobRequest
	cancelled []string
	err       error
}

func (d *desk) StartJob(_ context.Context, q api.JobRequest) (api.Job, error) {
	d.asked = append(d.asked, q)
	return api.Job{ID: fmt.Sprintf("j-%d", len(d.asked)), Kind: api.JobContainers, Action: q.Action, State: api.JobRunning}, d.err
}

func (d *desk) CancelJob(_ context.Context, id string) (api.Job, error) {
	d.cancelled = append(d.cancelled, id)
	return api.Job{ID: id}, d.err
}

func (r *rig) job(j api.Job) {
	r.hear(batch{jobs: map[string]*api.Job{j.ID: &j}})
}

func TestSeveralAreAJob(t *testing.T) {
	d := &desk{}
	r := newRig(t, 120, 24, func(o *Setup) { o.Jobs, o.Group = d, true })
	a, b, c := running("a", 1, inProject("shop")), running("b", 2, inProject("shop")), running("c", 3)
	r.connect(a, b, c)
	if _, ok := r.link.subs[api.TopicJobs]; !ok {
		t.Fatal("nobody follows the jobs")
	}
	r.press("s")
	if len(d.asked) != 1 || d.asked[0].Project != "shop" || d.asked[0].Engine != engineID || d.asked[0].Containers != nil {
		t.Fatalf("a project is asked for as %+v", d.asked)
	}
	r.wantsNot("Stopping") // not before the server says so
	items := []api.JobItem{{Key: a.Key(), Name: "a"}, {Key: b.Key(), Name: "b"}}
	j := api.Job{ID: "j-1", Kind: api.JobContainers, Action: api.ActionStop, State: api.JobRunning, StartedAt: r.now, Items: items, Next: 1, Running: []int{0}, By: api.Actor{Name: "admin"}}
	r.job(j)
	r.wants("Stopping… 0 of 2, by admin", "C cancels", "↻ Stopping…")
	r.press("C")
	if fmt.Sprint(d.cancelled) != "[j-1]" {
		t.Errorf("cancelled %v", d.cancelled)
	}
	j.Next, j.Running, j.State = 2, nil, api.JobDone
	j.Failures = []api.JobFailure{{Item: 1, Message: "It won't.", Engine: "it would\x1b[2J not."}}
	r.job(j)
	r.wants("1 stopped, 1 failed and selected. b: It won't. (it would�[2J not)")
	r.wantsNot("↻ Stopping…")
	if len(r.m.selected) != 1 || !r.m.selected[b.Key()] {
		t.Errorf("selected: %v", r.m.selected)
	}

	r.press("esc", "x", "end", "x", "D")
	r.wants("Remove 3 containers?")
	r.press("y")
	if q := d.asked[1]; q.Project != "" || len(q.Containers) != 3 || !q.Options.Force {
		t.Errorf("a removal is asked for as %+v", q)
	}
	d.err = errors.New("no room")
	r.press("r")
	r.press("y")
	r.wants("Restart of 3 containers failed: no room")
}

// TestJobsOfOthers are seen too, and not told at their end.
func TestJobsOfOthers(t *testing.T) {
	d := &desk{}
	r := newRig(t, 100, 24, func(o *Setup) { o.Jobs = d })
	a := running("a", 1)
	r.connect(a)
	half := 0.456
	r.job(api.Job{ID: "j-9", Kind: api.JobPull, Subject: "alpine:3.20", State: api.JobRunning, StartedAt: r.now, Progress: &api.JobProgress{Fraction: &half}, By: api.Actor{Name: "ann"}})
	r.wants("pull alpine:3.20 46%, by ann")
	r.job(api.Job{ID: "j-10", Kind: api.JobContainers, Action: api.ActionRestart, State: api.JobRunning, StartedAt: r.now.Add(time.Second), Items: []api.JobItem{{Key: a.Key(), Name: "a"}}})
	r.wants("Restarting… 0 of 1", "↻ Restarting…")
	r.press("s")
	r.wants("Restarting already")
	r.pass(20 * time.Second)
	r.job(api.Job{ID: "j-10", Kind: api.JobContainers, Action: api.ActionRestart, State: api.JobDone, Items: []api.JobItem{{Key: a.Key(), Name: "a"}}, Next: 1})
	r.hear(batch{jobs: map[string]*api.Job{"j-9": nil}})
	r.wantsNot("restarted", "pull", "Restarting")
}
