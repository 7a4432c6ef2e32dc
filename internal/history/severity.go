package history

import (
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Severity is how bad an event is, as the page colours it (eventText.ts); the
// cases in api/event-cases.json hold both to the same.
type Severity string

// Plain is what is neither good nor bad.
const (
	Bad   Severity = "bad"
	Warn  Severity = "warn"
	Good  Severity = "good"
	Plain Severity = "plain"
)

// Severities are all of them.
func Severities() []Severity { return []Severity{Bad, Warn, Good, Plain} }

// SeverityOf tells how bad an event is.
func SeverityOf(e *api.Event) Severity {
	switch e.Kind {
	case "container":
		return containerSeverity(e)
	case api.KindEngine:
		switch e.Action {
		case api.ActionUnreachable:
			return Bad
		case api.ActionConnected:
			return Good
		case api.ActionGap:
			return Warn
		}
	case api.KindHistory:
		switch e.Action {
		case "lost", "set-aside":
			return Warn
		case "resumed":
			return Good
		}
	case api.KindAudit, api.KindJob:
		if e.Detail == "failed" {
			return Bad
		}
	}
	return Plain
}

func containerSeverity(e *api.Event) Severity {
	switch e.Action {
	case "oom":
		return Bad
	case "die":
		// Asked to end by a signal is no failure.
		if code := e.Attributes["exitCode"]; code != "" && !slices.Contains([]string{"0", "130", "143"}, code) {
			return Bad
		}
	case "pause", "kill":
		return Warn
	case "start", "restart", "unpause":
		return Good
	case "health_status":
		switch e.Detail {
		case string(api.HealthHealthy):
			return Good
		case string(api.HealthUnhealthy):
			return Bad
		}
	}
	return Plain
}

// severityTags are the actions and kinds that may be so bad; nil where most may.
func severityTags(of []Severity) []string {
	if len(of) == 0 || slices.Contains(of, Plain) {
		return nil
	}
	var out []string
	for _, s := range of {
		switch s {
		case Bad:
			out = append(out, tags(tagAction, []string{"oom", "die", "health_status", api.ActionUnreachable})...)
			out = append(out, tags(tagKind, []string{api.KindAudit, api.KindJob})...)
		case Warn:
			out = append(out, tags(tagAction, []string{"pause", "kill", api.ActionGap, "lost", "set-aside"})...)
		case Good:
			out = append(out, tags(tagAction, []string{"start", "restart", "unpause", "health_status", api.ActionConnected, "resumed"})...)
		case Plain: // most are
		}
	}
	return out
}
