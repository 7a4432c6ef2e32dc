package reflector

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Disk use is measured in the background, because an engine walks through every
// file of every volume for it: soon after the first view, then now and then,
// sooner where images or volumes have come or gone, and when somebody asks. What
// a measurement costs the engine bounds how often there is one.
const (
	measureFirst = 3 * time.Second
	measureEvery = 30 * time.Minute
	// measureSoon is the least time between two that nobody has asked for, and
	// measureShare how many times longer than the last one took that is.
	measureSoon  = time.Minute
	measureShare = 50
)

// measured is the answer to a measurement.
type measured struct {
	measure api.DiskMeasure
	err     error
}

// Measure has disk use measured now; while that is under way already, it does
// nothing. It returns at once.
func (r *Reflector) Measure() {
	select {
	case r.measure <- struct{}{}:
	default:
	}
}

// measureDue is when the next measurement is due by itself.
func (s *session) measureDue() (time.Time, bool) {
	if s.r.tracker.res == nil || s.applied.IsZero() || s.measuring {
		return time.Time{}, false
	}
	due := s.nextMeasure
	if s.r.tracker.res.stale && !s.measuredAt.IsZero() {
		if soon := s.measuredAt.Add(max(measureSoon, measureShare*s.measureTook)); soon.Before(due) {
			due = soon
		}
	}
	return due, true
}

// measure asks the engine in a goroutine of its own.
func (s *session) measure(ctx context.Context, wg *sync.WaitGroup, now time.Time) {
	s.measuring, s.measuredAt = true, now
	s.r.tracker.res.stale = false
	s.r.disk.Engine, s.r.disk.Measuring = s.status.ID, true
	wg.Go(func() {
		m, err := s.r.resources.DiskUsage(ctx)
		s.measures <- measured{m, err}
	})
}

// sized takes what was measured.
func (s *session) sized(m measured) {
	now := time.Now()
	s.measuring, s.measureTook = false, now.Sub(s.measuredAt)
	s.measuredAt, s.nextMeasure = now, now.Add(max(measureEvery, measureShare*s.measureTook))
	s.r.disk.Measuring = false
	if m.err != nil {
		if !errors.Is(m.err, context.Canceled) {
			s.r.log.Warn("disk use could not be measured", "engine", s.status.Name, "error", m.err)
			s.r.disk.Error = sentence(m.err)
		}
		s.nextMeasure = now.Add(max(measureSoon, measureShare*s.measureTook))
		return
	}
	m.measure.Usage.Engine = s.status.ID
	s.r.disk = m.measure.Usage
	s.r.tracker.res.measured(m.measure)
}

// publishDisk adds the engine's disk use to the change, if it is not what is
// shown.
func (r *Reflector) publishDisk(ch *store.Change) {
	if r.diskShown != nil && r.diskShown.Engine != r.disk.Engine {
		ch.DropSystem = append(ch.DropSystem, api.DiskKey(r.diskShown.Engine))
		r.diskShown = nil
	}
	if r.disk.Engine == "" || r.diskShown != nil && reflect.DeepEqual(*r.diskShown, r.disk) {
		return
	}
	shown := r.disk
	r.diskShown = &shown
	ch.System = append(ch.System, api.SystemItem{Key: api.DiskKey(shown.Engine), DiskUsage: &shown})
}
