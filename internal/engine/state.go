package engine

import (
	"strconv"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// canonicalState gives podman's states Docker's names.
func canonicalState(s string) api.ContainerState {
	switch s = strings.ToLower(s); s {
	case "configured", "initialized":
		return api.StateCreated
	case "stopped":
		return api.StateExited
	case "stopping":
		return api.StateRunning // it still has processes
	default:
		return api.ContainerState(s)
	}
}

func canonicalHealth(s string) api.Health {
	switch h := api.Health(strings.ToLower(s)); h {
	case api.HealthStarting, api.HealthHealthy, api.HealthUnhealthy:
		return h
	default:
		return api.HealthNone
	}
}

// healthOfStatus reads the health out of a list's status text: "Up 2 minutes
// (healthy)", "Up 3 seconds (health: starting)".
func healthOfStatus(status string) api.Health {
	if !strings.HasPrefix(status, "Up ") {
		return api.HealthNone // the engine says it of running containers only
	}
	_, verdict, ok := strings.Cut(status, "(")
	if !ok {
		return api.HealthNone
	}
	verdict = strings.TrimPrefix(strings.TrimSuffix(verdict, ")"), "health: ")
	return canonicalHealth(verdict)
}

// exitCodeOfStatus reads the exit code out of a list's status text: "Exited
// (137) 3 hours ago", "Restarting (1) 5 seconds ago". Nil where there is none.
func exitCodeOfStatus(status string) *int {
	for _, prefix := range []string{"Exited (", "Restarting ("} {
		rest, ok := strings.CutPrefix(status, prefix)
		if !ok {
			continue
		}
		number, _, ok := strings.Cut(rest, ")")
		if code, err := strconv.Atoi(number); ok && err == nil {
			return &code
		}
	}
	return nil
}
