package top

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestFinder(t *testing.T) {
	r := town(t, 80, 24)
	r.press("ctrl+k")
	r.wants("> ", "matches", "mail-1", "OOM (137)", "Containers", "Sort by cpu")
	if first := r.m.finder.found[0].note; first != "OOM (137)" && first != "Unhealthy" && first != "Restarting" {
		t.Errorf("what is in trouble comes first, not %q", first)
	}
	r.golden("finder")

	// A few letters in order, and Enter opens.
	r.typing("shweb")
	if got := r.m.finder.found[0].text; got != "shop-web-1" {
		t.Errorf("shweb finds %q", got)
	}
	r.press("enter")
	if r.m.finder != nil || r.m.at != onContainer {
		t.Errorf("Enter leads to %v", r.m.at)
	}
	r.wants("shop-web-1")

	// A verb, of what it can be done to only; the question before many and before
	// removing stays.
	r.press("ctrl+k")
	r.typing("stop ")
	if first := r.m.finder.found[0].text; !strings.HasPrefix(first, "Stop ") {
		t.Errorf("stop and a blank finds %q first", first)
	}
	for _, c := range r.m.finder.found {
		if c.text == "Stop mail-1" {
			t.Error("what does not run can be stopped")
		}
	}
	r.typing("shop-d")
	r.press("enter")
	if want := []string{"stop " + engineID + "/000000000002"}; !slices.Equal(r.actor.did, want) {
		t.Errorf("did %q", r.actor.did)
	}
	r.press("ctrl+k")
	r.typing("remove mail")
	r.press("enter")
	if r.m.confirm == nil || len(r.actor.did) != 1 {
		t.Error("removing is not asked about")
	}
	r.press("esc", "ctrl+k")
	r.typing("logs mail")
	r.press("enter")
	if r.m.at != onLogs {
		t.Errorf("logs lead to %v", r.m.at)
	}

	r.press("ctrl+k")
	r.typing("sort by cpu")
	r.press("enter")
	if r.m.at != onTable || r.m.t.order.by != colCPU {
		t.Errorf("sorted by %v on %v", r.m.t.order.by, r.m.at)
	}
	r.press("ctrl+k")
	r.typing("nothing like it")
	r.wants("Nothing fits")
	r.press("enter", "esc")
	if r.m.finder != nil {
		t.Error("Esc does not close")
	}
}

func TestCloseness(t *testing.T) {
	best := []string{"web", "web-1", "shop-web", "cobweb", "w-e-b", "worker-b-e-b"}
	last := -1
	for _, name := range best {
		score, ok := closeness(name, "web")
		if !ok || score < last {
			t.Errorf("%s: %d, %v after %d", name, score, ok, last)
		}
		last = score
	}
	if _, ok := closeness("bew", "web"); ok {
		t.Error("letters out of order are found")
	}
}

// shelf is a history of the test's.
type shelf struct {
	asked []url.Values
	pages map[string]api.List[api.Event] // by cursor
	err   error
}

func (s *shelf) Events(_ context.Context, params url.Values) (api.List[api.Event], error) {
	s.asked = append(s.asked, params)
	return s.pages[params.Get("next")], s.err
}

func TestEventsGoBackIntoTheHistory(t *testing.T) {
	old := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	page := func(name, next string) api.List[api.Event] {
		list := api.List[api.Event]{Next: next}
		for i := range 40 {
			list.Items = append(list.Items, api.Event{Time: old.Add(-time.Duration(i) * time.Minute), Kind: "container", Action: "start", Name: name, ID: "9"})
		}
		return list
	}
	s := &shelf{pages: map[string]api.List[api.Event]{"": page("yesterday", "more"), "more": page("earlier", "")}}
	gap := api.Event{Time: old, Kind: api.KindEngine, Action: "gap", Attributes: map[string]string{"from": "2026-11-20T08:00:00Z", "until": "2026-11-20T09:00:00Z"}}
	first := s.pages[""]
	first.Items = append([]api.Event{gap}, first.Items...)
	s.pages[""] = first
	r := town(t, 80, 24, func(o *Setup) { o.Past = s })
	r.press("g", "e")
	r.wants("mail-1", "yesterday", "Nobody listened", "11-20 08:00:00")
	if len(s.asked) != 1 || s.asked[0].Get("until") != r.m.w.feed[0].at.Format(time.RFC3339Nano) {
		t.Fatalf("asked %v", s.asked)
	}
	r.press("end")
	r.press("end")
	r.wants("earlier", "The history begins here")
	if len(s.asked) != 2 || s.asked[1].Get("next") != "more" {
		t.Errorf("asked %v", s.asked)
	}

	// A search looks there too, once it is typed: until then nothing is claimed.
	r.press("/")
	r.typing("yesterday")
	r.wants("Enter looks in the history")
	r.wantsNot("No event matches")
	if len(s.asked) != 2 {
		t.Errorf("asked %v", s.asked)
	}
	r.press("enter")
	if len(s.asked) < 3 || s.asked[2].Get("text") != "yesterday" {
		t.Errorf("asked %v", s.asked)
	}
	s.err = errors.New("the disk is full")
	r.press("esc", "esc", "g", "e")
	r.wants("The history can't be read: the disk is full")
}

// TestGoTo: the page's places, or why not.
func TestGoTo(t *testing.T) {
	r := town(t, 80, 24)
	r.press("g", "p")
	if !r.m.t.grouped || r.m.at != onTable {
		t.Error("g p does not show the projects")
	}
	r.press("g", "i")
	r.wants("Images can be seen in the page only")
	r.press("g", "e", "g", "c")
	if r.m.at != onTable {
		t.Errorf("g c leads to %v", r.m.at)
	}
}
