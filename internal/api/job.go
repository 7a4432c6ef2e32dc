package api

import "time"

// JobState is how far a job is.
type JobState string

// A job is running until it is done or cancelled; done says that everything was
// tried, not that all of it worked.
const (
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobCancelled JobState = "cancelled"
)

// Job is an action on several containers, which the server works through with
// bounded concurrency, whoever watches. Topic "jobs" carries it.
type Job struct {
	ID      string        `json:"id"`
	Action  Action        `json:"action"`
	Options ActionOptions `json:"options"`
	// Project is the Compose project that was asked for, empty where containers
	// were chosen one by one.
	Project string `json:"project"`
	// By says who asked, and from which client.
	By        Actor      `json:"by"`
	State     JobState   `json:"state"`
	StartedAt time.Time  `json:"startedAt"`
	EndedAt   *time.Time `json:"endedAt"`
	// Items are the containers, in the order in which they are begun.
	Items []JobItem `json:"items"`
	// Next is how many items were begun; Running are the positions of those among
	// them that have not ended. What was begun, is not running and is not in
	// Failures has succeeded.
	Next     int          `json:"next"`
	Running  []int        `json:"running"`
	Failures []JobFailure `json:"failures"`
}

// JobItem is one container of a job, by the name it had when the job began.
type JobItem struct {
	Key  Key    `json:"key"`
	Name string `json:"name"`
}

// JobFailure is what the engine said to one item.
type JobFailure struct {
	Item    int       `json:"item"`
	Code    ErrorCode `json:"code"`
	Message string    `json:"message"`
}

// JobRequest is the body of POST /api/v1/jobs: an action on containers (by id,
// name or ENGINE/ID), or on all of a Compose project.
type JobRequest struct {
	Action     Action        `json:"action"`
	Options    ActionOptions `json:"options"`
	Containers []string      `json:"containers,omitempty"`
	Project    string        `json:"project,omitempty"`
}

// MaxJobItems bounds Job.Items.
const MaxJobItems = 10_000

// Actor is who asked Quaywatch for something.
type Actor struct {
	// Name is the sign-in's: a token's name, "password", "launch".
	Name string `json:"name"`
	// Client is Hello.Client.ID of the page that asked, empty for others.
	Client string `json:"client"`
}
