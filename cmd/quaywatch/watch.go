package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// view is a live table.
type view struct {
	topics []topic
	// make builds the table, and a summary of it.
	make func(*client.State) (*table, string)
	// notable tells, where there is no terminal, which steps are worth printing
	// the table anew.
	notable func(*client.Step) bool
	// before is called with each step, before it is shown; nil for no need. errWait
	// shows nothing yet.
	before func(*client.Stream, *client.State, *client.Step) error
}

var errWait = errors.New("not yet") //nolint:gochecknoglobals // a sentinel

// watchTable shows a view: in place on a terminal, elsewhere printed again and
// again.
func (c *cli) watchTable(ctx context.Context, src *source, v view) error {
	tty, _, _ := c.terminal()
	s := &screen{cli: c, make: v.make}
	if tty {
		s.enter()
		defer s.leave()
	}
	var link client.Link
	var dirty bool
	var state *client.State
	first, printed := true, time.Time{}
	wait, notes := &psWait{fresh: src.core != nil}, &engineNotes{cli: c}
	return c.follow(ctx, src, follower{
		topics: v.topics,
		quiet:  tty,
		tick:   250 * time.Millisecond,
		link:   func(l client.Link) { link, dirty = l, true },
		step: func(stream *client.Stream, st *client.State, step *client.Step) error {
			state = st
			if v.before != nil {
				switch err := v.before(stream, st, step); {
				case errors.Is(err, errWait):
					return nil
				case err != nil:
					return err
				}
			}
			if first {
				complete, err := wait.step(st)
				if err != nil && src.core != nil {
					return err
				}
				if !complete && err == nil {
					return nil
				}
				first, dirty = false, true
			}
			if !tty {
				notes.step(st) // on a terminal, the status line says it
			}
			dirty = dirty || v.notable(step) || tty && len(step.Frames)+len(step.System)+len(step.Containers) > 0
			// A burst of changes is one redraw; the tick brings what is left over.
			const pause = 50 * time.Millisecond
			if !dirty || time.Since(printed) < pause {
				return nil
			}
			dirty, printed = false, time.Now()
			if tty {
				return s.draw(state, link)
			}
			return s.print(state)
		},
	})
}

// screen draws in place, on the terminal's other screen.
type screen struct {
	cli     *cli
	make    func(*client.State) (*table, string)
	last    []string
	printed bool
}

const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	clearLine   = "\x1b[K"
	clearBelow  = "\x1b[J"
	home        = "\x1b[H"
)

func (s *screen) enter() { _, _ = io.WriteString(s.cli.out, enterScreen) }

// leave gives the terminal back, with what was last seen in its history.
func (s *screen) leave() {
	_, _ = io.WriteString(s.cli.out, leaveScreen+strings.Join(append(s.last, ""), "\n"))
}

func (s *screen) draw(state *client.State, link client.Link) error {
	_, width, height := s.cli.terminal()
	t, summary := s.make(state)
	on := s.cli.coloured()
	lines := t.lines(width, on)
	head := []string{statusLine(state, link, summary, width, on)}
	if room := height - len(head) - 1; len(lines) > room && room > 1 {
		hidden := len(lines) - room + 1
		lines = append(lines[:room-1], dim.wrap(fmt.Sprintf("… %d more; make the window higher to see them", hidden), on))
	}
	s.last = append(head, lines...)
	var b strings.Builder
	b.WriteString(home)
	for _, l := range s.last {
		b.WriteString(l + clearLine + "\r\n")
	}
	b.WriteString(clearBelow)
	_, err := io.WriteString(s.cli.out, b.String())
	return err
}

// print writes the table once more, for a log or a pipe.
func (s *screen) print(state *client.State) error {
	if s.printed {
		if _, err := io.WriteString(s.cli.out, "\n"); err != nil {
			return err
		}
	}
	s.printed = true
	t, _ := s.make(state)
	return t.write(s.cli.out, 0, false)
}

// statusLine says what is watched and whether it can be believed.
func statusLine(state *client.State, link client.Link, summary string, width int, coloured bool) string {
	text, shade := summary, plain
	for _, e := range state.Engines() {
		text = fmt.Sprintf("%s %s, %s", e.Name, e.Version, summary)
		if e.Demo {
			text = "DEMO ENGINE, nothing here is real: " + text
		}
		if e.State == api.EngineUnreachable {
			text, shade = fmt.Sprintf("Docker unreachable since %s; this is what was seen last. %s", e.Since.Local().Format(time.TimeOnly), e.Error), red
		}
	}
	if !link.Live && link.Err != nil {
		text, shade = "The connection to the server is lost; trying again. This is what was seen last", red
	}
	return shade.wrap(cut(printable(text), width), coloured)
}
