package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// State is a client's copy of the topics: the reducer of docs/protocol.md. It
// does no I/O, knows no clock and has no locks; its one user feeds it frames.
type State struct {
	epoch      string
	containers *table[api.Container]
	images     *table[api.Image]
	volumes    *table[api.Volume]
	networks   *table[api.Network]
	system     *table[api.SystemItem]
	jobs       *table[api.Job]
	alerts     *table[api.Alert]
	events     eventLog
	metrics    *metrics
	// otherRows: the containers' rows are another epoch's until their snapshot is there.
	otherRows bool
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
		images:   newTable(func(i *api.Image) api.Key { return named(i.ID, i) }),
		volumes:  newTable(func(v *api.Volume) api.Key { return named(v.Name, v) }),
		networks: newTable(func(n *api.Network) api.Key { return named(n.ID, n) }),
		system:   newTable(func(i *api.SystemItem) api.Key { return api.Key(i.Key) }),
		jobs:     newTable(func(j *api.Job) api.Key { return api.Key(j.ID) }),
		alerts:   newTable(func(a *api.Alert) api.Key { return named(a.ID, a) }),
		metrics:  newMetrics(),
	}
}

// named is the key of a resource that has an id.
func named(id string, v interface{ Key() api.Key }) api.Key {
	if id == "" {
		return ""
	}
	return v.Key()
}

// topic is what a view does with the messages of a sequenced topic.
type topic interface {
	forget()
	subbed(*api.Subbed)
	snap(*api.Snap) error
	mark(uint64)
	resync()
	disconnected()
	// position is the one reached, if there is one; whole: no snapshot is under way.
	position() (seq uint64, known, whole bool)
}

// topics are the sequenced topics of the view, in no order.
func (s *State) topics() map[api.Topic]topic {
	return map[api.Topic]topic{
		api.TopicContainers: s.containers, api.TopicImages: s.images, api.TopicVolumes: s.volumes,
		api.TopicNetworks: s.networks, api.TopicSystem: s.system, api.TopicJobs: s.jobs,
		api.TopicAlerts: s.alerts, api.TopicEvents: &s.events,
	}
}

// topic is one of them; nil for the topics that are not viewed here.
func (s *State) topic(t api.Topic) topic {
	switch t {
	case api.TopicContainers:
		return s.containers
	case api.TopicImages:
		return s.images
	case api.TopicVolumes:
		return s.volumes
	case api.TopicNetworks:
		return s.networks
	case api.TopicSystem:
		return s.system
	case api.TopicJobs:
		return s.jobs
	case api.TopicAlerts:
		return s.alerts
	case api.TopicEvents:
		return &s.events
	case api.TopicMetrics, api.TopicLogs:
	}
	return nil
}

// Step is what a frame did to the State.
type Step struct {
	// Welcome is set by the message that opens a connection; NewEpoch, when it
	// named another epoch than the one before.
	Welcome  *api.Welcome
	NewEpoch bool
	// Containers to Alerts are the resources that changed, in no order.
	Containers []Change[api.Container]
	Images     []Change[api.Image]
	Volumes    []Change[api.Volume]
	Networks   []Change[api.Network]
	System     []Change[api.SystemItem]
	Jobs       []Change[api.Job]
	Alerts     []Change[api.Alert]
	// Events are new ones, in order. Lost are ranges that will never come.
	Events []api.Event
	Lost   []api.Range
	// Frames are the metrics frames; State.Cells has their values.
	Frames []*api.MetricsFrame
	// Logs are frames of topic logs, without the lines that were there already.
	Logs []*api.LogsFrame
	// RTT is the round trip of the last of our pings that was answered, 0 where
	// none was. A Stream sets it.
	RTT time.Duration
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
	topic := s.topic(t)
	if topic == nil {
		return true
	}
	_, known, whole := topic.position()
	return known && whole
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

// Images returns the images, sorted by key; so are the others.
func (s *State) Images() []*api.Image { return values(s.images) }

// Volumes returns the volumes.
func (s *State) Volumes() []*api.Volume { return values(s.volumes) }

// Networks returns the networks.
func (s *State) Networks() []*api.Network { return values(s.networks) }

func values[T any](t *table[T]) []*T {
	out := make([]*T, 0, len(t.entries))
	for _, k := range slices.Sorted(maps.Keys(t.entries)) {
		out = append(out, t.entries[k].value)
	}
	return out
}

// System returns the items of topic system, sorted by key.
func (s *State) System() []*api.SystemItem { return values(s.system) }

// Jobs returns the jobs, the oldest first.
func (s *State) Jobs() []*api.Job {
	out := values(s.jobs)
	slices.SortStableFunc(out, func(a, b *api.Job) int { return a.StartedAt.Compare(b.StartedAt) })
	return out
}

// Alerts returns the alerts, the oldest first.
func (s *State) Alerts() []*api.Alert {
	out := values(s.alerts)
	slices.SortStableFunc(out, func(a, b *api.Alert) int { return a.ActiveAt.Compare(b.ActiveAt) })
	return out
}

// Job returns one job.
func (s *State) Job(id string) (*api.Job, bool) {
	e, ok := s.jobs.entries[api.Key(id)]
	return e.value, ok
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
	for name, t := range s.topics() {
		if seq, known, _ := t.position(); known {
			r.Topics[name] = seq
		}
	}
	if s.epoch == "" || len(r.Topics) == 0 {
		return nil
	}
	return r
}

// Disconnected forgets half-told snapshots; positions and views stay.
func (s *State) Disconnected() {
	for _, t := range s.topics() {
		t.disconnected()
	}
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
	case api.TypeLogs:
		err = with(raw, func(m *api.LogsFrame) error { step.Logs = append(step.Logs, m); return nil })
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
		for _, t := range s.topics() {
			t.forget()
		}
		s.metrics, s.otherRows = newMetrics(), true
	}
	return nil
}

