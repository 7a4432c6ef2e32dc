package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// execMark is the variable by which a session's process is found again: no
	// engine tells a process's number within its container.
	execMark = "QUAYWATCH_TERMINAL"
	// shell is what an empty command runs: bash where there is one, else sh. It
	// costs one exec, where trying them one after the other would cost two and show
	// the first one's failure.
	shell = `for s in /bin/bash /usr/bin/bash /usr/local/bin/bash; do [ -x "$s" ] && exec "$s"; done; exec /bin/sh`
	// hangup sends SIGHUP to the process that leads the session with the mark $1, as
	// a terminal does whose line is cut: the kernel passes it on to what runs in the
	// foreground, and a shell to its jobs. In a shell's own words, but for cat: few
	// containers have more.
	hangup = `for d in /proc/[0-9]*; do p=${d#/proc/}; read -r s 2>/dev/null < "$d/stat" || continue; set -- "$1" ${s##*) }; ` +
		`[ "$5" = "$p" ] || continue; case "$(cat "$d/environ" 2>/dev/null)" in *"` + execMark + `=$1"*) kill -HUP "$p"; kill -CONT "$p";; esac; done`
	// hangupPoll is how often the engine is asked whether the process has ended.
	hangupPoll = 50 * time.Millisecond
	// abandonTimeout bounds the cleaning up after a start that failed.
	abandonTimeout = 2 * time.Second
)

const (
	maxExecArgs  = 64
	maxExecBytes = 16 << 10 // of all arguments, and of the whole environment
)

// Executor runs commands in containers. Like Actor it changes what is there, so
// that a server that must not can do without it.
type Executor struct{ engine *Engine }

// NewExecutor makes an Executor for e.
func NewExecutor(e *Engine) *Executor { return &Executor{engine: e} }

// Exec is a command that runs in a container with a terminal. Read its output
// and write its input from one goroutine each; the rest may be called from any.
// It ends only with Close, which frees the connection; the engine then leaves
// the command alone, so Hangup comes first.
type Exec struct {
	engine    *Engine
	container string
	id, mark  string
	user      string
	stream    client.HijackedResponse
	close     sync.Once
}

// CheckExec says what is wrong with o, without asking the engine.
func CheckExec(o api.ExecOptions) error {
	size := func(list []string) (n int) {
		for _, s := range list {
			n += len(s)
		}
		return n
	}
	control := func(s string) bool {
		return !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)
	}
	switch {
	case len(o.Command) > maxExecArgs || size(o.Command) > maxExecBytes:
		return invalid("The command is too long: %d arguments and %d KiB are possible", maxExecArgs, maxExecBytes>>10)
	case len(o.Command) > 0 && o.Command[0] == "":
		return invalid("The command has no name. Leave it out for a shell")
	case slices.ContainsFunc(o.Command, func(s string) bool { return strings.ContainsRune(s, 0) }):
		return invalid("The command has a NUL in it")
	case len(o.User) > 128 || control(o.User) || strings.ContainsAny(o.User, " /"):
		return invalid("“%s” is no user. Give a name or a number, with :GROUP if you like", clip(o.User, 80))
	case o.WorkingDir != "" && (!strings.HasPrefix(o.WorkingDir, "/") || len(o.WorkingDir) > 4096 || control(o.WorkingDir)):
		return invalid("The working directory must be an absolute path in the container, such as /var/log")
	case len(o.Env) > maxExecArgs || size(o.Env) > maxExecBytes:
		return invalid("The environment is too long: %d variables and %d KiB are possible", maxExecArgs, maxExecBytes>>10)
	case slices.ContainsFunc(o.Env, func(s string) bool { return strings.Index(s, "=") < 1 || strings.ContainsRune(s, 0) }):
		return invalid("A variable of the environment is written NAME=VALUE")
	case o.Cols < 1 || o.Cols > api.MaxExecSide || o.Rows < 1 || o.Rows > api.MaxExecSide:
		return invalid("A terminal has 1 to %d columns and rows", api.MaxExecSide)
	}
	return nil
}

