package top

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// The least window that shows anything of use.
const (
	leastWidth  = 40
	leastHeight = 8
)

// canvas is a screen that is being drawn, line by line.
type canvas struct {
	b     strings.Builder
	width int
	lines int
	// most is how many lines there is room for; more are left out.
	most   int
	g      *glyphs
	cursor *tea.Cursor
}

func (c *canvas) line(base style, spans ...span) {
	if c.lines >= c.most {
		return
	}
	if c.lines > 0 {
		c.b.WriteByte('\n')
	}
	c.lines++
	c.g.paint(&c.b, c.width, base, spans...)
}

// View draws the screen.
func (m *Model) View() tea.View {
	now := m.o.Now()
	c := &canvas{width: m.width, most: m.height, g: m.g}
	switch {
	case m.width == 0 || m.height == 0:
	case m.width < leastWidth || m.height < leastHeight:
		m.drawTooSmall(c)
	default:
		m.draw(c, now)
	}
	text := c.b.String()
	if m.o.ASCII {
		text = ascii(text)
	}
	v := tea.NewView(text)
	v.AltScreen = true
	v.WindowTitle = m.title()
	v.Cursor = c.cursor
	return v
}

// title is what the window is called.
func (m *Model) title() string {
	if m.n.unhealthy > 0 {
		return fmt.Sprintf("(%d unhealthy) Quaywatch", m.n.unhealthy)
	}
	return "Quaywatch"
}

func (m *Model) drawTooSmall(c *canvas) {
	for _, text := range []string{
		fmt.Sprintf("This window is %d×%d.", m.width, m.height),
		fmt.Sprintf("Quaywatch needs %d×%d.", leastWidth, leastHeight),
		"q quits",
	} {
		c.line("", span{"", text})
	}
}

// Lines of a screen that are not its body: the connection line, the bar below
// it, and the line at the bottom.
const frameRows = 3

// bodyRows is how many lines the body has.
func (m *Model) bodyRows() int { return max(1, m.height-frameRows-m.panelRows()) }

// tableRows is how many rows the table has, below its head.
func (m *Model) tableRows() int { return max(1, m.bodyRows()-1) }

func (m *Model) draw(c *canvas, now time.Time) {
	body := m.height - 1 - m.panelRows()
	c.most = body
	m.drawConnection(c, now)
	switch {
	case m.finder != nil:
		m.drawFinder(c)
	case m.help:
		m.drawHelp(c)
	case m.at == onContainer:
		m.drawContainer(c, now)
	case m.at == onLogs:
		m.drawLogs(c)
	case m.at == onEvents:
		m.drawEvents(c, now)
	default:
		m.drawTable(c, now)
	}
	for c.lines < body {
		c.line("")
	}
	c.most = m.height
	m.drawPanel(c)
	m.drawBottom(c, now)
}

// drawConnection is the first line: what is watched, and whether it can be
// believed.
func (m *Model) drawConnection(c *canvas, now time.Time) {
	p := m.w.pill(now, m.o.Local)
	sign := map[tone]string{good: m.g.running, warn: m.g.busy, bad: m.g.failed, busy: m.g.created}[p.tone]
	right := sign + " " + p.text
	if age := m.age(now); age != "" {
		right += " · " + age
	}
	left := " Quaywatch"
	if len(m.w.engines) > 0 {
		e := m.w.engines[0]
		left += "  " + strings.TrimSpace(printable(e.Name+" "+e.Version))
	}
	if len(m.w.engines) > 1 {
		left += fmt.Sprintf(" and %d more", len(m.w.engines)-1)
	}
	if slices.ContainsFunc(m.w.engines, func(e *api.EngineStatus) bool { return e.Demo }) {
		left += " · demo, nothing here is real"
	}
	room := m.width - cellWidth(right) - 2
	c.line(m.p.bar, span{m.p.strong, m.g.pad(left, room, false)}, span{"", " "}, span{m.pillStyle(p.tone), right}, span{"", " "})
}

// pillStyle leaves the pill as it is on a bar that is drawn reversed: colours
// change places there.
func (m *Model) pillStyle(t tone) style {
	if m.p.bar == "7" {
		return "1"
	}
	return m.p.tone(t)
}

