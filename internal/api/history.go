package api

import "time"

// HistoryState is how the memory on disk does.
type HistoryState string

// The history is opening until the file is open, recording while what happens
// is written, and paused while it can't be; what happens meanwhile waits, as far
// as there is room for it.
const (
	HistoryOpening   HistoryState = "opening"
	HistoryRecording HistoryState = "recording"
	HistoryPaused    HistoryState = "paused"
)

// HistoryStatus is what ServerStatus says of the history.
type HistoryStatus struct {
	State HistoryState `json:"state"`
	// Reason says in a sentence why it is paused; empty otherwise.
	Reason string `json:"reason"`
	// Since is when State or Reason last changed.
	Since time.Time `json:"since"`
	// Bytes is the file's size, EventBytes what events take of it, about, and
	// MetricBytes what the metrics' content takes.
	Bytes       int64 `json:"bytes"`
	EventBytes  int64 `json:"eventBytes"`
	MetricBytes int64 `json:"metricBytes"`
	// Oldest is the time of the oldest event; nil where there is none.
	Oldest *time.Time `json:"oldest"`
	// Dropped counts events that were not written since the server started,
	// because more came than the disk took.
	Dropped uint64 `json:"dropped"`
	// SetAside is where a damaged file was put since the server started; empty
	// where none was.
	SetAside string `json:"setAside"`
}
