package jobs

import (
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Labels of Docker Compose, and the conditions in them that take time.
const (
	labelDepends       = "com.docker.compose.depends_on"
	conditionHealthy   = "service_healthy"
	conditionCompleted = "service_completed_successfully"
)

// need is what a service needs of another one before it is begun.
type need struct{ service, condition string }

// needs reads "db:service_healthy:true,cache:service_started:false".
func needs(c *api.Container) []need {
	var out []need
	for part := range strings.SplitSeq(c.Labels[labelDepends], ",") {
		service, rest, _ := strings.Cut(strings.TrimSpace(part), ":")
		condition, _, _ := strings.Cut(rest, ":")
		if service != "" {
			out = append(out, need{service, condition})
		}
	}
	return out
}

// direction is in which order an action goes through a project.
type direction int8

const (
	together direction = iota
	dependenciesFirst
	dependenciesLast
)

func directionOf(action api.Action) direction {
	switch action {
	case api.ActionStart, api.ActionRestart, api.ActionUnpause:
		return dependenciesFirst
	case api.ActionStop, api.ActionKill, api.ActionPause, api.ActionRemove:
		return dependenciesLast
	default:
		return together
	}
}

// waves orders the containers of a project: a wave needs nothing but those
// before it. Services that need each other in a circle come together, with all
// that needs them: there is no right order, and none must be waited for.
func waves(project []*api.Container, d direction) [][]*api.Container {
	if d == together {
		return [][]*api.Container{project}
	}
	open := make(map[string]bool) // services that are in no wave yet
	for _, c := range project {
		open[c.Service] = true
	}
	var out [][]*api.Container
	for rest := project; len(rest) > 0; {
		blocked := make(map[string]bool)
		for _, c := range rest {
			for _, n := range needs(c) {
				if n.service != c.Service && open[n.service] {
					blocked[c.Service] = true
				}
			}
		}
		var wave, later []*api.Container
		for _, c := range rest {
			if blocked[c.Service] {
				later = append(later, c)
			} else {
				wave = append(wave, c)
			}
		}
		if len(wave) == 0 {
			wave, later = later, nil
		}
		for _, c := range wave {
			delete(open, c.Service)
		}
		out, rest = append(out, wave), later
	}
	if d == dependenciesLast {
		slices.Reverse(out)
	}
	return out
}

// awaited is a container that others are started after, once it is healthy or
// has done its work.
type awaited struct {
	key       api.Key
	condition string
	// started is when it was started before the job.
	started *time.Time
	alive   bool
}

// awaitedBy lists what of the waves before a wave waits for, beyond being acted
// on.
func awaitedBy(wave, before []*api.Container, action api.Action) []awaited {
	if action != api.ActionStart && action != api.ActionRestart {
		return nil
	}
	var out []awaited
	for _, c := range wave {
		for _, n := range needs(c) {
			if n.condition != conditionHealthy && n.condition != conditionCompleted {
				continue
			}
			for _, d := range before {
				a := awaited{d.Key(), n.condition, d.StartedAt, d.State.Alive() && action == api.ActionStart}
				if d.Service == n.service && !slices.Contains(out, a) {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// come reports whether there is nothing to wait for any more, which says not
// that all is well: what failed fails by itself, in the engine's words.
func (a *awaited) come(c *api.Container, known bool) bool {
	if !known {
		return true
	}
	// Until its start is seen, what is known is from before it.
	anew := c.StartedAt != nil && (a.started == nil || !c.StartedAt.Equal(*a.started))
	if !anew && !a.alive {
		return false
	}
	if a.condition == conditionCompleted {
		return !c.State.Alive()
	}
	return c.Health != api.HealthStarting || !c.State.Alive()
}
