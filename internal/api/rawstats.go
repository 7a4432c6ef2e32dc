package api

import "time"

// RawStats are a container's counters as an engine's stats call gives them:
// what the one-shot and stream metric sources turn into samples. A nil number
// was not in the answer.
type RawStats struct {
	ID string
	// Read is the engine's time of the reading.
	Read time.Time
	// CPUNanoseconds is CPU time used since start.
	CPUNanoseconds *uint64
	// MemoryUsage and MemoryInactiveFile are bytes; the docker CLI shows their
	// difference. MemoryLimit is what the engine says, possibly above the
	// machine's memory.
	MemoryUsage        *uint64
	MemoryInactiveFile *uint64
	MemoryLimit        *uint64
	// RxBytes and TxBytes are summed over the container's interfaces.
	RxBytes, TxBytes *uint64
	// ReadBytes and WriteBytes are block I/O, summed over devices.
	ReadBytes, WriteBytes *uint64
	Pids                  *uint64
	// ThrottledPeriods of Periods CFS periods were throttled.
	Periods, ThrottledPeriods *uint64
}
