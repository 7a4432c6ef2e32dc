package api

import "time"

// Event is something the engine said, or (Inferred) something that must have
// happened while nobody could hear it. `events --json` prints it, one a line.
type Event struct {
	Time   time.Time `json:"time"`
	Engine string    `json:"engine"`
	// Kind is the engine's Type: container, image, volume, network, daemon, …,
	// or KindEngine.
	Kind string `json:"kind"`
	// Action is the engine's Action in its canonical spelling ("die", not
	// podman's "died"); what follows a colon stands in Detail
	// ("health_status", detail "unhealthy"; "exec_create", detail the command).
	Action string `json:"action"`
	Detail string `json:"detail"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	// Attributes are the engine's, at most MaxEventAttributes of them, and
	// AttrContainerName.
	Attributes map[string]string `json:"attributes"`
	// Inferred events were recovered from inspect data; their time is the one
	// the engine recorded (FinishedAt, StartedAt) where it did.
	Inferred bool `json:"inferred"`
	// By is who asked Quaywatch for the action that led to this; absent where
	// nobody did, as far as is known.
	By *Actor `json:"by,omitempty"`
	// Seq is the event's position in topic "events" within the epoch.
	Seq uint64 `json:"seq"`
}

// AttrContainerName is the attribute that Quaywatch adds to events of networks
// and volumes that are about a container: its name, where it is known.
const AttrContainerName = "containerName"

// Events that no engine tells: Quaywatch has lost one that it was connected to,
// or has it back. They are inferred, and their ID is the engine's.
const (
	KindEngine        = "engine"
	ActionUnreachable = "unreachable"
	ActionConnected   = "connected"
	// ActionGap is a stretch of time, from AttrFrom to AttrUntil, in which nobody
	// listened and of which the engine no longer tells. Its AttrReason says why.
	ActionGap = "gap"
)

// Kinds of rows that only the history has: GET /api/v1/events answers them when
// they are asked for.
const (
	// KindAudit is what somebody asked Quaywatch to do: Action is the action,
	// Detail "asked" before the engine is called and "done" or "failed" after it.
	KindAudit = "audit"
	// KindJob is a job's begin and end: Action is the job's, Detail its state, ID
	// its id.
	KindJob = "job"
	// KindState is a change of a container's state: Action is the new one, Detail
	// the old one, AttrReason why.
	KindState = "state"
	// KindHistory is about the history itself: Action "lost", "resumed" after a
	// pause, or "set-aside". These are answered unasked.
	KindHistory = "history"
)

// Attributes of these rows. Times are RFC 3339.
const (
	AttrFrom   = "from"
	AttrUntil  = "until"
	AttrReason = "reason"
	// AttrKind, of an audit row, is what was acted on: "image", "volume",
	// "network", "alert" or "rule". It is absent for containers.
	AttrKind  = "kind"
	AttrCount = "count"
)

// MaxEventAttributes bounds Event.Attributes; labels are the first to go.
const MaxEventAttributes = 64
