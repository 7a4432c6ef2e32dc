package notify

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// loadWithin is how long alerts wait for what was kept of them: without it, they
	// might be told twice.
	loadWithin = 10 * time.Second
	// lastWords is how long messages under way have at the end.
	lastWords = 2 * time.Second
	// forgetEvery is how often it is looked whether what was told is known still.
	forgetEvery = 10 * time.Minute
	// askFirst is when it is first looked, after the start, whether everything that
	// fires was told: the alerts of before are back by then. askWithin bounds the
	// question whom rules are for.
	askFirst  = 15 * time.Second
	askWithin = 2 * time.Second
)

// run is the state of Run.
type run struct {
	*Notifier

	lanes   map[string]*lane
	sent    chan sent
	flights sync.WaitGroup
	flying  int
	loaded  chan kept
	// open says that alerts are taken: what was kept of them is known.
	open     bool
	dropped  int64          // of Notifier.dropped, those that were told of
	full     map[string]int // alerts that found no room in a lane, not told of yet
	askAt    time.Time      // the next time
	forgetAt time.Time      // the next time
}

// sent is the end of a try.
type sent struct {
	lane   *lane
	result result
	began  time.Time
}

// Run delivers until ctx ends; then what is under way has two seconds, and what is
// not sent is kept for the next start.
func (n *Notifier) Run(ctx context.Context) error {
	r := &run{Notifier: n, lanes: make(map[string]*lane), full: make(map[string]int), sent: make(chan sent), loaded: make(chan kept, 1), askAt: time.Now().Add(askFirst), forgetAt: time.Now().Add(forgetEvery)}
	flights, land := context.WithCancel(context.WithoutCancel(ctx))
	defer land()
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var keeper sync.WaitGroup
	if n.o.Memory == nil {
		r.open = true
	} else {
		keeper.Go(func() { n.keeper(keeping, r.loaded) })
	}
	late := time.NewTimer(loadWithin)
	defer late.Stop()
	clock := time.NewTimer(time.Hour)
	defer clock.Stop()
	for ctx.Err() == nil {
		next := r.advance(flights, time.Now())
		clock.Reset(max(0, time.Until(next)))
		tells := n.tells
		if !r.open {
			tells = nil
		}
		select {
		case <-ctx.Done():
		case t := <-tells:
			r.take(*t)
		case s := <-r.sent:
			r.landed(s)
		case k := <-r.loaded:
			r.restore(k)
		case <-late.C:
			if !r.open {
				n.log.Warn("what was to be delivered before can't be read; new alerts are delivered meanwhile")
				r.open = true
			}
		case <-n.changed:
		case <-clock.C:
		}
	}
	r.end(land)
	stop()
	keeper.Wait()
	return nil
}

// end takes what was told, and waits for what is under way.
func (r *run) end(land func()) {
	select {
	case k := <-r.loaded:
		r.restore(k)
	default:
	}
	if r.open {
		r.takeRest()
	}
	hurry := time.AfterFunc(lastWords, land)
	defer hurry.Stop()
	for r.flying > 0 {
		r.landed(<-r.sent)
	}
	r.flights.Wait()
}

// take hands an alert, and those behind it, to the lanes that it is for.
func (r *run) take(t telling) {
	all := r.book.list()
	for _, name := range t.to {
		if _, ok := find(all, name); !ok {
			r.log.Warn("a rule names a delivery that there is not", "rule", t.alert.Rule, "delivery", name)
		}
	}
	r.tell(t)
	r.takeRest()
}

func (r *run) takeRest() {
	for {
		select {
		case t := <-r.tells:
			r.tell(*t)
		default:
			return
		}
	}
}

// ask tells once more of everything that fires, so that nothing is missed: what a
// kill came before, or found no room, and what a delivery that is new or on again
// was never told.
func (r *run) ask(ctx context.Context, current map[string]*api.Alert) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	to, err := r.o.Rules(ctx)
	if err != nil {
		r.log.Debug("whom the rules are for can't be asked now", "error", err)
		return
	}
	for _, a := range current {
		if names, ok := to[a.Rule]; ok && a.State == api.AlertFiring {
			r.tell(telling{*a, names})
		}
	}
}

func (r *run) tell(t telling) {
	now := time.Now()
	all := r.book.list()
	for i := range all {
		d := &all[i]
		if !d.Enabled {
			continue
		}
		wanted := (len(t.to) == 0 || slices.Contains(t.to, d.Name)) && severity(t.alert.Severity) >= severity(d.MinSeverity)
		if !r.lane(d.Name).tell(d, t.alert, wanted, now) {
			r.full[d.Name]++
		}
	}
}

func (r *run) lane(name string) *lane {
	l := r.lanes[name]
	if l == nil {
		l = newLane(name, newID, r.save)
		r.lanes[name] = l
	}
	return l
}

// restore takes back what was kept; what is for a delivery that is gone, or off,
// goes with it.
func (r *run) restore(k kept) {
	r.open = true
	now := time.Now()
	for name, entries := range k.entries {
		for _, e := range entries {
			r.lane(name).restore(e)
		}
	}
	for name, messages := range k.messages {
		for _, m := range messages {
			r.lane(name).restoreMessage(m, now)
		}
	}
}

