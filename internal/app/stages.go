package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// stage is one long-lived part.
type stage struct {
	name string
	run  func(ctx context.Context) error
}

// stageEnd bounds how long a stage may take to end. The server gives its
// clients up to five seconds.
const stageEnd = 7 * time.Second

// runStages starts the stages in order, waits until ctx ends or one of them
// does, and ends them in the reverse order: a stage never outlives what it
// stands on. It returns what failed.
func runStages(ctx context.Context, log *slog.Logger, stages ...stage) error {
	type running struct {
		stage
		cancel context.CancelFunc
		ended  chan struct{}
		err    error
	}
	over := make(chan *running, len(stages))
	started := make([]*running, len(stages))
	for i, s := range stages {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		r := &running{stage: s, cancel: cancel, ended: make(chan struct{})}
		started[i] = r
		go func() {
			r.err = r.run(own)
			close(r.ended)
			over <- r
		}()
	}
	var failed error
	select {
	case <-ctx.Done():
	case r := <-over:
		failed = fmt.Errorf("%s: %w", r.name, r.err)
		if r.err == nil {
			failed = fmt.Errorf("%s ended by itself", r.name)
		}
	}
	for _, r := range slices.Backward(started) {
		r.cancel()
		select {
		case <-r.ended:
			if r.err != nil && failed == nil && !errors.Is(r.err, context.Canceled) {
				failed = fmt.Errorf("%s: %w", r.name, r.err)
			}
		case <-time.After(stageEnd):
			// The process is about to end; waiting longer would only hide it.
			log.Warn("a part did not end in time", "part", r.name)
		}
	}
	return failed
}
