package api

import (
	"encoding/json"
	"time"
)

// The protocol, version 1: docs/protocol.md is its text, api/asyncapi.yaml its
// description, api/golden its examples. Each WebSocket text frame is one
// message object or an array of them; "type" tells them apart.

// ProtocolVersion is the version spoken here; Subprotocol is its WebSocket name.
const (
	ProtocolVersion = 1
	Subprotocol     = "quaywatch.v1"
)

// Topic is something a client can subscribe to.
type Topic string

// The topics. State topics carry keyed resources, TopicEvents is a log,
// TopicMetrics carries samples, TopicLogs the output of containers.
const (
	TopicContainers Topic = "containers"
	TopicImages     Topic = "images"
	TopicVolumes    Topic = "volumes"
	TopicNetworks   Topic = "networks"
	TopicJobs       Topic = "jobs"
	TopicAlerts     Topic = "alerts"
	TopicLogs       Topic = "logs"
	TopicEvents     Topic = "events"
	TopicMetrics    Topic = "metrics"
	TopicSystem     Topic = "system"
)

// MessageType is the value of "type".
type MessageType string

// Messages from the client.
const (
	TypeHello MessageType = "hello"
	TypeSub   MessageType = "sub"
	TypeUnsub MessageType = "unsub"
	TypeAck   MessageType = "ack"
)

// Messages from the server.
const (
	TypeWelcome MessageType = "welcome"
	TypeSubbed  MessageType = "subbed"
	TypeSnap    MessageType = "snap"
	TypeSnapEnd MessageType = "snapEnd"
	TypeDelta   MessageType = "delta"
	TypeMark    MessageType = "mark"
	TypeMetrics MessageType = "metrics"
	TypeLogs    MessageType = "logs"
	TypeResync  MessageType = "resync"
	TypeError   MessageType = "error"
)

// Messages in both directions.
const (
	TypePing MessageType = "ping"
	TypePong MessageType = "pong"
)

// Hello is the client's first message, within 5 s of the upgrade. One of Token
// and Ticket authenticates; a browser with the session cookie needs neither.
type Hello struct {
	Type   MessageType `json:"type"`
	V      int         `json:"v"`
	Token  string      `json:"token,omitempty"`
	Ticket string      `json:"ticket,omitempty"`
	Client ClientInfo  `json:"client"`
	// MaxFrame is the largest frame in bytes the client wants; 0 is the server's.
	MaxFrame int     `json:"maxFrame,omitempty"`
	Resume   *Resume `json:"resume,omitempty"`
}

// ClientInfo says who connects. A new connection with the same ID and the same
// authentication supersedes the old one.
type ClientInfo struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Resume holds the positions a client has reached, to go on from.
type Resume struct {
	Epoch  string           `json:"epoch"`
	Topics map[Topic]uint64 `json:"topics"`
}

// Sub subscribes to a topic. ID is the client's, unique on the connection; a
// Sub with an ID in use replaces its filter without a new snapshot (metrics) or
// with one (other topics).
type Sub struct {
	Type   MessageType `json:"type"`
	ID     int         `json:"id"`
	Topic  Topic       `json:"topic"`
	Filter *Filter     `json:"filter,omitempty"`
	// From is the position to go on from, in the epoch of the welcome. It stands
	// above Hello.Resume: a client that was carried on otherwise between its
	// hello and its sub, by polling, knows better by then.
	From *uint64 `json:"from,omitempty"`
}