// Exec starts a command in a running container. An engine before API 1.42 takes
// no size at the start: call Resize, which there waits for a command that is only
// starting. A command that can't be started is no error here: the engine says so on
// the terminal, and Exit has 126 or 127.
func (x *Executor) Exec(ctx context.Context, id string, o api.ExecOptions) (*Exec, error) {
	id, err := containerID(id)
	if err != nil {
		return nil, err
	}
	if err := CheckExec(o); err != nil {
		return nil, err
	}
	e := x.engine
	mark := rand.Text()
	command := o.Command
	if len(command) == 0 {
		command = []string{"/bin/sh", "-c", shell}
	}
	// xterm alone, which the engine says, has eight colours.
	env := append([]string{"TERM=xterm-256color"}, o.Env...)
	size := client.ConsoleSize{Width: uint(o.Cols), Height: uint(o.Rows)} //nolint:gosec // G115: checked above
	const op = "open a terminal in the container"
	created, err := ask(ctx, e, e.timeout, op, func(ctx context.Context, c *client.Client) (client.ExecCreateResult, error) {
		return c.ExecCreate(ctx, id, client.ExecCreateOptions{
			User: o.User, TTY: true, ConsoleSize: size, AttachStdin: true, AttachStdout: true, AttachStderr: true,
			Env: append(env, execMark+"="+mark), WorkingDir: o.WorkingDir, Cmd: command,
		})
	})
	if err != nil {
		return nil, err
	}
	attached, err := ask(ctx, e, e.atLeast(actionTimeout), op, func(ctx context.Context, c *client.Client) (client.ExecAttachResult, error) {
		return c.ExecAttach(ctx, created.ID, client.ExecAttachOptions{TTY: true, ConsoleSize: size})
	})
	s := &Exec{engine: e, container: id, id: created.ID, mark: mark, user: o.User, stream: attached.HijackedResponse}
	if err != nil {
		// It may have been started without our hearing of it.
		end, cancel := e.deadline(context.WithoutCancel(ctx), abandonTimeout)
		defer cancel()
		_, _ = s.Hangup(end)
		return nil, err
	}
	return s, nil
}

// ID is the engine's name for it.
func (s *Exec) ID() string { return s.id }

// Read returns output as it comes, and io.EOF when there will be no more.
func (s *Exec) Read(p []byte) (int, error) {
	n, err := s.stream.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && isCut(err) {
		err = io.EOF // whether it ended or was cut off, Exit tells
	}
	return n, err //nolint:wrapcheck // a reader in between
}

// Write types. It blocks while the command takes nothing.
func (s *Exec) Write(p []byte) (int, error) { return s.stream.Conn.Write(p) } //nolint:wrapcheck // a writer in between

// Resize tells the command its terminal's size.
func (s *Exec) Resize(ctx context.Context, cols, rows int) error {
	_, err := ask(ctx, s.engine, s.engine.timeout, "resize the terminal", func(ctx context.Context, c *client.Client) (client.ExecResizeResult, error) {
		return c.ExecResize(ctx, s.id, client.ExecResizeOptions{Width: uint(cols), Height: uint(rows)}) //nolint:gosec // G115: the caller's, from 1 to MaxExecSide
	})
	return err
}

// Exit is what the command ended with; nil while it runs.
func (s *Exec) Exit(ctx context.Context) (*int, error) {
	found, err := ask(ctx, s.engine, s.engine.timeout, "ask for the command's end", func(ctx context.Context, c *client.Client) (client.ExecInspectResult, error) {
		return c.ExecInspect(ctx, s.id, client.ExecInspectOptions{})
	})
	if err != nil || found.Running {
		return nil, err
	}
	return &found.ExitCode, nil
}

// Hangup ends the command as a terminal does whose line is cut, and returns its
// exit code; nil if it runs on when ctx ends. No engine has a call for it, and
// none ends a command whose client has gone; so a second command in the container
// finds the first and sends it SIGHUP. That takes /bin/sh and cat there, and the
// same user.
func (s *Exec) Hangup(ctx context.Context) (*int, error) {
	code, err := s.Exit(ctx)
	if err != nil || code != nil {
		return code, err
	}
	const op = "hang up the terminal"
	created, err := ask(ctx, s.engine, s.engine.timeout, op, func(ctx context.Context, c *client.Client) (client.ExecCreateResult, error) {
		return c.ExecCreate(ctx, s.container, client.ExecCreateOptions{User: s.user, Cmd: []string{"/bin/sh", "-c", hangup, "sh", s.mark}})
	})
	if err != nil {
		return nil, err
	}
	if _, err := ask(ctx, s.engine, s.engine.timeout, op, func(ctx context.Context, c *client.Client) (client.ExecStartResult, error) {
		return c.ExecStart(ctx, created.ID, client.ExecStartOptions{Detach: true})
	}); err != nil {
		return nil, err
	}
	for {
		if code, err := s.Exit(ctx); err != nil || code != nil {
			return code, err
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(hangupPoll):
		}
	}
}

// Close lets go of the connection; Read and Write return.
func (s *Exec) Close() { s.close.Do(s.stream.Close) }
