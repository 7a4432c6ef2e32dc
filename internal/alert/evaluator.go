package alert

import (
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Bounds of what is kept at once.
const (
	// maxActive bounds the alerts that are pending or firing. More than that say
	// that a rule is wrong: those beyond it are not begun, and the rule's problem
	// says so.
	maxActive = 5000
	// maxGone bounds the containers that are missing because they are gone.
	maxGone = 200
	// forgetGone is after how long such a one is no longer waited for.
	forgetGone = 24 * time.Hour
	// maxEarly bounds the containers of which events were heard before they
	// themselves were seen, as happens at the start: what was before it is told
	// first. Of others, nothing is known until something happens.
	maxEarly = 20_000
)

// Told is an alert that has begun to fire, has happened again, has other marks or
// has resolved, with the deliveries that its rule names; none is all of them.
type Told struct {
	Alert *api.Alert
	To    []string
}

// Changes are what became of the alerts.
type Changes struct {
	Put  []*api.Alert
	Drop []api.Key
	// Told are those to be told of, in order.
	Told []Told
	// Forgotten are ids of alerts that were pending and never fired.
	Forgotten []string
}

// Restored is an alert of an earlier life of the server, and when it was written.
type Restored struct {
	Alert   *api.Alert
	Written time.Time
}

// Evaluator holds rules against what is. It has no goroutines, no locks and no
// clock: the time is told with each call, and never goes back.
type Evaluator struct {
	rules     []*rule
	byName    map[string]*rule
	selectors map[string]*selector
	figures   figures
	view      view

	subjects map[api.Key]*subject
	byRow    map[int]*subject
	slots    []*subject // nil is free
	free     []int32
	touched  map[*subject]struct{}
	gone     map[api.Key]*subject // of subjects: those that are gone but should run
	early    map[api.Key]*life    // of containers that were not seen yet

	engines map[string]api.EngineStatus
	disks   map[string]*api.DiskUsage
	own     *api.ServerStatus

	active   int
	resolved []*api.Alert // the oldest first
	changed  map[*instance]struct{}
	out      Changes
}

// rule is a rule that is in force.
type rule struct {
	api.AlertRule
	about        class
	selector     *selector
	measure      measure
	above, below float64
	words        string // its author's, for whoever gets an alert of it
	// active are its alerts that are pending or firing, by what they are about.
	active map[api.Key]*instance
	// refused is how many could not be begun at the last look, for maxActive.
	refused int
}

// subject is a container that rules look at.
type subject struct {
	c    *api.Container
	slot int32
	life life
	gone time.Time // zero while it is there
}

// instance is an alert that is pending or firing.
type instance struct {
	rule *rule
	key  api.Key // of what it is about
	p    Progress
	a    api.Alert
	// deaths and ooms are how many of the life's are counted already; counted is
	// false for a restored alert that has not met its container again, written when
	// it was last known.
	deaths, ooms int
	counted      bool
	written      time.Time
	// counting: it has happened again, and who was told is to be told of that.
	counting bool
	valued   time.Time // when its figure was last told
}

// NewEvaluator has no rules and knows of nothing.
func NewEvaluator() *Evaluator {
	return &Evaluator{
		byName: make(map[string]*rule), selectors: make(map[string]*selector), subjects: make(map[api.Key]*subject), byRow: make(map[int]*subject),
		touched: make(map[*subject]struct{}), gone: make(map[api.Key]*subject), early: make(map[api.Key]*life),
		engines: make(map[string]api.EngineStatus),
		disks:   make(map[string]*api.DiskUsage), changed: make(map[*instance]struct{}), view: view{engines: make(map[string]string)},
	}
}

// Columns are what Tick wants to see of the metrics.
func (e *Evaluator) Columns() store.ColumnSet { return e.figures.columns() }

// SetMetrics says where filters look cells up.
func (e *Evaluator) SetMetrics(cell func(row int, column api.Column) int64) { e.view.metrics = cell }

// SetRules puts these rules in force, those that are enabled. The alerts of a
// rule that stays go on; those of one that is gone, or is about something else
// now, end.
func (e *Evaluator) SetRules(rules []api.AlertRule, now time.Time) {
	e.view.now = now
	before := e.byName
	e.rules, e.byName, e.figures.used = nil, make(map[string]*rule, len(rules)), [numMeasures]bool{}
	for i := range rules {
		about, ok := classOf(rules[i].On)
		if !rules[i].Enabled || !ok || e.byName[rules[i].Name] != nil {
			continue
		}
		r := &rule{AlertRule: rules[i], about: about, words: authorsWords(&rules[i]), active: make(map[api.Key]*instance)}
		if r.Above != nil {
			r.above, r.below = *r.Above, *r.Above
		}
		if r.ClearBelow != nil {
			r.below = *r.ClearBelow
		}
		if about == ofFigure {
			r.measure = measureOf(&r.AlertRule)
			e.figures.used[r.measure] = true
		}
		e.rules, e.byName[r.Name] = append(e.rules, r), r
		if old := before[r.Name]; old != nil && old.On == r.On {
			r.active = old.active
			for _, i := range r.active {
				i.rule = r
				if i.a.Severity != r.Severity || i.a.Description != r.words {
					i.a.Severity, i.a.Description = r.Severity, r.words
					e.changed[i] = struct{}{}
				}
			}
			delete(before, r.Name)
		}
	}
	for _, name := range sortedKeys(before) {
		for _, i := range before[name].active {
			e.end(i, now)
		}
	}
	e.selectors = selectorsOf(e.rules, e.selectors, func(s *selector) {
		for _, sub := range e.subjects {
			s.look(sub.slot, sub.c, &e.view)
		}
	})
	for _, sub := range e.subjects {
		e.touched[sub] = struct{}{}
	}
	e.Settle(now)
	e.look(now)
}

// SetEngines takes the engines as they are now, their disk use, and what
// Quaywatch costs.
func (e *Evaluator) SetEngines(items []api.SystemItem, now time.Time) {
	e.view.now = now
	was := e.engines
	e.engines, e.disks, e.own = make(map[string]api.EngineStatus), make(map[string]*api.DiskUsage), nil
	clear(e.view.engines)
	for _, i := range items {
		switch {
		case i.Engine != nil:
			e.engines[i.Engine.ID], e.view.engines[i.Engine.ID] = *i.Engine, i.Engine.Name
		case i.DiskUsage != nil:
			e.disks[i.DiskUsage.Engine] = i.DiskUsage
		case i.Server != nil:
			e.own = i.Server
		}
	}
	for id, en := range e.engines {
		if was[id].State == en.State && was[id].Name == en.Name {
			continue
		}
		for _, sub := range e.subjects {
			if sub.c.Engine != id {
				continue
			}
			e.touched[sub] = struct{}{}
			for _, s := range e.selectors { // they may ask for the engine's name
				s.look(sub.slot, sub.c, &e.view)
			}
		}
	}
	e.Settle(now)
	e.lookWide()
}

// Tick holds the rules on figures against a tick's metrics, nil where there are
// no new ones, and lets time pass for the others.
func (e *Evaluator) Tick(sheet *store.Sheet, now time.Time) {
	e.view.now = now
	if sheet != nil {
		e.figures.fill(sheet, e.byRow, len(e.slots), now)
	}
	for k, sub := range e.gone {
		if now.Sub(sub.gone) > forgetGone || e.replaced(sub) {
			delete(e.gone, k)
			e.forget(sub)
		}
	}
	e.look(now)
}

// look holds every rule against what is known.
func (e *Evaluator) look(now time.Time) {
	e.view.now = now
	for _, r := range e.rules {
		r.refused = 0
		switch {
		case r.about == ofFigure:
			e.scan(r)
		case r.about == ofState && r.selector.f.Live():
			for _, sub := range e.subjects {
				if r.active[sub.c.Key()] == nil && r.selector.has(sub, &e.view) {
					e.consider(r, sub)
				}
			}
		}
	}
	e.lookWide()
	for _, r := range e.rules {
		for _, i := range r.active {
			e.review(i)
		}
	}
}

// scan finds the containers whose figure is above a rule's. This is the loop that
// runs a million times a tick with a thousand rules and as many containers:
// nothing is looked up in it.
func (e *Evaluator) scan(r *rule) {
	values, above := e.figures.by[r.measure], r.above
	if r.selector.all {
		for slot, v := range values {
			if v > above {
				e.hit(r, int32(slot), v) //nolint:gosec // G115: a slot
			}
		}
		return
	}
	for _, slot := range r.selector.members() {
		if int(slot) < len(values) && values[slot] > above {
			e.hit(r, slot, values[slot])
		}
	}
}

func (e *Evaluator) hit(r *rule, slot int32, v float64) {
	if e.active >= maxActive {
		r.refused++
		return
	}
	sub := e.slots[slot]
	if sub == nil || !sub.gone.IsZero() || !e.connected(sub.c.Engine) {
		return
	}
	k := sub.c.Key()
	if r.active[k] == nil && r.selector.has(sub, &e.view) {
		e.raise(r, k, sub, time.Time{}, &v)
	}
}

// connected tells whether what is known of an engine is of now.
func (e *Evaluator) connected(engine string) bool {
	return e.engines[engine].State == api.EngineConnected
}

// Matching is how many containers a match chooses now.
func (e *Evaluator) Matching(match string) int {
	s := newSelector(match)
	n := 0
	for _, sub := range e.subjects {
		if sub.gone.IsZero() && s.f.Match(sub.c, &e.view) {
			n++
		}
	}
	return n
}

// Active are the alerts that are pending or firing, by rule.
func (e *Evaluator) Active(rule string) (pending, firing, refused int) {
	r := e.byName[rule]
	if r == nil {
		return 0, 0, 0
	}
	for _, i := range r.active {
		if i.p.State == api.AlertPending {
			pending++
		} else {
			firing++
		}
	}
	return pending, firing, r.refused
}

// Take returns what has changed since it was taken last.
func (e *Evaluator) Take() Changes {
	for i := range e.changed {
		a := i.a
		e.out.Put = append(e.out.Put, &a)
		if i.counting && i.p.State == api.AlertFiring {
			e.out.Told = append(e.out.Told, Told{&a, slices.Clone(i.rule.Deliver)})
		}
		i.counting = false
	}
	clear(e.changed)
	slices.SortFunc(e.out.Put, func(a, b *api.Alert) int { return a.ActiveAt.Compare(b.ActiveAt) })
	out := e.out
	e.out = Changes{}
	return out
}

// Rows are the rows of containers that have to be known each second, sorted:
// those that rules on figures look at which fire within half a minute.
func (e *Evaluator) Rows() []int {
	chosen := make(map[*selector]struct{})
	for _, r := range e.rules {
		if r.about == ofFigure && r.ForSeconds < staleAfter.Seconds() {
			chosen[r.selector] = struct{}{}
		}
	}
	var rows []int
	if len(chosen) == 0 {
		return rows
	}
	for _, sub := range e.subjects {
		if !sub.c.State.Alive() {
			continue
		}
		for s := range chosen {
			if s.has(sub, &e.view) {
				rows = append(rows, sub.c.Row)
				break
			}
		}
	}
	slices.Sort(rows)
	return rows
}