func (s *State) subbed(m *api.Subbed, step *Step) error {
	topic := s.topic(m.Topic)
	if topic == nil {
		return nil
	}
	_, known, _ := topic.position()
	topic.subbed(m)
	if m.Recovered && !known {
		return fmt.Errorf("topic %q goes on from a position that was never reached", m.Topic)
	}
	if m.Recovered {
		step.Synced = append(step.Synced, m.Topic)
	}
	return nil
}

func (s *State) snap(m *api.Snap) error {
	if topic := s.topic(m.Topic); topic != nil {
		return topic.snap(m)
	}
	return nil
}

func (s *State) snapEnd(m *api.SnapEnd, step *Step) error {
	var err error
	switch m.Topic {
	case api.TopicContainers:
		var changes []Change[api.Container]
		if changes, err = s.containers.snapEnd(m); err == nil {
			s.containersChanged(changes, step)
			s.otherRows = false
		}
	case api.TopicImages:
		err = ended(s.images, m, &step.Images)
	case api.TopicVolumes:
		err = ended(s.volumes, m, &step.Volumes)
	case api.TopicNetworks:
		err = ended(s.networks, m, &step.Networks)
	case api.TopicSystem:
		err = ended(s.system, m, &step.System)
	case api.TopicJobs:
		err = ended(s.jobs, m, &step.Jobs)
	case api.TopicAlerts:
		err = ended(s.alerts, m, &step.Alerts)
	case api.TopicEvents:
		var events []api.Event
		var lost *api.Range
		if events, lost, err = s.events.snapEnd(m); err == nil {
			step.Events = append(step.Events, events...)
			if lost != nil {
				step.Lost = append(step.Lost, *lost)
			}
		}
	case api.TopicMetrics, api.TopicLogs:
		return nil
	default:
		return nil
	}
	if err != nil {
		return err
	}
	step.Synced = append(step.Synced, m.Topic)
	return nil
}

func ended[T any](t *table[T], m *api.SnapEnd, out *[]Change[T]) error {
	changes, err := t.snapEnd(m)
	*out = append(*out, changes...)
	return err
}

func (s *State) containersChanged(changes []Change[api.Container], step *Step) {
	for _, c := range changes {
		if !s.otherRows && c.Old != nil && (c.New == nil || c.New.Row != c.Old.Row) {
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
		ok, err = moved(s.containers, m, &changes)
		s.containersChanged(changes, step)
	case api.TopicImages:
		ok, err = moved(s.images, m, &step.Images)
	case api.TopicVolumes:
		ok, err = moved(s.volumes, m, &step.Volumes)
	case api.TopicNetworks:
		ok, err = moved(s.networks, m, &step.Networks)
	case api.TopicSystem:
		ok, err = moved(s.system, m, &step.System)
	case api.TopicJobs:
		ok, err = moved(s.jobs, m, &step.Jobs)
	case api.TopicAlerts:
		ok, err = moved(s.alerts, m, &step.Alerts)
	case api.TopicEvents:
		var events []api.Event
		if events, ok, err = s.events.delta(m); ok && err == nil {
			step.Events = append(step.Events, events...)
		} else if !ok {
			s.events.known, s.events.loading = false, true
		}
	case api.TopicMetrics, api.TopicLogs:
	}
	if !ok {
		// Until the snapshot that the new sub brings, deltas are ignored.
		step.Resubscribe = append(step.Resubscribe, m.Topic)
	}
	return err
}

// moved applies a delta; false says that it does not begin where the table is.
func moved[T any](t *table[T], m *api.Delta, out *[]Change[T]) (bool, error) {
	changes, ok, err := t.delta(m)
	if ok && err == nil {
		*out = append(*out, changes...)
	} else if !ok {
		t.known, t.loading = false, true
	}
	return ok, err
}

func (s *State) mark(m *api.Mark) error {
	if topic := s.topic(m.Topic); topic != nil {
		topic.mark(m.Seq)
	}
	return nil
}

// resync: a snapshot follows by itself. What is lost of the events is told
// from that snapshot, which may still hold some of them.
func (s *State) resync(m *api.Resync) error {
	if topic := s.topic(m.Topic); topic != nil {
		topic.resync()
	}
	return nil
}
