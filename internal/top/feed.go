package top

import (
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// batch is what the stream has told since the last one. Resources are shared
// with the stream's own view: they are never changed.
type batch struct {
	// containers has nil for one that is gone.
	containers map[api.Key]*api.Container
	cells      map[int]client.Cells
	jobs       map[string]*api.Job // nil for one that is forgotten
	events     []api.Event
	// lost are events that will never come, newEpoch that there may be more.
	lost     uint64
	newEpoch bool
	// rowsKnown: the rows of all containers are those of this epoch again.
	rowsKnown bool
	logs      []*api.LogsFrame
	logError  string
	engines   []*api.EngineStatus // all of them; nil where nothing changed
	server    *api.ServerStatus
	welcome   *api.Welcome
	links     []client.Link
	rtts      []time.Duration
	// frames tells whether anything came at all, complete, whether the view is whole.
	frames, complete bool
}

// feed gathers between the stream's goroutine and the program's.
type feed struct {
	mu      sync.Mutex
	pending batch
	watched map[int]bool
	wake    chan struct{} // one slot: there is something
}

// Bounds of what waits. A container and a row wait once, whatever happens to
// them; frames of logs are bounded by the protocol, as they are confirmed when
// the model has them.
const (
	maxEventsWaiting = 1000
	maxTold          = 64
)

func newFeed() *feed { return &feed{wake: make(chan struct{}, 1)} }

// take returns what waits and begins anew.
func (f *feed) take() batch {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.pending
	f.pending = batch{complete: b.complete}
	return b
}

// watch names the rows of which every tick counts.
func (f *feed) watch(rows []int) {
	set := make(map[int]bool, len(rows))
	for _, r := range rows {
		set[r] = true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watched = set
}

func (f *feed) ring() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// link is a client.Options.OnLink.
func (f *feed) link(l client.Link) {
	f.mu.Lock()
	f.pending.links = lastOf(append(f.pending.links, l), maxTold)
	f.mu.Unlock()
	f.ring()
}

// step is a client.Options.OnStep.
func (f *feed) step(stream *client.Stream, state *client.State, s *client.Step) {
	f.mu.Lock()
	f.merge(stream, state, s)
	f.mu.Unlock()
	f.ring()
}

func (f *feed) merge(stream *client.Stream, state *client.State, s *client.Step) {
	b := &f.pending
	b.frames = true
	if s.Welcome != nil {
		b.welcome = s.Welcome
	}
	if s.NewEpoch {
		b.newEpoch, b.rowsKnown = true, false
		clear(b.cells) // rows of another epoch
	}
	if slices.Contains(s.Synced, api.TopicContainers) {
		b.rowsKnown = true
		f.cells(state)
	}
	for _, c := range s.Containers {
		if b.containers == nil {
			b.containers = make(map[api.Key]*api.Container)
		}
		b.containers[c.Key] = c.New
	}
	for _, c := range s.Jobs {
		if b.jobs == nil {
			b.jobs = make(map[string]*api.Job)
		}
		b.jobs[string(c.Key)] = c.New
	}
	if len(s.System) > 0 || s.Welcome != nil {
		f.system(state)
	}
	b.events = lastOf(append(b.events, s.Events...), maxEventsWaiting)
	for _, r := range s.Lost {
		b.lost += r.To - r.From
	}
	if s.RTT > 0 {
		b.rtts = lastOf(append(b.rtts, s.RTT), maxTold)
	}
	for _, frame := range s.Frames {
		f.metrics(state, frame)
	}
	b.logs = append(b.logs, s.Logs...)
	for i := range s.Errors {
		if stream.AboutLogs(&s.Errors[i]) {
			b.logError = s.Errors[i].Message
		}
	}
	b.complete = state.Complete(api.TopicContainers) && state.Complete(api.TopicSystem)
}

func (f *feed) system(state *client.State) {
	b := &f.pending
	b.engines = make([]*api.EngineStatus, 0, 1)
	for _, i := range state.System() {
		if i.Engine != nil {
			b.engines = append(b.engines, i.Engine)
		}
		if i.Server != nil {
			b.server = i.Server
		}
	}
}

// metrics copies what a frame has told: the rows that changed and, as a frame
// confirms all others, those that are on the screen.
func (f *feed) metrics(state *client.State, frame *api.MetricsFrame) {
	b := &f.pending
	if b.cells == nil {
		b.cells = make(map[int]client.Cells, len(frame.Rows))
	}
	for _, row := range frame.Rows {
		if c := state.Cells(row); c != nil {
			b.cells[row] = *c
		}
	}
	for row := range f.watched {
		if c := state.Cells(row); c != nil {
			b.cells[row] = *c
		}
	}
}

// cells copies what is known of all containers: what was told before their rows
// were known is not told again while it stays as it is.
func (f *feed) cells(state *client.State) {
	b := &f.pending
	if b.cells == nil {
		b.cells = make(map[int]client.Cells)
	}
	for _, container := range state.Containers() {
		if c := state.Cells(container.Row); c != nil {
			b.cells[container.Row] = *c
		}
	}
}

// lastOf keeps the newest n.
func lastOf[T any](list []T, n int) []T {
	if len(list) > n {
		return append(list[:0:0], list[len(list)-n:]...)
	}
	return list
}
