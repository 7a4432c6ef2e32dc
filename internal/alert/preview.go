package alert

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// Bounds of a preview.
const (
	previewWithin = 15 * time.Second
	previewDays   = 7
	previewItems  = 100
	// maxReplayed is how many events are gone through, the newest, and maxPoints
	// how many points of metrics: with more containers the points are coarser.
	maxReplayed = 300_000
	maxPoints   = 4_000_000
	// lasting is how long after the last event time has to pass in small steps:
	// what is not over then changes no more.
	lasting = time.Second
)

// Preview says what a rule would have found in what is remembered: the events for
// rules on states, the roll-ups of the metrics for those on figures.
func (k *Keeper) Preview(ctx context.Context, q api.AlertPreviewRequest) (api.AlertPreview, error) {
	r := q.Rule
	r.Enabled = true
	if r.Name == "" {
		r.Name = "preview"
	}
	if r.Severity == "" {
		r.Severity = api.SeverityWarning
	}
	if err := invalid(Check(&r)); err != nil {
		return api.AlertPreview{}, err
	}
	days := q.Days
	if days == 0 {
		days = previewDays
	}
	if days < 1 || days > 90 {
		return api.AlertPreview{}, &api.Error{Code: api.ErrInvalid, Message: "A preview looks from 1 to 90 days back."}
	}
	if k.o.History == nil {
		return api.AlertPreview{}, &api.Error{Code: api.ErrUnsupported, Message: "This server keeps no history to look at."}
	}
	select { // one at a time: it is work
	case k.previewing <- struct{}{}:
		defer func() { <-k.previewing }()
	case <-ctx.Done():
		return api.AlertPreview{}, ctx.Err()
	}
	now := time.Now().UTC()
	p := &preview{rule: r, history: k.o.History, from: now.AddDate(0, 0, -days), until: now, engines: k.o.Store.Engines()}
	p.containers = k.o.Store.Containers()
	if err := k.do(ctx, func(time.Time) { p.out.Matching = k.eval.Matching(r.Match) }); err != nil {
		return api.AlertPreview{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, previewWithin)
	defer cancel()
	return p.look(ctx)
}

// preview is one under way.
type preview struct {
	rule        api.AlertRule
	history     *history.History
	from, until time.Time
	engines     []api.EngineStatus
	containers  []*api.Container
	out         api.AlertPreview
	notes       []string
}

func (p *preview) look(ctx context.Context) (api.AlertPreview, error) {
	p.out.From, p.out.Until, p.out.Items = p.from, p.until, []api.AlertPreviewItem{}
	about, _ := classOf(p.rule.On)
	begins, err := p.begins(ctx)
	if err != nil {
		return p.out, err
	}
	if begins.After(p.from) {
		p.out.From = begins
	}
	switch {
	case about == ofFigure:
		err = p.figures(ctx)
	case about == ofState || p.rule.On == api.AlertOnEngineDown:
		err = p.replay(ctx)
	default:
		p.nothing()
	}
	if err != nil {
		return p.out, err
	}
	if about == ofEngine || about == ofQuaywatch {
		p.out.Matching = 0
	}
	slices.SortStableFunc(p.out.Items, func(a, b api.AlertPreviewItem) int { return b.At.Compare(a.At) })
	p.out.Total = len(p.out.Items)
	p.out.Items = p.out.Items[:min(len(p.out.Items), previewItems)]
	p.out.Note = strings.Join(p.notes, " ")
	return p.out, nil
}

// begins is when what is remembered does; zero where nothing is.
func (p *preview) begins(ctx context.Context) (time.Time, error) {
	page, err := p.history.Events(ctx, history.Query{Since: p.from, Until: p.until, Limit: 1, Oldest: true})
	if err != nil || len(page.Items) == 0 {
		return time.Time{}, err
	}
	return page.Items[0].Time.UTC(), nil
}

// nothing says that what the rule looks at is not remembered.
func (p *preview) nothing() {
	p.out.Unknown = true
	p.note("Of this figure nothing is remembered.")
}

func (p *preview) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

func (p *preview) found(name string, fired time.Time, resolved *time.Time) {
	p.out.Items = append(p.out.Items, api.AlertPreviewItem{Name: name, At: fired.UTC(), Until: resolved})
}

// figures goes through the metrics of the containers that match now.
func (p *preview) figures(ctx context.Context) error {
	sight := &view{now: p.until, engines: make(map[string]string)}
	for _, e := range p.engines {
		sight.engines[e.ID] = e.Name
	}
	sel := newSelector(p.rule.Match)
	var chosen []*api.Container
	for _, c := range p.containers {
		if sel.f.Still(c, sight) {
			chosen = append(chosen, c)
		}
	}
	if sel.f.Live() {
		p.note("The match's words on figures are left out: only what containers are counts here.")
	}
	resolution := history.ResolutionFor(p.until.Sub(p.from))
	step := func() time.Duration {
		return []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute}[resolution]
	}
	for resolution < 2 && float64(len(chosen))*float64(p.until.Sub(p.from)/step()) > maxPoints {
		resolution++
	}
	if resolution > 0 {
		p.note("The past is looked at in averages of %s: what was shorter is not seen.", []string{"", "a minute", "ten minutes"}[resolution])
	}
	m := measureOf(&p.rule)
	known := len(chosen) == 0
	for i, c := range chosen {
		points, err := p.history.Metrics(ctx, c.Key(), p.from, p.until, resolution, []api.Column{m.column()})
		if err != nil {
			if ctx.Err() != nil {
				p.note("Only %d of %d containers were looked at: it would have taken too long.", i, len(chosen))
				return nil
			}
			return err
		}
		known = known || len(points.At) > 0 && slices.ContainsFunc(points.Avg[0], func(v int64) bool { return v != api.Unknown })
		p.figure(m, c, points, step())
	}
	if !known {
		p.notes = nil
		p.nothing()
		return nil
	}
	p.note("Containers that are gone by now are not in it.")
	return nil
}

