package reflector

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// things are what a desk's engine has.
type things struct {
	images   []api.Image
	volumes  []api.Volume
	networks []api.Network
}

func volumes(names ...string) (out []api.Volume) {
	for _, n := range names {
		out = append(out, api.Volume{Engine: "e", Name: n, Driver: "local"})
	}
	return out
}

// listing answers the lists of all kinds as they are asked for, and what a list
// of networks leaves open.
func (d *desk) listing(of things) {
	d.t.Helper()
	d.res.list(d.now)
	for {
		k, ok := d.res.pop(d.now, resourceWorkers)
		if !ok {
			return
		}
		f := rfound{images: of.images, volumes: of.volumes, networks: slices.Clone(of.networks)}
		if k.id != "" {
			i := slices.IndexFunc(of.networks, func(n api.Network) bool { return n.ID == k.id })
			if k.kind != kindNetworks || i < 0 {
				d.t.Fatalf("asks for %+v", k)
			}
			f.network = of.networks[i]
		}
		d.now = d.now.Add(time.Millisecond)
		d.res.answered(k, d.now, &f, nil)
	}
}

// away ends the session and begins another one with the same engine.
func (d *desk) away() {
	d.end()
	d.now = d.now.Add(time.Minute)
	d.begin("e")
}

// news are the events since the last look: "volume destroy old (inferred)".
func (d *desk) news() []string {
	d.t.Helper()
	var out []string
	for _, e := range d.take().Events {
		text := e.Kind + " " + e.Action + " " + e.Name
		if e.Inferred {
			text += " (inferred)"
		}
		out = append(out, text)
	}
	return out
}

func (d *desk) wantNews(want ...string) {
	d.t.Helper()
	if got := d.news(); !slices.Equal(got, want) {
		d.t.Errorf("said %q, want %q", got, want)
	}
}

func TestWhatComesAndGoesWhileAwayIsInferred(t *testing.T) {
	d := newDesk(t)
	made := d.now.Add(30 * time.Second)
	d.listing(things{
		images:  []api.Image{{Engine: "e", ID: "sha256:a", Tags: []string{"a:1"}}, {Engine: "e", ID: "sha256:b"}},
		volumes: volumes("old", "stays"), networks: []api.Network{{Engine: "e", ID: "n1", Name: "front"}},
	})
	d.pass(time.Minute)
	d.wantNews() // the first list is no news

	d.away()
	after := things{
		images:  []api.Image{{Engine: "e", ID: "sha256:a", Tags: []string{"a:1"}}, {Engine: "e", ID: "sha256:c", Tags: []string{"c:1", "c:2"}}},
		volumes: append(volumes("stays"), api.Volume{Engine: "e", Name: "new", CreatedAt: &made}), networks: []api.Network{{Engine: "e", ID: "n2", Name: "back"}},
	}
	d.listing(after)
	d.wantNews() // what is on its way speaks first
	d.pass(verdictMost)
	events := d.take().Events
	var got []string
	for _, e := range events {
		if !e.Inferred || e.Engine != "e" || e.By != nil {
			t.Errorf("told as %+v", e)
		}
		got = append(got, e.Kind+" "+e.Action+" "+e.ID+" "+e.Name)
		if e.Name == "new" && !e.Time.Equal(made) {
			t.Errorf("made at %s, told as of %s", made, e.Time)
		}
	}
	slices.Sort(got)
	want := []string{
		"image create sha256:c c:1", "image delete sha256:b sha256:b", "network create n2 back", "network destroy n1 front",
		"volume create new new", "volume destroy old old",
	}
	if !slices.Equal(got, want) {
		t.Errorf("said %q\nwant %q", got, want)
	}

	d.listing(after)
	d.pass(time.Minute)
	d.wantNews() // once
}

func TestWithoutAGapNothingOfThingsIsInferred(t *testing.T) {
	d := newDesk(t)
	d.listing(things{volumes: volumes("old")})
	d.pass(time.Minute)
	d.take()
	d.listing(things{volumes: volumes("new"), images: []api.Image{{Engine: "e", ID: "sha256:c"}}})
	d.pass(time.Minute)
	d.wantNews()
}

// What events tell, before the list or within the grace after it, is not
// inferred as well.
func TestEventsOfThingsSpeakFirst(t *testing.T) {
	d := newDesk(t)
	d.listing(things{volumes: volumes("gone early", "gone late"), images: []api.Image{{Engine: "e", ID: "sha256:a", Tags: []string{"a:1"}}}})
	d.pass(time.Minute)
	d.take()
	d.away()
	d.event("volume", "destroy", "gone early")
	d.event("image", "pull", "b:1")
	d.take()
	d.listing(things{volumes: volumes("late"), images: []api.Image{{Engine: "e", ID: "sha256:b", Tags: []string{"b:1"}}, {Engine: "e", ID: "sha256:c", Tags: []string{"c:1"}}}})
	d.event("volume", "destroy", "gone late")
	d.event("volume", "create", "late")
	d.event("image", "delete", "sha256:a")
	d.event("image", "pull", "c:1")
	d.pass(verdictMost)
	for _, e := range d.take().Events {
		if e.Inferred {
			t.Errorf("inferred what was heard: %s %s %s", e.Kind, e.Action, e.ID)
		}
	}
}

// An engine that replays what was heard last has kept everything since: what it
// does without an event, such as the image of a commit, is no miss.
func TestAProvenReplayLeavesNothingToInferOfThings(t *testing.T) {
	d := newDesk(t)
	d.listing(things{})
	d.pass(time.Minute)
	d.event("volume", "create", "data")
	last := d.now
	d.answer(d.asks(kindVolumes, "data"), 0, rfound{volume: volumes("data")[0]}, nil)
	d.away()
	d.listing(things{volumes: volumes("data"), images: []api.Image{{Engine: "e", ID: "sha256:c"}}})
	d.hear(&api.Event{Time: last, Engine: "e", Kind: "volume", Action: "create", ID: "data", Attributes: map[string]string{}}, d.now)
	d.take()
	d.pass(verdictMost)
	d.wantNews()
}

// A session that ends before the verdict leaves it to the next one.
func TestAVerdictOutlivesItsSession(t *testing.T) {
	d := newDesk(t)
	d.listing(things{volumes: volumes("old")})
	d.pass(time.Minute)
	d.take()
	d.away()
	d.listing(things{volumes: volumes("passing")})
	d.away()
	d.listing(things{})
	d.pass(verdictMost)
	d.wantNews("volume destroy old (inferred)")
}

func TestAnotherEnginesThingsAreNoNews(t *testing.T) {
	d := newDesk(t)
	d.listing(things{volumes: volumes("old")})
	d.pass(time.Minute)
	d.end()
	d.begin("other")
	d.take()
	d.listing(things{volumes: volumes("new")})
	d.pass(time.Minute)
	d.wantNews()
	if u := fmt.Sprint(d.res.unheard[kindVolumes].missed); u != "map[]" {
		t.Errorf("kept %s", u)
	}
}
