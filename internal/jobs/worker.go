package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

const (
	// paceBase and paceItem are how long a job is at least shown as it is: five
	// changes a second, and fewer of a job so large that each is work for all.
	paceBase = 200 * time.Millisecond
	paceItem = 100 * time.Microsecond
	// maxWait bounds how long a wave waits for the health of the one before.
	maxWait = 60 * time.Second
	// maxWords bounds what is told of an item: a sentence, and the engine's words.
	maxWords = 500
)

// outcome is an item's end.
type outcome struct {
	item int
	err  error
}

// worker works through one job. All of it belongs to the goroutine of run.
type worker struct {
	*job
	runner *Runner
	slots  chan struct{} // one for each item under way, of all jobs
	wg     *sync.WaitGroup

	wave      int  // the one that is worked through
	cancelled bool // nothing more is begun
	shown     bool // what is published is the present
	// wake is open while the wave waits for something, until giveUp.
	wake   *store.Subscription
	giveUp *time.Timer
}

func (w *worker) run(ctx context.Context) {
	began := time.Now()
	results := make(chan outcome, width) // has room for all that are under way
	pace := time.NewTimer(w.pace())
	defer pace.Stop()
	defer w.rest()
	w.shown = true
	for stop := w.stop; !w.finished(); {
		var slot chan<- struct{}
		if w.mayBegin() {
			slot = w.slots
		}
		var wake <-chan struct{}
		var giveUp <-chan time.Time
		if w.wake != nil {
			wake, giveUp = w.wake.C(), w.giveUp.C
		}
		select {
		case slot <- struct{}{}:
			item := w.begin()
			w.wg.Go(func() {
				err := w.act(ctx, item)
				<-w.slots
				results <- outcome{item, err}
			})
		case o := <-results:
			w.end(ctx, o)
		case <-stop:
			stop, w.cancelled = nil, true
		case <-wake:
		case <-giveUp:
			w.waves[w.wave].waits = nil
		case <-pace.C:
			if !w.shown {
				w.publish()
			}
			pace.Reset(w.pace())
		}
		w.advance()
	}
	now := time.Now().UTC()
	w.state.State, w.state.EndedAt = api.JobDone, &now
	if w.state.Next < len(w.state.Items) || ctx.Err() != nil {
		w.state.State = api.JobCancelled
	}
	w.publish()
	w.runner.o.Log.Info("job ended", "job", w.state.ID, "action", string(w.state.Action), "project", w.state.Project, "by", w.state.By.Name,
		"state", string(w.state.State), "items", len(w.state.Items), "begun", w.state.Next, "failed", len(w.state.Failures), "seconds", time.Since(began).Seconds())
}

// act does what is to be done to one item. It reads nothing that changes while
// the job runs.
func (w *worker) act(ctx context.Context, item int) error {
	actor := w.runner.o.Actor
	if item < len(w.containers) {
		o := w.state.Options
		o.Networks = false // the job's own
		_, err := actor.Do(ctx, w.state.By, w.containers[item], w.state.Action, o)
		return err
	}
	r := w.things[item-len(w.containers)]
	details := map[string]string{}
	if r.project != "" {
		details["com.docker.compose.project"] = r.project
	}
	if w.state.Options.Force && r.thing.Kind == api.TopicImages {
		details["force"] = "true"
	}
	_, err := actor.Act(ctx, w.state.By, r.thing, api.ResourceRemove, details, func(ctx context.Context) (api.ResourceResult, error) {
		return api.ResourceResult{}, r.do(ctx, w.runner.o.Remover, w.state.Options.Force)
	})
	return err
}

func (w *worker) pace() time.Duration { return paceBase + time.Duration(len(w.state.Items))*paceItem }

func (w *worker) finished() bool {
	return len(w.state.Running) == 0 && (w.cancelled || w.state.Next == len(w.state.Items))
}

func (w *worker) mayBegin() bool {
	return !w.cancelled && w.wake == nil && len(w.state.Running) < width && w.state.Next < w.waves[w.wave].end
}

func (w *worker) begin() int {
	item := w.state.Next
	w.state.Next++
	w.state.Running = append(w.state.Running, item)
	w.shown = false
	return item
}

func (w *worker) end(ctx context.Context, o outcome) {
	w.state.Running = slices.DeleteFunc(w.state.Running, func(i int) bool { return i == o.item })
	w.shown = false
	if o.err == nil {
		return
	}
	if w.state.Action == api.ActionRemove && api.CodeOf(o.err) == api.ErrNotFound {
		w.state.Gone = append(w.state.Gone, o.item) // what was asked for is so
		return
	}
	if ctx.Err() != nil {
		o.err = &api.Error{Code: api.ErrTimeout, Message: "Quaywatch was stopped before the engine had answered, so the outcome is not known."}
	}
	w.state.Failures = append(w.state.Failures, failure(o))
}

// advance goes on to the next wave once the one before has been acted on, and
// what the next one waits for has come.
func (w *worker) advance() {
	for !w.cancelled && w.state.Next == w.waves[w.wave].end && len(w.state.Running) == 0 && w.wave+1 < len(w.waves) {
		w.rest()
		w.wave++
		w.await()
	}
	if w.wake != nil {
		w.await()
	}
}

// await waits for what the wave needs, if anything has not come yet.
func (w *worker) await() {
	now := &w.waves[w.wave]
	now.waits = slices.DeleteFunc(now.waits, func(a awaited) bool {
		c, ok := w.runner.o.Store.Container(a.key)
		return w.failed(a.key) || a.come(c, ok)
	})
	switch {
	case len(now.waits) == 0 || w.cancelled:
		w.rest()
	case w.wake == nil:
		w.wake, w.giveUp = w.runner.o.Store.Subscribe(), time.NewTimer(maxWait)
		// What came before the subscription wakes nobody.
		w.await()
	}
}

// rest ends the waiting.
func (w *worker) rest() {
	if w.wake != nil {
		w.wake.Close()
		w.giveUp.Stop()
		w.wake, w.giveUp = nil, nil
	}
}

func (w *worker) failed(k api.Key) bool {
	return slices.ContainsFunc(w.state.Failures, func(f api.JobFailure) bool { return w.state.Items[f.Item].Key == k })
}

func (w *worker) publish() {
	w.runner.o.Store.Apply(store.Change{Jobs: []api.Job{w.published()}})
	w.shown = true
}

// published is the job's state for others: what is theirs is not changed any
// more.
func (j *job) published() api.Job {
	out := j.state
	out.Running = append([]int{}, j.state.Running...)
	out.Failures = append([]api.JobFailure{}, j.state.Failures...)
	out.Gone = slices.Clone(j.state.Gone)
	return out
}

// failure tells why an item failed, with the engine's own words, where it said any.
func failure(o outcome) api.JobFailure {
	f := api.JobFailure{Item: o.item, Code: api.CodeOf(o.err), Message: "Quaywatch failed to do it. Its log says why."}
	if e, ok := errors.AsType[*api.Error](o.err); ok {
		f.Message = clipped(e.Message)
		switch e.Code {
		case api.ErrTimeout, api.ErrUnreachable, api.ErrTooOld: // it said nothing
		default:
			if e.Cause != nil {
				f.Engine = clipped(e.Cause.Error())
			}
		}
	}
	return f
}

func clipped(words string) string {
	if len(words) <= maxWords {
		return words
	}
	return strings.ToValidUTF8(words[:maxWords], "") + "…"
}
