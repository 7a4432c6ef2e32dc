package stats

import "bytes"

// The parsers below work on the bytes of a kernel file in place: they allocate
// nothing and take whatever comes. What they can't read is not found.

// parseUint reads the decimal number at the beginning of b, after blanks. false
// where there is none ("max") or it does not fit.
func parseUint(b []byte) (uint64, bool) {
	i := 0
	for i < len(b) && b[i] == ' ' {
		i++
	}
	start := i
	var v uint64
	for ; i < len(b); i++ {
		d := b[i] - '0'
		if d > 9 {
			break
		}
		if v > (1<<64-1)/10 {
			return 0, false
		}
		next := v*10 + uint64(d)
		if next < v*10 {
			return 0, false
		}
		v = next
	}
	return v, i > start
}

// cutLine returns the first line of b and what is behind it.
func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte{'\n'})
	return line, rest
}

// hasKey tells whether line is "KEY VALUE" and returns the value's bytes.
func hasKey(line []byte, key string) ([]byte, bool) {
	if len(line) > len(key) && line[len(key)] == ' ' && string(line[:len(key)]) == key {
		return line[len(key)+1:], true
	}
	return nil, false
}

// memoryStat is what is used of memory.stat, in bytes.
type memoryStat struct {
	inactive, swap       uint64
	hasInactive, hasSwap bool
}

// parseMemoryStatV1 reads cgroup v1's memory.stat: the total_ lines count the
// groups below as well. total_swap is there where the kernel accounts swap.
func parseMemoryStatV1(b []byte) (s memoryStat) {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		if len(line) < 6 || line[0] != 't' {
			continue
		}
		if v, ok := hasKey(line, "total_inactive_file"); ok {
			s.inactive, s.hasInactive = parseUint(v)
		} else if v, ok := hasKey(line, "total_swap"); ok {
			s.swap, s.hasSwap = parseUint(v)
		}
	}
	return s
}

// parseMemoryStatV2 reads cgroup v2's memory.stat.
func parseMemoryStatV2(b []byte) (s memoryStat) {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		if v, ok := hasKey(line, "inactive_file"); ok {
			s.inactive, s.hasInactive = parseUint(v)
			return s
		}
	}
	return s
}

// cpuStat is what is used of cpu.stat; v1's has no usage.
type cpuStat struct {
	usage              uint64 // microseconds
	periods, throttled uint64
	hasUsage           bool
	hasPeriods         bool // only where the cpu controller is on
}

func parseCPUStat(b []byte) (s cpuStat) {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		if v, ok := hasKey(line, "usage_usec"); ok {
			s.usage, s.hasUsage = parseUint(v)
		} else if v, ok := hasKey(line, "nr_periods"); ok {
			s.periods, s.hasPeriods = parseUint(v)
		} else if v, ok := hasKey(line, "nr_throttled"); ok {
			s.throttled, _ = parseUint(v)
		}
	}
	return s
}

// parseKeyed finds the number behind key in lines of "KEY VALUE".
func parseKeyed(b []byte, key string) (uint64, bool) {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		if v, ok := hasKey(line, key); ok {
			return parseUint(v)
		}
	}
	return 0, false
}

// parsePSI reads "some avg10=1.23 …" of a pressure file, in hundredths of a
// percent. The kernel prints two decimals.
func parsePSI(b []byte) (int64, bool) {
	const prefix = "some avg10="
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return 0, false
	}
	b = b[len(prefix):]
	whole, ok := parseUint(b)
	if !ok || whole > 100 {
		return 0, false
	}
	dot := bytes.IndexByte(b, '.')
	if dot < 1 || dot > 3 || len(b) < dot+3 || b[dot+1]-'0' > 9 || b[dot+2]-'0' > 9 {
		return 0, false
	}
	return int64(whole)*100 + int64(b[dot+1]-'0')*10 + int64(b[dot+2]-'0'), true
}
