package enginetest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// PIDs are an engine's processes. A process that does not run is 0.
type PIDs struct {
	Dockerd    int
	Containerd int
	// Shims are the containerd-shims, one a container.
	Shims []int
}

// All are the processes that run.
func (p PIDs) All() []int {
	var all []int
	for _, pid := range append([]int{p.Dockerd, p.Containerd}, p.Shims...) {
		if pid != 0 {
			all = append(all, pid)
		}
	}
	return all
}

// PIDs are the engine's processes now.
func (e *Engine) PIDs(tb testing.TB) PIDs {
	tb.Helper()
	out, err := script(tb.Context(), "pids", "--name", e.name)
	if err != nil {
		tb.Fatal(err)
	}
	var p PIDs
	for line := range strings.Lines(out) {
		kind, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		if err != nil {
			tb.Fatalf("scripts/engine pids: %q", line)
		}
		switch kind {
		case "dockerd":
			p.Dockerd = pid
		case "containerd":
			p.Containerd = pid
		case "shim":
			p.Shims = append(p.Shims, pid)
		}
	}
	return p
}

// CPU is the time that the given processes have used since they started, to
// the kernel's 10 ms. A process that is gone counts as nothing.
func CPU(pids ...int) (time.Duration, error) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 wherever Go runs on Linux
	var sum time.Duration
	for _, pid := range pids {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		// The name in field 2 may hold anything, its closing parenthesis is the last.
		text := string(b)
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		if len(fields) < 13 {
			return 0, fmt.Errorf("read /proc/%d/stat: %q is too short", pid, text)
		}
		for _, f := range fields[11:13] { // utime, stime: fields 14 and 15 of the file
			n, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("read /proc/%d/stat: %w", pid, err)
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum, nil
}
