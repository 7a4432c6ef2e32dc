package demoengine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func everything(*event) bool { return true }

func actions(list []*event) string {
	var out []string
	for _, e := range list {
		out = append(out, e.kind+" "+e.action)
	}
	return strings.Join(out, ",")
}

// What the engine says of each action, in its order, was recorded on 20.10.
func TestEventOrder(t *testing.T) {
	const up, down = "network connect,volume mount,container start", "container die,network disconnect,volume unmount"
	e := New(Options{Containers: 60, Seed: 1})
	_, s := e.world.events.subscribe(time.Time{}, time.Time{}, everything)
	defer e.world.events.unsubscribe(s)
	for _, test := range []struct{ call, want string }{
		{"POST /containers/shop-db-1/pause", "container pause"},
		{"POST /containers/shop-db-1/unpause", "container unpause"},
		{"POST /containers/shop-db-1/kill?signal=HUP", "container kill"},
		{"POST /containers/shop-db-1/rename?name=other", "container rename"},
		{"POST /containers/other/stop", "container kill," + down + ",container stop"},
		{"POST /containers/other/start", up},
		{"POST /containers/other/restart", "container kill," + down + ",container stop," + up + ",container restart"},
		{"POST /containers/other/kill", "container kill," + down},
		{"POST /containers/other/start", up},
		{"POST /containers/other/stop?t=0", "container kill,container kill," + down + ",container stop"},
		{"POST /containers/other/start", up},
		{"POST /containers/other/pause", "container pause"},
		{"POST /containers/other/stop?t=0", "container kill,container unpause,container kill," + down + ",container stop"},
		{"POST /containers/other/start", up},
		{"DELETE /containers/other?force=1", "container kill," + down + ",container destroy"},
	} {
		method, path, _ := strings.Cut(test.call, " ")
		if rec := call(t, e, method, path); rec.Code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", test.call, rec.Code, rec.Body)
		}
		if got := actions(s.take()); got != test.want {
			t.Errorf("%s:\n%s, want\n%s", test.call, got, test.want)
		}
	}
}

func TestEventsNeverShareATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // The clock stands still.
		r := newEventRing()
		_, s := r.subscribe(time.Time{}, time.Time{}, everything)
		for range 10 {
			r.publish("container", "start", "x", nil, time.Now())
		}
		var last time.Time
		for _, e := range s.take() {
			if !e.at.After(last) {
				t.Errorf("%v follows %v", e.at, last)
			}
			last = e.at
		}
	})
}

func TestRingKeeps256(t *testing.T) {
	r := newEventRing()
	start := time.Now()
	for i := range 1000 {
		r.publish("container", fmt.Sprint(i), "x", nil, start.Add(time.Duration(i)*time.Millisecond))
	}
	past, _ := r.subscribe(start.Add(-time.Hour), time.Time{}, everything)
	if len(past) != 256 || past[0].action != "744" || past[255].action != "999" {
		t.Errorf("%d events are kept, from %s", len(past), past[0].action)
	}
	past, _ = r.subscribe(start.Add(990*time.Millisecond), start.Add(995*time.Millisecond), everything)
	if len(past) != 6 || past[0].action != "990" {
		t.Errorf("since and until give %s", actions(past))
	}
	if past, _ = r.subscribe(time.Time{}, time.Time{}, everything); past != nil {
		t.Errorf("without since there is a past: %s", actions(past))
	}
}

// A subscriber that doesn't read loses what comes after its queue has been full
// for 100 ms, and goes on once it reads again.
func TestSlowSubscriberIsSkipped(t *testing.T) {
	r := newEventRing()
	_, slow := r.subscribe(time.Time{}, time.Time{}, everything)
	_, quick := r.subscribe(time.Time{}, time.Time{}, everything)
	start := time.Now()
	heard := 0
	for i := range 2000 {
		r.publish("container", fmt.Sprint(i), "x", nil, start.Add(time.Duration(i)*time.Millisecond))
		heard += len(quick.take())
	}
	got := slow.take()
	if want := queueSize + int(patience/time.Millisecond); len(got) != want || slow.dropped != 2000-want {
		t.Errorf("the slow one got %d and lost %d, want %d and %d", len(got), slow.dropped, want, 2000-want)
	}
	if heard != 2000 {
		t.Errorf("the quick one heard %d of 2000", heard)
	}
	r.publish("container", "later", "x", nil, start.Add(time.Hour))
	if got := actions(slow.take()); got != "container later" {
		t.Errorf("after reading again: %q", got)
	}
}

