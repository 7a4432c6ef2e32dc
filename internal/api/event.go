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
)

// MaxEventAttributes bounds Event.Attributes; labels are the first to go.
const MaxEventAttributes = 64
