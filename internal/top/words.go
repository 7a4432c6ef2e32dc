package top

import (
	"fmt"

	"github.com/quaywatch/quaywatch/internal/api"
)

// stateView is how a state is shown: sign, word and tone together, never one of
// them alone. The words are the page's.
type stateView struct {
	glyph, word string
	tone        tone
}

func (g *glyphs) state(c *api.Container) stateView {
	switch c.State {
	case api.StateRunning:
		return stateView{g.running, "Running", good}
	case api.StatePaused:
		return stateView{g.paused, "Paused", warn}
	case api.StateRestarting:
		return stateView{g.busy, "Restarting", busy}
	case api.StateRemoving:
		return stateView{g.busy, "Removing", busy}
	case api.StateCreated:
		return stateView{g.created, "Created", quiet}
	case api.StateDead:
		return stateView{g.failed, "Dead", bad}
	case api.StateExited:
		switch {
		case c.ExitCode == nil:
			return stateView{g.stopped, "Exited", quiet}
		case c.OOMKilled:
			return stateView{g.failed, fmt.Sprintf("OOM (%d)", *c.ExitCode), bad}
		case c.CleanExit():
			return stateView{g.stopped, fmt.Sprintf("Exited (%d)", *c.ExitCode), quiet}
		}
		return stateView{g.failed, fmt.Sprintf("Exited (%d)", *c.ExitCode), bad}
	}
	return stateView{g.stopped, string(c.State), quiet}
}

// stateRank is the order of states: what needs a look comes first.
func stateRank(c *api.Container) int {
	switch c.State {
	case api.StateDead:
		return 0
	case api.StateRestarting:
		return 1
	case api.StateRemoving:
		return 2
	case api.StateRunning:
		return 3
	case api.StatePaused:
		return 4
	case api.StateCreated:
		return 5
	case api.StateExited:
		if !c.CleanExit() {
			return 6
		}
	}
	return 7
}

func healthRank(c *api.Container) int {
	if !c.State.Alive() {
		return 4
	}
	switch c.Health {
	case api.HealthUnhealthy:
		return 0
	case api.HealthStarting:
		return 1
	case api.HealthHealthy:
		return 2
	case api.HealthNone:
	}
	return 3
}

// unhealthy tells of a container that runs and is not well.
func unhealthy(c *api.Container) bool { return c.State.Alive() && c.Health == api.HealthUnhealthy }

// badness is which member's state stands for a project's: dead before restarting
// before sick before failed, then what runs, and only then what rests.
func badness(c *api.Container) int {
	switch {
	case c.State == api.StateDead:
		return 0
	case c.State == api.StateRestarting:
		return 1
	case unhealthy(c):
		return 2
	case c.State == api.StateExited && !c.CleanExit():
		return 3
	}
	return 4 + stateRank(c)
}

// actionWords are how an action is spoken of.
type actionWords struct{ verb, doing, done string }

func wordsOf(a api.Action) actionWords {
	switch a {
	case api.ActionStart:
		return actionWords{"Start", "Starting…", "started"}
	case api.ActionStop:
		return actionWords{"Stop", "Stopping…", "stopped"}
	case api.ActionRestart:
		return actionWords{"Restart", "Restarting…", "restarted"}
	case api.ActionPause:
		return actionWords{"Pause", "Pausing…", "paused"}
	case api.ActionUnpause:
		return actionWords{"Unpause", "Unpausing…", "unpaused"}
	case api.ActionKill:
		return actionWords{"Kill", "Killing…", "killed"}
	case api.ActionRename:
		return actionWords{"Rename", "Renaming…", "renamed"}
	case api.ActionRemove:
		return actionWords{"Remove", "Removing…", "removed"}
	}
	return actionWords{string(a), string(a), string(a)}
}

// allActions are the actions in the order in which menus show them. Renaming is
// left to the page.
func allActions() []api.Action {
	return []api.Action{
		api.ActionStart, api.ActionStop, api.ActionRestart, api.ActionPause, api.ActionUnpause, api.ActionKill, api.ActionRemove,
	}
}
