package api

import (
	"math"
	"time"
)

// Column is one metric of a container. Values are int64 in the column's unit;
// Unknown stands for "not known".
type Column int

// The columns, in wire order. Units stand behind each.
const (
	ColCPU         Column = iota // hundredths of a percent of one core
	ColMemory                    // bytes, as `docker stats` counts them
	ColMemoryLimit               // bytes; the machine's memory where unlimited
	ColRx                        // bytes received since start
	ColTx                        // bytes sent since start
	ColRxRate                    // bytes a second
	ColTxRate                    // bytes a second
	ColRead                      // bytes read from block devices since start
	ColWrite                     // bytes written to block devices since start
	ColReadRate                  // bytes a second
	ColWriteRate                 // bytes a second
	ColPids                      // processes and threads
	ColSwap                      // bytes of swap used
	ColThrottled                 // hundredths of a percent of periods throttled (v2)
	ColPSICPU                    // hundredths of a percent: PSI cpu some avg10 (v2)
	ColPSIMemory                 // hundredths of a percent: PSI memory some avg10 (v2)
	ColPSIIO                     // hundredths of a percent: PSI io some avg10 (v2)
	ColOOMKills                  // OOM kills since start (v2)
	NumColumns                   // how many columns there are
)

// Unknown is a cell whose value is not known; it travels as null.
const Unknown int64 = math.MinInt64

// ColumnNames are the columns' names on the wire, in order.
func ColumnNames() [NumColumns]string {
	return [NumColumns]string{
		"cpu", "mem", "memLimit", "rx", "tx", "rxRate", "txRate", "read", "write",
		"readRate", "writeRate", "pids", "swap", "throttled", "psiCpu", "psiMem", "psiIo", "oomKills",
	}
}

// ColumnByName finds a column by its wire name.
func ColumnByName(name string) (Column, bool) {
	for i, n := range ColumnNames() {
		if n == name {
			return Column(i), true
		}
	}
	return 0, false
}

// Batch is one tick's samples in columns: what a metrics source yields and the
// store keeps. Rows, Times and every Values[c] have the same length. A row that
// could not be read is absent; a cell that is not known is Unknown.
type Batch struct {
	// Rows are Container.Row numbers.
	Rows []int
	// Times are when each row was read, Unix nanoseconds.
	Times []int64
	// Values are indexed by Column, then by position in Rows.
	Values [NumColumns][]int64
}

// Reset empties b, keeping its memory.
func (b *Batch) Reset() {
	b.Rows = b.Rows[:0]
	b.Times = b.Times[:0]
	for c := range b.Values {
		b.Values[c] = b.Values[c][:0]
	}
}

// Add appends a row whose cells are all Unknown and returns its position.
func (b *Batch) Add(row int, at int64) int {
	b.Rows = append(b.Rows, row)
	b.Times = append(b.Times, at)
	for c := range b.Values {
		b.Values[c] = append(b.Values[c], Unknown)
	}
	return len(b.Rows) - 1
}

// Sample is one container's latest metrics as REST answers and `stats --json`
// prints them. A nil number is not known.
type Sample struct {
	Time                time.Time `json:"time"`
	Engine              string    `json:"engine"`
	ID                  string    `json:"id"`
	Name                string    `json:"name"`
	CPUPercent          *float64  `json:"cpuPercent"`
	MemoryBytes         *int64    `json:"memoryBytes"`
	MemoryLimitBytes    *int64    `json:"memoryLimitBytes"`
	RxBytes             *int64    `json:"rxBytes"`
	TxBytes             *int64    `json:"txBytes"`
	RxBytesPerSecond    *int64    `json:"rxBytesPerSecond"`
	TxBytesPerSecond    *int64    `json:"txBytesPerSecond"`
	ReadBytes           *int64    `json:"readBytes"`
	WriteBytes          *int64    `json:"writeBytes"`
	ReadBytesPerSecond  *int64    `json:"readBytesPerSecond"`
	WriteBytesPerSecond *int64    `json:"writeBytesPerSecond"`
	Pids                *int64    `json:"pids"`
	SwapBytes           *int64    `json:"swapBytes"`
	ThrottledPercent    *float64  `json:"throttledPercent"`
	PSICPUPercent       *float64  `json:"psiCpuPercent"`
	PSIMemoryPercent    *float64  `json:"psiMemoryPercent"`
	PSIIOPercent        *float64  `json:"psiIoPercent"`
	OOMKills            *int64    `json:"oomKills"`
}

// MakeSample names the cells of one row. cells is indexed by Column.
func MakeSample(engine, id, name string, at time.Time, cells *[NumColumns]int64) Sample {
	whole := func(c Column) *int64 {
		if cells[c] == Unknown {
			return nil
		}
		v := cells[c]
		return &v
	}
	percent := func(c Column) *float64 {
		if cells[c] == Unknown {
			return nil
		}
		v := float64(cells[c]) / 100
		return &v
	}
	return Sample{
		Time: at.UTC(), Engine: engine, ID: id, Name: name,
		CPUPercent:  percent(ColCPU),
		MemoryBytes: whole(ColMemory), MemoryLimitBytes: whole(ColMemoryLimit),
		RxBytes: whole(ColRx), TxBytes: whole(ColTx),
		RxBytesPerSecond: whole(ColRxRate), TxBytesPerSecond: whole(ColTxRate),
		ReadBytes: whole(ColRead), WriteBytes: whole(ColWrite),
		ReadBytesPerSecond: whole(ColReadRate), WriteBytesPerSecond: whole(ColWriteRate),
		Pids: whole(ColPids), SwapBytes: whole(ColSwap),
		ThrottledPercent: percent(ColThrottled),
		PSICPUPercent:    percent(ColPSICPU), PSIMemoryPercent: percent(ColPSIMemory), PSIIOPercent: percent(ColPSIIO),
		OOMKills: whole(ColOOMKills),
	}
}
