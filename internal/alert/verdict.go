package alert

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// oomLasts is how long an OOM kill counts at least.
const oomLasts = 10 * time.Second

// verdict is whether a rule on a container's state holds, and since when, where
// that is known better than "now".
func (e *Evaluator) verdict(r *rule, sub *subject) (Verdict, time.Time) {
	c, l := sub.c, &sub.life
	if !e.connected(c.Engine) || c.Partial {
		return Unknown, time.Time{} // what is known is of some time ago
	}
	now := e.view.now
	switch r.On {
	case api.AlertOnUnhealthy:
		return yes(c.State.Alive() && c.Health == api.HealthUnhealthy), time.Time{}
	case api.AlertOnPaused:
		return yes(c.State == api.StatePaused), time.Time{}
	case api.AlertOnOOM:
		return e.ranOut(r, sub), l.oom
	case api.AlertOnCrashLoop:
		return loops(r, c, l, now), time.Time{}
	case api.AlertOnExited:
		if v := e.ended(sub); v != Yes || l.code == 0 {
			return unless(v), time.Time{}
		}
		return yes(sub.gone.IsZero()), l.died
	case api.AlertOnMissing:
		if v := e.ended(sub); v != Yes || !wanted(r, c, l) {
			return unless(v), time.Time{}
		}
		return Yes, l.died
	default:
		return No, time.Time{}
	}
}

func yes(b bool) Verdict {
	if b {
		return Yes
	}
	return No
}

// unless is the verdict of a condition that asks for more than one which holds.
func unless(v Verdict) Verdict {
	if v == Unknown {
		return Unknown
	}
	return No
}

// ended tells whether a container is down and nobody asked for it.
func (e *Evaluator) ended(sub *subject) Verdict {
	c, l := sub.c, &sub.life
	switch {
	case c.State.Alive() || c.State == api.StateCreated:
		return No
	case !l.known || l.died.IsZero():
		return Unknown // it was found so
	default:
		return yes(!l.asked)
	}
}

// wanted tells whether a container should run: the rule names it, or the restart
// policy says so.
func wanted(r *rule, c *api.Container, l *life) bool {
	if strings.TrimSpace(r.Match) != "" {
		return true
	}
	switch policy, _, _ := strings.Cut(c.RestartPolicy, ":"); policy {
	case "always", "unless-stopped":
		return true
	case "on-failure":
		return l.code != 0
	}
	return false
}

// ranOut tells whether a container has run out of memory lately, or lies there
// because of it.
func (e *Evaluator) ranOut(r *rule, sub *subject) Verdict {
	c, l := sub.c, &sub.life
	if age := e.view.now.Sub(l.oom); !l.oom.IsZero() && age > -ahead && age < max(oomLasts, seconds(r.KeepSeconds)) {
		return yes(!e.accounted(r, c.Key(), l.oom))
	}
	switch {
	case c.State.Alive() || !c.OOMKilled:
		return No
	case !l.known || l.died.IsZero():
		return Unknown
	default:
		return yes(!l.asked)
	}
}

// accounted tells whether an alert that has resolved was about a moment: what
// the engine tells again after a restart of ours does not fire again.
func (e *Evaluator) accounted(r *rule, k api.Key, at time.Time) bool {
	for _, a := range e.resolved {
		if a.Rule == r.Name && api.MakeKey(a.Engine, a.Container) == k && !at.Before(a.ActiveAt.Add(-time.Second)) &&
			a.ResolvedAt != nil && at.Before(*a.ResolvedAt) {
			return true
		}
	}
	return false
}

func loops(r *rule, c *api.Container, l *life, now time.Time) Verdict {
	within := seconds(r.WithinSeconds)
	if l.within(within, now) >= r.Times {
		return Yes
	}
	if l.known {
		return No
	}
	// Nothing was heard yet since the start of ours: it is known from what it is.
	last := c.FinishedAt
	if c.State.Alive() {
		last = c.StartedAt
	}
	if last == nil || now.Sub(*last) > within {
		return No
	}
	return Unknown
}

// figureVerdict holds a figure against a rule. What fires goes on until the
// figure is below ClearBelow.
func (r *rule) figureVerdict(state api.AlertState, v float64) Verdict {
	switch {
	case math.IsNaN(v):
		return Unknown
	case state == api.AlertFiring:
		return yes(v >= r.below && (v > r.above || r.below < r.above))
	default:
		return yes(v > r.above)
	}
}

