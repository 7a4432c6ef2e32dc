package top

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// finder is the palette of the page: a few letters of a container, an action or
// a place, and Enter does it.
type finder struct {
	in    *input
	at    int
	found []choice
}

// choice is one of what can be done.
type choice struct {
	text, note string
	tone       tone
	rank       int // of equals, the lower one comes first
	do         func(now time.Time) tea.Cmd
}

// mostFound bounds what is kept of a search: nobody reads further.
const mostFound = 100

func (m *Model) openFinder() {
	m.finder = &finder{in: newInput(findInput, "")}
	m.find()
}

func (m *Model) finderKey(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	f := m.finder
	switch msg.String() {
	case "esc", "ctrl+g":
		m.finder = nil
	case "enter":
		if f.at < len(f.found) {
			do := f.found[f.at].do
			m.finder = nil
			return do(now)
		}
	case "up", "ctrl+p":
		f.at = max(0, f.at-1)
	case "down", "ctrl+n", "tab":
		f.at = max(0, min(f.at+1, len(f.found)-1))
	case "pgup":
		f.at = max(0, f.at-m.bodyRows())
	case "pgdown":
		f.at = max(0, min(f.at+m.bodyRows(), len(f.found)-1))
	default:
		if f.in.edit(msg) {
			m.find()
		}
	}
	return nil
}

// find looks for what is typed.
func (m *Model) find() {
	f := m.finder
	f.at = 0
	said := strings.ToLower(f.in.value()) // "stop " asks for what can be stopped
	typed := strings.TrimSpace(said)
	type hit struct {
		choice
		score int
	}
	var hits []hit
	take := func(c choice, by string) {
		if score, ok := closeness(by, typed); ok {
			hits = append(hits, hit{c, score})
		}
	}
	for _, c := range m.places() {
		take(c, c.text)
	}
	if action, rest, ok := m.verb(strings.TrimLeft(said, " ")); ok {
		for _, e := range m.w.entries {
			score, near := closeness(e.c.Name, rest)
			if why := m.reasonNot(e, action.action); near && (action.logs || why == "") {
				hits = append(hits, hit{m.verbChoice(action, e), score})
			}
		}
	}
	for _, e := range m.w.entries {
		take(m.containerChoice(e), e.c.Name)
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.rank, b.rank), cmp.Compare(natural.Key(a.text), natural.Key(b.text)))
	})
	f.found = f.found[:0]
	for _, h := range hits[:min(len(hits), mostFound)] {
		f.found = append(f.found, h.choice)
	}
}

// closeness is how well a name fits what is typed, 0 best: letters need only be
// in order. Nothing fits everything.
func closeness(name, typed string) (int, bool) {
	low := strings.ToLower(name)
	switch at := strings.Index(low, typed); {
	case typed == "" || low == typed:
		return 0, true
	case at == 0:
		return 1, true
	case at > 0 && !unicode.IsLetter(rune(low[at-1])):
		return 2, true
	case at > 0:
		return 3, true
	}
	rest := []rune(typed)
	gaps, last := 0, -1
	for i, r := range []rune(low) {
		if len(rest) > 0 && r == rest[0] {
			if last >= 0 && i > last+1 {
				gaps++
			}
			last, rest = i, rest[1:]
		}
	}
	return 4 + gaps, len(rest) == 0
}

// verb is an action that is asked for by its name.
type verb struct {
	word   string
	action api.Action
	logs   bool
}

// verb reads "stop web": the action, and of which container.
func (m *Model) verb(typed string) (v verb, rest string, ok bool) {
	word, rest, ok := strings.Cut(typed, " ")
	if !ok {
		return v, "", false
	}
	if word == "logs" {
		return verb{word: "Logs of", logs: true}, strings.TrimSpace(rest), true
	}
	for _, a := range allActions() {
		if string(a) == word {
			return verb{word: wordsOf(a).verb, action: a}, strings.TrimSpace(rest), true
		}
	}
	return v, "", false
}