// age is how old the newest metrics on the screen are, where that is worth
// saying. Only those are measured each second.
func (m *Model) age(now time.Time) string {
	var newest time.Time
	for _, row := range m.rows {
		if e := m.w.byRow[row]; e != nil && e.alive() && e.cells.At.After(newest) {
			newest = e.cells.At
		}
	}
	// Rows that have only just come into sight wait for their first second.
	if newest.IsZero() || now.Sub(m.watched) < mutedAfter {
		return ""
	}
	d := m.w.serverNow(now).Sub(newest)
	if d < mutedAfter {
		return ""
	}
	return durationText(d) + " old"
}

// drawBar is the second line: counts, the filter, the order.
func (m *Model) drawBar(c *canvas, now time.Time) {
	if m.input != nil && m.input.kind == filterInput {
		m.drawInput(c, " Filter: ", m.filterNote())
		return
	}
	var spans []span
	add := func(n int, word string, s style) {
		if n > 0 {
			if len(spans) > 0 {
				spans = append(spans, span{m.p.quiet, " " + m.g.dot + " "})
			}
			spans = append(spans, span{s, fmt.Sprintf("%d %s", n, word)})
		}
	}
	add(m.n.running, "running", m.p.good)
	add(m.n.paused, "paused", m.p.warn)
	add(m.n.restarting, "restarting", m.p.busy)
	add(m.n.exited, "exited", m.p.quiet)
	add(m.n.dead, "dead", m.p.bad)
	add(m.n.unhealthy, "unhealthy", m.p.bad)
	if len(spans) == 0 {
		spans = append(spans, span{m.p.quiet, containersText(m.n.all)})
	}
	spans = append([]span{{"", " "}}, spans...)
	if m.t.query != "" {
		spans = append(spans, span{m.p.quiet, "   / "}, span{m.p.accent, printable(m.t.query)}, span{m.p.quiet, " " + m.filterNote()})
	}
	c.line("", m.withRight(spans, m.orderText(now))...)
}

// filterNote says how many containers the filter leaves.
func (m *Model) filterNote() string {
	if m.t.query == "" {
		return ""
	}
	return fmt.Sprintf("%d of %d", len(m.t.sorted), m.n.all)
}

func (m *Model) orderText(now time.Time) span {
	if m.paused(now) {
		return span{m.p.warn, "Order paused "}
	}
	if m.w.unread > 0 && m.at != onEvents {
		return span{m.p.quiet, plural(m.w.unread, "event", "events") + ": g e "}
	}
	return span{}
}

// withRight puts a piece at the right edge, if there is room.
func (m *Model) withRight(spans []span, right span) []span {
	used := 0
	for _, s := range spans {
		used += cellWidth(s.text)
	}
	gap := m.width - used - cellWidth(right.text)
	if right.text == "" || gap < 2 {
		return spans
	}
	return append(spans, span{"", strings.Repeat(" ", gap)}, right)
}

// drawInput is a line that is being typed, with a remark behind it.
func (m *Model) drawInput(c *canvas, prompt, note string) {
	noteWidth := min(cellWidth(note), m.width/2)
	room := m.width - cellWidth(prompt) - noteWidth - 3
	text, at := m.input.view(room)
	c.cursor = tea.NewCursor(cellWidth(prompt)+at, c.lines)
	c.line("", span{m.p.accent, prompt}, span{"", m.g.pad(printable(text), room+1, false)}, span{m.p.quiet, " " + m.g.pad(printable(note), noteWidth, true)})
}

// drawBottom is the last line: what has just happened, what is under way, or the
// keys that matter here.
func (m *Model) drawBottom(c *canvas, now time.Time) {
	switch {
	case m.confirm != nil && m.confirm.typed != "":
		m.drawInput(c, fmt.Sprintf(" Type %s to confirm: ", m.confirm.typed), "Esc cancels")
	case m.confirm != nil:
		c.line("", span{m.p.strong, " y "}, span{"", wordsOf(m.confirm.action).verb}, span{m.p.strong, "   n "}, span{"", "Cancel"})
	case len(m.t.filter.Problems) > 0 && m.at == onTable:
		c.line("", span{m.p.warn, " " + printable(m.t.filter.Problems[0].Message)})
	case m.acts.bulk != nil:
		b := m.acts.bulk
		text := fmt.Sprintf(" %s %d of %d", wordsOf(b.action).doing, b.done+len(b.failed), b.total)
		if len(b.failed) > 0 {
			text += fmt.Sprintf(", %d failed", len(b.failed))
		}
		c.line("", span{m.p.busy, text})
	case now.Before(m.toast.until) && m.toast.tone != quiet:
		c.line("", span{m.p.tone(m.toast.tone), " " + m.toast.text})
	case m.runningJob() != nil:
		c.line("", m.withRight([]span{{m.p.busy, " " + jobText(m.runningJob())}}, span{m.p.quiet, "C cancels "})...)
	case now.Before(m.toast.until):
		c.line("", span{m.p.tone(m.toast.tone), " " + m.toast.text})
	case len(m.selected) > 0 && m.at == onTable:
		c.line(m.p.bar, m.hints(span{m.p.strong, fmt.Sprintf(" %d selected   ", len(m.selected))},
			"s", "stop", "r", "restart", "Del", "remove", "a", "actions", "l", "logs", "Esc", "clear")...)
	default:
		c.line("", m.hints(span{"", " "}, m.keysHere()...)...)
	}
}

