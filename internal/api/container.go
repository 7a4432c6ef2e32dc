package api

import "time"

// ContainerState is the engine's word for what a container is doing.
type ContainerState string

// The states of Docker Engine API 1.40 to 1.56 (State.Status of an inspect).
const (
	StateCreated    ContainerState = "created"
	StateRunning    ContainerState = "running"
	StatePaused     ContainerState = "paused"
	StateRestarting ContainerState = "restarting"
	StateRemoving   ContainerState = "removing"
	StateExited     ContainerState = "exited"
	StateDead       ContainerState = "dead"
)

// Alive reports whether a container in this state has processes to sample.
func (s ContainerState) Alive() bool { return s == StateRunning || s == StatePaused }

// Health is the verdict of a container's health check.
type Health string

// HealthNone is a container without a health check.
const (
	HealthNone      Health = "none"
	HealthStarting  Health = "starting"
	HealthHealthy   Health = "healthy"
	HealthUnhealthy Health = "unhealthy"
)

// Container is one container as Quaywatch knows it. `ps --json` prints it, one
// a line; GET /api/v1/containers returns it; topic "containers" carries it.
type Container struct {
	Engine  string `json:"engine"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Image   string `json:"image"`
	ImageID string `json:"imageId"`
	Command string `json:"command"`

	// Project and Service are Docker Compose's, from its labels; empty outside.
	Project string `json:"project"`
	Service string `json:"service"`

	State  ContainerState `json:"state"`
	Health Health         `json:"health"`
	// ExitCode is that of the last run; nil before a first exit and while alive.
	ExitCode  *int   `json:"exitCode"`
	OOMKilled bool   `json:"oomKilled"`
	Error     string `json:"error"`
	// RestartCount counts restarts by the engine's restart policy.
	RestartCount  int    `json:"restartCount"`
	RestartPolicy string `json:"restartPolicy"`

	CreatedAt  *time.Time `json:"createdAt"`
	StartedAt  *time.Time `json:"startedAt"`
	FinishedAt *time.Time `json:"finishedAt"`

	Ports       []Port   `json:"ports"`
	NetworkMode string   `json:"networkMode"`
	Networks    []string `json:"networks"`
	// Volumes are the names of the volumes that it mounts, in order.
	Volumes []string          `json:"volumes"`
	Labels  map[string]string `json:"labels"`

	// PID is the container's first process in the engine's PID namespace, 0
	// while it does not run.
	PID int `json:"pid"`
	// CPULimit is in cores, MemoryLimitBytes in bytes; nil is unlimited.
	CPULimit         *float64 `json:"cpuLimit"`
	MemoryLimitBytes *int64   `json:"memoryLimitBytes"`

	// Inferred marks a state that was recovered by looking, not told by an
	// event: what happened while the engine or its event stream was away.
	Inferred bool `json:"inferred"`
	// Partial marks a row that is known only from the engine's list, before its
	// first inspect: PID, times, limits and restart data are not known yet.
	Partial bool `json:"partial"`
	// Row is the container's number in metrics frames: given by the store, never
	// given to another container within an epoch.
	Row int `json:"row"`
}

// CleanExit reports whether its last run ended well: done, interrupted or asked to
// stop is nothing to worry about.
func (c *Container) CleanExit() bool {
	if c.OOMKilled {
		return false
	}
	return c.ExitCode == nil || *c.ExitCode == 0 || *c.ExitCode == 130 || *c.ExitCode == 143
}

// Key names the container across engines.
func (c *Container) Key() Key { return MakeKey(c.Engine, c.ID) }

// Port is a port the container exposes, and where it is published, if it is.
type Port struct {
	// IP and Public are empty and 0 where the port is exposed but not published.
	IP      string `json:"ip"`
	Public  int    `json:"public"`
	Private int    `json:"private"`
	Proto   string `json:"proto"`
}

// ContainerDetail is a container with the engine's own inspect document, in
// which every value of Config.Env is masked.
type ContainerDetail struct {
	Container Container      `json:"container"`
	Inspect   map[string]any `json:"inspect"`
}
