package top

import (
	"slices"
	"strings"
)

// nameColours tell the containers of a log apart, beside their names.
func (m *Model) nameStyle(src int) style {
	all := []style{m.p.accent, m.p.good, m.p.warn, m.p.busy}
	return all[src%len(all)]
}

func (m *Model) drawLogs(c *canvas) {
	v := m.logs
	m.drawLogBar(c)
	rows := m.bodyRows()
	if len(v.lines) == 0 {
		text := "Waiting for its log…"
		if v.empty {
			text = "It has written nothing yet."
		}
		c.line("")
		c.line("", span{m.p.quiet, "  " + text})
		return
	}
	// From the bottom up, as lines may be broken into several.
	var blocks [][][]span
	used := 0
	for i := v.last() - v.dropped; i >= 0 && used < rows; i-- {
		block := m.logBlock(&v.lines[i], v.dropped+i == v.match)
		blocks = append(blocks, block)
		used += len(block)
	}
	skip := max(0, used-rows)
	for _, block := range slices.Backward(blocks) {
		for _, line := range block {
			if skip > 0 {
				skip--
				continue
			}
			c.line("", line...)
		}
	}
}

func (m *Model) drawLogBar(c *canvas) {
	v := m.logs
	if m.input != nil && m.input.kind == logSearch {
		m.drawInput(c, " Search: ", m.matchNote())
		return
	}
	what := v.names[0]
	if len(v.names) > 1 {
		what = containersText(len(v.names))
	}
	spans := []span{{m.p.strong, " Logs of " + what}}
	if v.query != "" {
		spans = append(spans, span{m.p.quiet, "   / "}, span{m.p.accent, printable(v.query)}, span{m.p.quiet, " " + m.matchNote()})
	}
	right := span{m.p.good, "Following "}
	if !v.follow {
		right = span{m.p.warn, "Paused "}
		if v.fresh > 0 {
			right.text = "Paused · " + plural(v.fresh, "new line", "new lines") + " "
		}
	}
	c.line("", m.withRight(spans, right)...)
}

func (m *Model) matchNote() string {
	if m.logs.query == "" {
		return ""
	}
	return plural(m.logs.count(), "line matches", "lines match")
}

// logBlock is a line of a log as lines of the screen.
func (m *Model) logBlock(l *logLine, here bool) [][]span {
	v := m.logs
	if l.note {
		return [][]span{{{m.p.warn, " " + m.g.rule + " " + l.text + " " + m.g.rule}}}
	}
	head := []span{{m.p.bad, " "}}
	if l.err {
		head[0].text = "!"
	}
	if here {
		head[0] = span{m.p.accent, m.g.cursor}
	}
	if v.times {
		head = append(head, span{m.p.quiet, l.at.Local().Format("15:04:05") + " "})
	}
	if len(v.names) > 1 {
		head = append(head, span{m.nameStyle(l.src), m.g.pad(v.names[l.src%len(v.names)], m.nameWidth(), false) + " "})
	}
	used := 0
	for _, s := range head {
		used += cellWidth(s.text)
	}
	room := max(10, m.width-used)
	if !v.wrap {
		return [][]span{append(head, m.found(dropCells(l.text, v.left))...)}
	}
	var out [][]span
	for i, part := range breakCells(l.text, room) {
		if i > 0 {
			head = []span{{"", strings.Repeat(" ", used)}}
		}
		out = append(out, append(head, m.found(part)...))
	}
	return out
}

// nameWidth is the room for names: that of the longest, within reason.
func (m *Model) nameWidth() int {
	w := 0
	for _, n := range m.logs.names {
		w = max(w, cellWidth(n))
	}
	return min(w, max(8, m.width/5))
}

// found marks what the search is for.
func (m *Model) found(text string) []span {
	low := m.logs.low
	if low == "" || text == "" {
		return []span{{"", text}}
	}
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		return []span{{"", text}} // letters whose small form is longer: places don't agree
	}
	var out []span
	for {
		i := strings.Index(lower, low)
		if i < 0 {
			return append(out, span{"", text})
		}
		out = append(out, span{"", text[:i]}, span{m.p.match, text[i : i+len(low)]})
		text, lower = text[i+len(low):], lower[i+len(low):]
	}
}

// dropCells leaves out the first cells of a text.
func dropCells(text string, n int) string {
	for i, r := range text {
		if n <= 0 {
			return text[i:]
		}
		n -= max(0, cellWidth(string(r)))
	}
	return ""
}

// breakCells breaks a text into pieces of a width.
func breakCells(text string, width int) []string {
	var out []string
	start, w := 0, 0
	for i, r := range text {
		rw := cellWidth(string(r))
		if w+rw > width {
			out = append(out, text[start:i])
			start, w = i, 0
		}
		w += rw
	}
	return append(out, text[start:])
}
