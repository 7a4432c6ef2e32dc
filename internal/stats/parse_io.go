package stats

import "bytes"

// parseBlkio sums the Read and the Write lines of a cgroup v1 blkio file,
// "MAJOR:MINOR OPERATION BYTES", over the devices. Operations are matched
// without case: Sync, Async, Discard and Total lines count the same bytes again.
// devices is how many lines were such lines at all.
func parseBlkio(b []byte) (read, write uint64, devices int) {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		sp := bytes.IndexByte(line, ' ')
		if sp < 0 || bytes.IndexByte(line[:sp], ':') < 0 {
			continue
		}
		rest := line[sp+1:]
		sp = bytes.IndexByte(rest, ' ')
		if sp < 0 {
			continue
		}
		v, ok := parseUint(rest[sp+1:])
		if !ok {
			continue
		}
		devices++
		switch {
		case equalFold(rest[:sp], "read"):
			read += v
		case equalFold(rest[:sp], "write"):
			write += v
		}
	}
	return read, write, devices
}

// equalFold compares ASCII without case; lower is in lower case.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := range b {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// parseIOStat sums rbytes and wbytes of cgroup v2's io.stat, "MAJOR:MINOR
// rbytes=N wbytes=N …", over the devices.
func parseIOStat(b []byte) (read, write uint64) {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		for len(line) > 0 {
			field := line
			if sp := bytes.IndexByte(line, ' '); sp >= 0 {
				field, line = line[:sp], line[sp+1:]
			} else {
				line = nil
			}
			if len(field) < 8 || string(field[1:7]) != "bytes=" {
				continue
			}
			v, ok := parseUint(field[7:])
			if !ok {
				continue
			}
			switch field[0] {
			case 'r':
				read += v
			case 'w':
				write += v
			}
		}
	}
	return read, write
}

// netDev is what /proc/PID/net/dev says of the interfaces that count.
type netDev struct {
	rx, tx     uint64
	interfaces int
}

// parseNetDev sums received and sent bytes over the interfaces but the loopback
// and the tunnels that the kernel puts into every new namespace by itself.
func parseNetDev(b []byte) (d netDev) {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		colon := bytes.IndexByte(line, ':')
		if colon < 0 {
			continue
		}
		name := bytes.TrimLeft(line[:colon], " ")
		if len(name) == 0 || bytes.IndexByte(name, ' ') >= 0 || isFallbackDevice(name) {
			continue
		}
		rest := line[colon+1:]
		var rx, tx uint64
		field := 0
		for ; field < 9; field++ {
			rest = bytes.TrimLeft(rest, " ")
			v, ok := parseUint(rest)
			if !ok {
				break
			}
			switch field {
			case 0:
				rx = v
			case 8:
				tx = v
			}
			if sp := bytes.IndexByte(rest, ' '); sp >= 0 {
				rest = rest[sp:]
			} else {
				rest = nil
			}
		}
		if field != 9 {
			continue
		}
		d.rx += rx
		d.tx += tx
		d.interfaces++
	}
	return d
}

func isFallbackDevice(name []byte) bool {
	switch string(name) {
	case "lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0":
		return true
	}
	return false
}

// parseProcStat reads the CPU time of /proc/PID/stat, user and system, in clock
// ticks. The command's name, in brackets, may have anything in it.
func parseProcStat(b []byte) (uint64, bool) {
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return 0, false
	}
	fields := bytes.Fields(b[i+1:])
	if len(fields) < 13 {
		return 0, false
	}
	user, okUser := parseUint(fields[11])
	system, okSystem := parseUint(fields[12])
	return user + system, okUser && okSystem
}
