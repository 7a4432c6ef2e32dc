package engine

import (
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// statsJSON is what is used of an engine's statistics. The moby client's type
// has plain numbers, in which a missing one can't be told from 0; podman leaves
// out many.
type statsJSON struct {
	ID   string    `json:"id"`
	Read time.Time `json:"read"`
	CPU  struct {
		Usage struct {
			Total *uint64 `json:"total_usage"`
		} `json:"cpu_usage"`
		Throttling struct {
			Periods   *uint64 `json:"periods"`
			Throttled *uint64 `json:"throttled_periods"`
		} `json:"throttling_data"`
	} `json:"cpu_stats"`
	Memory struct {
		Usage *uint64 `json:"usage"`
		Limit *uint64 `json:"limit"`
		Stats struct {
			TotalInactiveFile *uint64 `json:"total_inactive_file"`
			InactiveFile      *uint64 `json:"inactive_file"`
		} `json:"stats"` // of some forty
	} `json:"memory_stats"`
	Networks map[string]struct {
		Rx uint64 `json:"rx_bytes"`
		Tx uint64 `json:"tx_bytes"`
	} `json:"networks"`
	Blkio struct {
		Bytes []struct {
			Op    string `json:"op"`
			Value uint64 `json:"value"`
		} `json:"io_service_bytes_recursive"`
	} `json:"blkio_stats"`
	Pids struct {
		Current *uint64 `json:"current"`
	} `json:"pids_stats"`
}

// raw makes the counters of one answer. id stands in where the answer names
// none. An answer without a time of reading is what engines say of a container
// that doesn't run: its zeros are not readings, so nothing is known.
func (s *statsJSON) raw(id string) api.RawStats {
	r := api.RawStats{ID: s.ID}
	if r.ID == "" {
		r.ID = id
	}
	if s.Read.Year() <= 1 {
		return r
	}
	r.Read = s.Read.UTC()
	r.CPUNanoseconds = s.CPU.Usage.Total
	r.Periods, r.ThrottledPeriods = s.CPU.Throttling.Periods, s.CPU.Throttling.Throttled
	r.MemoryUsage, r.MemoryLimit = s.Memory.Usage, s.Memory.Limit
	// v1 has both names, of which this one counts the children too; v2 has
	// only the other.
	r.MemoryInactiveFile = s.Memory.Stats.TotalInactiveFile
	if r.MemoryInactiveFile == nil {
		r.MemoryInactiveFile = s.Memory.Stats.InactiveFile
	}
	if s.Networks != nil {
		var rx, tx uint64
		for _, n := range s.Networks {
			rx += n.Rx
			tx += n.Tx
		}
		r.RxBytes, r.TxBytes = &rx, &tx
	}
	r.ReadBytes, r.WriteBytes = s.blockIO()
	r.Pids = s.Pids.Current
	return r
}

// blockIO adds up Read and Write over devices. v1 has more lines ("Sync",
// "Async", "Total") which count the same bytes again; v2 writes its two in lower
// case. Without any line nothing is known: v1 has none before the first I/O,
// and none at all where the kernel doesn't count.
func (s *statsJSON) blockIO() (read, write *uint64) {
	for _, line := range s.Blkio.Bytes {
		var sum **uint64
		switch {
		case strings.EqualFold(line.Op, "read"):
			sum = &read
		case strings.EqualFold(line.Op, "write"):
			sum = &write
		default:
			continue
		}
		if *sum == nil {
			*sum = new(uint64)
		}
		**sum += line.Value
	}
	return read, write
}
