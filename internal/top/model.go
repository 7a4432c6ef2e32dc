package top

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Link is the stream as the model steers it. None of it waits.
type Link interface {
	Subscribe(topic api.Topic, filter *api.Filter)
	UnsubscribeLogs()
	Ack(frame *api.LogsFrame)
}

// Actor does an action and waits for the engine's answer.
type Actor interface {
	Do(ctx context.Context, ref string, action api.Action, o api.ActionOptions, idempotencyKey string) (api.ActionResult, error)
}

// screen is what fills the window.
type screen int

const (
	onTable screen = iota
	onContainer
	onLogs
	onEvents
)

// Messages of the program to the model.
type (
	batchMsg batch
	// tickMsg comes each second, for ages and uptimes.
	tickMsg struct{}
	// soonMsg ends a pause after which rows are watched anew.
	soonMsg struct{}
)

// Timing.
const (
	tickEvery = time.Second
	// resortEvery is how often a live metric may change the order, so that a row
	// can be read before it moves; holdFor is how long the order stands still after
	// somebody has moved in the table.
	resortEvery = 2500 * time.Millisecond
	holdFor     = 5 * time.Second
	// watchEvery bounds how often the rows on the screen are told.
	watchEvery = 200 * time.Millisecond
	// rushEvery is how often the table is arranged while thousands change.
	rushEvery = 500 * time.Millisecond
	many      = 1000
)

// Setup is what a Model begins with.
type Setup struct {
	Link  Link
	Actor Actor
	// Jobs is nil where there is no server: several containers are then asked for
	// one by one.
	Jobs Jobs
	// Past is nil where there is no server: then there is no history.
	Past Past
	// Local: there is no server between this program and the engine.
	Local bool
	// ASCII: the terminal writes nothing else.
	ASCII  bool
	Filter string
	Sort   string
	Desc   bool
	Group  bool
	Now    func() time.Time
	// After tells the model a message when a time has passed.
	After func(time.Duration, tea.Msg) tea.Cmd
	// Alone: no shell would take the terminal over from a program that suspends.
	Alone bool
	// Watch is told which rows are on the screen.
	Watch func(rows []int)
}

// Model is the state of the view.
type Model struct {
	o   Setup
	w   *world
	t   *table
	n   counts
	g   *glyphs
	p   *palette
	ctx context.Context //nolint:containedctx // a tea.Cmd has no other way to learn that the program ends

	width, height int
	bg            background
	profile       colorprofile.Profile

	at, before screen
	help       bool
	prefix     string // a key that waits for its second
	input      *input
	finder     *finder
	menu       *menu
	confirm    *confirm
	toast      toast

	focus string // key of the line in focus
	top   int    // the first line on the screen
	// rowsShown is how many rows there were room for: with another number, the
	// focus may be out of sight.
	rowsShown int
	selected  map[api.Key]bool
	acts      acts
	shown     api.Key // the container of onContainer
	scroll    int     // of the help and of onContainer
	logs      *logView
	events    eventView

	dirty     bool // the lines don't fit the world any more
	arranged  time.Time
	moved     bool      // somebody has moved in the table
	held      time.Time // when they last did: a live order stands still for a while
	rows      []int     // watched
	restEvery int
	watched   time.Time
	watchSoon bool
}

// toast is what stands at the bottom for a while.
type toast struct {
	tone  tone
	text  string
	until time.Time
}

// New makes a model. ctx ends what its commands do.
func New(ctx context.Context, o Setup) *Model {
	m := &Model{o: o, ctx: ctx, w: newWorld(), t: newTable(), g: unicodeGlyphs(), selected: make(map[api.Key]bool)}
	if o.ASCII {
		m.g = asciiGlyphs()
	}
	m.acts = newActs()
	m.p = newPalette(m.bg, m.profile)
	m.t.ask(o.Filter)
	m.t.grouped = o.Group
	if slices.Contains(sortable(), columnID(o.Sort)) {
		m.t.order = order{by: columnID(o.Sort), desc: o.Desc}
	}
	return m
}

