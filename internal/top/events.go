package top

import (
	"maps"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// eventView is the list of what has happened, the newest first.
type eventView struct {
	query string
	// top is how many of the newest are scrolled past; while it is not 0 the view
	// stands still and what is new is counted.
	top  int
	seen int // how many rows there were when it was last looked at
	past past
}

func (v *eventView) open() {
	v.top, v.seen = 0, 0
	v.past.reset()
}

// eventRows are those that match, the newest first, and then what was fetched of
// the history.
func (m *Model) eventRows() []feedRow {
	low := strings.ToLower(m.events.query)
	var out []feedRow
	for _, r := range slices.Backward(m.w.feed) {
		if low == "" || strings.Contains(strings.ToLower(eventText(&r)), low) {
			out = append(out, r)
		}
	}
	if p := &m.events.past; p.text == m.events.query {
		out = append(out, p.rows...)
		if end := p.end(); end != "" {
			out = append(out, feedRow{at: p.until, text: end, end: true})
		}
	}
	return out
}

func (m *Model) eventKey(name string) {
	page := max(1, m.bodyRows()-1)
	v := &m.events
	switch name {
	case "esc":
		if v.query != "" {
			v.query = ""
			return
		}
		m.back()
	case "up", "k":
		v.top--
	case "down", "j":
		v.top++
	case "pgup", "ctrl+b":
		v.top -= page
	case "pgdown", "ctrl+f":
		v.top += page
	case "home":
		v.top = 0
	case "end", "G":
		v.top = len(m.eventRows())
	case "/":
		m.input = newInput(eventSearch, v.query)
	}
	v.top = max(0, min(v.top, len(m.eventRows())-m.bodyRows()))
	if v.top == 0 {
		m.w.unread = 0
	}
}

// eventText is an event in one line, without its time, harmless.
func eventText(r *feedRow) string {
	if r.ev == nil {
		return r.text
	}
	e := r.ev
	name := e.Name
	if name == "" {
		name = shortID(e.ID)
	}
	text := e.Kind + " " + name + " " + actionText(e)
	if extra := eventExtra(e); extra != "" {
		text += " " + extra
	}
	return printable(text)
}

func actionText(e *api.Event) string {
	if e.Detail != "" {
		return e.Action + ": " + e.Detail
	}
	return e.Action
}

// eventExtra is what belongs to an event beside its action; labels are many and
// long, and no news.
func eventExtra(e *api.Event) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(e.Attributes)) {
		switch k {
		case "exitCode":
			out = append(out, "exit "+e.Attributes[k])
		case "signal":
			out = append(out, "signal "+e.Attributes[k])
		case api.AttrContainerName:
			out = append(out, e.Attributes[k])
		}
	}
	if e.By != nil {
		out = append(out, "by "+e.By.Name)
	}
	if e.Inferred {
		out = append(out, "inferred")
	}
	return strings.Join(out, ", ")
}

// eventTone is how serious an event is.
func eventTone(r *feedRow) tone {
	if r.ev == nil {
		return warn
	}
	e := r.ev
	switch e.Action {
	case "start", "unpause", "create", "connect", api.ActionConnected:
		return good
	case "die":
		if code := e.Attributes["exitCode"]; code == "0" || code == "130" || code == "143" {
			return quiet
		}
		return bad
	case "oom", "kill", api.ActionUnreachable:
		return bad
	case "health_status":
		if e.Detail == string(api.HealthUnhealthy) {
			return bad
		}
		return good
	case "pause", "restart", "destroy", "stop":
		return warn
	}
	return quiet
}
