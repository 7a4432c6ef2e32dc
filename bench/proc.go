package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cpu is the CPU time the processes have used so far, those that ended not
// counted. The unit of /proc/PID/stat is 1/100 s; schedstat has nanoseconds, for
// each thread, so the sum over threads is taken where the kernel offers it.
func cpu(pids ...int) time.Duration {
	var total time.Duration
	for _, pid := range pids {
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		u, _ := strconv.Atoi(f[11])
		s, _ := strconv.Atoi(f[12])
		coarse := time.Duration(u+s) * 10 * time.Millisecond
		var fine time.Duration
		for _, t := range tasks {
			if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, t.Name())); err == nil {
				if ns, _, ok := strings.Cut(string(b), " "); ok {
					n, _ := strconv.ParseInt(ns, 10, 64)
					fine += time.Duration(n)
				}
			}
		}
		// Threads that ended are in the process's total only.
		total += max(coarse, fine)
	}
	return total
}

// rss is the resident memory of a process in bytes.
func rss(pid int) int64 { return memoryOf(pid, "VmRSS:") }

// memoryOf is a figure of /proc/PID/status in bytes.
func memoryOf(pid int, name string) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if v, ok := strings.CutPrefix(line, name); ok {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 10, 64)
			return kb << 10
		}
	}
	return 0
}

func kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "?"
	}
	return unix.ByteSliceToString(u.Release[:])
}

func engineVersion() string {
	out, err := exec.Command("dockerd", "--version").Output() //nolint:noctx // ends at once
	if err != nil {
		return "?"
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.Fields(string(out))[2], "v"), ",")
}
