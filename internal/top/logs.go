package top

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// logLine is a line of a log, harmless already, or (note) something that is said
// between the lines.
type logLine struct {
	src  int
	at   time.Time
	text string
	err  bool
	note bool
}

// maxLogLines bounds what a view keeps; the oldest go.
const maxLogLines = 10_000

// logView is the log of one container or several.
type logView struct {
	keys  []api.Key
	names []string
	lines []logLine
	// dropped counts what is no longer kept, so that a line has a number that
	// stays: dropped plus its place.
	dropped int
	// follow: the end is shown. Otherwise the line with the number bottom is the
	// last on the screen, and fresh counts what has come since.
	follow bool
	bottom int
	fresh  int
	wrap   bool
	times  bool
	left   int // columns scrolled sideways

	query string
	low   string
	// match is the number of the line that a search stands at, -1 for none.
	match  int
	phases []api.LogPhase
	empty  bool // nothing has come yet, and nothing is to be awaited
}

// logTail is how many past lines of each container come first.
const logTail = 500

// openLogs shows the logs of containers.
func (m *Model) openLogs(list []*entry, now time.Time) {
	if len(list) == 0 {
		return
	}
	if len(list) > api.MaxLogSources {
		list = list[:api.MaxLogSources]
		m.say(warn, "The logs of the first 64 are shown", now)
	}
	v := &logView{follow: true, match: -1, times: true, phases: make([]api.LogPhase, len(list))}
	for _, e := range list {
		v.keys = append(v.keys, e.key)
		v.names = append(v.names, printable(e.c.Name))
	}
	m.show(onLogs)
	m.logs = v
	tail := logTail
	if len(list) > 1 {
		tail = 100
	}
	m.o.Link.Subscribe(api.TopicLogs, &api.Filter{Containers: v.keys, Tail: &tail})
}

// take adds a frame's lines.
func (v *logView) take(f *api.LogsFrame) {
	for _, s := range f.Skipped {
		text := "lines were left out"
		if s.Lines > 0 {
			text = plural(int(s.Lines), "line was left out", "lines were left out")
		}
		v.note(s.Src, text)
	}
	stderr := make(map[int]bool, len(f.Err))
	for _, i := range f.Err {
		stderr[i] = true
	}
	for i, text := range f.Text {
		src := 0
		if i < len(f.Src) {
			src = f.Src[i]
		}
		v.add(logLine{src: src, at: time.UnixMicro(f.At[i]), text: logText(text), err: stderr[i]})
	}
	for _, s := range f.States {
		if s.Src < 0 || s.Src >= len(v.phases) {
			continue
		}
		was := v.phases[s.Src]
		v.phases[s.Src] = s.Phase
		switch {
		case s.Phase == api.LogEnded && was == api.LogFollowing:
			v.note(s.Src, "its output has ended")
		case s.Phase == api.LogFollowing && was == api.LogEnded:
			v.note(s.Src, "it was started again")
		case s.Phase == api.LogFailed && was != api.LogFailed:
			v.note(s.Src, printable(s.Message))
		}
	}
	v.empty = true
}

func (v *logView) note(src int, text string) {
	if len(v.names) > 1 && src >= 0 && src < len(v.names) {
		text = v.names[src] + ": " + text
	}
	v.add(logLine{src: src, text: text, note: true})
}

// failed says that the server refuses.
func (v *logView) failed(text string) { v.note(-1, printable(text)); v.empty = true }

func (v *logView) add(l logLine) {
	v.lines = append(v.lines, l)
	if !v.follow {
		v.fresh++
	}
	// Cut a thousand at a time: cutting one with each line would copy all of them.
	const slack = 1000
	if over := len(v.lines) - maxLogLines; over >= slack {
		v.lines = append(v.lines[:0:0], v.lines[over:]...)
		v.dropped += over
	}
}

// last is the number of the line at the bottom of the screen.
func (v *logView) last() int {
	end := v.dropped + len(v.lines) - 1
	if v.follow {
		return end
	}
	return max(v.dropped, min(v.bottom, end))
}

// scroll moves by lines; at the end it follows again.
func (v *logView) scroll(by, rows int) {
	end := v.dropped + len(v.lines) - 1
	to := v.last() + by
	if to >= end {
		v.resume()
		return
	}
	v.hold(max(to, min(v.dropped+rows-1, end)))
}

func (v *logView) hold(at int) {
	v.follow, v.bottom = false, at
}

func (v *logView) resume() { v.follow, v.fresh, v.match = true, 0, -1 }

// search marks what contains the text.
func (v *logView) search(query string) {
	v.query, v.low, v.match = query, strings.ToLower(query), -1
}

func (v *logView) matches(l *logLine) bool {
	return v.low != "" && !l.note && strings.Contains(strings.ToLower(l.text), v.low)
}

// count is how many lines match.
func (v *logView) count() int {
	n := 0
	for i := range v.lines {
		if v.matches(&v.lines[i]) {
			n++
		}
	}
	return n
}

// jump goes to the next match below (1) or above (-1), and round the end.
func (v *logView) jump(by, rows int) {
	n := len(v.lines)
	if v.low == "" || n == 0 {
		return
	}
	at := v.match - v.dropped
	if v.match < v.dropped {
		at = v.last() - v.dropped + 1
		if by > 0 {
			at = v.last() - v.dropped
		}
	}
	for range n {
		at = ((at+by)%n + n) % n
		if v.matches(&v.lines[at]) {
			v.match = v.dropped + at
			// Some lines below it are shown too, for what came of it.
			v.hold(min(v.match+rows/3, v.dropped+n-1))
			return
		}
	}
}

func (m *Model) logKey(name string, now time.Time) tea.Cmd {
	v, rows := m.logs, m.bodyRows()
	switch name {
	case "esc", "l":
		if v.query != "" && name == "esc" {
			v.search("")
			return nil
		}
		m.back()
	case "up", "k":
		v.scroll(-1, rows)
	case "down", "j":
		v.scroll(1, rows)
	case "pgup", "ctrl+b":
		v.scroll(-rows+1, rows)
	case "pgdown", "ctrl+f":
		v.scroll(rows-1, rows)
	case "home":
		v.scroll(-len(v.lines), rows)
	case "end", "G":
		v.resume()
	case "space":
		if v.follow {
			v.hold(v.last())
		} else {
			v.resume()
		}
	case "left":
		v.left = max(0, v.left-sideways)
	case "right":
		if !v.wrap {
			v.left += sideways
		}
	case "/":
		m.input = newInput(logSearch, v.query)
	case "n":
		v.jump(1, rows)
	case "N":
		v.jump(-1, rows)
	case "w":
		v.wrap, v.left = !v.wrap, 0
	case "t":
		v.times = !v.times
	case "s", "r", "delete", "D":
		var list []*entry
		for _, k := range v.keys {
			if e := m.entry(k); e != nil {
				list = append(list, e)
			}
		}
		return m.actionKey(name, list, now)
	}
	return nil
}

// sideways is how far an arrow moves long lines.
const sideways = 16
