package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// everything asks for the whole log.
func everything() api.LogOptions { return api.LogOptions{Tail: -1, Stdout: true, Stderr: true} }

// readLog reads a log that ends.
func readLog(t *testing.T, e *engine.Engine, id string, o api.LogOptions) []api.LogLine {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	var lines []api.LogLine
	if err := e.Logs(ctx, id, o, func(l api.LogLine) error { lines = append(lines, l); return nil }); err != nil {
		t.Fatal(err)
	}
	return lines
}

func texts(lines []api.LogLine) string {
	var b strings.Builder
	for _, l := range lines {
		if l.Stderr {
			b.WriteString("! ")
		}
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

// written runs a shell command and waits until its container has ended.
func written(t *testing.T, real *enginetest.Engine, script string, flags ...string) string {
	t.Helper()
	id := real.Run(t, append(flags, enginetest.Image, "sh", "-c", script)...)
	real.Docker(t, "wait", id)
	return id
}

func TestLogs(t *testing.T) {
	e, real := shared(t)
	began := time.Now().Add(-time.Minute)
	id := written(t, real, "echo one; sleep 0.1; echo two >&2; sleep 0.1; printf three")
	lines := readLog(t, e, id, everything())
	if got := texts(lines); got != "one\n! two\nthree\n" {
		t.Fatalf("log = %q", got)
	}
	for i, l := range lines {
		if l.Time.Before(began) || l.Time.After(time.Now().Add(time.Minute)) || i > 0 && !l.Time.After(lines[i-1].Time) {
			t.Errorf("line %d is of %v", i, l.Time)
		}
	}
	for name, c := range map[string]struct {
		o    api.LogOptions
		want string
	}{
		"stdout":         {api.LogOptions{Tail: -1, Stdout: true}, "one\nthree\n"},
		"stderr":         {api.LogOptions{Tail: -1, Stderr: true}, "! two\n"},
		"tail":           {api.LogOptions{Tail: 2, Stdout: true, Stderr: true}, "! two\nthree\n"},
		"tail 0":         {api.LogOptions{Tail: 0, Stdout: true, Stderr: true}, ""},
		"since a line":   {api.LogOptions{Tail: -1, Stdout: true, Stderr: true, Since: lines[1].Time}, "! two\nthree\n"},
		"since after it": {api.LogOptions{Tail: -1, Stdout: true, Stderr: true, Since: lines[1].Time.Add(time.Nanosecond)}, "three\n"},
		"until a line":   {api.LogOptions{Tail: -1, Stdout: true, Stderr: true, Until: lines[1].Time}, "one\n! two\n"},
		"since and tail": {api.LogOptions{Tail: 1, Stdout: true, Stderr: true, Since: lines[0].Time}, "three\n"},
		"follow an end":  {api.LogOptions{Tail: -1, Stdout: true, Stderr: true, Follow: true}, "one\n! two\nthree\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := texts(readLog(t, e, id, c.o)); got != c.want {
				t.Errorf("log = %q, want %q", got, c.want)
			}
		})
	}
}

func TestLogsOfATerminal(t *testing.T) {
	e, real := shared(t)
	id := written(t, real, `echo one; echo two >&2; head -c 40000 /dev/zero | tr '\0' x; echo; printf '\033[31mred\033[0m'`, "-t")
	lines := readLog(t, e, id, everything())
	if len(lines) != 4 || lines[0].Text != "one" || lines[1].Text != "two" || lines[1].Stderr || lines[3].Text != "\x1b[31mred\x1b[0m" {
		t.Fatalf("log = %.200q", texts(lines))
	}
	if l := lines[2]; l.Text != strings.Repeat("x", api.MaxLogLine) || !l.Cut {
		t.Errorf("the long line has %d bytes, cut %v: %.60q", len(l.Text), l.Cut, l.Text)
	}
}

func TestLogsOfLongLines(t *testing.T) {
	e, real := shared(t)
	for _, driver := range []string{"json-file", "local"} {
		t.Run(driver, func(t *testing.T) {
			for n, cut := range map[int]bool{api.MaxLogLine - 1: false, api.MaxLogLine: false, api.MaxLogLine + 1: true, 100_000: true} {
				id := written(t, real, fmt.Sprintf(`head -c %d /dev/zero | tr '\0' x; echo; echo after`, n), "--log-driver", driver)
				lines := readLog(t, e, id, everything())
				if len(lines) != 2 || lines[1].Text != "after" || lines[0].Text != strings.Repeat("x", min(n, api.MaxLogLine)) || lines[0].Cut != cut {
					t.Errorf("%d bytes: %d lines, the first of %d bytes, cut %v", n, len(lines), len(lines[0].Text), lines[0].Cut)
				}
			}
		})
	}
}

