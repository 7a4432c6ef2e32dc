package top

import (
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// gapEdge is where a gap begins or ends.
func gapEdge(e *api.Event, name string) string {
	at, err := time.Parse(time.RFC3339Nano, e.Attributes[name])
	if err != nil {
		return unknown
	}
	return at.Local().Format("01-02 15:04:05")
}

func (m *Model) drawEvents(c *canvas, now time.Time) {
	rows := m.eventRows()
	if m.input != nil && m.input.kind == eventSearch {
		m.drawInput(c, " Search: ", plural(len(rows), "event", "events"))
	} else {
		spans := []span{{m.p.strong, " Events"}}
		if m.events.query != "" {
			spans = append(spans, span{m.p.quiet, "   / "}, span{m.p.accent, printable(m.events.query)}, span{m.p.quiet, " " + plural(len(rows), "event", "events")})
		}
		right := span{}
		if m.events.top > 0 && m.w.unread > 0 {
			right = span{m.p.warn, plural(m.w.unread, "new", "new") + ": Home "}
		}
		c.line("", m.withRight(spans, right)...)
	}
	if len(rows) == 0 {
		text := "Nothing has happened yet."
		switch {
		case m.events.query == "":
		case m.input != nil && m.o.Past != nil:
			text = "None of the newest matches. Enter looks in the history."
		default:
			text = "No event matches. Esc clears the search."
		}
		c.line("")
		c.line("", span{m.p.quiet, "  " + text})
		return
	}
	from := max(0, min(m.events.top, len(rows)-m.bodyRows()))
	for _, r := range rows[from:min(len(rows), from+m.bodyRows())] {
		m.drawEvent(c, &r, now)
	}
}

func (m *Model) drawEvent(c *canvas, r *feedRow, now time.Time) {
	if r.end {
		c.line("", span{m.p.quiet, "  " + r.text})
		return
	}
	format := time.TimeOnly
	if r.at.Local().Format(time.DateOnly) != now.Local().Format(time.DateOnly) {
		format = "01-02 15:04"
	}
	at := span{m.p.quiet, " " + m.g.pad(r.at.Local().Format(format), 12, false)}
	tone := m.p.tone(eventTone(r))
	if r.ev == nil {
		c.line("", at, span{tone, strings.Repeat(m.g.rule, 2) + " " + r.text})
		return
	}
	if r.ev.Kind == api.KindEngine && r.ev.Action == "gap" {
		c.line("", at, span{m.p.warn, strings.Repeat(m.g.rule, 2) + " Nobody listened from " + gapEdge(r.ev, "from") + " until " + gapEdge(r.ev, "until")})
		return
	}
	name := r.ev.Name
	if name == "" {
		name = shortID(r.ev.ID)
	}
	kind, nameWidth := 10, min(40, max(16, m.width/3))
	if m.width < narrowBelow {
		kind = 0
	}
	spans := []span{at}
	if kind > 0 {
		spans = append(spans, span{m.p.quiet, m.g.pad(printable(r.ev.Kind), kind, false) + " "})
	}
	spans = append(spans, span{"", m.g.pad(printable(name), nameWidth, false) + " "}, span{tone, printable(actionText(r.ev))})
	if extra := eventExtra(r.ev); extra != "" {
		spans = append(spans, span{m.p.quiet, "  " + printable(extra)})
	}
	c.line("", spans...)
}
