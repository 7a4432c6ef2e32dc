package api

import "time"

// Limits of container logs.
const (
	// MaxLogSources is how many containers one log subscription follows.
	MaxLogSources = 64
	// DefaultLogTail and MaxLogTail are past lines for each container.
	DefaultLogTail = 500
	MaxLogTail     = 10_000
	// MaxLogLine is the longest text of a line in bytes; the rest is cut off, and
	// LogsFrame.Cut says so.
	MaxLogLine = 16 << 10
	// LogWindow is how many logs frames may be on their way without an ack.
	LogWindow = 2
)

// LogsFrame carries lines of topic "logs", in columns: At, Text and, where there
// are several sources, Src have one value a line. Lines of one source are in
// order; those of different sources by time as far as they came together.
type LogsFrame struct {
	Type  MessageType `json:"type"`
	Topic Topic       `json:"topic"`
	// ID is the subscription's.
	ID int `json:"id"`
	// N counts the subscription's frames from 1; the client acknowledges it.
	N uint64 `json:"n"`
	// At is when the line was written, Unix microseconds by the engine's clock.
	At []int64 `json:"at,omitempty"`
	// Text is the line without its end. It is not markup; invalid UTF-8 is
	// replaced, escape sequences are left in.
	Text []string `json:"text,omitempty"`
	// Src are positions in the filter's Containers; absent: all are of the first.
	Src []int `json:"src,omitempty"`
	// Err are the positions of lines from stderr.
	Err []int `json:"err,omitempty"`
	// Cut are the positions of lines that were longer than MaxLogLine.
	Cut []int `json:"cut,omitempty"`
	// Skipped says, before the lines of this frame, what was left out.
	Skipped []LogSkip `json:"skipped,omitempty"`
	// States say, after the lines of this frame, how the sources are.
	States []LogState `json:"states,omitempty"`
}

// LogSkip is a gap in a source: the client or the network could not keep up.
type LogSkip struct {
	Src int `json:"src"`
	// Lines is how many; 0 where that can't be told.
	Lines int64 `json:"lines"`
}

// LogPhase is how a source's log is.
type LogPhase string

// A log is followed until its container ends, and again when it is started; it
// fails when the engine can't give it (a log driver that can't be read, a
// container that is gone).
const (
	LogFollowing LogPhase = "following"
	LogEnded     LogPhase = "ended"
	LogFailed    LogPhase = "failed"
)

// LogState is the state of one source.
type LogState struct {
	Src   int      `json:"src"`
	Phase LogPhase `json:"phase"`
	// Message says what is wrong and what to do; empty unless failed.
	Message string `json:"message"`
}

// Ack confirms that logs frames up to N were taken in: at most LogWindow are on
// their way unconfirmed.
type Ack struct {
	Type MessageType `json:"type"`
	ID   int         `json:"id"`
	N    uint64      `json:"n"`
}

// LogLine is one line as the engine adapter reads it.
type LogLine struct {
	Time   time.Time
	Stderr bool
	Text   string
	// Cut tells that the line was longer than MaxLogLine.
	Cut bool
}

// LogOptions ask an engine for a container's log.
type LogOptions struct {
	// Follow goes on until the container ends.
	Follow bool
	// Tail is how many past lines come first; negative is all.
	Tail int
	// Since and Until bound the lines' times; zero does not.
	Since, Until time.Time
	// Stdout and Stderr choose the streams.
	Stdout, Stderr bool
}
