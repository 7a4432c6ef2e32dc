package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of a message.
const (
	// maxListed is how many alerts a message carries; of the others it says how
	// many there are.
	maxListed = 100
	// maxLines is how many of them a chat shows.
	maxLines = 20
	// maxLine bounds what is said of one alert, maxSaid what of an answer is shown.
	maxLine = 500
	maxSaid = 200
)

// message is what is sent at once.
type message struct {
	// ID is the same whenever this message is tried, also after a restart.
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// Alerts are the first maxListed of those that it tells, IDs all of them.
	Alerts []api.Alert `json:"alerts"`
	IDs    []string    `json:"ids"`
	// Repeated are those among them that were told before and fire still.
	Repeated map[string]bool `json:"repeated,omitempty"`
	Test     bool            `json:"test,omitempty"`
	// Attempts are those that were made, the first at Began; the next one is at Next.
	Attempts int       `json:"attempts"`
	Began    time.Time `json:"began"`
	Next     time.Time `json:"next"`
}

// sortAlerts puts first what is worst, and firing before resolved.
func sortAlerts(alerts []api.Alert) {
	slices.SortStableFunc(alerts, func(a, b api.Alert) int {
		return cmp.Or(
			cmp.Compare(resolvedLast(a.State), resolvedLast(b.State)),
			cmp.Compare(severity(b.Severity), severity(a.Severity)),
			a.ActiveAt.Compare(b.ActiveAt),
			cmp.Compare(a.ID, b.ID),
		)
	})
}

func resolvedLast(s api.AlertState) int {
	if s == api.AlertResolved {
		return 1
	}
	return 0
}

// severity orders severities; one that is not known is the worst.
func severity(s api.AlertSeverity) int {
	switch s {
	case api.SeverityInfo:
		return 0
	case api.SeverityWarning:
		return 1
	case api.SeverityCritical:
		return 2
	}
	return 3
}

// counts are how many of the listed alerts fire, and how many have resolved.
func (m *message) counts() (firing, resolved int) {
	for i := range m.Alerts {
		if m.Alerts[i].State == api.AlertResolved {
			resolved++
		} else {
			firing++
		}
	}
	return firing, resolved
}

// more is how many alerts the message is about and does not list.
func (m *message) more() int { return max(0, len(m.IDs)-len(m.Alerts)) }

// worst is the worst severity of what fires; empty if nothing does.
func (m *message) worst() api.AlertSeverity {
	var out api.AlertSeverity
	for i := range m.Alerts {
		if a := &m.Alerts[i]; a.State != api.AlertResolved && (out == "" || severity(a.Severity) > severity(out)) {
			out = a.Severity
		}
	}
	return out
}

// title is the message in a few words, on one line.
func (m *message) title() string {
	if m.Test {
		return "Test from Quaywatch"
	}
	if len(m.IDs) == 1 && len(m.Alerts) == 1 {
		a := &m.Alerts[0]
		return shorten(m.state(a)+m.on()+": "+summary(a), 150)
	}
	firing, resolved := m.counts()
	switch {
	case m.more() > 0:
		return fmt.Sprintf("%d alerts%s", len(m.IDs), m.on())
	case resolved == 0:
		return fmt.Sprintf("%d alerts firing%s", firing, m.on())
	case firing == 0:
		return fmt.Sprintf("%d alerts resolved%s", resolved, m.on())
	}
	return fmt.Sprintf("%d alerts%s: %d firing, %d resolved", len(m.IDs), m.on(), firing, resolved)
}

// on says where all of it is: whoever watches several machines has them in one
// channel. It is empty where alerts are of several, or of none.
func (m *message) on() string {
	var name string
	for i := range m.Alerts {
		n := oneLine(m.Alerts[i].EngineName)
		if n == "" || i > 0 && n != name {
			return ""
		}
		name = n
	}
	if name == "" {
		return ""
	}
	return " on " + shorten(name, 50)
}

// state is how an alert is, as people say it.
func (m *message) state(a *api.Alert) string {
	word := string(a.Severity)
	switch {
	case a.State == api.AlertResolved:
		return "Resolved"
	case m.Repeated[a.ID]:
		return "Still " + word
	case word == "":
		return "Firing"
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// summary is what the alert says of itself.
func summary(a *api.Alert) string {
	if text := oneLine(a.Summary); text != "" {
		return text
	}
	if a.Name == "" {
		return oneLine(a.Rule)
	}
	return oneLine(a.Name + ": " + a.Rule)
}

// lines are the message, a line for each alert, at most so many of them.
func (m *message) lines(most int) []string {
	if m.Test {
		return []string{"This is a test of the delivery. If you read this, it works; nothing is wrong."}
	}
	var out []string
	for i := range m.Alerts {
		if i == most {
			break
		}
		out = append(out, shorten(m.line(&m.Alerts[i]), maxLine))
	}
	if n := len(m.IDs) - len(out); n > 0 {
		out = append(out, fmt.Sprintf("… and %d more.", n))
	}
	return out
}

func (m *message) line(a *api.Alert) string {
	text := m.state(a) + ": " + summary(a)
	if what := oneLine(a.Description); what != "" {
		text += " " + what
		if !strings.ContainsAny(what[len(what)-1:], ".!?") {
			text += "."
		}
	}
	about := "rule " + oneLine(a.Rule)
	if a.Project != "" {
		about += ", project " + oneLine(a.Project)
	}
	if a.EngineName != "" {
		about += ", on " + oneLine(a.EngineName)
	}
	since := a.ActiveAt
	if a.FiredAt != nil {
		since = *a.FiredAt
	}
	about += ", since " + clock(since)
	if a.State == api.AlertResolved && a.ResolvedAt != nil {
		about += ", until " + clock(*a.ResolvedAt)
	}
	return text + " (" + about + ")"
}

// clock is a moment as it is written in messages, which are read in any place.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// oneLine makes text of a container or a receiver fit for a line: no control
// characters, none that turn the direction of what follows, spaces folded.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u200b', r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// shorten cuts to so many characters.
func shorten(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}
