package api

import "time"

// EngineState is the health of the hop between Quaywatch and an engine. It
// says nothing of the hop between a client and Quaywatch.
type EngineState string

// An engine is connecting until its first answer, connected while it answers,
// and unreachable from a failure or a missed deadline until it answers again.
const (
	EngineConnecting  EngineState = "connecting"
	EngineConnected   EngineState = "connected"
	EngineUnreachable EngineState = "unreachable"
)

// EngineStatus is one watched engine.
type EngineStatus struct {
	// ID is short and stable: the first 12 hexadecimal digits of the SHA-256 of
	// the engine's own id, or of its address until that is known.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Product is "Podman" where the engine is one, and left out for Docker.
	Product    string `json:"product,omitempty"`
	Version    string `json:"version"`
	APIVersion string `json:"apiVersion"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	// Host is the address, without credentials; Origin says where the choice
	// came from: "flag", "DOCKER_HOST", "context NAME", "default socket", "demo".
	Host   string      `json:"host"`
	Origin string      `json:"origin"`
	State  EngineState `json:"state"`
	// Since is when State was entered.
	Since time.Time `json:"since"`
	// Error says in a sentence what is wrong and what to do; empty while connected.
	Error string `json:"error"`
	// ErrorCode is one of the Err… codes, empty while connected.
	ErrorCode ErrorCode `json:"errorCode"`
	// Demo is true for Quaywatch's own demo engine: nothing in it is real.
	Demo bool `json:"demo"`
	// MetricsSource names the rung of the ladder in use: "cgroup v1",
	// "cgroup v2", "one-shot", "stream", or "" before it is chosen;
	// MetricsReason says why not a better one.
	MetricsSource string `json:"metricsSource"`
	MetricsReason string `json:"metricsReason"`
	// CPUs and MemoryBytes are the engine's machine's.
	CPUs        int   `json:"cpus"`
	MemoryBytes int64 `json:"memoryBytes"`
	// CgroupVersion is "1" or "2", CgroupDriver "cgroupfs" or "systemd".
	CgroupVersion string `json:"cgroupVersion"`
	CgroupDriver  string `json:"cgroupDriver"`
	// RTTSeconds is the last ping's round trip to the engine.
	RTTSeconds *float64 `json:"rttSeconds"`
	// ClockOffsetSeconds is the engine's clock minus ours, when it could be told.
	ClockOffsetSeconds *float64 `json:"clockOffsetSeconds"`
	// Resyncs counts full relists since the server started.
	Resyncs uint64 `json:"resyncs"`
}

// ServerStatus is the Quaywatch server itself and what it costs.
type ServerStatus struct {
	Version   string    `json:"version"`
	PID       int       `json:"pid"`
	StartedAt time.Time `json:"startedAt"`
	ReadOnly  bool      `json:"readOnly"`
	// Exec: admins may open terminals in containers (neither --read-only nor
	// --no-exec).
	Exec    bool `json:"exec"`
	Clients int  `json:"clients"`
	// CPUPercent is Quaywatch's own, of one core; EngineCPUPercent is what
	// Quaywatch causes in the engine, nil where that can't be told.
	CPUPercent       *float64 `json:"cpuPercent"`
	EngineCPUPercent *float64 `json:"engineCpuPercent"`
	MemoryBytes      *int64   `json:"memoryBytes"`
	// SampleSeconds is how often watched and other containers are sampled now.
	SampleSeconds     float64 `json:"sampleSeconds"`
	SampleRestSeconds float64 `json:"sampleRestSeconds"`
	// History is the memory on disk; nil where there is none.
	History *HistoryStatus `json:"history"`
	// Revisions tell when lists that no topic carries are to be read again.
	Revisions Revisions `json:"revisions"`
}

// Revisions count the changes of lists that only REST carries: what they hold is
// then read by whoever may. A count begins at 0 with the server; it says nothing
// but that the list is another one than it was at another count.
type Revisions struct {
	// AlertRules is of the rules with their file: at once when one is put, removed
	// or read from the file, within a second when how they do has changed.
	AlertRules uint64 `json:"alertRules"`
	// Deliveries is of the deliveries, how they do, and their log.
	Deliveries uint64 `json:"deliveries"`
}

// System is the answer of GET /api/v1/system.
type System struct {
	Server  ServerStatus   `json:"server"`
	Engines []EngineStatus `json:"engines"`
}

// SystemItem is one row of topic "system": exactly one of Server, Engine and
// DiskUsage is set. Its key is "server", the engine's id, or the engine's id with
// "/disk".
type SystemItem struct {
	Key       string        `json:"key"`
	Server    *ServerStatus `json:"server,omitempty"`
	Engine    *EngineStatus `json:"engine,omitempty"`
	DiskUsage *DiskUsage    `json:"diskUsage,omitempty"`
}

// DiskUsage is what an engine keeps on its disk, by kind. It takes the engine a
// while to tell, so it is measured in the background and dated. The item is there
// from the moment images, volumes and networks have been listed.
type DiskUsage struct {
	Engine string `json:"engine"`
	// MeasuredAt is when the engine answered last, Seconds how long it took; nil
	// and 0 before a first answer.
	MeasuredAt *time.Time `json:"measuredAt"`
	Seconds    float64    `json:"seconds"`
	// Measuring: the engine is being asked now.
	Measuring bool `json:"measuring"`
	// Error is why the last attempt failed, in a sentence; empty where it did not.
	Error string `json:"error"`

	Images     DiskUse `json:"images"`
	Containers DiskUse `json:"containers"`
	Volumes    DiskUse `json:"volumes"`
	BuildCache DiskUse `json:"buildCache"`
}

// DiskUse is what one kind of things takes. Nil is not known.
type DiskUse struct {
	Count  int `json:"count"`
	Active int `json:"active"`
	// TotalBytes counts what several share once; ReclaimableBytes is what would
	// be freed if everything that is not active were removed.
	TotalBytes       *int64 `json:"totalBytes"`
	ReclaimableBytes *int64 `json:"reclaimableBytes"`
}

// DiskMeasure is what one measurement found: DiskUsage, and the sizes of single
// things, which become part of the images and volumes. It does not travel.
type DiskMeasure struct {
	Usage DiskUsage
	// Shared is by image id, Volumes by name; what is not in them is not known.
	Shared, Volumes map[string]int64
}

// DiskKey is the key of an engine's disk use in topic "system".
func DiskKey(engine string) string { return engine + "/disk" }