// Filter narrows a subscription. Last is for events; Rows to Paced are for
// metrics; Containers, Tail and Since are for logs.
type Filter struct {
	// Last is how many past events the snapshot of topic events holds (default
	// and limit: what the server retains).
	Last *int `json:"last,omitempty"`

	// Rows are the metrics rows wanted; All wants every row.
	Rows []int `json:"rows,omitempty"`
	All  bool  `json:"all,omitempty"`
	// Cols are column names; empty is all.
	Cols []string `json:"cols,omitempty"`
	// EveryMs is the interval of the rows above; 0 is the server's (1000).
	EveryMs int `json:"everyMs,omitempty"`
	// RestEveryMs adds all other rows at this interval; 0 leaves them out.
	RestEveryMs int `json:"restEveryMs,omitempty"`
	// Paced allows that, in a rush of changes at a large engine, what changes in
	// other rows than Rows waits for the next metrics frame.
	Paced bool `json:"paced,omitempty"`

	// Containers are those whose logs are wanted, at most MaxLogSources.
	Containers []Key `json:"containers,omitempty"`
	// Tail is how many past lines of each come first; nil is DefaultLogTail.
	Tail *int `json:"tail,omitempty"`
	// Since, for containers in it, is where to go on instead of Tail: Unix
	// microseconds of the last line that is known. Lines of that very
	// microsecond come again.
	Since map[Key]int64 `json:"since,omitempty"`
}

// Unsub ends a subscription.
type Unsub struct {
	Type MessageType `json:"type"`
	ID   int         `json:"id"`
}

// Welcome answers a Hello that was accepted.
type Welcome struct {
	Type        MessageType    `json:"type"`
	V           int            `json:"v"`
	Epoch       string         `json:"epoch"`
	Conn        string         `json:"conn"`
	HeartbeatMs int            `json:"heartbeatMs"`
	Limits      Limits         `json:"limits"`
	Role        string         `json:"role"`
	Time        time.Time      `json:"time"`
	Server      ServerStatus   `json:"server"`
	Engines     []EngineStatus `json:"engines"`
}

// Limits are what the server accepts on this connection.
type Limits struct {
	// MaxFrame is the largest frame the server will send, MaxInbound the largest
	// it reads, both in bytes.
	MaxFrame   int `json:"maxFrame"`
	MaxInbound int `json:"maxInbound"`
	MaxSubs    int `json:"maxSubs"`
}

// Subbed answers a Sub. Recovered: the deltas since the client's position
// follow. Otherwise snap pages and a snapEnd do.
type Subbed struct {
	Type      MessageType `json:"type"`
	ID        int         `json:"id"`
	Topic     Topic       `json:"topic"`
	Recovered bool        `json:"recovered"`
	// Seq is the topic's position as the subscription begins.
	Seq uint64 `json:"seq"`
}

// Snap is a page of a snapshot. Items are whole resources.
type Snap struct {
	Type  MessageType       `json:"type"`
	Topic Topic             `json:"topic"`
	Page  int               `json:"page"`
	Items []json.RawMessage `json:"items"`
}

// SnapEnd ends a snapshot: the pages since page 0 replace the topic's content,
// which is now at position Seq.
type SnapEnd struct {
	Type  MessageType `json:"type"`
	Topic Topic       `json:"topic"`
	Seq   uint64      `json:"seq"`
	Count int         `json:"count"`
}

// Delta leads a topic from position From to position Seq. A client that is not
// at From subscribes to the topic again, keeping its old view until then.
type Delta struct {
	Type  MessageType `json:"type"`
	Topic Topic       `json:"topic"`
	From  uint64      `json:"from"`
	Seq   uint64      `json:"seq"`
	// Added are whole resources, new ones or ones to be replaced; for topic
	// events, the events in order.
	Added   []json.RawMessage `json:"added,omitempty"`
	Changed map[Key]Diff      `json:"changed,omitempty"`
	Removed []Key             `json:"removed,omitempty"`
}

// Diff changes top-level fields of a resource.
type Diff struct {
	Set   map[string]json.RawMessage `json:"set,omitempty"`
	Unset []string                   `json:"unset,omitempty"`
}

// Mark moves a topic's position to Seq when nothing of it concerned the client.
type Mark struct {
	Type  MessageType `json:"type"`
	Topic Topic       `json:"topic"`
	Seq   uint64      `json:"seq"`
}

