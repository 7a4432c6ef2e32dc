package alert

import (
	"crypto/rand"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// valueEvery is how often the figure of an alert is told anew: it changes with
// each tick, and nobody wants to be told of that.
const valueEvery = 10 * time.Second

// newID is unique for all time, and later ones are greater.
func newID(now time.Time) string {
	return strconv.FormatInt(now.UnixMilli(), 36) + "-" + strings.ToLower(rand.Text()[:8])
}

// raise begins an alert about a container.
func (e *Evaluator) raise(r *rule, k api.Key, sub *subject, since time.Time, value *float64) {
	i := e.begin(r, k, since)
	if i == nil {
		return
	}
	c, l := sub.c, &sub.life
	i.a.EngineName = e.view.engines[c.Engine]
	i.a.Engine, i.a.Container, i.a.Name, i.a.Project, i.a.Image = c.Engine, c.ID, c.Name, c.Project, c.Image
	i.deaths, i.ooms, i.counted = l.total, l.oomTotal, true
	if r.On == api.AlertOnCrashLoop {
		i.a.Count = l.within(seconds(r.WithinSeconds), e.view.now)
	}
	e.began(i, value, reason(r, sub))
}

// raiseWide begins one that is not about a container.
func (e *Evaluator) raiseWide(r *rule, k api.Key, w wide) {
	i := e.begin(r, k, w.since)
	if i == nil {
		return
	}
	i.a.Engine, _ = k.Split()
	i.a.EngineName, i.a.Name = e.view.engines[i.a.Engine], w.name
	if r.about == ofQuaywatch {
		i.a.EngineName = e.watched()
	}
	e.began(i, w.value, w.reason)
}

// watched is the name of the engine that is watched, empty where there are several.
func (e *Evaluator) watched() string {
	if len(e.view.engines) == 1 {
		for _, name := range e.view.engines {
			return name
		}
	}
	return ""
}

// begin makes an instance; nil where there are too many.
func (e *Evaluator) begin(r *rule, k api.Key, since time.Time) *instance {
	if e.active >= maxActive {
		r.refused++
		return nil
	}
	now := e.view.now
	i := &instance{rule: r, key: k, p: Progress{}.Step(&r.AlertRule, Yes, since, now), valued: now}
	i.a = api.Alert{ID: newID(now), Rule: r.Name, On: r.On, Severity: r.Severity, Description: r.words, Count: 1, ActiveAt: i.p.Active.UTC()}
	r.active[k] = i
	e.active++
	return i
}

func (e *Evaluator) began(i *instance, value *float64, why string) {
	i.a.Value = value
	i.a.Summary = summary(&i.rule.AlertRule, i.a.Name, value, i.a.Count, why)
	// Whoever wants to hear nothing of it for a while wants that also when it ended
	// and began again meanwhile.
	for _, old := range slices.Backward(e.resolved) {
		if old.Rule == i.a.Rule && old.Engine == i.a.Engine && old.Container == i.a.Container {
			if s := old.Snoozed; s != nil && s.Until != nil && s.Until.After(e.view.now) {
				i.a.Snoozed = s
			}
			break
		}
	}
	e.record(i)
}

// record takes an instance's progress over into its alert, and notes who is to
// be told.
func (e *Evaluator) record(i *instance) {
	was := i.a.State
	i.a.State = i.p.State
	if i.p.State == api.AlertFiring && i.a.FiredAt == nil {
		i.a.FiredAt = utc(i.p.Fired)
	}
	if i.p.State == api.AlertResolved {
		i.a.ResolvedAt = utc(i.p.Resolved)
	}
	e.changed[i] = struct{}{}
	if i.a.State != was && i.a.State != api.AlertPending {
		a := i.a
		e.out.Told = append(e.out.Told, Told{&a, slices.Clone(i.rule.Deliver)})
	}
}

func utc(t time.Time) *time.Time {
	t = t.UTC()
	return &t
}

// review looks how an alert does now.
func (e *Evaluator) review(i *instance) {
	if s := i.a.Snoozed; s != nil && s.Until != nil && !e.view.now.Before(*s.Until) {
		i.a.Snoozed = nil
		e.changed[i] = struct{}{}
		if i.a.State == api.AlertFiring { // and still is: now somebody is told
			a := i.a
			e.out.Told = append(e.out.Told, Told{&a, slices.Clone(i.rule.Deliver)})
		}
	}
	switch i.rule.about {
	case ofEngine:
		id, _ := i.key.Split()
		w := e.engineWide(i.rule, i.p.State, id)
		e.update(i, w.value, w.name, w.reason, w.v)
		e.step(i, w.v, w.since, w.value)
	case ofQuaywatch:
		w := e.ownWide(i.rule, i.p.State)
		e.update(i, w.value, w.name, w.reason, w.v)
		e.step(i, w.v, w.since, w.value)
	case ofState, ofFigure:
		e.reviewContainer(i)
	}
}

func (e *Evaluator) reviewContainer(i *instance) {
	sub := e.subjects[i.key]
	if sub == nil {
		engine, _ := i.key.Split()
		if _, known := e.engines[engine]; e.connected(engine) || !known && e.anyConnected() {
			e.step(i, No, time.Time{}, nil) // it went while nobody looked
		}
		return
	}
	if !i.rule.selector.has(sub, &e.view) && e.connected(sub.c.Engine) && !sub.c.Partial {
		e.step(i, No, time.Time{}, nil)
		return
	}
	if i.rule.about == ofFigure {
		v := e.figures.at(i.rule.measure, sub.slot)
		verdict := i.rule.figureVerdict(i.p.State, v)
		switch {
		case !e.connected(sub.c.Engine) || sub.c.Partial:
			verdict = Unknown
		case !sub.c.State.Alive():
			verdict = No
		}
		var value *float64
		if !math.IsNaN(v) {
			value = &v
		}
		e.update(i, value, sub.c.Name, "", verdict)
		e.step(i, verdict, time.Time{}, value)
		return
	}
	v, since := e.verdict(i.rule, sub)
	e.count(i, sub)
	e.update(i, nil, sub.c.Name, reason(i.rule, sub), v)
	e.step(i, v, since, nil)
}

func (e *Evaluator) anyConnected() bool {
	for _, en := range e.engines {
		if en.State == api.EngineConnected {
			return true
		}
	}
	return false
}

// count adds what has happened since it was counted last.
func (e *Evaluator) count(i *instance, sub *subject) {
	l := &sub.life
	deaths, ooms := l.total-i.deaths, l.oomTotal-i.ooms
	if !i.counted { // restored: what was told before it was written is in it
		deaths, ooms = l.since(i.written), 0
		if l.oom.After(i.written) {
			ooms = 1
		}
	}
	i.deaths, i.ooms = l.total, l.oomTotal
	i.counted = i.counted || l.known
	more := 0
	switch i.rule.On {
	case api.AlertOnCrashLoop:
		more = deaths
	case api.AlertOnOOM:
		more = ooms
	default:
	}
	if more > 0 {
		i.a.Count += more
		e.changed[i] = struct{}{}
		i.counting = i.p.State == api.AlertFiring
	}
}

// update keeps name, figure and sentence true while the alert goes on.
func (e *Evaluator) update(i *instance, value *float64, name, why string, v Verdict) {
	if v != Yes {
		return
	}
	_, counted := e.changed[i]
	if value != nil && i.a.Value != nil {
		if e.view.now.Sub(i.valued) < valueEvery || math.Abs(*value-*i.a.Value) <= math.Abs(*i.a.Value)/100 {
			return
		}
	} else if !counted && i.a.Name == name {
		return
	}
	i.valued, i.a.Name = e.view.now, name
	if value != nil {
		i.a.Value = value
	}
	i.a.Summary = summary(&i.rule.AlertRule, name, i.a.Value, i.a.Count, why)
	e.changed[i] = struct{}{}
}

// step lets an alert get on.
func (e *Evaluator) step(i *instance, v Verdict, since time.Time, value *float64) {
	was := i.p.State
	i.p = i.p.Step(&i.rule.AlertRule, v, since, e.view.now)
	if i.p.State == was {
		return
	}
	if i.p.State == api.AlertFiring && value != nil {
		i.a.Value = value
		i.a.Summary = summary(&i.rule.AlertRule, i.a.Name, value, i.a.Count, "")
	}
	e.settle(i)
}

// end ends an alert whose rule is no more.
func (e *Evaluator) end(i *instance, now time.Time) {
	if i.p.State == api.AlertFiring {
		i.p.State, i.p.Resolved = api.AlertResolved, now
	} else {
		i.p = Progress{}
	}
	e.settle(i)
}

// settle takes over a state that is another one.
func (e *Evaluator) settle(i *instance) {
	switch i.p.State {
	case api.AlertPending, api.AlertFiring:
		e.record(i)
	case api.AlertResolved:
		e.record(i)
		e.leave(i)
		a := i.a
		e.out.Put = append(e.out.Put, &a)
		delete(e.changed, i)
		e.keep(&a)
	default:
		e.leave(i)
		e.out.Drop = append(e.out.Drop, i.a.Key())
		e.out.Forgotten = append(e.out.Forgotten, i.a.ID)
		delete(e.changed, i)
	}
}

func (e *Evaluator) leave(i *instance) {
	if i.rule.active[i.key] == i {
		delete(i.rule.active, i.key)
		e.active--
	}
}

// keep remembers an alert that has resolved, and forgets the oldest.
func (e *Evaluator) keep(a *api.Alert) {
	e.resolved = append(e.resolved, a)
	if n := len(e.resolved) - api.MaxResolvedAlerts; n > 0 {
		for _, old := range e.resolved[:n] {
			e.out.Drop = append(e.out.Drop, old.Key())
		}
		e.resolved = slices.Delete(e.resolved, 0, n)
	}
}

// Restore takes alerts of an earlier life: those that were pending or firing go
// on, under the rules that are in force.
func (e *Evaluator) Restore(alerts []Restored, now time.Time) {
	e.view.now = now
	ours := make(map[string]bool) // written by this life already
	for _, r := range e.rules {
		for _, i := range r.active {
			ours[i.a.ID] = true
		}
	}
	for _, a := range e.resolved {
		ours[a.ID] = true
	}
	for _, old := range alerts {
		a := *old.Alert
		if ours[a.ID] {
			continue
		}
		if a.State == api.AlertResolved {
			e.out.Put = append(e.out.Put, &a)
			e.keep(&a)
			continue
		}
		p := Progress{State: a.State, Active: a.ActiveAt}
		if a.FiredAt != nil {
			p.Fired = *a.FiredAt
		}
		i := &instance{key: api.MakeKey(a.Engine, a.Container), p: p, a: a, written: old.Written}
		r := e.byName[a.Rule]
		if r == nil || r.On != a.On || r.active[i.key] != nil {
			i.rule = &rule{AlertRule: api.AlertRule{Name: a.Rule, On: a.On}, active: map[api.Key]*instance{i.key: i}}
			e.active++
			e.end(i, now)
			continue
		}
		i.rule = r
		r.active[i.key] = i
		e.active++
		e.changed[i] = struct{}{}
	}
}

// Mark changes the marks of an alert that is pending or firing.
func (e *Evaluator) Mark(id string, change func(a *api.Alert), now time.Time) (api.Alert, error) {
	e.view.now = now
	for _, r := range e.rules {
		for _, i := range r.active {
			if i.a.ID == id {
				change(&i.a)
				e.changed[i] = struct{}{}
				a := i.a
				e.out.Told = append(e.out.Told, Told{&a, slices.Clone(r.Deliver)})
				return i.a, nil
			}
		}
	}
	for _, a := range e.resolved {
		if a.ID == id {
			return *a, &api.Error{Code: api.ErrConflict, Message: "This alert has resolved: there is nothing left to look after."}
		}
	}
	return api.Alert{}, &api.Error{Code: api.ErrNotFound, Message: "There is no such alert among those that are pending or firing. `quaywatch alerts` lists them."}
}
