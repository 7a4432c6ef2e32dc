package api

// Action is something a user may do to a container.
type Action string

// The actions, named as in the Engine API.
const (
	ActionStart   Action = "start"
	ActionStop    Action = "stop"
	ActionRestart Action = "restart"
	ActionPause   Action = "pause"
	ActionUnpause Action = "unpause"
	ActionKill    Action = "kill"
	ActionRename  Action = "rename"
	ActionRemove  Action = "remove"
)

// ActionOptions are the parameters of the actions that take any.
type ActionOptions struct {
	// TimeoutSeconds is how long stop and restart wait before they kill; nil is
	// the container's own, or the engine's default of 10.
	TimeoutSeconds *int `json:"timeoutSeconds,omitempty"`
	// Signal is what kill sends; empty is SIGKILL.
	Signal string `json:"signal,omitempty"`
	// Name is the new name, for rename.
	Name string `json:"name,omitempty"`
	// Force lets remove kill a running container; Volumes removes its anonymous
	// volumes too.
	Force   bool `json:"force,omitempty"`
	Volumes bool `json:"volumes,omitempty"`
	// Networks, for a job that removes a Compose project, removes its networks
	// after its containers.
	Networks bool `json:"networks,omitempty"`
}

// ActionResult is the engine's answer to an action. What became of the
// container is told by the stream, not here.
type ActionResult struct {
	Engine string `json:"engine"`
	ID     string `json:"id"`
	Action Action `json:"action"`
	// Seconds is how long the engine took to answer.
	Seconds float64 `json:"seconds"`
	// Replayed is true when the idempotency key had been seen before and this is
	// the first answer again.
	Replayed bool `json:"replayed"`
}

// List is a page of resources: what every collection of the REST API answers.
type List[T any] struct {
	Items []T `json:"items"`
	// Next is the cursor of the next page, empty on the last.
	Next string `json:"next"`
}
