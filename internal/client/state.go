package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
)

// State is a client's copy of the topics: the reducer of docs/protocol.md. It
// does no I/O, knows no clock and has no locks; its one user feeds it frames.
type State struct {
	epoch      string
	containers *table[api.Container]
	system     *table[api.SystemItem]
	events     eventLog
	metrics    *metrics
}

// NewState is an empty view without a position.
func NewState() *State {
	return &State{
		containers: newTable(func(c *api.Container) api.Key {
			if c.ID == "" {
				return ""
			}
			return c.Key()
		}),
		system:  newTable(func(i *api.SystemItem) api.Key { return api.Key(i.Key) }),
		metrics: newMetrics(),
	}
}

// Step is what a frame did to the State.
type Step struct {
	// Welcome is set by the message that opens a connection; NewEpoch, when it
	// named another epoch than the one before.
	Welcome  *api.Welcome
	NewEpoch bool
	// Containers and System are the resources that changed, in no order.
	Containers []Change[api.Container]
	System     []Change[api.SystemItem]
	// Events are new ones, in order. Lost are ranges that will never come.
	Events []api.Event
	Lost   []api.Range
	// Frames are the metrics frames; State.Cells has their values.
	Frames []*api.MetricsFrame
	// Synced are the topics whose whole content is there as of this frame.
	Synced []api.Topic
	// Resubscribe are topics that can't be continued: send a sub for each.
	Resubscribe []api.Topic
	// Pings want a pong each, at once. Pongs answer ours.
	Pings, Pongs []uint64
	// Errors are the server's answers to messages it could not serve.
	Errors []api.WireError
}

// Epoch is the server's epoch that the view is of; empty before a welcome.
func (s *State) Epoch() string { return s.epoch }

// Complete reports whether the view of a topic is whole: a snapshot has ended,
// and no other one is under way.
func (s *State) Complete(t api.Topic) bool {
	switch t {
	case api.TopicContainers:
		return s.containers.known && !s.containers.loading
	case api.TopicSystem:
		return s.system.known && !s.system.loading
	case api.TopicEvents:
		return s.events.known && !s.events.loading
	case api.TopicMetrics, api.TopicJobs, api.TopicLogs:
	}
	return true
}

// Containers returns the containers sorted by row, the order in which they came.
func (s *State) Containers() []*api.Container {
	out := make([]*api.Container, 0, len(s.containers.entries))
	for _, e := range s.containers.entries {
		out = append(out, e.value)
	}
	slices.SortFunc(out, func(a, b *api.Container) int { return a.Row - b.Row })
	return out
}

// Container returns one container.
func (s *State) Container(k api.Key) (*api.Container, bool) {
	e, ok := s.containers.entries[k]
	return e.value, ok
}

// System returns the items of topic system, sorted by key.
func (s *State) System() []*api.SystemItem {
	out := make([]*api.SystemItem, 0, len(s.system.entries))
	for _, k := range slices.Sorted(maps.Keys(s.system.entries)) {
		out = append(out, s.system.entries[k].value)
	}
	return out
}

// Engines returns the watched engines, sorted by id.
func (s *State) Engines() []*api.EngineStatus {
	var out []*api.EngineStatus
	for _, i := range s.System() {
		if i.Engine != nil {
			out = append(out, i.Engine)
		}
	}
	return out
}

// Cells returns a row's latest metrics, nil where there never were any.
func (s *State) Cells(row int) *Cells { return s.metrics.rows[row] }

// Resume is the position to go on from on another connection, nil for none.
func (s *State) Resume() *api.Resume {
	r := &api.Resume{Epoch: s.epoch, Topics: make(map[api.Topic]uint64)}
	if s.containers.known {
		r.Topics[api.TopicContainers] = s.containers.seq
	}
	if s.system.known {
		r.Topics[api.TopicSystem] = s.system.seq
	}
	if s.events.known {
		r.Topics[api.TopicEvents] = s.events.seq
	}
	if s.epoch == "" || len(r.Topics) == 0 {
		return nil
	}
	return r
}

