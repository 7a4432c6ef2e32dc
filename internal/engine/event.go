package engine

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/events"

	"github.com/quaywatch/quaywatch/internal/api"
)

// maxEventText bounds a detail or an attribute: a label may hold a megabyte.
const maxEventText = 2048

// endOfTime, in Unix seconds, is the year 10000, which JSON's times don't reach.
const endOfTime = 253402300800

// fromMessage makes an api.Event of the engine's. now stands in for the time of
// an event without one.
func fromMessage(engine string, m *events.Message, now time.Time) api.Event {
	attributes := m.Actor.Attributes
	action, detail := splitAction(string(m.Action))
	ev := api.Event{
		Time:   eventTime(m, now),
		Engine: engine,
		Kind:   string(m.Type),
		Action: canonicalAction(string(m.Type), action),
		Detail: clip(detail, maxEventText),
		ID:     m.Actor.ID,
		Name:   clip(attributes["name"], maxEventText),
	}
	if ev.Name == "" && (ev.Kind == "volume" || ev.Kind == "image") {
		ev.Name = ev.ID // their id is their name
	}
	if ev.Detail == "" && ev.Action == "health_status" {
		ev.Detail = attributes["health_status"] // podman
	}
	ev.Attributes = boundedAttributes(attributes)
	_, pod := attributes["podId"]
	_, code := attributes["containerExitCode"]
	if pod || code {
		readPodman(&ev)
	}
	return ev
}

// readPodman puts an event of podman's in Docker's words. Podman gives each event
// the attributes of all kinds, empty or 0 where they mean nothing, names volumes
// in an attribute only, and tells of a network by the container's id and name.
func readPodman(ev *api.Event) {
	a := ev.Attributes
	if code, ok := a["containerExitCode"]; ok && a["exitCode"] == "" && (ev.Action == "die" || ev.Action == "exec_die") {
		a["exitCode"] = code
	}
	delete(a, "containerExitCode")
	for _, k := range []string{"error", "image", "network", "podId"} {
		if a[k] == "" {
			delete(a, k)
		}
	}
	switch {
	case ev.Kind == "volume" && ev.ID == "":
		ev.ID = ev.Name
	case ev.Kind == "network" && (ev.Action == "connect" || ev.Action == "disconnect") && a["container"] == "":
		a["container"] = ev.ID
		ev.ID, ev.Name = "", cmp.Or(a["network"], "some network") // which one, podman 4 does not say
		delete(a, "name")
	}
}

// splitAction parts "health_status: unhealthy" and "exec_create: sh -c true".
func splitAction(s string) (action, detail string) {
	action, detail, _ = strings.Cut(s, ":")
	return strings.TrimSpace(action), strings.TrimSpace(detail)
}

// canonicalAction gives podman's actions Docker's names.
func canonicalAction(kind, action string) string {
	switch {
	case action == "died":
		return "die"
	case kind == "container" && action == "exec":
		return "exec_start"
	case kind == "container" && action == "exec_died":
		return "exec_die"
	case (kind == "container" || kind == "volume") && action == "remove":
		return "destroy"
	default:
		return action
	}
}

func eventTime(m *events.Message, now time.Time) time.Time {
	switch {
	case m.TimeNano > 0:
		return time.Unix(0, m.TimeNano).UTC()
	case m.Time > 0 && m.Time < endOfTime:
		return time.Unix(m.Time, 0).UTC()
	default:
		return now.UTC()
	}
}

// boundedAttributes keeps api.MaxEventAttributes at most: what the engine says
// itself first, then labels by name, so that the same event always keeps the
// same ones.
func boundedAttributes(attributes map[string]string) map[string]string {
	keys := sortedKeys(attributes)
	if len(keys) > api.MaxEventAttributes {
		slices.SortStableFunc(keys, func(a, b string) int { return rank(a) - rank(b) })
		keys = keys[:api.MaxEventAttributes]
	}
	out := make(map[string]string, len(keys))
	for _, k := range keys {
		out[clip(k, maxEventText)] = clip(attributes[k], maxEventText)
	}
	return out
}

// rank is 0 for attributes that engines set, 1 for anything else: labels.
func rank(key string) int {
	switch key {
	case "name", "image", "exitCode", "containerExitCode", "podId", "signal", "execID", "execDuration", "container", "oldName",
		"type", "driver", "destination", "propagation", "read/write", "health_status", "reason", "shortContainerID":
		return 0
	default:
		return 1
	}
}
