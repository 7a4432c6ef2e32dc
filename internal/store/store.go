// Package store holds the state of the watched engines in memory: an epoch, a
// sequence for each topic, a bounded ring of changes, and the latest samples.
//
// It starts no goroutine. One mutex (Store.mu) guards all state topics and the
// event log, so that a snapshot and its position are one atomic act; Metrics
// has a mutex of its own, which may be taken while Store.mu is held, never the
// other way round. Nothing under either lock does I/O, calls back or blocks:
// subscribers are woken through one-slot channels.
//
// Values handed to Apply belong to the store from then on and are never
// changed; what it hands out is shared and must not be changed either.
package store

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Defaults of Options.
const (
	DefaultRing   = 8192
	DefaultEvents = 2000
	// jobsRing is how many changes of jobs are kept: there are few jobs, and each
	// change is sent at a bounded pace.
	jobsRing = 512
	// alertsRing is the same for alerts.
	alertsRing = 1024
	// systemRing is the same for the system's items, which are a few and change
	// every few seconds as long as Quaywatch runs: who has been away for longer is
	// sent them whole.
	systemRing = 256
)

// Options configure a Store; the zero value is usable.
type Options struct {
	// Epoch names this life of the state; empty makes a random one.
	Epoch string
	// Ring is how many changes a state topic keeps at least (it keeps up to four
	// for each resource, so that a full relist does not push everybody out).
	Ring int
	// Events is how many events are kept.
	Events int
}

// Store is the state in memory. Reads and writes are safe from any goroutine;
// by convention the reflector is the only writer of resources.
type Store struct {
	epoch   string
	metrics *Metrics

	mu         sync.Mutex
	revision   uint64
	containers *table
	images     *table
	volumes    *table
	networks   *table
	system     *table
	jobs       *table
	alerts     *table
	events     *log
	byRow      map[int]*api.Container
	nextRow    int
	subs       subscribers
}

// New makes an empty store.
func New(o Options) *Store {
	if o.Epoch == "" {
		o.Epoch = rand.Text()[:12]
	}
	if o.Ring <= 0 {
		o.Ring = DefaultRing
	}
	if o.Events <= 0 {
		o.Events = DefaultEvents
	}
	return &Store{
		epoch:      o.Epoch,
		metrics:    NewMetrics(),
		containers: newTable(o.Ring),
		images:     newTable(o.Ring),
		volumes:    newTable(o.Ring),
		networks:   newTable(o.Ring),
		system:     newTable(min(o.Ring, systemRing)),
		jobs:       newTable(jobsRing),
		alerts:     newTable(alertsRing),
		events:     newLog(o.Events),
		byRow:      make(map[int]*api.Container),
		nextRow:    1,
	}
}

// Epoch names this life of the state: positions of another epoch mean nothing.
func (s *Store) Epoch() string { return s.epoch }

// Metrics is the table of latest samples; it knows the rows of the containers
// that are in the store.
func (s *Store) Metrics() *Metrics { return s.metrics }

// Change is applied as a whole: nobody sees half of it. The state comes first,
// then the events that caused it.
type Change struct {
	Put    []*api.Container
	Remove []api.Key
	// Images, Volumes and Networks are put, Drop… removed, by their keys.
	Images       []*api.Image
	DropImages   []api.Key
	Volumes      []*api.Volume
	DropVolumes  []api.Key
	Networks     []*api.Network
	DropNetworks []api.Key
	System       []api.SystemItem
	// DropSystem are keys of system items.
	DropSystem []string
	// Jobs are put by their id; DropJobs are ids.
	Jobs     []api.Job
	DropJobs []string
	// Alerts are put, DropAlerts removed, by their keys.
	Alerts     []*api.Alert
	DropAlerts []api.Key
	// Events are appended in order; their Seq is set.
	Events []api.Event
}

// Empty reports whether there is nothing in it.
func (ch *Change) Empty() bool {
	return len(ch.Put)+len(ch.Remove)+len(ch.Images)+len(ch.DropImages)+len(ch.Volumes)+len(ch.DropVolumes)+
		len(ch.Networks)+len(ch.DropNetworks)+len(ch.System)+len(ch.DropSystem)+len(ch.Jobs)+len(ch.DropJobs)+
		len(ch.Alerts)+len(ch.DropAlerts)+len(ch.Events) == 0
}

// Apply makes the change, if it is one, and wakes the subscribers. A resource
// that equals the one that is there costs no revision.
func (s *Store) Apply(ch Change) {
	s.mu.Lock()
	changed := s.applyLocked(ch)
	if changed {
		s.revision++
		s.subs.wakeLocked()
	}
	s.mu.Unlock()
}

