// Package ledger remembers for some seconds who asked for which action, so that
// the engine's events can say who is behind them: the engine itself tells of a
// stop, and not of whom it obeyed.
//
// An entry is written before the engine is called, because the events may come
// before the call returns, and is read by the reflector for each event of a
// container. It explains the events that its action leads to and no others, each
// as often as the action makes it: what happens beside an action is not blamed on
// whoever asked for it.
//
// The package starts no goroutine. Ledger.mu guards the entries; under it there
// is nothing but looking through the few entries of one container.
package ledger

import (
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// after is how long after the engine's answer an event may still belong to
	// the action: a die is told up to 0.2 s after the stop that caused it has
	// been answered, longer by an engine under load.
	after = 5 * time.Second
	// openEnd is the same for an action that was not answered in time: the engine
	// goes on by itself.
	openEnd = 2 * time.Minute
	// slack is how far the engine's clock and ours may be apart beyond what is
	// known of it, before an event counts as older than the action.
	slack = 2 * time.Second
	// keep is how long an entry stays after its end, for events that are recovered
	// late. They are matched by their own time.
	keep = time.Minute
	// maxEntries bounds the ledger. When it is full the oldest entry goes, and its
	// events say nothing of who it was.
	maxEntries = 8192
)

// Ledger holds the actions of the last moments. It is safe for concurrent use.
type Ledger struct {
	mu    sync.Mutex
	byKey map[api.Key][]*entry
	// all is in the order of arrival; what is over is skipped when it comes to
	// the front.
	all []*entry
}

// entry is one action.
type entry struct {
	key   api.Key
	by    api.Actor
	began time.Time
	until time.Time // of events' times; zero while the engine has not answered
	// left is how many more events of each kind the action explains, last those
	// after which it explains none.
	left map[string]int
	last []string
	over bool
}

// New makes an empty ledger.
func New() *Ledger { return &Ledger{byKey: make(map[api.Key][]*entry)} }

// explains says which events an action leads to and how many of each at most,
// and which of them are its last, in whatever order they come. A kill is told
// twice where the container did not heed the first signal.
func explains(action api.Action, o api.ActionOptions) (events map[string]int, last []string) {
	switch action {
	case api.ActionStart:
		return map[string]int{"start": 1}, []string{"start"}
	case api.ActionStop:
		return map[string]int{"kill": 2, "die": 1, "stop": 1}, []string{"die", "stop"}
	case api.ActionRestart:
		return map[string]int{"kill": 2, "die": 1, "stop": 1, "start": 1, "restart": 1}, []string{"start", "restart"}
	case api.ActionKill:
		return map[string]int{"kill": 1, "die": 1}, []string{"kill", "die"}
	case api.ActionPause:
		return map[string]int{"pause": 1}, []string{"pause"}
	case api.ActionUnpause:
		return map[string]int{"unpause": 1}, []string{"unpause"}
	case api.ActionRename:
		return map[string]int{"rename": 1}, []string{"rename"}
	case api.ActionRemove:
		events = map[string]int{"destroy": 1}
		if o.Force {
			events["kill"], events["die"] = 1, 1
		}
		return events, []string{"destroy"}
	}
	return nil, nil
}

// explainsThing is explains for images, volumes and networks. Of an image that
// goes, each of its tags is told too.
func explainsThing(action api.ResourceAction) (events map[string]int, last []string) {
	switch action {
	case api.ResourceTag:
		return map[string]int{"tag": 1}, []string{"tag"}
	case api.ResourceCreate:
		return map[string]int{"create": 1}, []string{"create"}
	case api.ResourceConnect:
		return map[string]int{"connect": 1}, []string{"connect"}
	case api.ResourceDisconnect:
		return map[string]int{"disconnect": 1}, []string{"disconnect"}
	case api.ResourceRemove:
		return map[string]int{"destroy": 1, "delete": 1, "untag": 256}, []string{"destroy", "delete"}
	}
	return nil, nil
}

// thingKey keeps a volume apart from what else has its name.
func thingKey(engine, kind, id string) api.Key { return api.MakeKey(engine, kind+":"+id) }