// Disconnected forgets half-told snapshots; positions and views stay.
func (s *State) Disconnected() {
	s.containers.loading, s.containers.pages = false, nil
	s.system.loading, s.system.pages = false, nil
	s.events.loading, s.events.pages = false, nil
}

// Apply takes a frame: a message or an array of them, in order. On an error
// the messages before the bad one have been applied and the rest have not; the
// view and its positions agree, so that another connection can go on from them.
func (s *State) Apply(frame []byte) (*Step, error) {
	step := &Step{}
	frame = bytes.TrimSpace(frame)
	if len(frame) == 0 || frame[0] != '[' {
		return step, s.message(frame, step)
	}
	var messages []json.RawMessage
	if err := json.Unmarshal(frame, &messages); err != nil {
		return step, fmt.Errorf("read a frame: %w", err)
	}
	for _, m := range messages {
		if err := s.message(m, step); err != nil {
			return step, err
		}
	}
	return step, nil
}

func (s *State) message(raw []byte, step *Step) error {
	var head struct {
		Type api.MessageType `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return fmt.Errorf("read a message: %w", err)
	}
	var err error
	switch head.Type {
	case api.TypeWelcome:
		err = with(raw, func(m *api.Welcome) error { return s.welcome(m, step) })
	case api.TypeSubbed:
		err = with(raw, func(m *api.Subbed) error { return s.subbed(m, step) })
	case api.TypeSnap:
		err = with(raw, s.snap)
	case api.TypeSnapEnd:
		err = with(raw, func(m *api.SnapEnd) error { return s.snapEnd(m, step) })
	case api.TypeDelta:
		err = with(raw, func(m *api.Delta) error { return s.delta(m, step) })
	case api.TypeMark:
		err = with(raw, s.mark)
	case api.TypeMetrics:
		err = with(raw, func(m *api.MetricsFrame) error {
			step.Frames = append(step.Frames, m)
			return s.metrics.frame(m)
		})
	case api.TypeResync:
		err = with(raw, s.resync)
	case api.TypeError:
		err = with(raw, func(m *api.WireError) error { step.Errors = append(step.Errors, *m); return nil })
	case api.TypePing:
		err = with(raw, func(m *api.Ping) error { step.Pings = append(step.Pings, m.N); return nil })
	case api.TypePong:
		err = with(raw, func(m *api.Pong) error { step.Pongs = append(step.Pongs, m.N); return nil })
	case api.TypeHello, api.TypeSub, api.TypeUnsub, api.TypeAck: // a client's: not for us
	case api.TypeLogs: // not subscribed to here
	}
	if err != nil {
		return fmt.Errorf("message %q: %w", head.Type, err)
	}
	return nil
}

// with decodes a message and hands it on.
func with[M any](raw []byte, handle func(*M) error) error {
	m := new(M)
	if err := json.Unmarshal(raw, m); err != nil {
		return err
	}
	return handle(m)
}

func (s *State) welcome(m *api.Welcome, step *Step) error {
	if m.Epoch == "" {
		return fmt.Errorf("no epoch")
	}
	step.Welcome = m
	if m.Epoch != s.epoch {
		step.NewEpoch = s.epoch != ""
		s.epoch = m.Epoch
		s.containers.forget()
		s.system.forget()
		s.events.newEpoch()
		s.metrics = newMetrics()
	}
	return nil
}

func (s *State) subbed(m *api.Subbed, step *Step) error {
	known := true
	switch m.Topic {
	case api.TopicContainers:
		known = s.containers.known
		s.containers.subbed(m)
	case api.TopicSystem:
		known = s.system.known
		s.system.subbed(m)
	case api.TopicEvents:
		known = s.events.known
		s.events.subbed(m)
	case api.TopicMetrics, api.TopicJobs, api.TopicLogs:
		return nil
	}
	if m.Recovered && !known {
		return fmt.Errorf("topic %q goes on from a position that was never reached", m.Topic)
	}
	if m.Recovered {
		step.Synced = append(step.Synced, m.Topic)
	}
	return nil
}

func (s *State) snap(m *api.Snap) error {
	switch m.Topic {
	case api.TopicContainers:
		return s.containers.snap(m)
	case api.TopicSystem:
		return s.system.snap(m)
	case api.TopicEvents:
		return s.events.snap(m)
	case api.TopicMetrics, api.TopicJobs, api.TopicLogs:
	}
	return nil
}

func (s *State) snapEnd(m *api.SnapEnd, step *Step) error {
	switch m.Topic {
	case api.TopicContainers:
		changes, err := s.containers.snapEnd(m)
		if err != nil {
			return err
		}
		s.containersChanged(changes, step)
	case api.TopicSystem:
		changes, err := s.system.snapEnd(m)
		if err != nil {
			return err
		}
		step.System = append(step.System, changes...)
	case api.TopicEvents:
		events, lost, err := s.events.snapEnd(m)
		if err != nil {
			return err
		}
		step.Events = append(step.Events, events...)
		if lost != nil {
			step.Lost = append(step.Lost, *lost)
		}
	case api.TopicMetrics, api.TopicJobs, api.TopicLogs:
		return nil
	default:
		return nil
	}
	step.Synced = append(step.Synced, m.Topic)
	return nil
}

func (s *State) containersChanged(changes []Change[api.Container], step *Step) {
	for _, c := range changes {
		if c.Old != nil && (c.New == nil || c.New.Row != c.Old.Row) {
			s.metrics.forget(c.Old.Row)
		}
	}
	step.Containers = append(step.Containers, changes...)
}

func (s *State) delta(m *api.Delta, step *Step) error {
	ok := true
	var err error
	switch m.Topic {
	case api.TopicContainers:
		var changes []Change[api.Container]
		if changes, ok, err = s.containers.delta(m); ok && err == nil {
			s.containersChanged(changes, step)
		} else if !ok {
			s.containers.known, s.containers.loading = false, true
		}
	case api.TopicSystem:
		var changes []Change[api.SystemItem]
		if changes, ok, err = s.system.delta(m); ok && err == nil {
			step.System = append(step.System, changes...)
		} else if !ok {
			s.system.known, s.system.loading = false, true
		}
	case api.TopicEvents:
		var events []api.Event
		if events, ok, err = s.events.delta(m); ok && err == nil {
			step.Events = append(step.Events, events...)
		} else if !ok {
			s.events.known, s.events.loading = false, true
		}
	case api.TopicMetrics, api.TopicJobs, api.TopicLogs:
	}
	if !ok {
		// Until the snapshot that the new sub brings, deltas are ignored.
		step.Resubscribe = append(step.Resubscribe, m.Topic)
	}
	return err
}

func (s *State) mark(m *api.Mark) error {
	switch m.Topic {
	case api.TopicContainers:
		s.containers.mark(m.Seq)
	case api.TopicSystem:
		s.system.mark(m.Seq)
	case api.TopicEvents:
		s.events.mark(m.Seq)
	case api.TopicMetrics, api.TopicJobs, api.TopicLogs:
	}
	return nil
}

// resync: a snapshot follows by itself. What is lost of the events is told
// from that snapshot, which may still hold some of them.
func (s *State) resync(m *api.Resync) error {
	switch m.Topic {
	case api.TopicContainers:
		s.containers.loading, s.containers.pages = true, nil
	case api.TopicSystem:
		s.system.loading, s.system.pages = true, nil
	case api.TopicEvents:
		s.events.loading, s.events.pages, s.events.nextPage = true, nil, 0
	case api.TopicMetrics, api.TopicJobs, api.TopicLogs:
	}
	return nil
}
