package top

import (
	"fmt"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func (m *Model) drawTable(c *canvas, now time.Time) {
	m.drawBar(c, now)
	places := layout(m.width, m.t.grouped)
	m.drawHead(c, places)
	if len(m.t.lines) == 0 {
		m.drawEmpty(c)
		return
	}
	showHealth := false
	for _, p := range places {
		showHealth = showHealth || p.id == colHealth
	}
	for _, l := range m.visible() {
		if l.g != nil {
			m.drawGroup(c, l.g, places)
		} else {
			m.drawRow(c, l.e, places, showHealth, now)
		}
	}
}

func (m *Model) drawHead(c *canvas, places []place) {
	spans := []span{{"", strings.Repeat(" ", lead)}}
	for i, p := range places {
		if i > 0 {
			spans = append(spans, span{"", strings.Repeat(" ", columnGap)})
		}
		title, s := p.title, m.p.head
		if p.id == m.t.order.by {
			arrow := m.g.up
			if m.t.order.desc {
				arrow = m.g.down
			}
			s = m.p.accent
			if p.right {
				title = arrow + m.g.cut(" "+title, p.width-1)
			} else {
				title = m.g.cut(title, p.width-2) + " " + arrow
			}
		}
		spans = append(spans, span{s, m.g.pad(title, p.width, p.right)})
	}
	c.line("", spans...)
}

// drawEmpty says why there is nothing to see, and what to do.
func (m *Model) drawEmpty(c *canvas) {
	var lines []string
	switch {
	case !m.w.began && m.w.link.last.Err != nil:
		lines = []string{"No connection to Quaywatch.", errorText(m.w.link.last.Err)}
	case len(m.w.engines) > 0 && m.w.engines[0].State == api.EngineUnreachable && len(m.w.entries) == 0:
		lines = []string{"Docker can't be reached. This is tried again by itself.", printable(m.w.engines[0].Error)}
	case !m.w.complete || len(m.w.engines) == 0 || m.w.engines[0].State == api.EngineConnecting:
		lines = []string{"Looking…"}
	case m.t.query != "":
		lines = []string{"No container matches the filter.", "Esc clears it."}
	default:
		lines = []string{"There are no containers.", "docker run -d --name web nginx"}
	}
	c.line("")
	for i, text := range lines {
		s := style("")
		if i > 0 {
			s = m.p.quiet
		}
		for _, part := range wrapText(text, m.width-4) {
			c.line("", span{"", "  "}, span{s, part})
		}
	}
}

// wrapText breaks a text at spaces.
func wrapText(text string, width int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && cellWidth(line)+1+cellWidth(word) > width {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

// rowBase is a row's background and its marks.
func (m *Model) rowBase(key string, marked bool) (base style, mark string) {
	mark = " "
	if key == m.focus {
		base, mark = m.p.cursor, m.g.cursor
	}
	if marked {
		mark += m.g.selected
	} else {
		mark += " "
	}
	return base, mark
}

func (m *Model) drawRow(c *canvas, e *entry, places []place, showHealth bool, now time.Time) {
	base, mark := m.rowBase(string(e.key), m.selected[e.key])
	spans := []span{{m.p.accent, mark}}
	if base == "7" {
		spans[0].style = ""
	}
	f := m.w.freshness(e, now)
	for i, p := range places {
		if i > 0 {
			spans = append(spans, span{"", strings.Repeat(" ", columnGap)})
		}
		if p.id == colTrend {
			spans = append(spans, span{m.colour(base, m.p.spark), m.spark(e, now)})
			continue
		}
		text, s := m.cell(e, p.id, f, showHealth, now)
		if p.id == colName && m.t.grouped {
			text = "  " + text
		}
		if p.id == colMemory && p.width >= len("1000 MiB 100%") {
			text += " " + m.g.pad(shareText(e.cells.Values[api.ColMemory], memoryLimit(e)), 4, true)
		}
		spans = append(spans, span{m.colour(base, s), m.g.pad(text, p.width, p.right)})
	}
	c.line(base, spans...)
}

// colour leaves out what would change places on a reversed row.
func (m *Model) colour(base, s style) style {
	if base == "7" {
		return ""
	}
	return s
}

func memoryLimit(e *entry) int64 {
	if e.c.MemoryLimitBytes != nil {
		return *e.c.MemoryLimitBytes
	}
	return e.cells.Values[api.ColMemoryLimit]
}

// cell is the text of a container in a column, and its style.
func (m *Model) cell(e *entry, id columnID, f freshness, showHealth bool, now time.Time) (string, style) {
	c := e.c
	switch id {
	case colName:
		s := style("")
		if now.Before(e.flash) {
			s = m.p.strong
		}
		return printable(c.Name), s
	case colProject:
		return printable(c.Project), m.p.quiet
	case colImage:
		return printable(shortImage(c.Image)), m.p.quiet
	case colState:
		return m.stateCell(e, showHealth)
	case colHealth:
		return m.healthCell(c)
	case colUptime:
		return m.uptime(c, now), m.p.quiet
	case colRestarts:
		return countText(int64(c.RestartCount)), ""
	case colPorts:
		return portsText(c.Ports), m.p.quiet
	default:
		return m.figure(e, id, f)
	}
}

// figure is a metric. What has ended has none, and what is old is muted, and
// then a dash.
func (m *Model) figure(e *entry, id columnID, f freshness) (string, style) {
	column, ok := metricOf(id)
	if !ok || !e.alive() {
		return "", ""
	}
	s := style("")
	if f == muted {
		s = m.p.quiet
	}
	v := e.cells.Values[column]
	if f == stale {
		return unknown, m.p.quiet
	}
	switch id {
	case colCPU:
		return percentText(v), s
	case colMemory:
		return bytesText(v), s
	case colPids:
		return countText(v), s
	default:
		return rateText(v), s
	}
}

func (m *Model) stateCell(e *entry, showHealth bool) (string, style) {
	if action, ok := m.acts.underWay(e.key); ok {
		return m.g.busy + " " + wordsOf(action).doing, m.p.busy
	}
	v := m.g.state(e.c)
	if unhealthy(e.c) && !showHealth {
		v = stateView{m.g.failed, "Unhealthy", bad}
	}
	return v.glyph + " " + v.word, m.p.tone(v.tone)
}

func (m *Model) healthCell(c *api.Container) (string, style) {
	if !c.State.Alive() {
		return "", ""
	}
	switch c.Health {
	case api.HealthHealthy:
		return "healthy", m.p.good
	case api.HealthUnhealthy:
		return "unhealthy", m.p.bad
	case api.HealthStarting:
		return "starting", m.p.busy
	case api.HealthNone:
	}
	return "", ""
}

// uptime is how long it has been up, or since when it is not.
func (m *Model) uptime(c *api.Container, now time.Time) string {
	at := c.FinishedAt
	if c.State.Alive() {
		at = c.StartedAt
	}
	if at == nil {
		return ""
	}
	d := m.w.serverNow(now).Sub(*at)
	if !c.State.Alive() {
		return agoText(d)
	}
	return durationText(d)
}

// spark is CPU over the last two minutes, from 0 to its own highest.
func (m *Model) spark(e *entry, now time.Time) string {
	if !e.alive() {
		return strings.Repeat(" ", trendParts)
	}
	var b strings.Builder
	for _, level := range e.cpu.levels(m.w.serverNow(now), len(m.g.spark)-1) {
		if level < 0 {
			b.WriteByte(' ')
		} else {
			b.WriteString(m.g.spark[level])
		}
	}
	return b.String()
}

// drawGroup is a project's heading: how many run, the state that needs a look
// most, and sums.
func (m *Model) drawGroup(c *canvas, g *group, places []place) {
	selected := 0
	for _, e := range g.members {
		if m.selected[e.key] {
			selected++
		}
	}
	base, mark := m.rowBase(g.key, selected == len(g.members))
	fold := m.g.unfolded
	if g.folded {
		fold = m.g.folded
	}
	name := g.project
	if name == "" {
		name = "no project"
	}
	spans := []span{{m.colour(base, m.p.accent), mark}}
	for i, p := range places {
		if i > 0 {
			spans = append(spans, span{"", strings.Repeat(" ", columnGap)})
		}
		text, s := "", m.p.strong
		switch p.id {
		case colName:
			count := fmt.Sprintf(" %d/%d", g.running, len(g.members))
			text = fold + " " + m.g.cut(printable(name), max(1, p.width-2-cellWidth(count))) + count
		case colState:
			v := m.g.state(g.worst.c)
			if unhealthy(g.worst.c) {
				v = stateView{m.g.failed, "Unhealthy", bad}
			}
			text, s = v.glyph+" "+v.word, m.p.tone(v.tone)
		case colCPU:
			text = percentText(g.sum(api.ColCPU))
		case colMemory:
			text = bytesText(g.sum(api.ColMemory))
		case colRx:
			text = rateText(g.sum(api.ColRxRate))
		case colTx:
			text = rateText(g.sum(api.ColTxRate))
		default: // has no sum
		}
		if g.running == 0 && text == unknown {
			text = ""
		}
		spans = append(spans, span{m.colour(base, s), m.g.pad(text, p.width, p.right)})
	}
	c.line(base, spans...)
}

// shortImage drops a digest that repeats what a tag says.
func shortImage(image string) string {
	if name, digest, ok := strings.Cut(image, "@sha256:"); ok {
		return name + "@" + shortID(digest)
	}
	if digest, ok := strings.CutPrefix(image, "sha256:"); ok {
		return shortID(digest)
	}
	return image
}
