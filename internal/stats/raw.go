package stats

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// rawRow is what is kept of a container between two answers of its engine.
type rawRow struct {
	target Target
	meters meters
	cells  cells
	// engineTime is RawStats.Read of the last answer, Unix ns; 0 where the engine
	// gives none.
	engineTime int64
	// at is when that answer arrived, Unix ns; 0 before the first.
	at int64
}

func newRawRow(t Target) *rawRow {
	r := &rawRow{target: t}
	r.cells.clear()
	return r
}

// apply takes an answer that arrived at wall time at. Rates are taken over the
// engine's own times of reading where it gives them: how long the answer was
// under way then doesn't matter. An answer that the engine has given before is
// no news; apply returns false, and the row keeps its age.
func (r *rawRow) apply(s *api.RawStats, at time.Time, machine int64) bool {
	when := at.UnixNano()
	read := when
	if !s.Read.IsZero() {
		read = s.Read.UnixNano()
		if r.engineTime == read {
			return false
		}
	}
	if (r.engineTime == 0) != s.Read.IsZero() {
		r.meters = meters{} // two clocks don't mix
	}
	r.at, r.engineTime = when, 0
	if !s.Read.IsZero() {
		r.engineTime = read
	}

	c := &r.cells
	counter := func(total, rate api.Column, m *meter, v *uint64, scale uint64) {
		if v == nil {
			*m = meter{}
			if total != rate {
				c[total] = api.Unknown
			}
			c[rate] = api.Unknown
			return
		}
		if total != rate {
			c[total] = clamp(*v)
		}
		c[rate] = m.update(*v, read, scale)
	}
	counter(api.ColCPU, api.ColCPU, &r.meters.cpu, s.CPUNanoseconds, cpuScale)
	rx, tx := s.RxBytes, s.TxBytes
	if r.target.NetworkMode == "host" {
		rx, tx = nil, nil // the machine's, or the engine's zero: neither is the container's
	}
	counter(api.ColRx, api.ColRxRate, &r.meters.rx, rx, rateScale)
	counter(api.ColTx, api.ColTxRate, &r.meters.tx, tx, rateScale)
	counter(api.ColRead, api.ColReadRate, &r.meters.read, s.ReadBytes, rateScale)
	counter(api.ColWrite, api.ColWriteRate, &r.meters.write, s.WriteBytes, rateScale)

	c[api.ColMemory] = api.Unknown
	if s.MemoryUsage != nil {
		var inactive uint64
		if s.MemoryInactiveFile != nil {
			inactive = *s.MemoryInactiveFile
		}
		c[api.ColMemory] = Memory(*s.MemoryUsage, inactive)
	}
	limit := r.target.MemoryLimit
	if s.MemoryLimit != nil {
		limit = clamp(*s.MemoryLimit)
	}
	c[api.ColMemoryLimit] = MemoryLimit(limit, machine)
	c[api.ColPids] = api.Unknown
	if s.Pids != nil {
		c[api.ColPids] = clamp(*s.Pids)
	}
	c[api.ColThrottled] = api.Unknown
	if s.Periods != nil && s.ThrottledPeriods != nil {
		c[api.ColThrottled] = r.meters.throttled.update(*s.ThrottledPeriods, *s.Periods)
	}
	return true
}

// rawRows are the rows of an engine source.
type rawRows map[int]*rawRow

// of returns t's row, a new one if t is another run than was known.
func (rs rawRows) of(t *Target) *rawRow {
	r := rs[t.Row]
	if r == nil || !r.target.same(t) {
		r = newRawRow(*t)
		rs[t.Row] = r
	}
	r.target = *t
	return r
}
