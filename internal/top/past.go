package top

import (
	"context"
	"net/url"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Past is the history on a server, with the parameters of GET /api/v1/events.
type Past interface {
	Events(ctx context.Context, params url.Values) (api.List[api.Event], error)
}

const (
	pastPage     = 200
	pastDeadline = 15 * time.Second
)

// past is what has been fetched of the history, behind the events that the stream
// has told.
type past struct {
	rows []feedRow // the newest first
	// until is where it begins, text what was searched for, next how it goes on.
	until time.Time
	text  string
	next  string
	// asked: an answer is on its way. ended: there is nothing before.
	asked, ended bool
	failed       string
	// turn tells the answer that is waited for from those before.
	turn int
}

// pastMsg is a page of the history.
type pastMsg struct {
	turn int
	page api.List[api.Event]
	err  error
}

// reset forgets what was fetched.
func (p *past) reset() { *p = past{turn: p.turn + 1} }

// pull asks for more of the history where the end of what there is comes into
// sight.
func (m *Model) pull(now time.Time) tea.Cmd {
	v := &m.events
	p := &v.past
	if m.o.Past == nil || m.at != onEvents || m.input != nil {
		return nil
	}
	oldest := m.w.serverNow(now)
	for i := range m.w.feed {
		if m.w.feed[i].ev != nil {
			oldest = m.w.feed[i].at
			break
		}
	}
	if p.text != v.query || len(p.rows) > 0 && oldest.After(p.until) {
		p.reset() // another search; or what lay between has left the memory
	}
	left := len(m.eventRows()) - v.top - m.bodyRows()
	if p.asked || p.ended || p.failed != "" || left > m.bodyRows() {
		return nil
	}
	if p.until.IsZero() {
		p.until, p.text = oldest, v.query
	}
	params := url.Values{"limit": {strconv.Itoa(pastPage)}, "until": {p.until.UTC().Format(time.RFC3339Nano)}}
	if p.text != "" {
		params.Set("text", p.text)
	}
	if p.next != "" {
		params.Set("next", p.next)
	}
	p.asked = true
	turn, source, parent := p.turn, m.o.Past, m.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, pastDeadline)
		defer cancel()
		page, err := source.Events(ctx, params)
		return pastMsg{turn, page, err}
	}
}

// pulled takes a page of the history in.
func (m *Model) pulled(msg pastMsg) {
	p := &m.events.past
	if msg.turn != p.turn {
		return
	}
	p.asked = false
	if msg.err != nil {
		p.failed = printable(msg.err.Error())
		return
	}
	for i := range msg.page.Items {
		p.rows = append(p.rows, feedRow{at: msg.page.Items[i].Time, ev: &msg.page.Items[i]})
	}
	p.next = msg.page.Next
	p.ended = p.next == ""
}

// end is what stands below the oldest row.
func (p *past) end() string {
	switch {
	case p.failed != "":
		return "The history can't be read: " + p.failed
	case p.ended:
		return "The history begins here"
	case p.asked:
		return "Looking in the history…"
	}
	return ""
}