// advance does what the time has come for, and returns when to look again.
func (r *run) advance(ctx context.Context, now time.Time) time.Time {
	next := now.Add(time.Hour)
	all := r.book.list()
	var current map[string]*api.Alert
	asking := r.open && r.o.Rules != nil && !r.askAt.After(now) && len(all) > 0
	if r.o.Alerts != nil && (len(r.lanes) > 0 || asking) {
		current = byID(r.o.Alerts())
	}
	if asking {
		r.ask(ctx, current)
	}
	if !r.askAt.After(now) {
		r.askAt = now.Add(forgetEvery)
	}
	forget := current != nil && !r.forgetAt.After(now)
	if !r.forgetAt.After(now) {
		r.forgetAt = now.Add(forgetEvery)
	}
	for name, l := range r.lanes {
		i, ok := find(all, name)
		if !ok || !all[i].Enabled {
			l.clear()
			delete(r.lanes, name)
			continue
		}
		d := &all[i]
		l.refresh(d, current, now)
		if forget {
			l.forget(current)
		}
		l.remind(d, now)
		if !r.free(name, now).After(now) {
			l.gather(d, now)
			if m := l.ready(now); m != nil && r.Notifier.take(name, now) {
				r.fly(ctx, l, *d, *m, now)
			}
		}
		if at := l.next(d, now, r.free(name, now)); !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	for _, at := range []time.Time{r.forgetAt, r.askAt} {
		if at.Before(next) && len(all) > 0 {
			next = at
		}
	}
	r.publish(now, all)
	return next
}

func byID(alerts []*api.Alert) map[string]*api.Alert {
	out := make(map[string]*api.Alert, len(alerts))
	for _, a := range alerts {
		out[a.ID] = a
	}
	return out
}

// publish lets it be seen how much waits, and that something was dropped.
func (r *run) publish(now time.Time, all []api.Delivery) {
	changed := false
	r.mu.Lock()
	for name := range r.status {
		if _, ok := find(all, name); !ok {
			delete(r.status, name)
			delete(r.rates, name)
		}
	}
	for i := range all {
		name, waiting := all[i].Name, 0
		if l := r.lanes[name]; l != nil {
			waiting = l.waiting(now)
		}
		if st := r.status[name]; st.waiting != waiting {
			changed, st.waiting = true, waiting
			r.status[name] = st
		}
	}
	r.mu.Unlock()
	if changed {
		r.o.OnChange()
	}
	r.tellDropped(now, all)
}

// tellDropped tells of what was dropped, in one line for each delivery.
func (r *run) tellDropped(now time.Time, all []api.Delivery) {
	line := func(name string, n int64, why string) {
		r.log.Warn("alerts were dropped before they could be delivered", "delivery", name, "alerts", n, "reason", why)
		r.said(api.DeliveryAttempt{At: now, Delivery: name, Title: fmt.Sprintf("%d alerts", n), Outcome: api.DeliveryDropped, Error: why})
	}
	for name, n := range r.full {
		line(name, int64(n), fmt.Sprintf("%d alerts of this delivery fire already, which is as many as it takes.", maxEntries))
	}
	clear(r.full)
	dropped := r.Notifier.dropped.Load()
	if dropped == r.dropped {
		return
	}
	for i := range all {
		if all[i].Enabled {
			line(all[i].Name, dropped-r.dropped, fmt.Sprintf("More than %d alerts came at once; these found no room.", maxTells))
		}
	}
	r.dropped = dropped
}

// fly tries the lane's first message. d and m are copies: a try may outlast them.
func (r *run) fly(ctx context.Context, l *lane, d api.Delivery, m message, now time.Time) {
	l.trying = true
	r.flying++
	r.flights.Go(func() { r.sent <- sent{l, r.send(ctx, &d, &m), now} })
}

// landed takes what became of a try.
func (r *run) landed(s sent) {
	r.flying--
	l := s.lane
	if r.lanes[l.name] != l || len(l.queue) == 0 {
		return // its delivery was removed meanwhile
	}
	m := l.queue[0]
	if s.result.err != nil && s.result.aborted {
		l.trying = false // it is sent after the restart
		return
	}
	now := time.Now()
	outcome := l.done(s.result, now, r.wait)
	line := api.DeliveryAttempt{
		At: now, Delivery: l.name, Title: m.title(), Alerts: m.IDs, Attempt: m.Attempts, Status: s.result.status, Outcome: outcome,
	}
	if s.result.err != nil {
		line.Error = asSentence(s.result.err.Error())
	}
	if line.Outcome == api.DeliveryRetrying {
		at := m.Next.UTC()
		line.NextAt = &at
	}
	r.said(line)
	r.tellLog(line, now.Sub(s.began))
}

// tellLog writes a line for people who read logs.
func (n *Notifier) tellLog(line api.DeliveryAttempt, took time.Duration) {
	args := []any{"delivery", line.Delivery, "alerts", len(line.Alerts), "attempt", line.Attempt, "status", line.Status, "seconds", took.Seconds()}
	switch line.Outcome {
	case api.DeliverySent:
		n.log.Info("delivered", args...)
	case api.DeliveryRetrying:
		n.log.Warn("delivery failed, it is tried again", append(args, "at", *line.NextAt, "error", line.Error)...)
	default:
		n.log.Warn("delivery failed", append(args, "error", line.Error)...)
	}
}
