package alert

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// summary is an alert in a sentence. reason is what else is known: an exit code,
// a state, the engine's error.
func summary(r *api.AlertRule, name string, value *float64, count int, reason string) string {
	figure := ""
	if value != nil {
		figure = figureOf(r, *value)
	}
	switch r.On {
	case api.AlertOnExited:
		return name + " has ended" + with(reason) + "."
	case api.AlertOnUnhealthy:
		return name + " is unhealthy: its health check fails."
	case api.AlertOnCrashLoop:
		return fmt.Sprintf("%s ends again and again: %s%s.", name, times(count), with(reason))
	case api.AlertOnOOM:
		if count > 1 {
			return fmt.Sprintf("%s ran out of memory %s%s.", name, times(count), reason)
		}
		return name + " ran out of memory" + reason + "."
	case api.AlertOnPaused:
		return name + " is paused."
	case api.AlertOnMissing:
		return name + " should run and " + reason + "."
	case api.AlertOnCPU:
		return fmt.Sprintf("%s uses %s of %s.", name, figure, base(r.Of, "one core", "its CPU limit"))
	case api.AlertOnMemory:
		if r.Of == api.AlertOfLimit {
			return fmt.Sprintf("%s uses %s of its memory limit.", name, figure)
		}
		return fmt.Sprintf("%s uses %s of memory.", name, figure)
	case api.AlertOnDiskRead:
		return fmt.Sprintf("%s reads %s from its disks.", name, figure)
	case api.AlertOnDiskWrite:
		return fmt.Sprintf("%s writes %s to its disks.", name, figure)
	case api.AlertOnNetworkReceive:
		return fmt.Sprintf("%s receives %s.", name, figure)
	case api.AlertOnNetworkTransmit:
		return fmt.Sprintf("%s sends %s.", name, figure)
	case api.AlertOnThrottled:
		return fmt.Sprintf("%s is throttled in %s of its CPU periods.", name, figure)
	case api.AlertOnCPUPressure:
		return fmt.Sprintf("%s waits for CPU %s of the time.", name, figure)
	case api.AlertOnMemoryPressure:
		return fmt.Sprintf("%s waits for memory %s of the time.", name, figure)
	case api.AlertOnIOPressure:
		return fmt.Sprintf("%s waits for its disks %s of the time.", name, figure)
	case api.AlertOnEngineDown:
		return "The engine " + name + " does not answer" + because(reason) + "."
	case api.AlertOnEngineDisk:
		return fmt.Sprintf("The engine %s keeps %s on its disk.", name, figure)
	case api.AlertOnOwnCPU:
		return fmt.Sprintf("Quaywatch and the engine's work for it take %s of one core.", figure)
	case api.AlertOnOwnMemory:
		return fmt.Sprintf("Quaywatch has %s of memory resident.", figure)
	}
	return name
}

func with(reason string) string {
	if reason == "" {
		return ""
	}
	return ", " + reason
}

func because(reason string) string {
	if reason = strings.TrimSuffix(reason, "."); reason == "" {
		return ""
	}
	return ": " + reason
}

func base(of api.AlertBase, core, limit string) string {
	if of == api.AlertOfLimit {
		return limit
	}
	return core
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

// figureOf writes a figure in the condition's unit.
func figureOf(r *api.AlertRule, v float64) string {
	switch Unit(r) {
	case "bytes":
		return size(v)
	case "bytes a second":
		return scaled(v, 1000, "B/s", "kB/s", "MB/s", "GB/s", "TB/s")
	default:
		return percent(v)
	}
}

func percent(v float64) string {
	if v >= 10 {
		return strconv.FormatFloat(math.Floor(v), 'f', 0, 64) + " %"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " %"
}

func size(v float64) string {
	return scaled(v, 1024, "B", "KiB", "MiB", "GiB", "TiB", "PiB")
}

// scaled writes a figure as the page does: sizes in powers of 1,024, rates in
// powers of 1,000.
func scaled(v, base float64, units ...string) string {
	i := 0
	for v >= base && i < len(units)-1 {
		v /= base
		i++
	}
	if i == 0 || v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64) + " " + units[i]
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + units[i]
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
