package reflector

import (
	"maps"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Kinds and actions of the engine's events that mean something here.
const (
	kindContainer = "container"
	kindImage     = "image"
	kindVolume    = "volume"
	kindNetwork   = "network"
	// attrContainer is the id of the container that an event of something else is about.
	attrContainer = "container"
)

// meaning is what an action asks for.
type meaning uint8

const (
	meansInspect meaning = iota
	meansNothing         // nothing that is shown changes by it
	meansExec            // nothing either, and a health check makes many of them
	meansGone            // the one action that is believed without asking
)

// meaningOf knows the actions that change nothing. A kill is a signal that was
// sent; what it did is told by a die. An action that is not known is looked
// into.
func meaningOf(action string) meaning {
	switch action {
	case "destroy":
		return meansGone
	case "exec_create", "exec_start", "exec_die", "exec_detach":
		return meansExec
	case "attach", "detach", "commit", "copy", "archive-path", "extract-to-dir", "export", "kill", "resize", "top":
		return meansNothing
	default:
		return meansInspect
	}
}

// hear takes an event: into the log, and as a hint.
func (t *tracker) hear(e *api.Event, now time.Time) {
	if t.seen.again(e) {
		t.replayed(e)
		return
	}
	if e.Time.Before(t.past) {
		t.remember(e)
		return
	}
	t.heardN++
	t.measure(e, now)
	if e.Time.After(t.watermark) {
		t.watermark = e.Time
	}
	switch {
	case e.Kind == kindContainer && e.ID != "":
		// The image that a commit makes has no event of its own, but for its tag.
		if e.Action == "commit" && t.res != nil {
			t.res.spoke(kindImages, e.Attributes["imageID"])
			t.res.mark(t.res.key(kindImages, ""), now, queueUrgent)
		}
		t.hearContainer(e, now)
	case e.Attributes[attrContainer] != "":
		// A container that is not known yet comes with the list or an event of its
		// own, and is inspected then.
		k, ok := t.keys[e.Attributes[attrContainer]]
		if ok && e.Kind == kindNetwork {
			t.touch(k.id, false)
			n := t.attached(e, now)
			t.hint(k, e, now)
			k.held[len(k.held)-1].network = n
			return
		}
		// What it did to a volume by ending does not come before its end.
		if ok && len(k.held) > 0 {
			k.held = append(k.held, held{event: *e, at: now, place: t.place(k, e)})
			return
		}
		if ok {
			nameContainer(e, k)
		}
		if !t.hearResource(e, now) {
			t.say(k, *e)
		}
	default:
		if !t.hearResource(e, now) {
			t.say(nil, *e)
		}
	}
}

// remember takes an event from before the first view into the log. The list
// that follows knows better what became of it, so it is no hint, and there is
// nothing to hold it for.
func (t *tracker) remember(e *api.Event) {
	if e.Kind == kindContainer && meaningOf(e.Action) == meansExec {
		t.filtered++ // whether it is a health check's is not known yet
		return
	}
	t.batch.event(*e)
}

func (t *tracker) touch(id string, destroyed bool) {
	if t.touched != nil {
		t.touched[id] = t.touched[id] || destroyed
	}
}

func (t *tracker) hearContainer(e *api.Event, now time.Time) {
	k, known := t.keys[e.ID]
	if t.noise(k, e) {
		t.filtered++
		return
	}
	t.attribute(e, t.ours(e.Time))
	switch meaningOf(e.Action) {
	case meansGone:
		if t.res != nil {
			t.res.built(e, now)
		}
		t.touch(e.ID, true)
		if known {
			t.send(k, len(k.held))
			t.remove(k)
			delete(t.keys, e.ID)
		}
		if t.res != nil {
			t.res.agree(e.ID, nil, now)
		}
		t.say(k, *e)
	case meansNothing, meansExec:
		if known && len(k.held) > 0 {
			k.held = append(k.held, held{event: *e, at: now, place: t.place(k, e)})
			return
		}
		t.say(k, *e)
	case meansInspect:
		t.touch(e.ID, false)
		k = t.key(e.ID)
		if e.Name != "" {
			k.name = e.Name
		}
		k.note(e)
		t.hint(k, e, now)
	}
}

// hint holds the event until an inspect that begins after it has answered.
func (t *tracker) hint(k *key, e *api.Event, now time.Time) {
	k.heard, k.inferred = true, false
	k.held = append(k.held, held{event: *e, at: now, needs: true, place: t.place(k, e)})
	t.hold(k)
	t.mark(k, now, queueUrgent)
}

// nameContainer adds the name of the container that an event of something else
// is about: the engine tells its id only.
func nameContainer(e *api.Event, k *key) {
	if k.name == "" || e.Attributes[attrContainer] == "" {
		return
	}
	named := maps.Clone(e.Attributes)
	named[api.AttrContainerName] = k.name
	e.Attributes = named
}

// note remembers what the event tells of the container's life.
func (k *key) note(e *api.Event) {
	switch e.Action {
	case "create":
		k.news.created = true
	case "start":
		k.lastStart, k.lastHealth = later(k.lastStart, e.Time), ""
	case "die":
		k.lastDie, k.lastHealth = later(k.lastDie, e.Time), ""
	case "health_status":
		k.lastHealth = e.Detail
	}
}

// noise reports whether the event is to be left out; see the package comment. k
// is nil where the container is not known.
func (t *tracker) noise(k *key, e *api.Event) bool {
	switch {
	case meaningOf(e.Action) == meansExec:
		// Until the first list, nothing tells whose containers have a health check.
		return !t.listed || k != nil && k.checked
	case e.Action == "health_status":
		return k != nil && k.lastHealth != "" && k.lastHealth == e.Detail
	default:
		return false
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