// figure goes through the points of one container.
func (p *preview) figure(m measure, c *api.Container, points history.Points, step time.Duration) {
	r := rule{AlertRule: p.rule, above: *p.rule.Above, below: *p.rule.Above}
	if p.rule.ClearBelow != nil {
		r.below = *p.rule.ClearBelow
	}
	var at Progress
	turn := func(v Verdict, now time.Time) {
		was := at
		at = at.Step(&p.rule, v, time.Time{}, now)
		if was.State == api.AlertFiring && at.State == api.AlertResolved {
			p.found(c.Name, at.Fired, utc(at.Resolved))
		}
	}
	var last time.Time
	for i, ms := range points.At {
		now := time.UnixMilli(ms)
		if !last.IsZero() && now.Sub(last) > 2*step { // it did not run
			turn(No, last.Add(step))
			turn(No, now)
		}
		last = now
		v := math.NaN()
		if avg := points.Avg[0][i]; avg != api.Unknown {
			v = m.of(avg, c)
		}
		turn(r.figureVerdict(at.State, v), now)
	}
	if at.State == api.AlertFiring {
		p.found(c.Name, at.Fired, nil)
	}
}

// replay goes through the events of the past with an evaluator of its own.
func (p *preview) replay(ctx context.Context) error {
	if newSelector(p.rule.Match).f.Live() {
		p.note("The match has words on figures or times, which are not known of the past: what they choose is not found.")
	}
	re := &replayer{preview: p, e: NewEvaluator(), fired: make(map[string]*api.Alert), known: make(map[api.Key]*api.Container)}
	for _, c := range p.containers {
		re.known[c.Key()] = c
	}
	re.e.SetRules([]api.AlertRule{p.rule}, p.from)
	var ids []string
	re.up = make(map[string]bool)
	for _, e := range p.engines {
		re.up[e.ID] = true
		ids = append(ids, e.ID)
	}
	re.setEngines(p.from)
	q := history.Query{Engines: ids, Since: p.from, Until: p.until, Kinds: []string{"container", api.KindEngine, api.KindHistory}, Limit: history.MaxLimit, Oldest: true}
	for n := 0; ; {
		page, err := p.history.Events(ctx, q)
		if err != nil {
			if ctx.Err() == nil {
				return err
			}
			p.note("Only the time until %s was looked at: it would have taken too long.", re.now.Format(time.RFC3339))
			break
		}
		for i := range page.Items {
			re.take(&page.Items[i])
		}
		if n += len(page.Items); n >= maxReplayed && page.Next != "" {
			p.note("Only the time until %s was looked at: there are more events than can be gone through.", re.now.Format(time.RFC3339))
			break
		}
		if q.Next = page.Next; q.Next == "" {
			break
		}
	}
	re.pass(p.until)
	for _, a := range re.fired {
		p.found(a.Name, *a.FiredAt, a.ResolvedAt)
	}
	if re.unheard > 0 {
		p.note("For %s of that time nobody listened to the engine.", re.unheard.Round(time.Second))
	}
	return nil
}

