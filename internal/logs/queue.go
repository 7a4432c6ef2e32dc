package logs

import (
	"time"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
)

// line is a line that waits to be taken.
type line struct {
	at          int64 // Unix nanoseconds
	text        string
	stderr, cut bool
	// gap: lines before this one were left out.
	gap bool
	// live lines were written while the log was followed: they may be too old.
	live bool
	// size is what the line adds to a frame's JSON, at most.
	size int
}

// lineCost is what a line costs beside its text: its time, its source and its
// places in the lists of a frame, and about the same in memory.
const lineCost = 48

// queue is a first-in-first-out list of lines.
type queue struct {
	lines []line
	head  int
}

func (q *queue) empty() bool  { return q.head == len(q.lines) }
func (q *queue) len() int     { return len(q.lines) - q.head }
func (q *queue) first() *line { return &q.lines[q.head] }

func (q *queue) push(l line) {
	if q.head > 0 && q.head*2 >= len(q.lines) { // at most half of it is behind us
		n := copy(q.lines, q.lines[q.head:])
		clear(q.lines[n:])
		q.lines, q.head = q.lines[:n], 0
	}
	q.lines = append(q.lines, l)
}

// shift forgets the first line.
func (q *queue) shift() {
	q.lines[q.head] = line{}
	q.head++
	if q.empty() {
		// A burst's memory is not kept; a steady flow's is.
		const keep = 1024
		if cap(q.lines) > keep {
			q.lines = nil
		}
		q.lines, q.head = q.lines[:0], 0
	}
}

func (q *queue) clear() { *q = queue{} }

// fit is how many of the first lines fit into limit bytes, but at least one, and
// how many bytes they are.
func (q *queue) fit(limit int) (n, size int) {
	for _, l := range q.lines[q.head:] {
		if n > 0 && size+l.size > limit {
			break
		}
		n++
		size += l.size
	}
	return n, size
}

// jsonLen is how long a text is as encoding/json writes it, without the quotes.
func jsonLen(s string) int {
	n := len(s)
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == '\u2028' || r == '\u2029' {
				n += 3 // six instead of three
			}
			i += size
			continue
		}
		switch {
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f':
			n++
		case c < ' ' || c == '<' || c == '>' || c == '&':
			n += 5
		}
		i++
	}
	return n
}

// position is how far a log has been read: the time of the newest line, and how
// many lines have that very time.
type position struct {
	at   int64
	same int
}

func (p *position) pass(at int64) {
	switch {
	case at > p.at:
		p.at, p.same = at, 1
	case at == p.at:
		p.same++
	}
}

func (p *position) time() time.Time {
	if p.at == 0 {
		return time.Time{}
	}
	return time.Unix(0, p.at)
}

func newLine(l *api.LogLine) line {
	return line{at: l.Time.UnixNano(), text: l.Text, stderr: l.Stderr, cut: l.Cut, size: lineCost + jsonLen(l.Text)}
}
