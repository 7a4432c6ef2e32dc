package jobs

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

const (
	// soloPace is how long a job of one thing is at least shown as it is.
	soloPace = 250 * time.Millisecond
	// maxSaid bounds what a task has said and its job has not taken; then the task
	// waits, and so does the engine.
	maxSaid = 64
	// moving is how long nothing may move before a job is given up, working how
	// long where the engine has something to do without saying so: a large layer
	// on a slow disk.
	moving  = 2 * time.Minute
	working = 10 * time.Minute
	// maxEngineWords bounds an engine's words in full.
	maxEngineWords = 4000
)

// task is the one thing that a job does.
type task struct {
	// do does it, in a goroutine of its own. What it hands to say is run by the
	// job's goroutine, which owns the meter, and returns whether there is anything
	// new.
	do func(ctx context.Context, say func(func(now time.Time) bool)) (*api.JobResult, error)
	// progress is how far it is, by the job's goroutine too; end says that it is done, or has ended otherwise.
	progress func(now time.Time) api.JobProgress
	end      func(done bool)
}

// The causes that end a task.
var (
	errCancelled = errors.New("cancelled")     //nolint:gochecknoglobals // a sentinel
	errStalled   = errors.New("nothing moves") //nolint:gochecknoglobals // a sentinel
)

// solo works through a job of one thing. All of it belongs to the goroutine of
// run.
type solo struct {
	*job
	runner *Runner
	wg     *sync.WaitGroup
}

type soloOutcome struct {
	result *api.JobResult
	err    error
}

func (s *solo) run(ctx context.Context) {
	began, log := time.Now(), s.runner.o.Log.With("job", s.state.ID, "kind", string(s.state.Kind), "subject", s.state.Subject, "by", s.state.By.Name, "client", s.state.By.Client)
	log.InfoContext(ctx, "job began")
	s.runner.o.Note(jobAudit(&s.state, "asked", began))
	task := s.task
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	said := make(chan func(time.Time) bool, maxSaid)
	ended := make(chan soloOutcome, 1)
	s.wg.Go(func() {
		result, err := task.do(ctx, func(f func(time.Time) bool) {
			select {
			case said <- f:
			case <-ctx.Done():
			}
		})
		ended <- soloOutcome{result, err}
	})
	pace := time.NewTicker(soloPace)
	defer pace.Stop()
	var out soloOutcome
	moved := began
	for stop, over := s.stop, false; !over; {
		select {
		case f := <-said:
			if now := time.Now(); f(now) {
				moved = now
			}
		case now := <-pace.C:
			p := task.progress(now)
			if s.state.Progress == nil || !reflect.DeepEqual(*s.state.Progress, p) {
				s.show(&p)
			}
			if now.Sub(moved) > patience(p.Phase) {
				cancel(errStalled)
			}
		case <-stop:
			stop = nil
			cancel(errCancelled)
		case out = <-ended:
			over = true
		}
	}
	for more := true; more; { // what was said before the end
		select {
		case f := <-said:
			f(time.Now())
		default:
			more = false
		}
	}
	s.finish(context.Cause(ctx), out)
	s.runner.o.Note(jobAudit(&s.state, string(s.state.State), time.Now()))
	log.Info("job ended", "state", string(s.state.State), "seconds", time.Since(began).Seconds(), "error", out.err)
}

// patience is how long nothing may move in a phase.
func patience(p api.JobPhase) time.Duration {
	switch p {
	case api.PhasePreparing, api.PhaseWaiting, api.PhaseDownloading, api.PhasePushing, api.PhaseSaving, api.PhaseRetrying:
		return moving
	default:
		return working
	}
}

// finish publishes the end. cause is why the task was ended, nil where it ended
// by itself.
func (s *solo) finish(cause error, out soloOutcome) {
	s.task.end(out.err == nil)
	now := time.Now()
	ended := now.UTC()
	s.state.EndedAt, s.state.Result = &ended, out.result
	switch {
	case out.err == nil:
		s.state.State = api.JobDone
	case errors.Is(cause, errStalled):
		s.state.State = api.JobFailed
		s.state.Error = &api.JobError{Code: api.ErrTimeout, Message: fmt.Sprintf("Nothing moved for %s, so it was given up. See whether the engine answers, and whether it reaches the registry, and try again.", plainly(patience(s.task.progress(now).Phase)))}
	case cause != nil || errors.Is(out.err, errLeft): // by a user, or Quaywatch ends
		s.state.State = api.JobCancelled
	default:
		s.state.State = api.JobFailed
		s.state.Error = jobError(out.err)
	}
	p := s.task.progress(now)
	s.show(&p)
}

func (s *solo) show(p *api.JobProgress) {
	s.state.Progress = p
	s.runner.o.Store.Apply(store.Change{Jobs: []api.Job{s.published()}})
}

// plainly is a time for people.
func plainly(d time.Duration) string {
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

// jobError tells why a job failed, with the engine's words in full.
func jobError(err error) *api.JobError {
	out := &api.JobError{Code: api.CodeOf(err), Message: "Quaywatch failed to do it. Its log says why."}
	if e, ok := errors.AsType[*api.Error](err); ok {
		out.Message = e.Message
		if e.Cause != nil {
			out.Engine = e.Cause.Error()
		}
	}
	if len(out.Engine) > maxEngineWords {
		out.Engine = strings.ToValidUTF8(out.Engine[:maxEngineWords], "") + "…"
	}
	return out
}
