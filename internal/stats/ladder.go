package stats

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// engineSource is a source that asks the engine.
type engineSource interface{ asksEngine() }

func (*oneShot) asksEngine()      {}
func (*streamSource) asksEngine() {}

// checkSoon and checkLater are when a source is compared with the engine's
// answer: once there are containers, and again while it could not be told.
const (
	checkSoon  = 200 * time.Millisecond
	checkLater = 10 * time.Second
)

// choose looks for a source in a goroutine: the engine may take seconds to
// answer, and sampling goes on meanwhile.
func (s *Sampler) choose(ctx context.Context, below, why string, onlyBetter bool) {
	targets := s.sampled()
	s.asking = true
	s.running.Go(func() {
		src, reason, err := s.o.Choose(ctx, targets, below, why)
		s.chosen <- choice{src: src, reason: reason, err: err, onlyBetter: onlyBetter} // one slot, one asking
	})
}

// sampled are the targets to try a source with, watched ones first.
func (s *Sampler) sampled() []Target {
	out := make([]Target, 0, len(s.plan.entries))
	for _, e := range s.plan.entries {
		out = append(out, e.target)
	}
	slices.SortStableFunc(out, func(a, b Target) int {
		switch {
		case a.Watched == b.Watched:
			return 0
		case a.Watched:
			return -1
		}
		return 1
	})
	return out
}

// install takes the chosen source into use.
func (s *Sampler) install(c choice) {
	s.asking = false
	now := s.now()
	if c.onlyBetter && s.src != nil && (c.err != nil || c.src.Name() == s.src.Name()) {
		if c.err == nil {
			_ = c.src.Close()
		}
		s.better = min(2*s.better, betterAtMost)
		s.chooseAt = now + s.better
		return
	}
	if c.err != nil {
		s.o.Log.Warn("no source of metrics", "err", c.err)
		s.o.OnSource("", c.err.Error())
		s.chooseAt = now + chooseAgain
		return
	}
	s.closeSource()
	s.src, s.failures = c.src, 0
	s.chooseAt, s.checkAt = never, never
	if c.reason != "" {
		s.chooseAt = now + s.better
	}
	if _, ok := c.src.(checker); ok && s.o.Engine != nil {
		s.checkAt = now + checkSoon
	}
	// A new source has read nobody yet: all are due, those who wait for a first
	// sample before all.
	s.plan.renew(now)
	s.o.Log.Info("metrics source", "source", c.src.Name(), "reason", c.reason)
	s.o.OnSource(c.src.Name(), c.reason)
}

// ownFault tells whether another source would do better than src did. An engine
// that can't be reached fails them all the same, and is waited for.
func ownFault(src Source, err error) bool {
	switch src.Name() {
	case sourceStream:
		return false
	case sourceOneShot:
		return errors.Is(err, errSlow) || api.CodeOf(err) == api.ErrUnsupported
	}
	return true
}

// fall goes down the ladder because the source in use has failed with err.
func (s *Sampler) fall(ctx context.Context, err error) {
	name := s.src.Name()
	s.closeSource()
	s.o.Log.Warn("metrics source failed", "source", name, "err", err)
	s.o.OnSource("", err.Error())
	if s.asking {
		return // what is being chosen will do
	}
	s.chooseAt = never
	s.choose(ctx, name, err.Error(), false)
}

func (s *Sampler) closeSource() {
	if s.src == nil {
		return
	}
	if err := s.src.Close(); err != nil {
		s.o.Log.Debug("closing a metrics source failed", "source", s.src.Name(), "err", err)
	}
	s.src = nil
	s.checkAt = never
}

// check compares the source in use with the engine's own answer, in a
// goroutine, because an engine may take seconds.
func (s *Sampler) check(ctx context.Context) {
	src, ok := s.src.(checker)
	targets := s.readable()
	if !ok || len(targets) == 0 {
		s.checkAt = s.now() + s.plan.interval
		return
	}
	s.checkAt, s.checking = never, true
	used := s.src
	s.running.Go(func() {
		checked, err := src.Check(ctx, s.o.Engine, targets)
		s.verdict <- verdict{src: used, checked: checked, err: err} // one slot, one checking
	})
}

// readable are the targets to check with.
func (s *Sampler) readable() []Target {
	ts := s.sampled()
	return ts[:min(len(ts), checkCandidates)]
}

// checkCandidates is how many targets a check is given at most.
const checkCandidates = 8

// judge acts on a check's outcome. What has been sampled from a source that
// proves wrong is cleared: it was not true.
func (s *Sampler) judge(ctx context.Context, v verdict) {
	s.checking = false
	if v.src != s.src || ctx.Err() != nil {
		return
	}
	switch {
	case v.err != nil:
		rows := make([]int, 0, len(s.plan.entries))
		for _, e := range s.plan.entries {
			rows = append(rows, e.target.Row)
		}
		s.fall(ctx, v.err)
		s.o.Sink.Clear(rows...)
	case v.checked:
		s.o.Log.Debug("metrics source agrees with the engine", "source", s.src.Name())
	default:
		s.checkAt = s.now() + checkLater
	}
}
