//go:build !linux

package stats

import "time"

// threadCPU is not told here.
func threadCPU() (time.Duration, bool) { return 0, false }

// residentMemory is not told here.
func residentMemory() (int64, bool) { return 0, false }

// processesCPU is not told here: the engine runs in a virtual machine.
func processesCPU([]int) (time.Duration, bool) { return 0, false }
