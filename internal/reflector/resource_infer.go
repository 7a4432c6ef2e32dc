package reflector

import (
	"cmp"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// What came or went while nobody could hear it shows in the first list that was
// asked for after the gap: the thing is there and was not, or the other way
// round, and no event has told of it. The verdict waits a moment, as a
// container's does, so that what is on its way or replayed speaks first. Without
// a gap nothing is inferred: engines make and remove some things without a word
// of their own, such as the image of a commit.

// miss is a thing that has come or gone and of which nothing has told yet.
type miss struct {
	event api.Event
	// names are what events may call it besides its id: the tags of an image.
	names []string
	// from and to are the gaps it lies in.
	from, to int
}

// unheard is what there is to know of a kind's gaps.
type unheard struct {
	compared int // up to this gap a list was looked at
	// spoken are the ids of which events have told since the gap that is looked
	// after next.
	spoken map[string]struct{}
	missed map[string]*miss
	due    bool // a choreVerify is on the agenda
}

// inferring reports whether what a list shows to be new or gone may be news that
// nobody heard.
func (r *resources) inferring(kind rkind, upTo int) bool {
	u := &r.unheard[kind]
	return r.listed[kind] && upTo > u.compared && !r.heardAll(u.compared, upTo)
}

// heardAll reports whether the engine has replayed all of a gap.
func (r *resources) heardAll(from, to int) bool { return to == r.t.proven && from == to-1 }

// spoke notes that an event has told of a thing.
func (r *resources) spoke(kind rkind, id string) {
	u := &r.unheard[kind]
	if r.listed[kind] && r.t.gaps > u.compared {
		if u.spoken == nil {
			u.spoken = make(map[string]struct{})
		}
		u.spoken[id] = struct{}{}
	}
	delete(u.missed, id)
	for other, m := range u.missed {
		if slices.Contains(m.names, id) {
			delete(u.missed, other)
		}
	}
}

// went notes a thing that was there, and that a list does not show.
func (r *resources) went(kind rkind, upTo int, e api.Event) {
	if was, ok := r.unheard[kind].missed[e.ID]; ok && was.event.Action == actionCreate {
		delete(r.unheard[kind].missed, e.ID) // it came and went, and nobody knew it
		return
	}
	r.came(kind, upTo, e)
}

// came notes a thing that a list shows, and that was not there.
func (r *resources) came(kind rkind, upTo int, e api.Event, names ...string) {
	u := &r.unheard[kind]
	for _, name := range append([]string{e.ID}, names...) {
		if _, told := u.spoken[name]; told {
			return
		}
	}
	e.Engine, e.Inferred, e.Time = r.t.engine, true, e.Time.UTC()
	if u.missed == nil {
		u.missed = make(map[string]*miss)
	}
	u.missed[e.ID] = &miss{event: e, names: names, from: u.compared, to: upTo}
}

// compared notes that a list was looked at that was asked for after so many gaps.
func (r *resources) compared(kind rkind, upTo int, now time.Time) {
	u := &r.unheard[kind]
	u.compared = max(u.compared, upTo)
	if u.compared == r.t.gaps {
		u.spoken = nil
	}
	if len(u.missed) > 0 && !u.due {
		u.due = true
		r.t.agenda.addResource(now.Add(r.t.grace(true)), r.key(kind, ""), choreVerify)
	}
}

// verdict tells what nobody has told, oldest first.
func (r *resources) verdict(kind rkind, now time.Time) {
	u := &r.unheard[kind]
	u.due = false
	var tell []api.Event
	for _, m := range u.missed {
		if !r.heardAll(m.from, m.to) {
			tell = append(tell, m.event)
		}
	}
	u.missed = nil
	slices.SortFunc(tell, func(a, b api.Event) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID)) })
	for i := range tell {
		r.t.attribute(&tell[i], now)
		r.t.say(nil, tell[i])
	}
}

const (
	actionCreate  = "create"
	actionDestroy = "destroy"
	actionDelete  = "delete" // of an image
)

// since is when a thing was made, as far as its record tells.
func since(at *time.Time, now time.Time) time.Time {
	if at == nil || at.After(now) {
		return now
	}
	return *at
}

// imageNews is an event of an image. When one came to the engine its record
// does not tell: its date is that of its making.
func imageNews(i *api.Image, action string, now time.Time) api.Event {
	e := api.Event{Time: now, Kind: kindImage, Action: action, ID: i.ID, Name: i.ID, Attributes: map[string]string{}}
	if len(i.Tags) > 0 {
		e.Name = i.Tags[0]
		e.Attributes["name"] = i.Tags[0]
	}
	return e
}

func volumeNews(v *api.Volume, action string, at time.Time) api.Event {
	return api.Event{Time: at, Kind: kindVolume, Action: action, ID: v.Name, Name: v.Name, Attributes: map[string]string{"driver": v.Driver}}
}

// builtIn reports whether the engine itself makes the network, whenever it comes up:
// that is no news.
func builtIn(n *api.Network) bool { return n.Name == "bridge" || n.Name == "host" || n.Name == "none" }

func networkNews(n *api.Network, action string, at time.Time) api.Event {
	return api.Event{Time: at, Kind: kindNetwork, Action: action, ID: n.ID, Name: n.Name, Attributes: map[string]string{"name": n.Name, "type": n.Driver}}
}
