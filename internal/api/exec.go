package api

// A terminal is a command that runs in a container, with a terminal of its own
// and a socket of its own: GET /api/v1/containers/{id}/exec. It speaks the
// stream's subprotocol and frames, with the messages below and the stream's ping,
// pong and error.

// ExecMessageType is the value of "type" on a terminal's socket.
type ExecMessageType string

// Messages from the client.
const (
	TypeExecOpen   ExecMessageType = "open"
	TypeExecInput  ExecMessageType = "input"
	TypeExecResize ExecMessageType = "resize"
)

// Messages from the server.
const (
	TypeExecOpened ExecMessageType = "opened"
	TypeExecOutput ExecMessageType = "output"
	TypeExecExit   ExecMessageType = "exit"
)

// TypeExecTook is sent in both directions.
const TypeExecTook ExecMessageType = "took"

const (
	// ExecOutputWindow is how many bytes of output are on their way to the client
	// unconfirmed, at most; while they are, nothing more is read from the engine,
	// and the program in the container waits. A frame counts ExecFrameCost more
	// than its text.
	ExecOutputWindow = 128 << 10
	// ExecInputWindow is the same for what is typed, where a client that sends
	// more is closed.
	ExecInputWindow = 64 << 10
	// ExecFrameCost keeps the number of frames on their way bounded, too.
	ExecFrameCost = 64
	// MaxExecSide is the largest terminal, in columns and in rows.
	MaxExecSide = 1000
)

// ExecOptions say what is run in a container.
type ExecOptions struct {
	// Command is the program and its arguments; empty is a shell: bash where the
	// container has it, else sh.
	Command []string `json:"command,omitempty"`
	// User is a name or a number, with :GROUP or without; empty is the container's.
	User string `json:"user,omitempty"`
	// WorkingDir is an absolute path; empty is the container's.
	WorkingDir string `json:"workingDir,omitempty"`
	// Env are NAME=VALUE, besides the container's.
	Env []string `json:"env,omitempty"`
	// Cols and Rows are the terminal's size as it begins.
	Cols int `json:"cols"`
	Rows int `json:"rows"`
}

// ExecOpen is the client's first message, within 5 s of the upgrade. It
// authenticates as Hello does.
type ExecOpen struct {
	Type   ExecMessageType `json:"type"`
	V      int             `json:"v"`
	Token  string          `json:"token,omitempty"`
	Ticket string          `json:"ticket,omitempty"`
	Client ClientInfo      `json:"client"`
	// MaxFrame is the largest frame in bytes the client wants; 0 is the server's.
	MaxFrame int `json:"maxFrame,omitempty"`
	ExecOptions
}

// ExecOpened answers an ExecOpen: the command runs.
type ExecOpened struct {
	Type ExecMessageType `json:"type"`
	// ID names the session, as the audit does.
	ID string `json:"id"`
	// Container is the container's whole id.
	Container   string `json:"container"`
	HeartbeatMs int    `json:"heartbeatMs"`
	// InputWindow is how many bytes of input may be on their way unconfirmed, a
	// frame counting FrameCost more than its text has; MaxInbound is the largest
	// frame that is read.
	InputWindow int `json:"inputWindow"`
	FrameCost   int `json:"frameCost"`
	MaxInbound  int `json:"maxInbound"`
	// IdleSeconds is after how long without input and output the session is
	// closed, UnattendedSeconds after how long without input.
	IdleSeconds       int `json:"idleSeconds"`
	UnattendedSeconds int `json:"unattendedSeconds"`
}

// ExecText is a piece of input or output. N counts the pieces of one direction
// from 1. Text ends with a whole character; what is not UTF-8 is U+FFFD in it.
type ExecText struct {
	Type ExecMessageType `json:"type"`
	N    uint64          `json:"n"`
	Text string          `json:"text"`
}

// ExecTook confirms the other side's pieces up to N: of output, that the terminal
// has drawn them; of input, that the engine has them.
type ExecTook struct {
	Type ExecMessageType `json:"type"`
	N    uint64          `json:"n"`
}

// ExecResize is the terminal's new size.
type ExecResize struct {
	Type ExecMessageType `json:"type"`
	Cols int             `json:"cols"`
	Rows int             `json:"rows"`
}

// ExecExit is the server's last message: the command has ended, or the session
// has. A close follows.
type ExecExit struct {
	Type ExecMessageType `json:"type"`
	// Code is what the command ended with; nil where it is not known.
	Code *int `json:"code"`
	// Seconds is how long it was open.
	Seconds float64 `json:"seconds"`
	// Reason says in a sentence why the session ended; empty where the command
	// ended by itself.
	Reason string `json:"reason"`
	// Left is true where the command may still run in the container: the engine
	// could not be made to end it.
	Left bool `json:"left"`
}