// wide is what a rule on an engine or on Quaywatch says: a verdict, the figure,
// and the name and reason for its sentence.
type wide struct {
	v      Verdict
	value  *float64
	name   string
	reason string
	since  time.Time
}

// engineWide is the verdict on an engine.
func (e *Evaluator) engineWide(r *rule, state api.AlertState, id string) wide {
	en, ok := e.engines[id]
	if !ok {
		return e.absent(r, id)
	}
	w := wide{name: en.Name}
	if w.name == "" {
		w.name = en.Host
	}
	if r.On == api.AlertOnEngineDown {
		switch en.State {
		case api.EngineUnreachable:
			w.v, w.reason, w.since = Yes, en.Error, en.Since
		case api.EngineConnecting:
			w.v = Unknown
		case api.EngineConnected:
		}
		return w
	}
	w.v = Unknown
	d := e.disks[id]
	if d == nil || d.MeasuredAt == nil {
		return w
	}
	total, known := 0.0, false
	for _, u := range []api.DiskUse{d.Images, d.Containers, d.Volumes, d.BuildCache} {
		if u.TotalBytes != nil {
			total, known = total+float64(*u.TotalBytes), true
		}
	}
	if known {
		w.v, w.value = r.figureVerdict(state, total), &total
	}
	return w
}

// absent is the verdict on an engine that is not among those that are watched.
// While an engine can't be reached, it goes by its address: an alert of before a
// restart of ours stands for it until some engine answers.
func (e *Evaluator) absent(r *rule, id string) wide {
	w := wide{v: Unknown, name: id}
	for _, en := range e.engines {
		if en.State == api.EngineConnected || r.On != api.AlertOnEngineDown {
			w.v = No
		}
	}
	return w
}

// ownWide is the verdict on Quaywatch.
func (e *Evaluator) ownWide(r *rule, state api.AlertState) wide {
	w := wide{v: Unknown, name: "Quaywatch"}
	if e.own == nil {
		return w
	}
	switch r.On {
	case api.AlertOnOwnCPU:
		if e.own.CPUPercent != nil {
			total := *e.own.CPUPercent
			if e.own.EngineCPUPercent != nil {
				total += *e.own.EngineCPUPercent
			}
			w.value = &total
		}
	default:
		if e.own.MemoryBytes != nil {
			total := float64(*e.own.MemoryBytes)
			w.value = &total
		}
	}
	if w.value != nil {
		w.v = r.figureVerdict(state, *w.value)
	}
	return w
}

// lookWide holds the rules on engines and on Quaywatch.
func (e *Evaluator) lookWide() {
	for _, r := range e.rules {
		switch r.about {
		case ofEngine:
			for id := range e.engines {
				e.widen(r, api.MakeKey(id, ""), e.engineWide(r, "", id))
			}
		case ofQuaywatch:
			e.widen(r, api.MakeKey("", ""), e.ownWide(r, ""))
		case ofState, ofFigure:
		}
	}
}

// widen begins an alert that is not about a container.
func (e *Evaluator) widen(r *rule, k api.Key, w wide) {
	if w.v != Yes || r.active[k] != nil {
		if i := r.active[k]; i != nil {
			e.review(i)
		}
		return
	}
	if r.On == api.AlertOnEngineDown {
		for other := range r.active {
			if id, _ := other.Split(); id != "" {
				if _, known := e.engines[id]; !known {
					return // that one stands for it
				}
			}
		}
	}
	e.raiseWide(r, k, w)
}

// reason is what a sentence on a container's state says beside its name.
func reason(r *rule, sub *subject) string {
	c, l := sub.c, &sub.life
	switch r.On {
	case api.AlertOnExited:
		return exit(l.code)
	case api.AlertOnCrashLoop:
		if len(l.deaths) == 0 {
			return ""
		}
		return "last with " + exit(l.code)
	case api.AlertOnOOM:
		if c.MemoryLimitBytes != nil {
			return " (its limit is " + size(float64(*c.MemoryLimitBytes)) + ")"
		}
	case api.AlertOnMissing:
		if !sub.gone.IsZero() {
			return "is gone: it ended with " + exit(l.code) + " and was removed"
		}
		return "does not: it ended with " + exit(l.code)
	default:
	}
	return ""
}

func exit(code int) string {
	if code < 0 {
		return "an exit code that is not known"
	}
	return "exit code " + strconv.Itoa(code)
}
