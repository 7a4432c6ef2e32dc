package engine_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// screen reads a terminal until it ends.
type screen struct {
	*engine.Exec
	t *testing.T

	mu   sync.Mutex
	text strings.Builder
	done chan error
}

func execIn(t *testing.T, e *engine.Engine, id string, o api.ExecOptions) *screen {
	t.Helper()
	if o.Cols == 0 {
		o.Cols, o.Rows = 80, 24
	}
	x, err := engine.NewExecutor(e).Exec(t.Context(), id, o)
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{Exec: x, t: t, done: make(chan error, 1)}
	var reading sync.WaitGroup
	reading.Go(func() {
		buffer := make([]byte, 4096)
		for {
			n, err := x.Read(buffer)
			s.mu.Lock()
			s.text.Write(buffer[:n])
			s.mu.Unlock()
			if err != nil {
				s.done <- err
				return
			}
		}
	})
	t.Cleanup(func() { x.Close(); reading.Wait() })
	return s
}

func (s *screen) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) typed(text string) {
	s.t.Helper()
	if _, err := s.Write([]byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// wants waits for text on the screen.
func (s *screen) wants(text string) {
	s.t.Helper()
	eventually(s.t, "the screen shows "+text, func() bool { return strings.Contains(s.shown(), text) })
}

// ended waits for the end and returns the exit code.
func (s *screen) ended() int {
	s.t.Helper()
	select {
	case err := <-s.done:
		if !errors.Is(err, io.EOF) {
			s.t.Fatalf("the output ended with %v", err)
		}
	case <-time.After(patience):
		s.t.Fatalf("the output does not end: %q", s.shown())
	}
	var code *int
	eventually(s.t, "the exit code", func() bool {
		var err error
		if code, err = s.Exit(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		return code != nil
	})
	return *code
}

func idle(t *testing.T, real *enginetest.Engine, flags ...string) string {
	t.Helper()
	return real.Run(t, append(flags, enginetest.Image, "sleep", "10000")...)
}

func TestExecIsATerminal(t *testing.T) {
	e, real := shared(t)
	s := execIn(t, e, idle(t, real), api.ExecOptions{Cols: 91, Rows: 33, User: "65534", WorkingDir: "/tmp", Env: []string{"COLOUR=blue"}})
	if err := s.Resize(t.Context(), 91, 33); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the size it began with", func() bool {
		s.typed("stty size\r")
		time.Sleep(100 * time.Millisecond)
		return strings.Contains(s.shown(), "33 91")
	})
	if err := s.Resize(t.Context(), 120, 40); err != nil {
		t.Fatal(err)
	}
	eventually(t, "another size", func() bool {
		s.typed("stty size\r")
		time.Sleep(100 * time.Millisecond)
		return strings.Contains(s.shown(), "40 120")
	})
	s.typed("echo $(id -u)/$COLOUR/$(pwd)/$TERM\r")
	s.wants("65534/blue//tmp/xterm-256color")
	s.typed("echo rea''dy; sleep 1000\r")
	s.wants("ready")
	s.typed("\x03")
	s.typed("exit 7\r")
	if code := s.ended(); code != 7 {
		t.Errorf("exit code %d: %q", code, s.shown())
	}
}

func TestExecOfACommand(t *testing.T) {
	e, real := shared(t)
	id := idle(t, real)
	s := execIn(t, e, id, api.ExecOptions{Command: []string{"sh", "-c", "echo $0 $1; exit 3", "a b", "ü"}})
	if code := s.ended(); code != 3 || !strings.Contains(s.shown(), "a b ü") {
		t.Errorf("%d: %q", code, s.shown())
	}
	s = execIn(t, e, id, api.ExecOptions{Command: []string{"no-such-program"}})
	if code := s.ended(); code != 126 && code != 127 {
		t.Errorf("a program that is not there: %d: %q", code, s.shown())
	}
}

// TestExecIsHungUp: a command that nobody is at any more ends, with what it runs
// in the foreground, and another one in the same container does not.
func TestExecIsHungUp(t *testing.T) {
	e, real := shared(t)
	id := idle(t, real)
	other := execIn(t, e, id, api.ExecOptions{})
	s := execIn(t, e, id, api.ExecOptions{})
	s.typed("echo rea''dy; sleep 4321\r")
	s.wants("ready")
	eventually(t, "the program in the foreground", func() bool { return strings.Contains(real.Docker(t, "top", id), "4321") })
	code, err := s.Hangup(t.Context())
	if err != nil || code == nil {
		t.Fatalf("hang up: %v, %v", code, err)
	}
	eventually(t, "its end", func() bool { return !strings.Contains(real.Docker(t, "top", id), "4321") })
	other.typed("echo still he''re\r")
	other.wants("still here")

	deaf := execIn(t, e, id, api.ExecOptions{Command: []string{"sh", "-c", "trap '' HUP; echo de''af; while :; do sleep 1; done"}})
	deaf.wants("deaf")
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if code, err := deaf.Hangup(short); code != nil {
		t.Errorf("a command that does not heed it: %v, %v", *code, err)
	}
}

func TestExecIsRefused(t *testing.T) {
	e, real := shared(t)
	x := engine.NewExecutor(e)
	fits := api.ExecOptions{Cols: 80, Rows: 24}
	for name, o := range map[string]api.ExecOptions{
		"no size":        {},
		"a huge one":     {Cols: 80, Rows: 1001},
		"no name":        {Cols: 80, Rows: 24, Command: []string{"", "a"}},
		"a NUL":          {Cols: 80, Rows: 24, Command: []string{"a\x00"}},
		"many arguments": {Cols: 80, Rows: 24, Command: strings.Split(strings.Repeat("a", 65), "")},
		"a long one":     {Cols: 80, Rows: 24, Command: []string{strings.Repeat("a", 17<<10)}},
		"a user":         {Cols: 80, Rows: 24, User: "a b"},
		"a directory":    {Cols: 80, Rows: 24, WorkingDir: "tmp"},
		"a variable":     {Cols: 80, Rows: 24, Env: []string{"=a"}},
	} {
		_, err := x.Exec(t.Context(), "any", o)
		if api.CodeOf(err) != api.ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := x.Exec(t.Context(), "no-such-container", fits)
	wantError(t, err, api.ErrNotFound)
	_, err = x.Exec(t.Context(), real.Create(t, enginetest.Image, "true"), fits)
	wantError(t, err, api.ErrConflict)
}