// Init subscribes and starts the clock.
func (m *Model) Init() tea.Cmd {
	last := maxEvents / 4
	m.o.Link.Subscribe(api.TopicSystem, nil)
	m.o.Link.Subscribe(api.TopicContainers, nil)
	m.o.Link.Subscribe(api.TopicEvents, &api.Filter{Last: &last})
	if m.o.Jobs != nil {
		m.o.Link.Subscribe(api.TopicJobs, nil)
	}
	m.watch(nil)
	return tea.Batch(m.o.After(tickEvery, tickMsg{}), tea.RequestBackgroundColor)
}

// Update is one step.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	now := m.o.Now()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.bg = lightBackground
		if msg.IsDark() {
			m.bg = darkBackground
		}
		m.p = newPalette(m.bg, m.profile)
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.p = newPalette(m.bg, m.profile)
	case batchMsg:
		cmd = m.take((*batch)(&msg), now)
	case tickMsg:
		cmd = m.o.After(tickEvery, tickMsg{})
		m.dirty = m.dirty || m.t.filter.Live() || m.t.order.live()
	case soonMsg:
		m.watchSoon = false
	case tea.ResumeMsg:
		cmd = tea.RequestBackgroundColor
	case actDoneMsg:
		cmd = m.acted(msg, now)
	case pastMsg:
		m.pulled(msg)
	case jobMsg:
		m.jobAnswered(msg, now)
	case tea.PasteMsg:
		switch {
		case m.input != nil:
			m.input.insert(printable(msg.Content))
			m.typed()
		case m.finder != nil:
			m.finder.in.insert(printable(msg.Content))
			m.find()
		}
	case tea.KeyPressMsg:
		cmd = m.key(msg, now)
	default:
		return m, nil
	}
	m.settle(now)
	if rows := m.tableRows(); rows != m.rowsShown {
		m.rowsShown = rows
		m.keepInSight(max(0, m.t.find(m.focus)))
	}
	return m, tea.Batch(cmd, m.pull(now), m.watchRows(now))
}

// take takes in what the stream has told.
func (m *Model) take(b *batch, now time.Time) tea.Cmd {
	for _, f := range b.logs {
		if m.logs != nil {
			m.logs.take(f)
		}
		m.o.Link.Ack(f)
	}
	if b.logError != "" && m.logs != nil {
		m.logs.failed(b.logError)
	}
	whole := m.w.complete
	change := m.w.apply(b, now)
	if change.containers || m.w.complete != whole {
		m.dirty = true
	}
	if change.containers {
		m.n = m.w.counts()
	}
	m.gone(change.gone, now)
	m.acts.seen(m, now)
	if len(b.jobs) > 0 {
		m.jobsTold(now)
	}
	return nil
}

// gone drops what belonged to containers that are no more.
func (m *Model) gone(list []*entry, now time.Time) {
	for _, e := range list {
		delete(m.selected, e.key)
		if m.focus == string(e.key) && len(list) == 1 && m.at == onTable {
			m.say(quiet, printable(e.c.Name)+" is gone", now)
		}
	}
}

// settle brings the lines up to date where that is due.
func (m *Model) settle(now time.Time) {
	if !m.dirty {
		return
	}
	live := m.t.order.live() || m.t.filter.Live()
	pause := rushPause(len(m.w.entries))
	if came := len(m.w.entries) != len(m.t.sorted) && m.t.filter.Empty(); live && !came {
		if m.paused(now) {
			return
		}
		pause = resortEvery
	}
	if now.Sub(m.arranged) >= pause {
		m.arrange(now)
	}
}

func rushPause(n int) time.Duration {
	if n >= many {
		return rushEvery
	}
	return 0
}

// paused tells whether a live order holds still for somebody who reads.
func (m *Model) paused(now time.Time) bool {
	return (m.t.order.live() || m.t.filter.Live()) && now.Sub(m.held) < holdFor
}