func (m *Model) verbChoice(v verb, e *entry) choice {
	s := m.g.state(e.c)
	c := choice{text: v.word + " " + printable(e.c.Name), note: s.word, tone: s.tone, rank: stateRank(e.c)}
	key := e.key
	c.do = func(now time.Time) tea.Cmd {
		e := m.entry(key)
		switch {
		case e == nil:
			m.say(warn, "It is gone already", now)
		case v.logs:
			m.openLogs([]*entry{e}, now)
		default:
			return m.ask([]*entry{e}, v.action, now)
		}
		return nil
	}
	return c
}

func (m *Model) containerChoice(e *entry) choice {
	s := m.g.state(e.c)
	c := choice{text: printable(e.c.Name), note: s.word, tone: s.tone, rank: 100 + stateRank(e.c)}
	if s.tone == bad || e.c.Health == api.HealthUnhealthy {
		c.rank = 0 // what is in trouble stands before all else
	}
	if e.c.Health == api.HealthUnhealthy && e.alive() {
		c.note, c.tone = "Unhealthy", bad
	}
	key := e.key
	c.do = func(now time.Time) tea.Cmd {
		if m.entry(key) == nil {
			m.say(warn, "It is gone already", now)
			return nil
		}
		m.shown = key
		m.show(onContainer)
		return nil
	}
	return c
}

// places are the screens, and what can be set in the table.
func (m *Model) places() []choice {
	key := func(name string) func(time.Time) tea.Cmd {
		return func(now time.Time) tea.Cmd { m.goTo(name, now); return nil }
	}
	ask := func(query string) func(time.Time) tea.Cmd {
		return func(now time.Time) tea.Cmd {
			m.show(onTable)
			m.t.ask(query)
			m.arrange(now)
			return nil
		}
	}
	group := "Group by project"
	if m.t.grouped {
		group = "No groups"
	}
	out := []choice{
		{text: "Containers", note: "g c", do: key("c")},
		{text: "Events", note: "g e", do: key("e")},
		{text: "Keys", note: "?", do: func(time.Time) tea.Cmd { m.help, m.scroll = true, 0; return nil }},
		{text: "Show what failed", note: "is:failed", do: ask("is:failed")},
		{text: "Show what runs", note: "state:running", do: ask("state:running")},
		{text: "Show all", note: "no filter", do: ask("")},
		{text: group, note: "p", do: func(now time.Time) tea.Cmd {
			m.show(onTable)
			m.t.grouped = !m.t.grouped
			m.top = 0
			m.rearrange(now)
			return nil
		}},
	}
	for _, id := range sortable() {
		out = append(out, choice{text: "Sort by " + string(id), do: func(now time.Time) tea.Cmd {
			m.show(onTable)
			m.t.order = order{by: id, desc: firstDesc(id)}
			m.held = time.Time{}
			m.rearrange(now)
			return nil
		}})
	}
	out = append(out, choice{text: "Quit", note: "q", do: func(time.Time) tea.Cmd { return tea.Quit }})
	for i := range out {
		out[i].rank, out[i].tone = 1+i, quiet
	}
	return out
}

func (m *Model) drawFinder(c *canvas) {
	f := m.finder
	before := m.input
	m.input = f.in // it is drawn as the line that is typed into
	m.drawInput(c, " > ", plural(len(f.found), "match", "matches"))
	m.input = before
	if len(f.found) == 0 {
		c.line("")
		c.line("", span{m.p.quiet, "  Nothing fits. Type a container, “stop web”, “logs api” or “sort by cpu”; Esc closes."})
		return
	}
	rows := m.bodyRows()
	from := max(0, min(f.at-rows/2, len(f.found)-rows))
	for i := from; i < min(len(f.found), from+rows); i++ {
		h := &f.found[i]
		base, mark := style(""), "  "
		if i == f.at {
			base, mark = m.p.cursor, m.g.cursor+" "
		}
		note := m.g.pad(h.note, max(8, m.width/4), false)
		c.line(base, span{m.p.accent, " " + mark}, span{"", m.g.pad(h.text, max(10, m.width-cellWidth(note)-6), false) + " "}, span{m.p.tone(h.tone), note})
	}
}