func TestEventText(t *testing.T) {
	at := time.Unix(1795413244, 134697360)
	e := newEvent("container", "die", "abc", []label{{"name", "web"}, {"image", "busybox:local"}, {"exitCode", "1"}, {`we"ird`, "ü\n"}}, at)
	var got map[string]any
	if err := json.Unmarshal(e.text, &got); err != nil {
		t.Fatalf("%v in %s", err, e.text)
	}
	want := `{"status":"die","id":"abc","from":"busybox:local","Type":"container","Action":"die","Actor":{"ID":"abc","Attributes":{"exitCode":"1","image":"busybox:local","name":"web","we\"ird":"ü\n"}},"scope":"local","time":1795413244,"timeNano":1795413244134697360}` + "\n"
	if string(e.text) != want {
		t.Errorf("%s, want\n%s", e.text, want)
	}
	if e := newEvent("volume", "mount", "v", nil, at); strings.Contains(string(e.text), `"status"`) {
		t.Errorf("a volume's event has a status: %s", e.text)
	}
}

func TestEventFilter(t *testing.T) {
	e := newEvent("container", "health_status: healthy", "abcdef", []label{{"image", "redis:7"}, {"name", "web-1"}, {"com.docker.compose.project", "shop"}}, time.Now())
	n := newEvent("network", "connect", "ffee", []label{{"name", "shop_default"}}, time.Now())
	for text, want := range map[string][2]bool{
		``:                                                       {true, true},
		`{"type":["container"]}`:                                 {true, false},
		`{"type":{"network":true}}`:                              {false, true},
		`{"event":["health_status"]}`:                            {true, false},
		`{"event":["connect","start"]}`:                          {false, true},
		`{"container":["web"]}`:                                  {true, false},
		`{"container":["abc"]}`:                                  {true, false},
		`{"network":["shop_default"]}`:                           {false, true},
		`{"image":["redis"]}`:                                    {true, false},
		`{"image":["redis:7"]}`:                                  {true, false},
		`{"label":["com.docker.compose.project=shop"]}`:          {true, false},
		`{"label":["com.docker.compose.project"]}`:               {true, false},
		`{"label":["com.docker.compose.project=x"]}`:             {false, false},
		`{"type":["container"],"event":["die"]}`:                 {false, false},
		`{"label":{"com.docker.compose.project":true,"x":true}}`: {false, false},
	} {
		f, err := parseFilters(text)
		if err != nil {
			t.Fatal(err)
		}
		keep := eventFilter(f)
		if got := [2]bool{keep(e), keep(n)}; got != want {
			t.Errorf("%s lets through %v, want %v", text, got, want)
		}
	}
}

// Filters that come from outside must never crash the engine.
func FuzzFilters(f *testing.F) {
	f.Add(`{"label":{"a=b":true},"status":["running"]}`)
	f.Add(`{"publish":["80-90/tcp"],"name":["^/web$"]}`)
	f.Add(`[`)
	e := New(Options{Containers: 20, Seed: 1})
	all := e.world.all()
	ev := newEvent("container", "die", "x", []label{{"name", "y"}}, time.Now())
	f.Fuzz(func(_ *testing.T, text string) {
		parsed, err := parseFilters(text)
		if err != nil {
			return
		}
		eventFilter(parsed)(ev)
		matches, err := listFilter(parsed, e.world.find)
		if err != nil {
			return
		}
		for _, c := range all {
			matches(c)
		}
	})
}
