package reflector

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Past is what somebody remembers of an engine from before this process.
type Past struct {
	// Heard is until when the engine was listened to.
	Heard time.Time
	// Events are the last ones that are remembered, the oldest first. They go to
	// the log again, so that it reaches back over the restart.
	Events []api.Event
	// Containers are by id, as they were known last.
	Containers map[string]PastContainer
}

// PastContainer is what was known last of a container.
type PastContainer struct {
	Name, Image       string
	Started, Finished *time.Time
	// Checked: it has a health check.
	Checked bool
}

// gapLeast is the shortest gap that is told: in a shorter one, what the list
// shows is all there was, as good as always.
const gapLeast = 2 * time.Second

// gap is a stretch of time in which nobody listened.
type gap struct {
	from, until time.Time
	why         string
	// due is when it is told, unless the engine proves before that it has replayed
	// everything; zero until a list has looked after it.
	due time.Time
}

// recall begins where another process ended: the first list is not the first
// one, so that what has happened since is news.
func (t *tracker) recall(p *Past) {
	t.listed = true
	for id, c := range p.Containers {
		k := t.key(id)
		k.name, k.image, k.checked, k.recalled = c.Name, c.Image, c.Checked, true
		k.news.created = true
		if c.Started != nil {
			k.news.started = *c.Started
		}
		if c.Finished != nil {
			k.news.finished = *c.Finished
		}
	}
	for i := range p.Events {
		e := &p.Events[i]
		t.seen.again(e)
		if k, ok := t.keys[e.ID]; ok && e.Kind == kindContainer {
			k.note(e)
		}
		if !e.Inferred && e.Time.After(t.watermark) {
			t.watermark = e.Time
		}
		t.batch.event(*e)
	}
	t.anchor = t.watermark
	if t.watermark.IsZero() {
		t.watermark = p.Heard
	}
	from := p.Heard
	if !t.anchor.IsZero() && t.ours(t.anchor).After(from) {
		from = t.ours(t.anchor) // what was heard was listened to
	}
	t.deaf(from, "Quaywatch did not run")
	t.gap()
}

// deaf notes since when nobody listens. A gap within a gap is one.
func (t *tracker) deaf(from time.Time, why string) {
	if t.silence == nil && t.listed {
		t.silence = &gap{from: from, why: why}
	}
	if t.silence != nil {
		t.silence.due = time.Time{} // it goes on
	}
}

// looked notes that a list has looked after what was missed. Events that the
// engine replays may still be on their way.
func (t *tracker) looked(now time.Time) {
	if t.silence != nil && t.silence.due.IsZero() {
		t.silence.until, t.silence.due = now, now.Add(t.grace(true))
	}
}

// tell tells of a gap that nothing has filled.
func (t *tracker) tell(now time.Time) {
	g := t.silence
	if g == nil || g.due.IsZero() || now.Before(g.due) {
		return
	}
	t.silence = nil
	if g.until.Sub(g.from) < gapLeast {
		return
	}
	t.batch.event(api.Event{
		Time: g.until.UTC(), Engine: t.engine, Kind: api.KindEngine, Action: api.ActionGap, ID: t.engine, Name: t.name, Inferred: true,
		Attributes: map[string]string{
			api.AttrFrom: g.from.UTC().Format(time.RFC3339Nano), api.AttrUntil: g.until.UTC().Format(time.RFC3339Nano), api.AttrReason: g.why,
		},
	})
}