// replayer makes containers of their events.
type replayer struct {
	*preview
	e       *Evaluator
	now     time.Time
	last    time.Time // of the last event
	up      map[string]bool
	known   map[api.Key]*api.Container // as they are now
	made    map[api.Key]*api.Container // as they were then
	row     int
	fired   map[string]*api.Alert
	unheard time.Duration
}

// pass lets time pass until a moment, in steps as long as something may come of it.
func (re *replayer) pass(until time.Time) {
	r := &re.rule
	quiet := re.last.Add(seconds(r.ForSeconds) + seconds(r.KeepSeconds) + max(seconds(r.WithinSeconds), seconds(r.KeepSeconds), oomLasts) + lasting)
	step := max(time.Second, quiet.Sub(re.last)/600)
	for re.e.active > 0 && re.now.Add(step).Before(until) && re.now.Before(quiet) {
		re.now = re.now.Add(step)
		re.e.Tick(nil, re.now)
		re.collect()
	}
	re.now = until
	re.e.Tick(nil, re.now)
	re.collect()
}

func (re *replayer) collect() {
	for _, a := range re.e.Take().Put {
		if a.FiredAt != nil {
			re.fired[a.ID] = a
		}
	}
}

// take goes on to an event.
func (re *replayer) take(ev *api.Event) {
	if ev.Time.After(re.now) {
		re.pass(ev.Time)
	}
	re.last = re.now
	switch {
	case ev.Action == api.ActionGap || ev.Kind == api.KindHistory:
		from, ferr := time.Parse(time.RFC3339Nano, ev.Attributes[api.AttrFrom])
		until, uerr := time.Parse(time.RFC3339Nano, ev.Attributes[api.AttrUntil])
		if ferr == nil && uerr == nil && until.After(from) {
			re.unheard += until.Sub(from)
		}
	case ev.Kind == api.KindEngine:
		re.up[ev.Engine] = ev.Action == api.ActionConnected
		re.setEngines(re.now)
	case ev.Kind == "container":
		re.container(ev)
	}
	re.collect()
}

func (re *replayer) setEngines(now time.Time) {
	var items []api.SystemItem
	for _, e := range re.engines {
		own := api.EngineStatus{ID: e.ID, Name: e.Name, Host: e.Host, State: api.EngineUnreachable, Since: now}
		if re.up[e.ID] {
			own.State = api.EngineConnected
		}
		items = append(items, api.SystemItem{Key: e.ID, Engine: &own})
	}
	re.e.SetEngines(items, now)
}

func (re *replayer) container(ev *api.Event) {
	k := api.MakeKey(ev.Engine, ev.ID)
	if re.made == nil {
		re.made = make(map[api.Key]*api.Container)
	}
	c := re.made[k]
	if c == nil {
		c = re.begin(ev, k)
	}
	own := *c
	switch ev.Action {
	case "start", "unpause":
		own.State, own.OOMKilled = api.StateRunning, false
		if ev.Action == "start" {
			own.Health = api.HealthStarting
		}
	case "pause":
		own.State = api.StatePaused
	case "die":
		own.State = api.StateExited
	case "health_status":
		own.Health = api.Health(ev.Detail)
	case "rename":
		own.Name = ev.Name
	case "destroy":
		re.e.Hear(ev, re.now)
		re.e.RemoveContainer(k, re.now)
		re.e.Settle(re.now)
		delete(re.made, k)
		return
	}
	re.made[k] = &own
	re.e.SetContainer(&own, re.now)
	re.e.Hear(ev, re.now)
	re.e.Settle(re.now)
}

// begin makes a container that an event is the first of: as it is now, or as far
// as the event tells.
func (re *replayer) begin(ev *api.Event, k api.Key) *api.Container {
	re.row++
	c := api.Container{
		Engine: ev.Engine, ID: ev.ID, Name: ev.Name, Image: ev.Attributes["image"], Labels: ev.Attributes,
		Project: ev.Attributes["com.docker.compose.project"], Service: ev.Attributes["com.docker.compose.service"],
	}
	if now := re.known[k]; now != nil {
		c = *now
	}
	c.State, c.Health, c.OOMKilled, c.Partial, c.Row = api.StateRunning, api.HealthNone, false, false, re.row
	if ev.Action == "create" {
		c.State = api.StateCreated
	}
	return &c
}
