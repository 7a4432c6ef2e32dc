package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// actionTimeout bounds an action beyond the time that the container itself has
// to stop. Whoever asked waits for it, so it is short: an engine that takes
// longer, to delete many files or because it is frozen, goes on by itself, and
// its events tell what came of it.
const actionTimeout = 15 * time.Second

// stopSeconds is how long Docker waits for a container before it kills it, if
// nobody says otherwise.
const stopSeconds = 10

// maxStopSeconds is the longest time to stop that may be asked for.
const maxStopSeconds = 3600

// Actor does to containers what users ask for. It is the only part of this
// package that changes anything in an engine, so that a read-only server can do
// without it.
type Actor struct{ engine *Engine }

// NewActor makes an Actor for e.
func NewActor(e *Engine) *Actor { return &Actor{engine: e} }

// Check says what is wrong with an action's options, without asking the engine.
func (a *Actor) Check(action api.Action, o api.ActionOptions) error { return checkOptions(action, o) }

// Do has the engine do action to a container and returns when it has answered.
// What became of the container is told by events, not here.
func (a *Actor) Do(ctx context.Context, id string, action api.Action, o api.ActionOptions) error {
	id, err := containerID(id)
	if err != nil {
		return err
	}
	if err := checkOptions(action, o); err != nil {
		return err
	}
	ctx, cancel := a.engine.deadline(ctx, timeoutOf(a.engine.atLeast(actionTimeout), action, o))
	defer cancel()
	op := string(action) + " the container"
	c, err := a.engine.client(ctx)
	if err != nil {
		return a.engine.wrap(ctx, op, err)
	}
	err = call(ctx, c, id, action, o)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && err != nil {
		return a.engine.unknown(ctx, op)
	}
	return a.engine.wrap(ctx, op, err)
}

// unknown is the error of an action that was sent and not answered in time.
func (e *Engine) unknown(ctx context.Context, op string) error {
	return &api.Error{
		Code: api.ErrTimeout, Cause: context.Cause(ctx),
		Message: "The Docker engine at " + e.endpoint.displayHost() + " was asked to " + op + " and did not answer in time, so the outcome is not known: " +
			"it may still happen, and will show when the engine answers. " + frozenAdvice,
	}
}

func call(ctx context.Context, c *client.Client, id string, action api.Action, o api.ActionOptions) error {
	var err error
	switch action {
	case api.ActionStart:
		_, err = c.ContainerStart(ctx, id, client.ContainerStartOptions{})
	case api.ActionStop:
		_, err = c.ContainerStop(ctx, id, client.ContainerStopOptions{Timeout: o.TimeoutSeconds})
	case api.ActionRestart:
		_, err = c.ContainerRestart(ctx, id, client.ContainerRestartOptions{Timeout: o.TimeoutSeconds})
	case api.ActionPause:
		_, err = c.ContainerPause(ctx, id, client.ContainerPauseOptions{})
	case api.ActionUnpause:
		_, err = c.ContainerUnpause(ctx, id, client.ContainerUnpauseOptions{})
	case api.ActionKill:
		signal := o.Signal
		if signal == "" {
			signal = "SIGKILL"
		}
		_, err = c.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: signal})
	case api.ActionRename:
		_, err = c.ContainerRename(ctx, id, client.ContainerRenameOptions{NewName: o.Name})
	case api.ActionRemove:
		_, err = c.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: o.Force, RemoveVolumes: o.Volumes})
	}
	return err
}

// atLeast is a deadline of its own for a call, where whoever chose the engine does
// not leave it more time for any.
func (e *Engine) atLeast(own time.Duration) time.Duration { return max(own, e.timeout) }

// timeoutOf leaves a container the time that it was given to stop, beyond the
// engine's.
func timeoutOf(engine time.Duration, action api.Action, o api.ActionOptions) time.Duration {
	switch {
	case action != api.ActionStop && action != api.ActionRestart:
		return engine
	case o.TimeoutSeconds == nil:
		return engine + stopSeconds*time.Second
	default:
		return engine + time.Duration(*o.TimeoutSeconds)*time.Second
	}
}

// checkOptions refuses what the action can't use: an option that would be
// ignored is a misunderstanding, and engines answer bad values with an error of
// their own (500) or worse.
func checkOptions(action api.Action, o api.ActionOptions) error {
	stops := action == api.ActionStop || action == api.ActionRestart
	switch action {
	case api.ActionStart, api.ActionStop, api.ActionRestart, api.ActionPause, api.ActionUnpause, api.ActionKill, api.ActionRename, api.ActionRemove:
	default:
		return invalid("There is no action “%s”. There are start, stop, restart, pause, unpause, kill, rename and remove", clip(string(action), 40))
	}
	switch {
	case o.TimeoutSeconds != nil && !stops:
		return invalid("The option timeoutSeconds is for stop and restart, not for %s", action)
	case o.TimeoutSeconds != nil && (*o.TimeoutSeconds < 0 || *o.TimeoutSeconds > maxStopSeconds):
		return invalid("The option timeoutSeconds must be from 0 to %d, not %d", maxStopSeconds, *o.TimeoutSeconds)
	case o.Signal != "" && action != api.ActionKill:
		return invalid("The option signal is for kill, not for %s", action)
	case o.Signal != "" && !validSignal(o.Signal):
		return invalid("“%s” is no signal: give a name such as SIGTERM or HUP, or a number from 1 to 64", clip(o.Signal, 40))
	case o.Name != "" && action != api.ActionRename:
		return invalid("The option name is for rename, not for %s", action)
	case action == api.ActionRename && (len(o.Name) < 2 || !validName(o.Name)):
		return invalid("“%s” is no name for a container: it takes two or more letters, digits, “_”, “.” and “-”, and begins with a letter or digit", clip(o.Name, 80))
	case (o.Force || o.Volumes || o.Networks) && action != api.ActionRemove:
		return invalid("The options force, volumes and networks are for remove, not for %s", action)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return &api.Error{Code: api.ErrInvalid, Message: ended(fmt.Sprintf(format, args...))}
}

// validSignal accepts the form only; which names there are is the engine's
// machine's business.
func validSignal(s string) bool {
	if n, err := strconv.Atoi(s); err == nil {
		return n >= 1 && n <= 64
	}
	name := strings.TrimPrefix(strings.ToUpper(s), "SIG")
	if name == "" || len(name) > 10 || name[0] < 'A' || name[0] > 'Z' {
		return false
	}
	return strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-") == ""
}
