package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// workplace is where jobs are done: a server, or the core in this process.
type workplace interface {
	StartJob(ctx context.Context, q api.JobRequest) (api.Job, error)
	CancelJob(ctx context.Context, id string) (api.Job, error)
	PrunePlan(ctx context.Context, engine string, o api.PruneOptions) (api.PrunePlan, error)
	SaveImage(ctx context.Context, ref string, w io.Writer, begun func(job string)) error
}

func (s *source) workplace() workplace {
	if s.core != nil {
		return s.core
	}
	return s.rest
}

// stopped ends a command whose job did not come to its end: it was cancelled, or
// left running.
type stopped struct{ what string }

func (s *stopped) Error() string { return s.what }

// work is one job and how a command goes along with it.
type work struct {
	// begin has it begun and returns its id; it is called once the engine answers,
	// and again while it returns none.
	begin func(ctx context.Context, at workplace) (string, error)
	// ready, if not nil, says whether all is known that begin wants to know, so
	// long after the engine has answered.
	ready func(state *client.State, since time.Duration) bool
	// more is what ready wants to know besides the engine and the jobs.
	more []topic
	// wait, if not nil, returns when what the command itself does for the job has
	// ended; failed says that it need not go on.
	wait func(failed bool) error
	// anyway begins also while the engine does not answer.
	anyway bool
	// detach leaves once it has begun.
	detach bool
	view   *jobView
}

// work begins a job, shows it to its end, and returns what it came to.
func (c *cli) work(ctx context.Context, src *source, w work) error {
	if w.view == nil {
		w.view = c.newJobView()
	}
	var id string
	var end *api.Job
	var since time.Time
	anew := false // another server, or another life of it, is there since
	err := c.follow(ctx, src, follower{
		topics: append([]topic{{name: api.TopicSystem}, {name: api.TopicJobs}}, w.more...),
		tick:   100 * time.Millisecond,
		step: func(_ *client.Stream, state *client.State, step *client.Step) error {
			anew = anew || step.NewEpoch && id != ""
			if id == "" {
				if !w.anyway && !connected(state) {
					return engineTrouble(state)
				}
				if since.IsZero() {
					since = time.Now()
				}
				if w.ready != nil && !w.ready(state, time.Since(since)) {
					return nil
				}
				var err error
				if id, err = w.begin(ctx, src.workplace()); err != nil {
					return err
				}
				if id != "" && w.detach {
					return errDone
				}
			}
			j, ok := state.Job(id)
			if !ok && anew && slices.Contains(step.Synced, api.TopicJobs) {
				return &api.Error{Code: api.ErrGone, Message: "The server was started anew and knows nothing of the job any more. What was complete is there: try again"}
			}
			if !ok {
				return nil // it was begun this moment
			}
			if err := w.view.show(j); err != nil {
				return err
			}
			if j.State == api.JobRunning {
				return nil
			}
			end = j
			return errDone
		},
	})
	if w.detach && err == nil {
		return c.tellJob(id)
	}
	if _, signalled := errors.AsType[*interrupted](err); signalled {
		err = &stopped{"Nothing was begun."}
		if id != "" {
			err = c.interrupted(ctx, src, id, w.view)
		}
	}
	if w.wait != nil {
		failed := err != nil || end == nil || end.State != api.JobDone
		if werr := w.wait(failed); !failed {
			err = werr
		}
	}
	if err != nil || end == nil {
		return err
	}
	w.view.clear()
	switch end.State {
	case api.JobDone:
		if w.view.tty && !w.view.silent {
			_, err = fmt.Fprintln(c.out, endLine(end))
		}
		if err == nil {
			err = itemsFailed(end)
		}
		return err
	case api.JobFailed:
		e := &api.Error{Code: end.Error.Code, Message: end.Error.Message}
		if end.Error.Engine != "" {
			e.Cause = errors.New(end.Error.Engine)
		}
		return e
	case api.JobRunning, api.JobCancelled:
	}
	return &stopped{"The job was cancelled."}
}

// tellJob prints the id of a job that goes on.
func (c *cli) tellJob(id string) error {
	if c.json {
		return c.encoder().Encode(map[string]string{"job": id})
	}
	_, err := fmt.Fprintln(c.out, id)
	return err
}

// cancelWithin bounds the cancelling of a job at the end of a command.
const cancelWithin = 5 * time.Second

// interrupted cancels the job of a command that a signal has ended. A job on a
// server is everybody's: on a terminal the user is asked, and a second signal
// leaves it running.
func (c *cli) interrupted(ctx context.Context, src *source, id string, v *jobView) error {
	if src.core != nil { // it has ended with this process
		v.clear()
		return &stopped{"The job was cancelled."}
	}
	if v.tty && !c.wantsCancel() {
		return &stopped{fmt.Sprintf("The job goes on: `quaywatch jobs follow %s` shows it.", id)}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelWithin)
	defer cancel()
	j, err := src.rest.CancelJob(ctx, id)
	for err == nil && j.State == api.JobRunning {
		select {
		case <-time.After(100 * time.Millisecond):
			j, err = src.rest.Job(ctx, id)
		case <-ctx.Done():
			return &stopped{"The job is being cancelled."}
		}
	}
	if err != nil {
		return err
	}
	if !v.tty {
		_ = v.show(&j) // whoever reads may be gone
	}
	v.clear()
	if j.State == api.JobDone {
		return nil // it was quicker
	}
	return &stopped{"The job was cancelled."}
}

// wantsCancel asks on the terminal; where nobody can be asked, or no answer
// comes, the job is cancelled.
func (c *cli) wantsCancel() bool {
	in, ok := c.keyboard()
	if !ok {
		return true
	}
	_, _ = io.WriteString(c.err, "Cancel it for everybody? [Y/n] (Ctrl-C leaves it running) ")
	answer, err := bufio.NewReader(in).ReadString('\n')
	return err != nil || !strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "n")
}
