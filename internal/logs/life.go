package logs

import (
	"context"
	"errors"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// What a source tells of itself, and how it waits for its container.

// pastDone ends the wait of the others for this source's past.
func (s *source) pastDone() {
	t := s.tail
	t.mu.Lock()
	s.past = false
	t.held = t.held && t.pastLocked()
	wake := t.feedLocked()
	t.mu.Unlock()
	wake()
}

func (t *Tail) pastLocked() bool {
	for _, s := range t.sources {
		if s.past {
			return true
		}
	}
	return false
}

// tell has a state told after the lines there are, unless it is the last one
// already.
func (s *source) tell(phase api.LogPhase, message string) {
	st := api.LogState{Src: s.i, Phase: phase, Message: message}
	t := s.tail
	t.mu.Lock()
	if st == s.told {
		t.mu.Unlock()
		return
	}
	s.told, s.state, s.stateAfter = st, &st, s.pushed
	wake := t.feedLocked()
	t.mu.Unlock()
	wake()
}

// tellEnd says that there will be no more, or that there is no container any
// more. Of one that was never seen nothing is said.
func (s *source) tellEnd(c *api.Container) {
	s.tail.mu.Lock()
	seen := s.seen
	s.tail.mu.Unlock()
	switch {
	case c != nil:
		s.tell(api.LogEnded, "")
	case seen:
		s.tell(api.LogFailed, "The container was removed, and its log with it.")
	}
}

func message(err error) string {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e.Message
	}
	return "The log can't be read: " + err.Error()
}

// know is what is known of the container, and whether it has a run that writes.
func (s *source) know() (*api.Container, bool) {
	s.tail.mu.Lock()
	defer s.tail.mu.Unlock()
	return s.container, s.container != nil && s.container.State.Alive()
}

// settled waits for the news that explains the end of a log, and reports whether
// they came: the run that was followed has ended.
func (s *source) settled(ctx context.Context, ran *api.Container) bool {
	timer := time.NewTimer(settleTime)
	defer timer.Stop()
	for {
		if c, alive := s.know(); !alive || !sameRun(c, ran) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return false
		case <-s.news:
		}
	}
}

// awaitRun waits for a run of the container that is not the one of ran. Until
// then the log has ended, if it has not failed.
func (s *source) awaitRun(ctx context.Context, ran *api.Container, failed bool) bool {
	for {
		c, alive := s.know()
		if alive && (ran == nil || !ran.State.Alive() || !sameRun(c, ran)) {
			return true
		}
		if c == nil {
			ran = nil // should it come back, that is another
		}
		if !failed || c == nil {
			s.tellEnd(c)
		}
		select {
		case <-ctx.Done():
			return false
		case <-s.news:
		}
	}
}

// sameRun tells whether two states of a container are of the same run.
func sameRun(a, b *api.Container) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.StartedAt == nil || b.StartedAt == nil {
		return a.StartedAt == b.StartedAt
	}
	return a.StartedAt.Equal(*b.StartedAt)
}

// sleep waits; false is the end of ctx.
func (s *source) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