// hints are pairs of keys and what they do, as many as fit.
func (m *Model) hints(first span, pairs ...string) []span {
	out := []span{first}
	used := cellWidth(first.text)
	for i := 0; i+1 < len(pairs); i += 2 {
		w := cellWidth(pairs[i]) + cellWidth(pairs[i+1]) + 3
		if used+w > m.width {
			break
		}
		used += w
		out = append(out, span{m.p.strong, pairs[i]}, span{m.p.quiet, " " + pairs[i+1] + "  "})
	}
	return out
}

func (m *Model) keysHere() []string {
	switch {
	case m.finder != nil:
		return []string{"Enter", "do it", "↓ ↑", "choose", "Esc", "close"}
	case m.help:
		return []string{"Esc", "close", "j k", "scroll"}
	case m.menu != nil:
		return []string{"Enter", "do it", "j k", "choose", "Esc", "close"}
	case m.at == onContainer:
		return []string{"Esc", "back", "l", "logs", "s", "stop/start", "r", "restart", "a", "actions", "?", "keys"}
	case m.at == onLogs:
		return []string{"Esc", "back", "/", "search", "n N", "next", "Space", "pause", "End", "follow", "w", "wrap", "t", "times", "?", "keys"}
	case m.at == onEvents:
		return []string{"Esc", "back", "/", "search", "j k", "scroll", "?", "keys", "q", "quit"}
	}
	return []string{"?", "keys", "/", "filter", "Enter", "open", "l", "logs", "s", "stop/start", "r", "restart", "Ctrl K", "find", "o", "sort", "p", "projects", "g e", "events", "q", "quit"}
}

// panelRows is how many lines a question or a menu takes from the body.
func (m *Model) panelRows() int {
	most := max(3, min(m.height/2, m.height-frameRows-2))
	switch {
	case m.confirm != nil:
		return min(most, len(m.confirm.entries)+2)
	case m.menu != nil:
		return min(most, len(allActions())+2)
	}
	return 0
}

func (m *Model) drawPanel(c *canvas) {
	rows := m.panelRows()
	if rows == 0 {
		return
	}
	c.line(m.p.quiet, span{"", strings.Repeat(m.g.rule, m.width)})
	if m.confirm != nil {
		m.drawQuestion(c, rows-2)
		return
	}
	what := containersText(len(m.menu.entries))
	if len(m.menu.entries) == 1 {
		what = printable(m.menu.entries[0].c.Name)
	}
	c.line("", span{m.p.strong, " " + what})
	actions := allActions()
	from := max(0, min(m.menu.at-(rows-2)/2, len(actions)-(rows-2)))
	for i := from; i < min(len(actions), from+rows-2); i++ {
		able, why := m.able(m.menu.entries, actions[i])
		text, s := wordsOf(actions[i]).verb, style("")
		switch {
		case len(able) == 0:
			text, s = text+"  ("+why+")", m.p.quiet
		case len(able) < len(m.menu.entries):
			text += fmt.Sprintf(" %d of them", len(able))
		}
		base, mark := style(""), "   "
		if i == m.menu.at {
			base, mark = m.p.cursor, " "+m.g.cursor+" "
		}
		c.line(base, span{"", mark}, span{s, text})
	}
}

// drawQuestion lists what goes.
func (m *Model) drawQuestion(c *canvas, rows int) {
	q := m.confirm
	c.line("", span{m.p.bad, " " + q.question()})
	for i, e := range q.entries {
		if i == rows-1 && len(q.entries) > rows {
			c.line("", span{m.p.quiet, fmt.Sprintf("   and %d more", len(q.entries)-i)})
			return
		}
		v := m.g.state(e.c)
		c.line("", span{"", "   " + m.g.pad(printable(e.c.Name), min(40, m.width/2), false) + " "}, span{m.p.tone(v.tone), v.glyph + " " + v.word})
	}
}