func TestLogsOfGarbage(t *testing.T) {
	e, real := shared(t)
	id := written(t, real, `head -c 300000 /dev/urandom; head -c 100000 /dev/urandom >&2; echo; echo the end`)
	lines := readLog(t, e, id, everything())
	end := slices.ContainsFunc(lines, func(l api.LogLine) bool { return l.Text == "the end" && !l.Stderr })
	if len(lines) < 100 || !end {
		t.Fatalf("%d lines, the end among them: %v", len(lines), end)
	}
	for _, l := range lines {
		if !utf8.ValidString(l.Text) || len(l.Text) > api.MaxLogLine || l.Time.IsZero() {
			t.Errorf("a line of %v with %d bytes: %.60q", l.Time, len(l.Text), l.Text)
		}
	}
}

// TestLogsFollow: lines arrive as they are written, what the caller does not take
// is not read, and the end of the container ends the log.
func TestLogsFollow(t *testing.T) {
	e, real := shared(t)
	// The next line is written when the one before it has come.
	id := real.Run(t, enginetest.Image, "sh", "-c", "for i in 1 2 3; do echo $i; while [ ! -e /$i ]; do sleep 0.05; done; done")
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	var lines []api.LogLine
	err := e.Logs(ctx, id, api.LogOptions{Tail: -1, Stdout: true, Stderr: true, Follow: true}, func(l api.LogLine) error {
		lines = append(lines, l)
		_, err := real.DockerErr(t, "exec", id, "touch", "/"+l.Text)
		return err
	})
	if err != nil || texts(lines) != "1\n2\n3\n" {
		t.Fatalf("log = %q, %v", texts(lines), err)
	}

	enough := errors.New("enough")
	id = real.Run(t, enginetest.Image, "sh", "-c", "while :; do echo x; sleep 0.01; done")
	if err := e.Logs(ctx, id, api.LogOptions{Stdout: true, Follow: true}, func(api.LogLine) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("the caller's error: %v", err)
	}
	quick, stop := context.WithCancel(ctx)
	if err := e.Logs(quick, id, api.LogOptions{Stdout: true, Follow: true}, func(api.LogLine) error { stop(); return nil }); api.CodeOf(err) != api.ErrInternal || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	ended := make(chan error, 1)
	begun := make(chan struct{})
	once := sync.OnceFunc(func() { close(begun) })
	go func() {
		ended <- e.Logs(ctx, id, api.LogOptions{Stdout: true, Follow: true}, func(api.LogLine) error { once(); return nil })
	}()
	select {
	case <-begun:
	case err := <-ended:
		t.Fatalf("no line came: %v", err)
	}
	real.Docker(t, "rm", "-f", id)
	if err := <-ended; err != nil {
		t.Errorf("a container that is removed ends its log: %v", err)
	}
}

func TestLogsThatCannotBeRead(t *testing.T) {
	e, real := shared(t)
	ignore := func(api.LogLine) error { return nil }
	id := written(t, real, "echo x", "--log-driver", "none")
	if said := wantError(t, e.Logs(t.Context(), id, everything(), ignore), api.ErrUnsupported); !strings.Contains(said.Message, "“none”") {
		t.Errorf("log driver none: %+v", said)
	}
	wantError(t, e.Logs(t.Context(), "no-such-container", everything(), ignore), api.ErrNotFound)
	wantError(t, e.Logs(t.Context(), "../images/json", everything(), ignore), api.ErrInvalid)
	wantError(t, e.Logs(t.Context(), id, api.LogOptions{}, ignore), api.ErrInvalid)
}

func TestLogsOfAnEngineThatGoes(t *testing.T) {
	real := enginetest.Start(t)
	id := real.Run(t, enginetest.Image, "sh", "-c", "while :; do echo x; sleep 0.05; done")
	e, patient := connect(t, real.Host, 2*time.Second), connect(t, real.Host, patience)
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	first := make(chan struct{}, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- patient.Logs(ctx, id, api.LogOptions{Stdout: true, Follow: true}, func(api.LogLine) error {
			select {
			case first <- struct{}{}:
			default:
			}
			return nil
		})
	}()
	select {
	case <-first:
	case err := <-ended:
		t.Fatalf("no line came: %v", err)
	}
	real.Kill(t)
	wantError(t, <-ended, api.ErrUnreachable)
	wantError(t, e.Logs(ctx, id, everything(), func(api.LogLine) error { return nil }), api.ErrUnreachable)
	real.Restart(t)
	real.Freeze(t)
	defer real.Thaw(t)
	var err error
	eventually(t, "all threads of the engine stop", func() bool {
		err = e.Logs(ctx, id, everything(), func(api.LogLine) error { return nil })
		return err != nil
	})
	wantError(t, err, api.ErrTimeout)
}