// arrange makes the lines anew and keeps the focus on its container.
func (m *Model) arrange(now time.Time) {
	m.dirty, m.arranged = false, now
	was := m.t.find(m.focus)
	m.t.arrange(m.w, now)
	m.refocus(was)
}

// rearrange makes the lines anew for somebody who asked for another order: the
// focus stays on its container, and is in sight.
func (m *Model) rearrange(now time.Time) {
	m.dirty, m.arranged = false, now
	m.t.arrange(m.w, now)
	m.refocus(-1)
}

// refocus keeps the focus on its line; where that is gone, it goes to the one
// that stands in its place.
func (m *Model) refocus(was int) {
	if len(m.t.lines) == 0 {
		m.top = 0
		return
	}
	i := m.t.find(m.focus)
	if !m.moved {
		i = 0 // nobody has moved yet: it is the first, whichever that is
		m.focus = m.t.lines[0].key()
	} else if i < 0 {
		i = min(max(was, 0), len(m.t.lines)-1)
		m.focus = m.t.lines[i].key()
	} else if was >= 0 {
		m.top += i - was // it stays where it is on the screen
	}
	m.keepInSight(i)
}

// keepInSight scrolls so that a line is on the screen, and nothing is wasted.
func (m *Model) keepInSight(i int) {
	rows := m.tableRows()
	m.top = min(max(m.top, i-rows+1), i)
	m.top = max(0, min(m.top, len(m.t.lines)-rows))
}

// visible are the lines on the screen.
func (m *Model) visible() []line {
	m.top = max(0, min(m.top, len(m.t.lines)-m.tableRows()))
	return m.t.lines[m.top:min(len(m.t.lines), m.top+m.tableRows())]
}

// Columns that are wanted of every row, and how often of those off the screen:
// sorting by them can wait, a filter by them should not.
const (
	restMs          = 10_000
	filteringRestMs = 3_000
)

func wantedColumns() []string {
	return []string{"cpu", "mem", "memLimit", "rxRate", "txRate", "readRate", "writeRate", "pids"}
}

// watchRows tells the server which rows are on the screen, when those change,
// and not with every key that is held down.
func (m *Model) watchRows(now time.Time) tea.Cmd {
	var rows []int
	for _, l := range m.visible() {
		if l.e != nil && l.e.alive() {
			rows = append(rows, l.e.c.Row)
		}
	}
	if e := m.w.entries[m.shown]; e != nil && m.at == onContainer && e.alive() {
		rows = append(rows, e.c.Row)
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	rest := restMs
	if m.t.filter.Live() {
		rest = filteringRestMs
	}
	if slices.Equal(rows, m.rows) && rest == m.restEvery || m.watchSoon {
		return nil
	}
	if wait := watchEvery - now.Sub(m.watched); wait > 0 {
		m.watchSoon = true
		return m.o.After(wait, soonMsg{})
	}
	m.watched, m.restEvery = now, rest
	m.watch(rows)
	return nil
}

func (m *Model) watch(rows []int) {
	m.rows = rows
	if m.restEvery == 0 {
		m.restEvery = restMs
	}
	m.o.Watch(rows)
	m.o.Link.Subscribe(api.TopicMetrics, &api.Filter{Rows: rows, Cols: wantedColumns(), RestEveryMs: m.restEvery})
}

// say shows a sentence at the bottom.
func (m *Model) say(t tone, text string, now time.Time) {
	const short, long = 4 * time.Second, 12 * time.Second
	d := short
	if t == bad || t == warn {
		d = long
	}
	m.toast = toast{t, text, now.Add(d)}
}

// entry is a container by its key.
func (m *Model) entry(key api.Key) *entry { return m.w.entries[key] }

// focused is the line in focus.
func (m *Model) focused() (line, bool) {
	if i := m.t.find(m.focus); i >= 0 {
		return m.t.lines[i], true
	}
	return line{}, false
}
