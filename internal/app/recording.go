package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/store"
)

const (
	// heardEvery is how often the history is told that the engine was listened to:
	// how exactly it knows, after a kill, since when nobody did.
	heardEvery = 5 * time.Second
	// heardSlack is how long an event may be on its way here.
	heardSlack = 2 * time.Second
)

// recording hands what changes in the store to the history. It follows the
// store's own ring, so that nothing waits for it, and hands on at once, so that
// nothing leaves the ring before.
type recording struct {
	store   *store.Store
	history *history.History
	log     *slog.Logger

	at     store.Position
	took   time.Time // when the position was reached
	states map[api.Key]seenState
	jobs   map[string]api.JobState
	jobSeq uint64
	// listened are the engines that the history knows to be connected.
	listened  map[string]bool
	systemSeq uint64
}

// seenState is what a container was when it was looked at last.
type seenState struct {
	state  api.ContainerState
	health api.Health
}

// follow records until ctx ends.
func (r *recording) follow(ctx context.Context) error {
	sub := r.store.Subscribe()
	defer sub.Close()
	r.states, r.jobs, r.took = make(map[api.Key]seenState), make(map[string]api.JobState), time.Now()
	r.listened = make(map[string]bool)
	heard := time.NewTicker(heardEvery)
	defer heard.Stop()
	for {
		r.take(false)
		select {
		case <-ctx.Done():
			r.take(true)
			return nil
		case <-sub.C():
		case <-heard.C:
			r.take(true)
		}
	}
}

// take hands on what is new.
func (r *recording) take(heard bool) {
	news := r.store.Follow(r.at)
	now := time.Now()
	out := history.Record{Put: news.Put, Remove: news.Removed, Lost: int(news.Lost), Since: r.took}
	out.Events = append(out.Events, news.Events...)
	out.Events = append(out.Events, r.changed(news, now)...)
	out.Events = append(out.Events, r.jobRows(now)...)
	out.Heard = r.heard(heard, now)
	r.at, r.took = news.At, now
	if len(out.Events)+len(out.Put)+len(out.Remove)+len(out.Heard)+out.Lost > 0 {
		r.history.Record(out)
	}
}

// heard says until when the connected engines were listened to: all of them, or
// those that are connected since a moment ago.
func (r *recording) heard(all bool, now time.Time) map[string]time.Time {
	seq := r.store.Seq(api.TopicSystem)
	if !all && seq == r.systemSeq {
		return nil
	}
	r.systemSeq = seq
	var heard map[string]time.Time
	for _, e := range r.store.Engines() {
		if e.State != api.EngineConnected {
			delete(r.listened, e.ID)
			continue
		}
		if all || !r.listened[e.ID] {
			if heard == nil {
				heard = make(map[string]time.Time)
			}
			at := now.Add(-heardSlack)
			if e.Since.After(at) {
				at = e.Since // its first view was whole then
			}
			heard[e.ID] = at
			r.listened[e.ID] = true
		}
	}
	return heard
}

// changed are rows for the containers whose state has changed.
func (r *recording) changed(news store.News, now time.Time) []api.Event {
	var rows []api.Event
	for _, c := range news.Put {
		k, is := c.Key(), seenState{c.State, c.Health}
		was, known := r.states[k]
		r.states[k] = is
		if !known || was.state == is.state && (was.health == is.health || c.Partial) {
			continue
		}
		rows = append(rows, stateRow(c, was, lastOf(news.Events, c), now))
	}
	for _, k := range news.Removed {
		delete(r.states, k)
	}
	return rows
}

// lastOf is the last event of a container among these; nil where there is none.
func lastOf(events []api.Event, c *api.Container) *api.Event {
	for i := len(events) - 1; i >= 0; i-- {
		if e := &events[i]; e.Engine == c.Engine && e.ID == c.ID {
			return e
		}
	}
	return nil
}

// stateRow tells that a container's state has changed, and why, as far as its
// record and the event that came with it say.
func stateRow(c *api.Container, was seenState, cause *api.Event, now time.Time) api.Event {
	row := api.Event{
		Time: now.UTC(), Engine: c.Engine, Kind: api.KindState, Action: string(c.State), Detail: string(was.state), ID: c.ID, Name: c.Name,
		Attributes: map[string]string{"image": c.Image}, Inferred: c.Inferred,
	}
	if c.Project != "" {
		row.Attributes["com.docker.compose.project"] = c.Project
	}
	if cause != nil {
		row.Time, row.By = cause.Time, cause.By
		row.Attributes["event"] = cause.Action
	}
	if c.Health != "" && c.Health != api.HealthNone {
		row.Attributes["health"] = string(c.Health)
	}
	var why string
	switch {
	case c.State == api.StateExited && c.OOMKilled:
		why = "out of memory"
	case c.State == api.StateExited && c.ExitCode != nil:
		why = "exit code " + strconv.Itoa(*c.ExitCode)
	case c.Error != "":
		why = c.Error
	case was.state == c.State:
		why = fmt.Sprintf("health check: %s after %s", c.Health, was.health)
	}
	if c.ExitCode != nil && !c.State.Alive() {
		row.Attributes["exitCode"] = strconv.Itoa(*c.ExitCode)
	}
	if row.By != nil {
		if why != "" {
			why += ", "
		}
		why += "asked for by " + row.By.Name
	}
	if why != "" {
		row.Attributes[api.AttrReason] = why
	}
	return row
}

// jobRows are rows for the jobs that have begun or ended.
func (r *recording) jobRows(now time.Time) []api.Event {
	seq := r.store.Seq(api.TopicJobs)
	if seq == r.jobSeq {
		return nil
	}
	r.jobSeq = seq
	var rows []api.Event
	left := maps.Clone(r.jobs)
	for _, j := range r.store.Jobs() {
		delete(left, j.ID)
		if r.jobs[j.ID] == j.State {
			continue
		}
		r.jobs[j.ID] = j.State
		rows = append(rows, jobRow(&j, now))
	}
	for id := range left {
		delete(r.jobs, id)
	}
	return rows
}

func jobRow(j *api.Job, now time.Time) api.Event {
	by := j.By
	row := api.Event{
		Time: j.StartedAt, Kind: api.KindJob, Action: string(j.Action), Detail: string(j.State), ID: j.ID, Name: j.Project, By: &by,
		Attributes: map[string]string{api.AttrCount: strconv.Itoa(len(j.Items))},
	}
	if len(j.Items) > 0 {
		row.Engine, _ = j.Items[0].Key.Split()
	}
	switch {
	case j.Kind == api.JobRemove:
		row.Name = j.Subject
	case !j.Kind.HasItems():
		row.Engine, row.Action, row.Name, row.Attributes = j.Engine, string(j.Kind), j.Subject, map[string]string{}
	}
	if j.Project != "" {
		row.Attributes["project"] = j.Project
	}
	if j.State != api.JobRunning {
		row.Time = now.UTC()
		if j.EndedAt != nil {
			row.Time = *j.EndedAt
		}
		if j.Kind.HasItems() {
			row.Attributes["failed"] = strconv.Itoa(len(j.Failures))
		}
	}
	if j.Error != nil {
		row.Attributes["message"], row.Attributes["error"] = j.Error.Message, j.Error.Engine
	}
	if j.Result != nil {
		row.Attributes["message"] = j.Result.Message
	}
	if len(j.Failures) > 0 {
		row.Attributes["message"] = j.Failures[0].Message
		if words := j.Failures[0].Engine; words != "" {
			row.Attributes["error"] = words
		}
	}
	return row
}