// BeginThing is Begin for an image, a volume or a network: kind is the engine's
// word. One that is only to be made is known by its name.
func (l *Ledger) BeginThing(by api.Actor, engine, kind, id, name string, action api.ResourceAction) (end func(err error)) {
	if id == "" {
		id = name
	}
	events, last := explainsThing(action)
	return l.begin(&entry{key: thingKey(engine, kind, id), by: by, began: time.Now(), left: events, last: last})
}

// BeginTransfer is Begin for the pull or the push of an image, of which the engine
// tells one event, by the image's name.
func (l *Ledger) BeginTransfer(by api.Actor, engine, image string, kind api.JobKind) (end func(err error)) {
	action := string(kind)
	return l.begin(&entry{key: thingKey(engine, "image", image), by: by, began: time.Now(), left: map[string]int{action: 1}, last: []string{action}})
}

// Begin writes down that by has the action done to a container. Call it before
// the engine is called, and what it returns with the engine's answer.
func (l *Ledger) Begin(by api.Actor, k api.Key, action api.Action, o api.ActionOptions) (end func(err error)) {
	events, last := explains(action, o)
	return l.begin(&entry{key: k, by: by, began: time.Now(), left: events, last: last})
}

// BeginExec is Begin for a command that is run in a container.
func (l *Ledger) BeginExec(by api.Actor, k api.Key) (end func(err error)) {
	events := map[string]int{"exec_create": 1, "exec_start": 1}
	return l.begin(&entry{key: k, by: by, began: time.Now(), left: events, last: []string{"exec_create", "exec_start"}})
}

func (l *Ledger) begin(e *entry) (end func(err error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pruneLocked(e.began)
	l.all = append(l.all, e)
	l.byKey[e.key] = append(l.byKey[e.key], e)
	return func(err error) { l.end(e, err) }
}

func (l *Ledger) end(e *entry, err error) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch api.CodeOf(err) {
	case "":
		e.until = now.Add(after)
	case api.ErrTimeout, api.ErrUnreachable, api.ErrInternal:
		e.until = now.Add(openEnd)
	default: // refused: nothing follows
		l.dropLocked(e)
	}
}

// Explain says who asked for what led to the event; nil where nobody did, as
// far as is known. at is the event's time by our clock. An event that is
// explained is used up: ask once for each.
func (l *Ledger) Explain(e *api.Event, at time.Time) *api.Actor {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries := l.byKey[api.MakeKey(e.Engine, e.ID)] // the oldest first
	if e.Kind == "image" || e.Kind == "volume" || e.Kind == "network" {
		if entries = l.byKey[thingKey(e.Engine, e.Kind, e.ID)]; len(entries) == 0 {
			entries = l.byKey[thingKey(e.Engine, e.Kind, e.Name)]
		}
	}
	for _, entry := range entries {
		if entry.left[e.Action] == 0 || at.Before(entry.began.Add(-slack)) || !entry.until.IsZero() && at.After(entry.until) {
			continue
		}
		entry.left[e.Action]--
		if !slices.ContainsFunc(entry.last, func(a string) bool { return entry.left[a] > 0 }) {
			l.dropLocked(entry)
		}
		by := entry.by
		return &by
	}
	return nil
}

// pruneLocked forgets what is over, and the oldest where there is too much.
func (l *Ledger) pruneLocked(now time.Time) {
	for len(l.all) > 0 {
		e := l.all[0]
		old := !e.until.IsZero() && now.After(e.until.Add(keep))
		if !e.over && !old && len(l.all) < maxEntries {
			return
		}
		l.dropLocked(e)
		l.all[0] = nil
		l.all = l.all[1:]
	}
}

func (l *Ledger) dropLocked(e *entry) {
	if e.over {
		return
	}
	e.over = true
	rest := slices.DeleteFunc(l.byKey[e.key], func(o *entry) bool { return o == e })
	if len(rest) == 0 {
		delete(l.byKey, e.key)
	} else {
		l.byKey[e.key] = rest
	}
}
