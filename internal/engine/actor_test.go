package engine_test

import (
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestActions(t *testing.T) {
	e, real := shared(t)
	actor := engine.NewActor(e)
	id := real.Create(t, "--name", "acted", enginetest.Image, "sh", "-c", "trap '' TERM; trap 'exit 5' USR1; while :; do sleep 0.05; done")
	real.Create(t, "--name", "taken", enginetest.Image)
	do := func(action api.Action, o api.ActionOptions) {
		t.Helper()
		if err := actor.Do(t.Context(), id, action, o); err != nil {
			t.Fatalf("%s: %v", action, err)
		}
	}
	state := func(want api.ContainerState) api.Container {
		t.Helper()
		var c api.Container
		eventually(t, string(want), func() bool {
			var err error
			c, err = e.Inspect(t.Context(), id)
			return err == nil && c.State == want
		})
		return c
	}
	refuse := func(action api.Action, o api.ActionOptions, code api.ErrorCode) {
		t.Helper()
		got := wantError(t, actor.Do(t.Context(), id, action, o), code)
		if got.Cause == "" || !strings.Contains(got.Message, string(action)) {
			t.Errorf("%s: want the engine's own words: %v", action, got)
		}
	}

	refuse(api.ActionUnpause, api.ActionOptions{}, api.ErrConflict)
	refuse(api.ActionPause, api.ActionOptions{}, api.ErrConflict)
	refuse(api.ActionKill, api.ActionOptions{}, api.ErrConflict)
	do(api.ActionStart, api.ActionOptions{})
	do(api.ActionStart, api.ActionOptions{}) // again is no error, as in the engine
	first := state(api.StateRunning)
	refuse(api.ActionRename, api.ActionOptions{Name: "taken"}, api.ErrConflict)
	refuse(api.ActionRemove, api.ActionOptions{}, api.ErrConflict)
	do(api.ActionPause, api.ActionOptions{})
	state(api.StatePaused)
	refuse(api.ActionPause, api.ActionOptions{}, api.ErrConflict)
	do(api.ActionUnpause, api.ActionOptions{})
	do(api.ActionRestart, api.ActionOptions{TimeoutSeconds: new(0)})
	if c := state(api.StateRunning); c.PID == first.PID || !c.StartedAt.After(*first.StartedAt) {
		t.Errorf("not restarted: %+v", c)
	}
	do(api.ActionStop, api.ActionOptions{TimeoutSeconds: new(0)}) // no patience: SIGKILL
	if c := state(api.StateExited); c.ExitCode == nil || *c.ExitCode != 137 {
		t.Errorf("exit code %v", c.ExitCode)
	}
	do(api.ActionStart, api.ActionOptions{})
	// A first process ignores the signal until its trap is set.
	eventually(t, "the trap", func() bool {
		err := actor.Do(t.Context(), id, api.ActionKill, api.ActionOptions{Signal: "USR1"})
		c, inspectErr := e.Inspect(t.Context(), id)
		if inspectErr != nil || err != nil && api.CodeOf(err) != api.ErrConflict {
			t.Fatal(err, inspectErr)
		}
		return c.State == api.StateExited
	})
	if c := state(api.StateExited); c.ExitCode == nil || *c.ExitCode != 5 {
		t.Errorf("exit code %v", c.ExitCode)
	}
	do(api.ActionRename, api.ActionOptions{Name: "acted-2"})
	if c := state(api.StateExited); c.Name != "acted-2" {
		t.Errorf("name %q", c.Name)
	}
	do(api.ActionStart, api.ActionOptions{})
	do(api.ActionRemove, api.ActionOptions{Force: true, Volumes: true})
	wantError(t, actor.Do(t.Context(), id, api.ActionStart, api.ActionOptions{}), api.ErrNotFound)
}

// Bad options never reach the engine: there is none here.
func TestActionOptionsAreChecked(t *testing.T) {
	actor := engine.NewActor(connect(t, "unix:///nonexistent/docker.sock", patience))
	for name, c := range map[string]struct {
		action api.Action
		o      api.ActionOptions
		says   string
	}{
		"unknown action":     {"explode", api.ActionOptions{}, "explode"},
		"negative timeout":   {api.ActionStop, api.ActionOptions{TimeoutSeconds: new(-1)}, "timeoutSeconds"},
		"endless timeout":    {api.ActionRestart, api.ActionOptions{TimeoutSeconds: new(86400)}, "timeoutSeconds"},
		"timeout of pause":   {api.ActionPause, api.ActionOptions{TimeoutSeconds: new(1)}, "timeoutSeconds"},
		"signal of stop":     {api.ActionStop, api.ActionOptions{Signal: "TERM"}, "signal"},
		"no signal's name":   {api.ActionKill, api.ActionOptions{Signal: "KILL -9"}, "KILL -9"},
		"no signal's number": {api.ActionKill, api.ActionOptions{Signal: "65"}, "65"},
		"rename to nothing":  {api.ActionRename, api.ActionOptions{}, "name"},
		"rename to a path":   {api.ActionRename, api.ActionOptions{Name: "a/b"}, "a/b"},
		"rename to a letter": {api.ActionRename, api.ActionOptions{Name: "a"}, "two"},
		"name of start":      {api.ActionStart, api.ActionOptions{Name: "x1"}, "name"},
		"force of stop":      {api.ActionStop, api.ActionOptions{Force: true}, "force"},
	} {
		t.Run(name, func(t *testing.T) {
			got := wantError(t, actor.Do(t.Context(), "c1", c.action, c.o), api.ErrInvalid)
			if !strings.Contains(got.Message, c.says) {
				t.Errorf("does not name what was wrong: %q", got.Message)
			}
		})
	}
	wantError(t, actor.Do(t.Context(), "../x", api.ActionStart, api.ActionOptions{}), api.ErrInvalid)
	for _, signal := range []string{"SIGTERM", "hup", "9", "RTMIN+3"} {
		err := actor.Do(t.Context(), "c1", api.ActionKill, api.ActionOptions{Signal: signal})
		wantError(t, err, api.ErrUnreachable) // the signal was fine
	}
}