// MetricsFrame carries the cells that changed since the client's last one.
//
// The frame confirms, as of At, every row of the subscription that is due and
// not named in Missed: a cell that is not in it has not changed.
type MetricsFrame struct {
	Type  MessageType `json:"type"`
	Topic Topic       `json:"topic"`
	// Seq is the tick. It may skip: samples are latest-wins.
	Seq uint64 `json:"seq"`
	// At is when the tick was taken, Unix milliseconds.
	At int64 `json:"at"`
	// Rest is true when the rows of restEveryMs are part of this frame too.
	Rest bool `json:"rest,omitempty"`
	// Rows are the rows with at least one cell below.
	Rows []int `json:"rows,omitempty"`
	// Cols are the changed cells, by column name.
	Cols map[string]MetricsColumn `json:"cols,omitempty"`
	// Ages are milliseconds before At at which a row was read, by row, where
	// that is more than 250.
	Ages map[int]int64 `json:"ages,omitempty"`
	// Missed are rows that are due and could not be read.
	Missed []int `json:"missed,omitempty"`
}

// MetricsColumn holds values for positions in MetricsFrame.Rows. Without I
// there is one value for every row, in order. A nil value is not known.
type MetricsColumn struct {
	I []int    `json:"i,omitempty"`
	V []*int64 `json:"v"`
}

// Resync says that a topic can't be continued: a snapshot follows. Lost, if
// set, is the range of a log topic that this connection will not carry.
type Resync struct {
	Type   MessageType `json:"type"`
	Topic  Topic       `json:"topic"`
	Reason string      `json:"reason"`
	Lost   *Range      `json:"lost,omitempty"`
}

// Range is the positions From < seq ≤ To.
type Range struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

// WireError answers a message that could not be served. ID is the subscription
// it is about, 0 for none.
type WireError struct {
	Type    MessageType `json:"type"`
	ID      int         `json:"id,omitempty"`
	Code    ErrorCode   `json:"code"`
	Message string      `json:"message"`
}

// Ping asks the other side for a Pong with the same N, at once.
type Ping struct {
	Type MessageType `json:"type"`
	N    uint64      `json:"n"`
	// Coalesced and Skipped are the server's word on this connection since it
	// began: changes that were merged into a later one, and ticks of metrics that
	// were not sent, because the client was not ready for them.
	Coalesced uint64 `json:"coalesced,omitempty"`
	Skipped   uint64 `json:"skipped,omitempty"`
}

// Pong answers a Ping.
type Pong struct {
	Type MessageType `json:"type"`
	N    uint64      `json:"n"`
}

// SyncResponse is the answer of GET /api/v1/sync: the messages a stream would
// have carried, from the same ring.
type SyncResponse struct {
	Epoch    string            `json:"epoch"`
	Time     time.Time         `json:"time"`
	Messages []json.RawMessage `json:"messages"`
}

// CloseCode is a WebSocket close code. 4000–4099: connect again, with backoff.
// 4400–4499: don't, until something has changed.
type CloseCode int

// The close codes.
const (
	CloseShutdown     CloseCode = 4000 // the server is going down or restarting
	CloseSlow         CloseCode = 4001 // the client did not keep up, twice
	CloseNoHeartbeat  CloseCode = 4002 // nothing came from the client for 2.5 intervals
	CloseHelloTimeout CloseCode = 4003 // no hello within 5 s
	CloseTooMany      CloseCode = 4004 // too many connections
	CloseBadMessage   CloseCode = 4400 // a message that can't be read
	CloseUnauthorized CloseCode = 4401 // no valid token, ticket or cookie
	CloseForbidden    CloseCode = 4403 // the role forbids it
	CloseTooOld       CloseCode = 4406 // the protocol version is not spoken here: reload
	CloseIdle         CloseCode = 4408 // a terminal in which nothing happened for too long
	CloseSuperseded   CloseCode = 4409 // the same client opened another connection
	CloseRefused      CloseCode = 4410 // a terminal that can't be had: the error before it says why
	CloseTooLarge     CloseCode = 4413 // an inbound frame over limits.maxInbound
)

// Reconnect reports whether a client should connect again by itself.
func (c CloseCode) Reconnect() bool { return c < 4400 || c >= 4500 }
