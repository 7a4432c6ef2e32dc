package notify

import (
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// maxEntries bounds the alerts of one lane; what comes then is dropped, and told
// of in the delivery log.
const maxEntries = 2000

// entry is an alert as one delivery knows it. It goes when the alert is over and
// that was told, or need not be.
type entry struct {
	Alert api.Alert `json:"alert"`
	// DueAt is since when it is to be told; nil when it is not.
	DueAt *time.Time `json:"dueAt,omitempty"`
	// ToldAt is when the last message that had it was sent or given up; nil before.
	ToldAt *time.Time `json:"toldAt,omitempty"`
	// Quiet is until when it was snoozed; nil if it was not, or somebody took that
	// back. When it is over, the alert has no mark of it any more.
	Quiet *time.Time `json:"quiet,omitempty"`

	flying bool // a message has it that is not sent yet
	lost   int  // how often in a row nobody knew it
}

// lane is what one delivery knows and is to be told. It has no clock and no
// goroutine: Run calls it with the time, and does what it says.
type lane struct {
	name    string
	entries map[string]*entry
	// queue are messages, the first of which is tried. There is more than one only
	// after a restart.
	queue  []*message
	trying bool

	newID func() string
	// save is called with what is to be kept under a key; nil is to be forgotten.
	save func(key string, v any)
}

func newLane(name string, newID func() string, save func(string, any)) *lane {
	return &lane{name: name, entries: make(map[string]*entry), newID: newID, save: save}
}

// Keys of what is kept: no name of a delivery has a slash.
const (
	entryKey   = "alert"
	messageKey = "message"
)

func (l *lane) key(kind, id string) string { return kind + "/" + l.name + "/" + id }

// cutKey takes a key apart.
func cutKey(key string) (kind, name, id string) {
	kind, rest, _ := strings.Cut(key, "/")
	name, id, _ = strings.Cut(rest, "/")
	return kind, name, id
}

func (l *lane) keep(e *entry) { l.save(l.key(entryKey, e.Alert.ID), e) }

func (l *lane) drop(id string) {
	delete(l.entries, id)
	l.save(l.key(entryKey, id), nil)
}

// tell takes an alert as it is now; wanted says that the rule, the severity and
// the switch let it come here. It reports whether there was room.
func (l *lane) tell(d *api.Delivery, a api.Alert, wanted bool, now time.Time) bool {
	e := l.entries[a.ID]
	switch {
	case a.State == api.AlertFiring && e == nil:
		if !wanted {
			return true
		}
		if len(l.entries) >= maxEntries {
			return false
		}
		e = &entry{}
		e.take(a, now)
		l.entries[a.ID] = e
		if e.quiet(now).IsZero() && a.Acknowledged == nil { // somebody may look after it before it is told
			e.DueAt = &now
		}
		l.keep(e)
	case a.State == api.AlertFiring:
		if e.Alert.State == api.AlertResolved {
			return true // an old one, late
		}
		e.take(a, now)
		if e.ToldAt == nil && e.DueAt == nil && !e.flying && e.quiet(now).IsZero() && a.Acknowledged == nil {
			e.DueAt = &now
		}
		l.keep(e)
	case a.State == api.AlertResolved && e != nil:
		l.resolve(d, e, a, now)
	}
	return true
}

// resolve takes the end of an alert.
func (l *lane) resolve(d *api.Delivery, e *entry, a api.Alert, now time.Time) {
	if e.Alert.State == api.AlertResolved {
		return
	}
	e.take(a, now)
	switch {
	case e.DueAt != nil && e.ToldAt == nil && !e.flying:
		// It was over before it was told: one message says both.
	case !e.flying && e.ToldAt == nil, !d.Resolved, !e.quiet(now).IsZero():
		e.DueAt = nil
		if !e.flying {
			l.drop(a.ID)
			return
		}
	default:
		e.DueAt = &now
	}
	l.keep(e)
}

// take takes over how the alert is.
func (e *entry) take(a api.Alert, now time.Time) {
	e.Alert = a
	if s := a.Snoozed; s != nil && s.Until != nil {
		e.Quiet = s.Until
	} else if !e.quiet(now).IsZero() {
		e.Quiet = nil
	}
}

// quiet is until when nobody is to be told; zero if that is not in the future.
func (e *entry) quiet(now time.Time) time.Time {
	if e.Quiet != nil && e.Quiet.After(now) {
		return *e.Quiet
	}
	return time.Time{}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// again is when an alert that was told, or that was snoozed, is to be told again;
// zero for never.
func (e *entry) again(d *api.Delivery) time.Time {
	a := &e.Alert
	if e.DueAt != nil || e.flying || a.State != api.AlertFiring || a.Acknowledged != nil {
		return time.Time{}
	}
	if e.Quiet != nil && (e.ToldAt == nil || e.ToldAt.Before(*e.Quiet)) {
		return *e.Quiet // the snooze's end is when one wanted to hear of it
	}
	if e.ToldAt == nil || d.RepeatSeconds <= 0 {
		return time.Time{}
	}
	return e.ToldAt.Add(seconds(d.RepeatSeconds))
}

// remind makes due what is to be told again by now.
func (l *lane) remind(d *api.Delivery, now time.Time) {
	for _, e := range l.entries {
		if at := e.again(d); !at.IsZero() && !at.After(now) {
			e.DueAt = &now
			l.keep(e)
		}
	}
}

// refresh takes over what is known of the alerts now: that they were
// acknowledged or snoozed, what their figure is, or that they have resolved while
// nobody could tell.
func (l *lane) refresh(d *api.Delivery, current map[string]*api.Alert, now time.Time) {
	for id, e := range l.entries {
		a := current[id]
		if a == nil || e.Alert.State != api.AlertFiring {
			continue
		}
		switch a.State {
		case api.AlertFiring:
			e.take(*a, now)
		case api.AlertResolved:
			l.resolve(d, e, *a, now)
		case api.AlertPending:
		}
	}
}

// forget drops what was told and is known nowhere any more, having been asked for
// twice: its end was missed.
func (l *lane) forget(current map[string]*api.Alert) {
	for id, e := range l.entries {
		if current[id] != nil || e.DueAt != nil || e.flying {
			e.lost = 0
			continue
		}
		if e.lost++; e.lost > 1 {
			l.drop(id)
		}
	}
}

// due is since when something waits to be told; zero if nothing does.
func (l *lane) due(now time.Time) time.Time {
	var first time.Time
	for _, e := range l.entries {
		if e.DueAt != nil && (first.IsZero() || e.DueAt.Before(first)) && e.quiet(now).IsZero() {
			first = *e.DueAt
		}
	}
	return first
}

// next is when there is something to do; zero for nothing. free is from when on a
// message may be sent.
func (l *lane) next(d *api.Delivery, now, free time.Time) time.Time {
	var out time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (out.IsZero() || t.Before(out)) {
			out = t
		}
	}
	switch {
	case l.trying:
	case len(l.queue) > 0:
		sooner(later(l.queue[0].Next, free))
	default:
		if due := l.due(now); !due.IsZero() {
			sooner(later(due.Add(seconds(d.GroupSeconds)), free))
		}
	}
	for _, e := range l.entries {
		sooner(e.again(d))
		if e.DueAt != nil {
			sooner(e.quiet(now))
		}
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// gather makes one message of everything that is due, if its time has come.
func (l *lane) gather(d *api.Delivery, now time.Time) {
	due := l.due(now)
	if len(l.queue) > 0 || due.IsZero() || due.Add(seconds(d.GroupSeconds)).After(now) {
		return
	}
	m := &message{ID: l.newID(), At: now.UTC(), Next: now, Repeated: make(map[string]bool)}
	for id, e := range l.entries {
		if e.DueAt == nil || !e.quiet(now).IsZero() {
			continue
		}
		m.Alerts = append(m.Alerts, e.Alert)
		if e.ToldAt != nil && e.Alert.State == api.AlertFiring {
			m.Repeated[id] = true
		}
		e.DueAt, e.flying = nil, true
		l.keep(e)
	}
	sortAlerts(m.Alerts)
	for i := range m.Alerts {
		m.IDs = append(m.IDs, m.Alerts[i].ID)
	}
	m.Alerts = m.Alerts[:min(len(m.Alerts), maxListed)]
	l.queue = append(l.queue, m)
	l.keepMessage(m)
}

func (l *lane) keepMessage(m *message) { l.save(l.key(messageKey, m.ID), m) }

// ready is the message whose time to be tried has come; nil if there is none.
func (l *lane) ready(now time.Time) *message {
	if l.trying || len(l.queue) == 0 || l.queue[0].Next.After(now) {
		return nil
	}
	return l.queue[0]
}

// done takes what became of a try of the first message, and says what that is
// called. wait chooses how long to wait, up to a bound.
func (l *lane) done(r result, now time.Time, wait func(time.Duration) time.Duration) api.DeliveryOutcome {
	m := l.queue[0]
	l.trying = false
	m.Attempts++
	if m.Began.IsZero() {
		m.Began = now
	}
	if r.err != nil && !r.final && m.Attempts < maxAttempts {
		next := now.Add(max(wait(backoff(m.Attempts)), r.after))
		if next.Sub(m.Began) <= giveUpAfter {
			m.Next = next
			l.keepMessage(m)
			return api.DeliveryRetrying
		}
	}
	l.queue = l.queue[1:]
	l.save(l.key(messageKey, m.ID), nil)
	told := make(map[string]api.AlertState, len(m.Alerts))
	for i := range m.Alerts {
		told[m.Alerts[i].ID] = m.Alerts[i].State
	}
	for _, id := range m.IDs {
		e := l.entries[id]
		if e == nil {
			continue
		}
		e.flying, e.ToldAt = false, &now
		if e.Alert.State == api.AlertResolved && (told[id] == api.AlertResolved || e.DueAt == nil) {
			l.drop(id)
			continue
		}
		l.keep(e)
	}
	if r.err != nil {
		return api.DeliveryFailed
	}
	return api.DeliverySent
}

// restore takes back what was kept before a restart.
func (l *lane) restore(e *entry) {
	if _, ok := l.entries[e.Alert.ID]; !ok {
		l.entries[e.Alert.ID] = e
	}
}

func (l *lane) restoreMessage(m *message, now time.Time) {
	m.Next = now // whatever was wrong may not be any more
	l.queue = append(l.queue, m)
	for _, id := range m.IDs {
		if e := l.entries[id]; e != nil {
			e.flying = true
		}
	}
}

// clear forgets everything.
func (l *lane) clear() {
	for id := range l.entries {
		l.drop(id)
	}
	for _, m := range l.queue {
		l.save(l.key(messageKey, m.ID), nil)
	}
	l.queue = nil
}

// waiting is how many messages there are to be sent.
func (l *lane) waiting(now time.Time) int {
	n := len(l.queue)
	if !l.due(now).IsZero() {
		n++
	}
	return n
}
