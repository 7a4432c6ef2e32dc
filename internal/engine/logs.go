package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// logSilence is how long an engine may take for more of a log that it has: one
// that is followed may be silent for ever.
const logSilence = 30 * time.Second

// Logs calls fn for each line of a container's log, in the caller's goroutine,
// and blocks until the log ends: with nil when the engine ends it, as it does
// when a followed container ends, and with fn's error where it returns one. While
// fn blocks nothing is read, and what the container writes waits in the engine.
//
// Lines that the engine has split are joined again, up to api.MaxLogLine. The
// time of a line is the engine's; the order is the engine's too.
func (e *Engine) Logs(ctx context.Context, id string, o api.LogOptions, fn func(api.LogLine) error) error {
	const op = "read the container's log"
	// The stream does not say in what format it is, before API 1.42.
	result, err := e.inspect(ctx, id)
	if err != nil {
		return err
	}
	tty := result.Container.Config != nil && result.Container.Config.Tty
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(e.timeout, func() { cancel(deadlineError(e.timeout)) })
	defer watchdog.Stop()
	var apart time.Duration
	if who := e.identity.Load(); who != nil && who.podman {
		apart = podmanPieces
		if o.Follow {
			watchdog.Stop() // its header comes with the first line; it has just answered the inspect
		}
	}
	c, err := e.client(ctx)
	if err != nil {
		return e.wrap(ctx, op, err)
	}
	body, err := c.ContainerLogs(ctx, result.Container.ID, logRequest(o))
	watchdog.Stop()
	if err != nil {
		if errdefs.IsNotImplemented(err) && result.Container.HostConfig != nil {
			return noLog(result.Container.HostConfig.LogConfig.Type, err)
		}
		return e.wrap(ctx, op, err)
	}
	defer func() { _ = body.Close() }()
	var r io.Reader = body
	if !o.Follow {
		r = &impatient{r: body, after: logSilence, giveUp: func() { cancel(deadlineError(logSilence)) }}
	}
	return e.logError(ctx, op, splitLog(r, tty, apart, fn))
}

func logRequest(o api.LogOptions) client.ContainerLogsOptions {
	out := client.ContainerLogsOptions{
		ShowStdout: o.Stdout, ShowStderr: o.Stderr, Timestamps: true, Follow: o.Follow, Tail: "all",
		Since: unixTime(o.Since), Until: unixTime(o.Until),
	}
	if o.Tail >= 0 {
		out.Tail = strconv.Itoa(o.Tail)
	}
	return out
}

// unixTime is a time as the engine reads it; empty for none.
func unixTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond())
}

// noLog says that a log driver keeps nothing that could be read.
func noLog(driver string, err error) error {
	message := "The container's log can't be read: its log driver “" + clip(driver, 80) + "” hands the lines on and keeps none. Look where it sends them, or create the container anew with the driver local or json-file."
	if driver == "none" {
		message = "The container has no log: it was created with the log driver “none”. Create it anew with the driver local or json-file to see what it writes."
	}
	return &api.Error{Code: api.ErrUnsupported, Message: message, Cause: said(err)}
}

// logError says what ended a log while it was read.
func (e *Engine) logError(ctx context.Context, op string, err error) error {
	var ours *callbackError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return ours.err
	case ctx.Err() == nil && isCut(err):
		return &api.Error{
			Code: api.ErrUnreachable, Cause: err,
			Message: "The Docker engine at " + e.endpoint.displayHost() + " went away while the log was read. What came until then is there; the rest follows when it answers again.",
		}
	}
	return e.wrap(ctx, op, err)
}

// impatient gives up a read that takes too long. The time between reads is the
// caller's.
type impatient struct {
	r      io.Reader
	after  time.Duration
	giveUp func()
}

func (i *impatient) Read(p []byte) (int, error) {
	t := time.AfterFunc(i.after, i.giveUp)
	defer t.Stop()
	return i.r.Read(p) //nolint:wrapcheck // a reader in between
}
