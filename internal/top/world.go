package top

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// entry is a container as the screen knows it.
type entry struct {
	key   api.Key
	c     *api.Container
	name  string // sorts as people count: web-2 before web-10
	cells client.Cells
	cpu   trend
	// flash is until when its state counts as just changed.
	flash time.Time
}

// alive tells whether it has processes to measure.
func (e *entry) alive() bool { return e.c.State.Alive() }

// feedRow is a line of the events: an event, or (text) something else that is
// worth a line.
type feedRow struct {
	at   time.Time
	ev   *api.Event
	text string
	// end: it is no event but what stands below the last one.
	end bool
}

// maxEvents bounds the events that are kept; the oldest go.
const maxEvents = 2000

// flashFor is how long a changed state stands out.
const flashFor = 3 * time.Second

// world is what is known: the stream's view, copied batch by batch.
type world struct {
	entries map[api.Key]*entry
	byRow   map[int]*entry
	jobs    map[string]*api.Job
	engines []*api.EngineStatus
	server  *api.ServerStatus
	role    string
	// offset is the server's clock minus ours.
	offset time.Duration
	feed   []feedRow // the oldest first
	unread int
	link   linkState
	// complete: the view is whole. began: it has been once.
	complete, began bool
}

func newWorld() *world {
	return &world{entries: make(map[api.Key]*entry), byRow: make(map[int]*entry), jobs: make(map[string]*api.Job)}
}

// moved is what a batch changed in the table.
type moved struct {
	containers, cells bool
	gone              []*entry
}

// apply takes a batch in. now is our clock's.
func (w *world) apply(b *batch, now time.Time) moved {
	var m moved
	if b.welcome != nil {
		w.role = b.welcome.Role
		w.offset = b.welcome.Time.Sub(now)
		w.server = &b.welcome.Server
	}
	if b.server != nil {
		w.server = b.server
	}
	if b.engines != nil {
		w.engines = b.engines
	}
	w.link.apply(b, now)
	if b.newEpoch {
		clear(w.byRow)
		for _, e := range w.entries {
			e.cells = unknownCells()
		}
	}
	for id, j := range b.jobs {
		if j == nil {
			delete(w.jobs, id)
		} else {
			w.jobs[id] = j
		}
	}
	for key, c := range b.containers {
		m.containers = true
		w.put(key, c, now, &m)
	}
	if b.rowsKnown { // of a container that is as it was before, nothing was told
		for _, e := range w.entries {
			w.byRow[e.c.Row] = e
		}
	}
	for row, cells := range b.cells {
		e := w.byRow[row]
		if e == nil {
			continue
		}
		m.cells = true
		if cpu := cells.Values[api.ColCPU]; cpu != api.Unknown && cells.At.After(e.cells.At) {
			e.cpu.add(cells.At, float64(cpu))
		}
		e.cells = cells
	}
	w.happened(b, now)
	w.complete = b.complete
	w.began = w.began || b.complete
	return m
}

func unknownCells() client.Cells {
	var c client.Cells
	for i := range c.Values {
		c.Values[i] = api.Unknown
	}
	return c
}

func (w *world) put(key api.Key, c *api.Container, now time.Time, m *moved) {
	e := w.entries[key]
	if c == nil {
		if e != nil {
			m.gone = append(m.gone, e)
			delete(w.entries, key)
			w.unrow(e)
		}
		return
	}
	if e == nil {
		e = &entry{key: key, cells: unknownCells()}
		w.entries[key] = e
		if w.began {
			e.flash = now.Add(flashFor)
		}
	} else {
		w.unrow(e)
		if e.c.State != c.State || e.c.Health != c.Health {
			e.flash = now.Add(flashFor)
		}
		if e.c.Row != c.Row {
			e.cells = unknownCells()
		}
	}
	if e.c == nil || e.c.Name != c.Name {
		e.name = natural.Key(c.Name)
	}
	e.c = c
	w.byRow[c.Row] = e
}

func (w *world) unrow(e *entry) {
	if w.byRow[e.c.Row] == e {
		delete(w.byRow, e.c.Row)
	}
}

// happened adds to the events.
func (w *world) happened(b *batch, now time.Time) {
	if b.newEpoch {
		w.say(now, "Quaywatch was restarted; events of that time may be missing")
	}
	if b.lost > 0 {
		w.say(now, plural(int(b.lost), "event was lost", "events were lost"))
	}
	for _, l := range b.links {
		switch {
		case !l.Live && l.Err != nil && w.link.lost.IsZero():
			w.link.lost = now
			w.say(now, "The connection to Quaywatch was lost")
		case l.Live && !w.link.lost.IsZero():
			w.say(now, "Connected again, after "+durationText(now.Sub(w.link.lost)))
			w.link.lost = time.Time{}
		}
	}
	for i := range b.events {
		w.feed = append(w.feed, feedRow{at: b.events[i].Time, ev: &b.events[i]})
	}
	w.unread += len(b.events)
	w.feed = lastOf(w.feed, maxEvents)
}

func (w *world) say(at time.Time, text string) {
	w.feed = append(w.feed, feedRow{at: at.Add(w.offset), text: text})
}

// serverNow is the server's clock.
func (w *world) serverNow(now time.Time) time.Time { return now.Add(w.offset) }

// unreachable is the status of a container's engine if that does not answer.
func (w *world) unreachable(engine string) *api.EngineStatus {
	for _, e := range w.engines {
		if e.ID == engine && e.State == api.EngineUnreachable {
			return e
		}
	}
	return nil
}

// sight is the world as a filter looks at it.
type sight struct {
	w   *world
	now time.Time
}

func (s sight) Metric(row int, column api.Column) int64 {
	if e := s.w.byRow[row]; e != nil {
		return e.cells.Values[column]
	}
	return api.Unknown
}

func (s sight) Now() time.Time { return s.w.serverNow(s.now) }

func (s sight) EngineName(id string) string {
	for _, e := range s.w.engines {
		if e.ID == id {
			return e.Name
		}
	}
	return id
}
