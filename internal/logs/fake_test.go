package logs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// fakeEngine has logs in memory, and reads them as an engine does: tail and since
// from what there is, then what is written until the container ends.
type fakeEngine struct {
	mu   sync.Mutex
	logs map[string]*fakeLog
	// opened lists the requests.
	opened []string
}

type fakeLog struct {
	lines []api.LogLine
	alive bool
	err   error
	grown chan struct{} // closed when something has changed
	// stuck logs answer nothing.
	stuck bool
}

func newFake(ids ...string) *fakeEngine {
	e := &fakeEngine{logs: map[string]*fakeLog{}}
	for _, id := range ids {
		e.logs[id] = &fakeLog{alive: true, grown: make(chan struct{})}
	}
	return e
}

// change does something to a log and wakes its readers.
func (e *fakeEngine) change(id string, do func(*fakeLog)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.logs[id]
	do(l)
	close(l.grown)
	l.grown = make(chan struct{})
}

func (e *fakeEngine) write(id string, at time.Time, texts ...string) {
	e.change(id, func(l *fakeLog) {
		for _, t := range texts {
			l.lines = append(l.lines, api.LogLine{Time: at, Text: t})
		}
	})
}

func (e *fakeEngine) Logs(ctx context.Context, id string, o api.LogOptions, fn func(api.LogLine) error) error {
	e.mu.Lock()
	l := e.logs[id]
	e.opened = append(e.opened, fmt.Sprintf("%s follow=%v tail=%d since=%v", id, o.Follow, o.Tail, !o.Since.IsZero()))
	next := 0
	if o.Tail >= 0 {
		next = max(0, len(l.lines)-o.Tail)
	}
	e.mu.Unlock()
	for {
		e.mu.Lock()
		err, alive, grown, stuck := l.err, l.alive, l.grown, l.stuck
		lines := l.lines[next:]
		next = len(l.lines)
		e.mu.Unlock()
		for _, line := range lines {
			if err == nil && !stuck && !line.Time.Before(o.Since) {
				if ferr := fn(line); ferr != nil {
					return ferr
				}
			}
		}
		switch {
		case stuck:
			<-ctx.Done()
			return ctx.Err()
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !o.Follow || !alive:
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// requests lists what was asked for, once nobody asks for more at the moment.
func (e *fakeEngine) requests() []string {
	synctest.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.opened)
}

// started makes the container of a log that runs since a time.
func started(id string, at time.Time) *api.Container {
	return &api.Container{Engine: "e", ID: id, State: api.StateRunning, StartedAt: &at}
}

func ended(c *api.Container) *api.Container {
	out := *c
	out.State = api.StateExited
	return &out
}

// reader takes what a Tail has, as a list of words: "a:one" is a line of source
// a, "a!" a gap, "a=ended" a state.
type reader struct {
	t     *testing.T
	tail  *Tail
	names string
	limit int
	wakes int
}

// take returns all there is at the moment.
func (r *reader) take() string {
	r.t.Helper()
	synctest.Wait()
	var words []string
	for {
		var f api.LogsFrame
		if !r.tail.Fill(&f, r.limit) {
			return strings.Join(words, " ")
		}
		for _, s := range f.Skipped {
			words = append(words, r.names[s.Src:s.Src+1]+"!")
		}
		for i, text := range f.Text {
			src := 0
			if f.Src != nil {
				src = f.Src[i]
			}
			words = append(words, r.names[src:src+1]+":"+text)
		}
		for _, s := range f.States {
			words = append(words, r.names[s.Src:s.Src+1]+"="+string(s.Phase))
		}
		synctest.Wait()
	}
}

func (r *reader) want(want string) {
	r.t.Helper()
	if got := r.take(); got != want {
		r.t.Errorf("took %q, want %q", got, want)
	}
}

// follow opens a Tail of the fake's containers, each of one letter.
func follow(t *testing.T, e *fakeEngine, names string, o Options) *reader {
	t.Helper()
	o.Engine = e
	for _, n := range names {
		if len(o.Sources) < len(names) {
			o.Sources = append(o.Sources, Source{ID: string(n), Container: started(string(n), time.Now())})
		}
	}
	r := &reader{t: t, names: names, limit: 1 << 20}
	o.Wake = func() { r.wakes++ }
	r.tail = Open(t.Context(), o)
	t.Cleanup(r.tail.Close)
	return r
}
