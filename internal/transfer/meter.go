package transfer

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Meter is how far a pull or a push is.
//
// The bar counts bytes as they are moved, and a quarter again as they are
// unpacked: about the time that takes, on most lines and disks. A layer of which the size is not known yet
// counts as the mean of the others; where that was too little, the bar stands
// until the truth has come up to it, because it is the highest of all that it
// would have been.
type Meter struct {
	unpacks bool // a pull
	layers  []*layer
	byID    map[string]*layer

	flow, unflow int64 // all that was moved and unpacked, retries included
	moving       rate
	unpacking    rate
	unpackOnly   bool // all has been moved

	fraction *float64
	current  int64
	total    int64
	ended    api.JobPhase // done, or empty
	over     bool
}

// NewPull and NewPush make the meters of the two.
func NewPull() *Meter { return &Meter{unpacks: true, byID: make(map[string]*layer)} }

// NewPush makes the meter of a push, which unpacks nothing.
func NewPush() *Meter { return &Meter{byID: make(map[string]*layer)} }

// unpackWeight is what unpacking a byte is to moving it.
const unpackWeight = 0.25

// maxFraction is the bar before the engine has said that it is done.
const maxFraction = 0.99

// Line takes what the engine says and reports whether it was anything new: what
// is repeated again and again is no progress.
func (m *Meter) Line(line api.TransferLine, now time.Time) bool {
	phase, ok := phaseOf(line.Status)
	if !ok || line.ID == "" || m.over {
		return false
	}
	l, known := m.byID[line.ID]
	if !known {
		if len(m.layers) == api.MaxJobLayers {
			return false
		}
		l = &layer{id: line.ID}
		m.layers, m.byID[line.ID] = append(m.layers, l), l
	}
	moved, unpacked, news := l.take(line, phase)
	if l.high > 0 {
		m.moving.begin(now)
	}
	m.flow += moved
	m.unflow += unpacked
	m.moving.see(m.flow, now)
	m.unpacking.see(m.unflow, now)
	return news
}

// Done says that the engine has done all of it; Stop that nothing more comes.
func (m *Meter) Done() { m.ended, m.over = api.PhaseDone, true }

// Stop says that nothing more comes, for whatever reason.
func (m *Meter) Stop() { m.over = true }

// Progress is how far it is now.
func (m *Meter) Progress(now time.Time) api.JobProgress {
	m.moving.see(m.flow, now)
	m.unpacking.see(m.unflow, now)
	s := m.sum()
	m.raise(s)
	out := api.JobProgress{Phase: m.phase(), CurrentBytes: m.current, Layers: make([]api.JobLayer, 0, len(m.layers))}
	if m.fraction != nil {
		f := *m.fraction
		out.Fraction = &f
	}
	if m.total > 0 {
		total := m.total
		out.TotalBytes = &total
	}
	if !m.over {
		if perSecond, ok := m.moving.perSecond(m.flow, now); ok && s.toMove > 0 {
			n := int64(perSecond)
			out.BytesPerSecond = &n
		}
		eta, ok := m.moving.left(m.flow, s.toMove, now)
		if s.toMove == 0 && s.toUnpack > 0 {
			// What was unpacked while it waited for bytes says nothing of its rate.
			if !m.unpackOnly {
				m.unpacking, m.unflow = rate{}, 0
			}
			eta, ok = m.unpacking.left(m.unflow, s.toUnpack, now)
		}
		m.unpackOnly = s.toMove == 0
		if ok && s.toMove+s.toUnpack > 0 {
			out.ETASeconds = &eta
		}
	}
	for _, l := range m.layers {
		out.Layers = append(out.Layers, l.published())
	}
	return out
}

// sums are what the layers make together, in bytes.
type sums struct {
	high, total      int64   // moved at most, and to be moved, of what is known
	done, work       float64 // of both ways, with estimates
	toMove, toUnpack int64   // what is left, with estimates
}

func (m *Meter) sum() sums {
	var s sums
	var sized, unsized int64
	for _, l := range m.layers {
		if l.total == 0 {
			s.high += l.high
			s.total += l.high
			s.done += float64(l.high)
			s.work += float64(l.high)
			if l.unsized() {
				unsized++
			}
			continue
		}
		sized++
		s.high += l.high
		s.total += l.total
		s.done += float64(l.high)
		s.work += float64(l.total)
		s.toMove += l.total - l.moved
		if m.unpacks {
			s.done += unpackWeight * float64(l.highUnpacked)
			s.work += unpackWeight * float64(l.total)
			s.toUnpack += l.total - l.unpacked
		}
	}
	if sized > 0 {
		estimate := unsized * (s.total / sized)
		s.work += float64(estimate)
		s.toMove += estimate
		if m.unpacks {
			s.work += unpackWeight * float64(estimate)
			s.toUnpack += estimate
		}
	}
	return s
}

// raise lets nothing that is shown fall.
func (m *Meter) raise(s sums) {
	m.current, m.total = max(m.current, s.high), max(m.total, s.total)
	f := 0.0
	switch {
	case m.ended == api.PhaseDone:
		f, m.current = 1, m.total
	case s.work == 0:
		return
	default:
		f = min(s.done/s.work, maxFraction)
	}
	if m.fraction == nil || *m.fraction < f {
		m.fraction = &f
	}
}

// phase is the whole's: what is most worth knowing of what the layers do.
func (m *Meter) phase() api.JobPhase {
	if m.ended != "" {
		return m.ended
	}
	has := make(map[api.JobPhase]bool, 8)
	open := false
	for _, l := range m.layers {
		has[l.phase] = true
		open = open || !l.settled()
	}
	for _, p := range []api.JobPhase{api.PhaseDownloading, api.PhasePushing, api.PhaseRetrying, api.PhaseExtracting} {
		if has[p] {
			return p
		}
	}
	switch {
	case len(m.layers) > 0 && !open:
		return api.PhaseVerifying // all is there, and the image is made of it
	case has[api.PhaseDownloaded]:
		return api.PhaseExtracting
	case has[api.PhaseVerifying]:
		return api.PhaseVerifying
	case m.current > 0: // another pull moves what is left, or too many are under way
		return api.PhaseWaiting
	}
	return api.PhasePreparing
}
