package top

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Jobs begins and cancels jobs, which the server works through whoever watches.
type Jobs interface {
	StartJob(ctx context.Context, q api.JobRequest) (api.Job, error)
	CancelJob(ctx context.Context, id string) (api.Job, error)
}

// jobMsg is the server's answer to what is asked about a job.
type jobMsg struct {
	job  api.Job
	verb string // "Stop of 3 containers"
	err  error
}

// startJob has the server do an action on several containers. All of a project's
// are asked for as the project, whose order of dependencies the server knows.
func (m *Model) startJob(list []*entry, project bool, action api.Action, o api.ActionOptions) tea.Cmd {
	q := api.JobRequest{Action: action, Options: o}
	if project {
		q.Project, q.Engine = list[0].c.Project, list[0].c.Engine
	} else {
		for _, e := range list {
			q.Containers = append(q.Containers, string(e.key))
		}
	}
	ctx, jobs, verb := m.ctx, m.o.Jobs, fmt.Sprintf("%s of %s", wordsOf(action).verb, containersText(len(list)))
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, actDeadline)
		defer cancel()
		j, err := jobs.StartJob(ctx, q)
		return jobMsg{j, verb, err}
	}
}

// jobAnswered takes the server's answer: an accepted job is told of by its topic.
func (m *Model) jobAnswered(msg jobMsg, now time.Time) {
	if msg.err != nil {
		m.say(bad, msg.verb+" failed: "+errorText(msg.err), now)
		return
	}
	m.acts.own[msg.job.ID] = true
	m.jobsTold(now)
}

// cancelJob cancels the job that the last line shows.
func (m *Model) cancelJob() tea.Cmd {
	j := m.runningJob()
	if j == nil || m.o.Jobs == nil {
		return nil
	}
	ctx, jobs, id := m.ctx, m.o.Jobs, j.ID
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, actDeadline)
		defer cancel()
		j, err := jobs.CancelJob(ctx, id)
		return jobMsg{j, "Cancelling", err}
	}
}

// wholeProject tells whether the list is all of one Compose project.
func (m *Model) wholeProject(list []*entry) bool {
	first := list[0].c
	if first.Project == "" {
		return false
	}
	for _, e := range list {
		if e.c.Project != first.Project || e.c.Engine != first.Engine {
			return false
		}
	}
	n := 0
	for _, e := range m.w.entries {
		if e.c.Project == first.Project && e.c.Engine == first.Engine {
			n++
		}
	}
	return n == len(list)
}

// runningJob is the newest job that runs, whoever asked for it; nil for none.
func (m *Model) runningJob() *api.Job {
	var newest *api.Job
	for _, j := range m.w.jobs {
		if j.State == api.JobRunning && (newest == nil || j.StartedAt.After(newest.StartedAt)) {
			newest = j
		}
	}
	return newest
}

// jobsTold follows the jobs: which containers are under way because of them, and
// how those ended that were asked for here.
func (m *Model) jobsTold(now time.Time) {
	clear(m.acts.byJobs)
	for _, j := range m.w.jobs {
		if j.State != api.JobRunning {
			if m.acts.own[j.ID] {
				delete(m.acts.own, j.ID)
				m.jobEnded(j, now)
			}
			continue
		}
		if !j.Kind.HasItems() {
			continue
		}
		for i := j.Next; i < len(j.Items); i++ {
			m.acts.byJobs[j.Items[i].Key] = j.Action
		}
		for _, i := range j.Running {
			if i >= 0 && i < len(j.Items) {
				m.acts.byJobs[j.Items[i].Key] = j.Action
			}
		}
	}
}

// jobEnded says how a job of ours ended. What failed is left selected, so that
// one key tries it again.
func (m *Model) jobEnded(j *api.Job, now time.Time) {
	done := j.Next - len(j.Failures) - len(j.Gone)
	text, t := fmt.Sprintf("%d %s", done, wordsOf(j.Action).done), good
	if j.State == api.JobCancelled {
		text, t = fmt.Sprintf("Cancelled: %s, %d not begun", text, len(j.Items)-j.Next), warn
	}
	if len(j.Gone) > 0 {
		text += fmt.Sprintf(", %d already gone", len(j.Gone))
	}
	if len(j.Failures) > 0 {
		clear(m.selected)
		for _, f := range j.Failures {
			if f.Item >= 0 && f.Item < len(j.Items) && m.entry(j.Items[f.Item].Key) != nil {
				m.selected[j.Items[f.Item].Key] = true
			}
		}
		t = bad
		text += fmt.Sprintf(", %d failed and selected. %s", len(j.Failures), m.jobFailure(j, j.Failures[0]))
	}
	m.say(t, text, now)
}

func (m *Model) jobFailure(j *api.Job, f api.JobFailure) string {
	if f.Item < 0 || f.Item >= len(j.Items) {
		return printable(f.Words())
	}
	return printable(j.Items[f.Item].Name + ": " + f.Words())
}

// jobText is how far a job is, in a line.
func jobText(j *api.Job) string {
	text := ""
	if j.Kind.HasItems() {
		text = fmt.Sprintf("%s %d of %d", wordsOf(j.Action).doing, max(0, j.Next-len(j.Running)), len(j.Items))
		if len(j.Failures) > 0 {
			text += fmt.Sprintf(", %d failed", len(j.Failures))
		}
	} else {
		text = strings.TrimSpace(string(j.Kind) + " " + printable(j.Subject))
		if p := j.Progress; p != nil && p.Fraction != nil {
			text += fmt.Sprintf(" %.0f%%", *p.Fraction*100)
		}
	}
	if j.By.Name != "" {
		text += ", by " + printable(j.By.Name)
	}
	return text
}
