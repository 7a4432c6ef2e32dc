package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/transfer"
)

// Saver writes an image as a tar, with these names of it; an id is none. expect is
// called with about how many bytes there will be, before the first one.
type Saver interface {
	Save(ctx context.Context, names []string, w io.Writer, expect func(int64)) error
}

// errLeft is the end of a job whose asker is gone, who was to have what it made.
var errLeft = errors.New("whoever asked has left") //nolint:gochecknoglobals // a sentinel

// Save writes an image to w, as a job that everybody sees, and returns when that
// has ended: w is not used after it. Where asked is a tag of the image, it has that
// one in the file, as docker save does it, and all of its tags otherwise. When ctx
// ends, or w takes no more, the job is cancelled. begun is called before the first
// byte.
func (r *Runner) Save(ctx context.Context, by api.Actor, image *api.Image, asked string, w io.Writer, begun func(api.Job)) error {
	if r.o.Saver == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server can't save images."}
	}
	if err := reachable(r.o.Store, image.Engine); err != nil {
		return err
	}
	names, subject := SavedNames(image, asked)
	j := newJob(api.JobSave, by)
	j.state.Engine, j.state.Subject = image.Engine, subject
	counter := transfer.NewCounter(image.SizeBytes)
	out := make(chan error, 1)
	j.task = &task{
		progress: func(now time.Time) api.JobProgress { return counter.Progress(api.PhaseSaving, now) },
		end: func(done bool) {
			counter.Stop()
			if done {
				counter.Done()
			}
		},
		do: func(jobs context.Context, say func(func(time.Time) bool)) (*api.JobResult, error) {
			both, leave := context.WithCancel(jobs)
			defer leave()
			defer context.AfterFunc(ctx, leave)()
			to := &saved{w: w, say: func(n int64) {
				say(func(now time.Time) bool {
					counter.Add(n, now)
					return true
				})
			}}
			err := r.o.Saver.Save(both, names, to, func(n int64) {
				say(func(time.Time) bool {
					counter.Expect(n)
					return true
				})
			})
			left := ctx.Err() != nil || to.failed // once it is told how this ended, the asker leaves anyway
			out <- err
			if err != nil && left {
				return nil, errLeft
			}
			if err != nil {
				return nil, err
			}
			return &api.JobResult{Message: fmt.Sprintf("Saved %s.", subject), Bytes: &to.n}, nil
		},
	}
	first := j.published()
	begun(first)
	if err := r.ask(ctx, ask{begin: j, reply: make(chan error, 1)}); err != nil {
		return err
	}
	return <-out
}

// SavedNames are the names that an image has in the file that it is saved to, or
// its id; and what that file is of, in a word.
func SavedNames(i *api.Image, asked string) (names []string, subject string) {
	for _, tag := range i.Tags {
		if tag == asked || tag == asked+":latest" {
			return []string{tag}, tag
		}
	}
	if len(i.Tags) == 0 {
		return []string{i.ID}, shortImage(i)
	}
	return i.Tags, i.Tags[0]
}

// saved counts what is written.
type saved struct {
	w      io.Writer
	say    func(int64)
	n      int64
	failed bool
}

func (s *saved) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.n += int64(n)
	s.failed = s.failed || err != nil
	s.say(int64(n))
	return n, err //nolint:wrapcheck // a writer in between
}