func (s *Store) applyLocked(ch Change) bool {
	var cause time.Time
	for i := range ch.Events {
		if t := ch.Events[i].Time; !ch.Events[i].Inferred && (cause.IsZero() || t.Before(cause)) {
			cause = t
		}
	}
	changed := false
	for _, k := range ch.Remove {
		if old := s.containers.remove(k, cause); old != nil {
			row := old.value.(*api.Container).Row
			delete(s.byRow, row)
			s.metrics.forget(row)
			changed = true
		}
	}
	for _, c := range ch.Put {
		changed = s.putContainerLocked(c, cause) || changed
	}
	changed = drop(s.images, ch.DropImages, cause) || changed
	changed = put(s.images, ch.Images, cause) || changed
	changed = drop(s.volumes, ch.DropVolumes, cause) || changed
	changed = put(s.volumes, ch.Volumes, cause) || changed
	changed = drop(s.networks, ch.DropNetworks, cause) || changed
	changed = put(s.networks, ch.Networks, cause) || changed
	for _, k := range ch.DropSystem {
		changed = s.system.remove(api.Key(k), cause) != nil || changed
	}
	for i := range ch.System {
		item := ch.System[i]
		changed = s.system.put(api.Key(item.Key), item, encode(item), cause) || changed
	}
	for _, id := range ch.DropJobs {
		changed = s.jobs.remove(api.Key(id), cause) != nil || changed
	}
	for i := range ch.Jobs {
		j := ch.Jobs[i]
		changed = s.jobs.put(api.Key(j.ID), j, encode(j), cause) || changed
	}
	changed = drop(s.alerts, ch.DropAlerts, cause) || changed
	changed = put(s.alerts, ch.Alerts, cause) || changed
	for i := range ch.Events {
		s.events.append(ch.Events[i])
		changed = true
	}
	return changed
}

func (s *Store) putContainerLocked(c *api.Container, cause time.Time) bool {
	key := c.Key()
	own := *c // the row is ours to set; the caller's value stays as it is
	if old, ok := s.containers.objects[key]; ok {
		own.Row = old.value.(*api.Container).Row
	} else {
		own.Row = s.nextRow
		s.nextRow++
		s.metrics.register(own.Row)
	}
	changed := s.containers.put(key, &own, encode(&own), cause)
	if changed {
		s.byRow[own.Row] = &own
	}
	return changed
}

// encode marshals a type of package api, all of which can be.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: marshal %T: %v", v, err))
	}
	return b
}

// Revision counts the changes of all topics; it is for metrics and tests.
func (s *Store) Revision() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}

// tableOf is the table of a state topic; nil for the other topics.
func (s *Store) tableOf(t api.Topic) *table {
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
	case api.TopicEvents, api.TopicMetrics, api.TopicLogs:
	}
	return nil
}

// Seq is the topic's position now. Topic metrics counts ticks.
func (s *Store) Seq(t api.Topic) uint64 {
	if t == api.TopicMetrics {
		return s.metrics.Tick()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t == api.TopicEvents {
		return s.events.seq
	}
	if table := s.tableOf(t); table != nil {
		return table.seq
	}
	return 0
}

// Snapshot is a topic's content at a position.
type Snapshot struct {
	Seq   uint64
	Items []json.RawMessage
}

// Snapshot returns the topic's whole content and its position, atomically. For
// topic events, last limits how many past events it holds (negative: all that
// are kept). Items are in a stable order: events by time, others as they came.
func (s *Store) Snapshot(t api.Topic, last int) Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t == api.TopicEvents {
		return Snapshot{s.events.seq, s.events.last(last)}
	}
	if table := s.tableOf(t); table != nil {
		return Snapshot{table.seq, table.items()}
	}
	return Snapshot{}
}

// Update leads a topic from one position to the present.
type Update struct {
	Delta api.Delta
	// Cause is the engine's time of the earliest event that caused any of it;
	// zero where no event did.
	Cause time.Time
}

// Since merges all changes after position seq into one delta, latest wins. It
// reports false when seq can't be continued: it is ahead of the topic, or has
// left the ring.
func (s *Store) Since(t api.Topic, seq uint64) (Update, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t == api.TopicEvents {
		return s.events.since(seq)
	}
	if table := s.tableOf(t); table != nil {
		return table.since(t, seq)
	}
	return Update{}, false
}

// Touches tells whether a container of one of the rows has come, changed or gone
// after position seq of topic containers, and the position up to which that was
// looked at. rows are sorted.
func (s *Store) Touches(rows []int, seq uint64) (touched bool, upTo uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.containers.touches(rows, seq), s.containers.seq
}

// OldestEvent is the position before the oldest event that is kept: what a
// client can continue from.
func (s *Store) OldestEvent() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events.oldest()
}

// Subscribe wakes the subscription after each change. Close it when done.
func (s *Store) Subscribe() *Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.subs.addLocked(&s.mu)
}
