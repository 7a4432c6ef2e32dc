package stats

import "time"

// Costs are what Quaywatch and its sampling cost. A nil number can't be told.
type Costs struct {
	// CPUPercent is this process's, and SamplingPercent what sampling takes of
	// it, both of one core over the last five seconds or so. What decoding the
	// engine's answers takes can't be told from the rest, so that SamplingPercent
	// is nil where the engine is asked.
	CPUPercent, SamplingPercent *float64
	// EngineCPUPercent is what sampling makes the engine use, of one core. It is 0
	// where the engine is not asked at all. Where it is asked once a container,
	// it is what its processes used while calls were under way: an upper bound,
	// because others may have asked for something meanwhile. For streams it can't
	// be told.
	EngineCPUPercent *float64
	// MemoryBytes is what of this process is resident.
	MemoryBytes *int64
	// SampleSeconds and RestSeconds are how often watched and other containers
	// are sampled now.
	SampleSeconds, RestSeconds float64
}

// costMeter adds up costs over windows.
type costMeter struct {
	since                   time.Duration
	ownAt                   time.Duration // CPU of this process when the window began
	ownKnown                bool
	sampling, engine        time.Duration
	engineKnown, engineFree bool
	out                     Costs
}

// costWindow is how long a window lasts at least.
const costWindow = 5 * time.Second

// roll closes the window if it is time to and tells whether out has changed.
func (m *costMeter) roll(now time.Duration) bool {
	length := now - m.since
	if length < costWindow {
		return false
	}
	percent := func(d time.Duration) *float64 {
		v := float64(d) / float64(length) * 100
		return &v
	}
	own, ok := processCPU()
	m.out.CPUPercent = nil
	if ok && m.ownKnown {
		m.out.CPUPercent = percent(own - m.ownAt)
	}
	m.ownAt, m.ownKnown = own, ok
	m.out.SamplingPercent = nil
	if m.engineFree {
		m.out.SamplingPercent = percent(m.sampling)
	}
	m.out.EngineCPUPercent = nil
	switch {
	case m.engineFree:
		m.out.EngineCPUPercent = percent(0)
	case m.engineKnown:
		m.out.EngineCPUPercent = percent(m.engine)
	}
	m.out.MemoryBytes = nil
	if v, ok := residentMemory(); ok {
		m.out.MemoryBytes = &v
	}
	m.since, m.sampling, m.engine = now, 0, 0
	return true
}
