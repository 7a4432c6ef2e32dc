package stats

import (
	"math"
	"math/bits"

	"github.com/quaywatch/quaywatch/internal/api"
)

// The scales of mulDiv that turn a difference of a counter over nanoseconds
// into a column's unit.
const (
	// cpuScale: nanoseconds of CPU over nanoseconds, in hundredths of a percent of
	// one core.
	cpuScale = 100 * 100
	// rateScale: bytes over nanoseconds, in bytes a second.
	rateScale = 1_000_000_000
)

// mulDiv returns a×b÷c, rounded to nearest, without overflow between; the
// largest int64 where the result is larger, Unknown for c = 0.
func mulDiv(a, b, c uint64) int64 {
	if c == 0 {
		return api.Unknown
	}
	hi, lo := bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c/2, 0)
	hi += carry
	if hi >= c {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, c)
	return clamp(q)
}

// clamp makes a cell of a counter.
func clamp(v uint64) int64 {
	if v > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(v)
}

// CPU returns hundredths of a percent of one core: used nanoseconds of CPU time
// within elapsed nanoseconds of the monotonic clock. Two busy cores are 20,000.
//
// The docker CLI computes Δtotal ÷ Δsystem × online CPUs × 100 instead, which
// is the same on Docker's engine, up to the granularity of /proc/stat (10 ms a
// CPU) that Δsystem is taken from, and wrong on podman, whose Δsystem is not
// the machine's.
func CPU(used, elapsed uint64) int64 { return mulDiv(used, cpuScale, elapsed) }

// Rate returns bytes a second: moved bytes within elapsed nanoseconds.
func Rate(moved, elapsed uint64) int64 { return mulDiv(moved, rateScale, elapsed) }

// Memory returns the bytes that `docker stats` shows: usage without the page
// cache that the kernel would drop first. inactiveFile is total_inactive_file
// on cgroup v1 and inactive_file on v2. Where it is not below usage it is left
// out, as in docker/cli, command/container/stats_helpers.go,
// calculateMemUsageUnixNoCache.
func Memory(usage, inactiveFile uint64) int64 {
	if inactiveFile < usage {
		return clamp(usage - inactiveFile)
	}
	return clamp(usage)
}

// MemoryLimit returns the limit that counts, in bytes: the container's, or the
// machine's memory where the container has none (0, or v1's 2^63 − 4096) or one
// above it. machine is 0 where not known.
func MemoryLimit(limit, machine int64) int64 {
	switch {
	case machine <= 0 && limit <= 0:
		return api.Unknown
	case machine <= 0:
		return limit
	case limit <= 0 || limit > machine:
		return machine
	}
	return limit
}

// Throttled returns hundredths of a percent: how many of the CFS periods that
// passed were throttled, nr_throttled over nr_periods of cpu.stat. No period
// passed means that nothing ran, so nothing was throttled.
func Throttled(throttled, periods uint64) int64 {
	if periods == 0 {
		return 0
	}
	return mulDiv(throttled, 100*100, periods)
}
