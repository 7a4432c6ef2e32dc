package alert

import (
	"math"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// measure is a figure of a container as rules see it: a column, or one column
// of another or of a limit.
type measure int

const (
	cpuOfCore measure = iota
	cpuOfLimit
	memoryBytes
	memoryOfLimit
	diskRead
	diskWrite
	netReceive
	netTransmit
	throttled
	psiCPU
	psiMemory
	psiIO
	numMeasures
)

func measureOf(r *api.AlertRule) measure {
	switch r.On {
	case api.AlertOnCPU:
		if r.Of == api.AlertOfLimit {
			return cpuOfLimit
		}
		return cpuOfCore
	case api.AlertOnMemory:
		if r.Of == api.AlertOfLimit {
			return memoryOfLimit
		}
		return memoryBytes
	case api.AlertOnDiskRead:
		return diskRead
	case api.AlertOnDiskWrite:
		return diskWrite
	case api.AlertOnNetworkReceive:
		return netReceive
	case api.AlertOnNetworkTransmit:
		return netTransmit
	case api.AlertOnThrottled:
		return throttled
	case api.AlertOnCPUPressure:
		return psiCPU
	case api.AlertOnMemoryPressure:
		return psiMemory
	default:
		return psiIO
	}
}

// column is what the measure is read from.
func (m measure) column() api.Column {
	return [numMeasures]api.Column{
		cpuOfCore: api.ColCPU, cpuOfLimit: api.ColCPU, memoryBytes: api.ColMemory, memoryOfLimit: api.ColMemory,
		diskRead: api.ColReadRate, diskWrite: api.ColWriteRate, netReceive: api.ColRxRate, netTransmit: api.ColTxRate,
		throttled: api.ColThrottled, psiCPU: api.ColPSICPU, psiMemory: api.ColPSIMemory, psiIO: api.ColPSIIO,
	}[m]
}

// of turns a cell into the measure of a container; NaN is not known.
func (m measure) of(cell int64, c *api.Container) float64 {
	if cell == api.Unknown {
		return math.NaN()
	}
	v := float64(cell)
	switch m {
	case cpuOfLimit:
		if c.CPULimit == nil || *c.CPULimit <= 0 {
			return math.NaN()
		}
		return v / 100 / *c.CPULimit
	case memoryOfLimit:
		if c.MemoryLimitBytes == nil || *c.MemoryLimitBytes <= 0 {
			return math.NaN()
		}
		return v * 100 / float64(*c.MemoryLimitBytes)
	case cpuOfCore, throttled, psiCPU, psiMemory, psiIO:
		return v / 100
	default:
		return v
	}
}

// staleAfter is how old a sample may be that still counts: rows that nobody
// looks at are sampled every 10 s, and now and then one is missed.
const staleAfter = 30 * time.Second

// figures are the measures of all containers, by measure and slot.
type figures struct {
	used [numMeasures]bool // by a rule
	by   [numMeasures][]float64
}

// columns are what has to be read for the measures that are used.
func (f *figures) columns() store.ColumnSet {
	var set store.ColumnSet
	for m, used := range f.used {
		if used {
			set |= store.Columns(measure(m).column())
		}
	}
	return set
}

// fill takes a tick's cells.
func (f *figures) fill(sheet *store.Sheet, byRow map[int]*subject, slots int, now time.Time) {
	for m := range f.by {
		if !f.used[m] {
			continue
		}
		if cap(f.by[m]) < slots {
			f.by[m] = make([]float64, slots)
		}
		f.by[m] = f.by[m][:slots]
		for i := range f.by[m] {
			f.by[m][i] = math.NaN()
		}
	}
	oldest := now.Add(-staleAfter).UnixNano()
	for at, row := range sheet.Rows {
		if row == 0 || sheet.Read[at] < oldest {
			continue
		}
		sub := byRow[row]
		if sub == nil {
			continue
		}
		for m, used := range f.used {
			if used {
				f.by[m][sub.slot] = measure(m).of(sheet.Cells[measure(m).column()][at], sub.c)
			}
		}
	}
}

// at is a figure; NaN is not known.
func (f *figures) at(m measure, slot int32) float64 {
	if int(slot) >= len(f.by[m]) {
		return math.NaN()
	}
	return f.by[m][slot]
}
