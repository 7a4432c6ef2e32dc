package reflector

import (
	"fmt"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// A replay proves that nothing is missing since the last event that was heard.
// It can't prove that of a gap before that event.
func TestReplayProvesOneGapOnly(t *testing.T) {
	s := store.New(store.Options{})
	tr := newTracker(s.Container)
	now := time.Now()
	event := api.Event{Time: now, Engine: "e", Kind: "image", Action: "tag", ID: "x"}
	again := func() { e := event; tr.hear(&e, now) }
	tr.begin("e")
	tr.list()
	tr.replace(nil, now)
	again()
	tr.end()

	tr.begin("e")
	if !tr.inGap() {
		t.Fatal("a new session begins with a gap")
	}
	again()
	if tr.inGap() {
		t.Error("the replay of the last event closes the gap")
	}
	tr.lost() // an overflow
	tr.end()
	tr.begin("e")
	again()
	if !tr.inGap() {
		t.Error("the replay proves nothing of an overflow before")
	}
	tr.list()
	tr.lost() // and one that the list is too old for
	tr.replace(nil, now)
	if !tr.inGap() {
		t.Error("a list closes the gaps before it, not those after")
	}
	tr.list()
	tr.replace(nil, now)
	if tr.inGap() {
		t.Error("a list closes the gaps before it")
	}
}

// Until the first list, nothing tells whether an exec is a health check's.
func TestExecBeforeTheFirstListIsLeftOut(t *testing.T) {
	s := store.New(store.Options{})
	tr := newTracker(s.Container)
	now := time.Now()
	exec := func() {
		now = now.Add(time.Millisecond)
		tr.hear(&api.Event{Time: now, Engine: "e", Kind: "container", Action: "exec_start", ID: "x"}, now)
	}
	tr.begin("e")
	exec()
	tr.list()
	exec()
	if ch := tr.batch.take(); len(ch.Events) != 0 || tr.filtered != 2 {
		t.Errorf("before the list: %d events said, %d left out, want 0 and 2", len(ch.Events), tr.filtered)
	}
	tr.replace([]api.Container{{Engine: "e", ID: "x", State: api.StateRunning}}, now)
	tr.batch.take()
	exec()
	if ch := tr.batch.take(); len(ch.Events) != 1 {
		t.Errorf("after the list: %d events said, want the exec", len(ch.Events))
	}
}

// Who is behind an event is asked once, when it is heard, by our own clock; of
// what is not a container's, nobody.
func TestEventsSayWhoIsBehindThem(t *testing.T) {
	s := store.New(store.Options{})
	tr := newTracker(s.Container)
	now := time.Now()
	asked := 0
	tr.ahead = time.Hour
	tr.who = func(e *api.Event, at time.Time) *api.Actor {
		asked++
		if e.Action != "die" || !at.Equal(now) {
			return nil
		}
		return &api.Actor{Name: "admin", Client: "tab-1"}
	}
	tr.begin("e")
	tr.list()
	tr.replace([]api.Container{{Engine: "e", ID: "x", State: api.StateRunning}}, now)
	for _, action := range []string{"kill", "die", "die"} { // the last one is the replay of the one before
		tr.hear(&api.Event{Time: now.Add(time.Hour), Engine: "e", Kind: "container", Action: action, ID: "x"}, now)
	}
	tr.hear(&api.Event{Time: now.Add(time.Hour), Engine: "e", Kind: "volume", Action: "die", ID: "x"}, now)
	tr.end()
	got := map[string]bool{}
	for _, e := range tr.batch.take().Events {
		got[e.Kind+" "+e.Action] = e.By != nil && e.By.Client == "tab-1"
	}
	if asked != 2 || len(got) != 3 || got["container kill"] || !got["container die"] || got["volume die"] {
		t.Errorf("asked %d times: %v", asked, got)
	}
}

func TestSeenForgetsTheOldest(t *testing.T) {
	s := newSeen()
	at := time.Unix(0, 0)
	event := func(n int) *api.Event {
		return &api.Event{Time: at.Add(time.Duration(n)), Kind: "container", Action: "start", ID: "a"}
	}
	for n := range seenWindow + 1 {
		if s.again(event(n)) {
			t.Fatalf("event %d was never heard", n)
		}
	}
	if !s.again(event(1)) || s.again(event(0)) {
		t.Error("the window is not the last 4096")
	}
	if len(s.set) != seenWindow || len(s.ring) != seenWindow {
		t.Errorf("%d and %d remembered", len(s.set), len(s.ring))
	}
}

// An event never waits behind a list.
func TestBulkLeavesRoomForEvents(t *testing.T) {
	s := store.New(store.Options{})
	tr := newTracker(s.Container)
	now := time.Now()
	tr.begin("e")
	tr.list()
	var rows []api.Container
	for n := range 100 {
		rows = append(rows, api.Container{Engine: "e", ID: fmt.Sprint(n), State: api.StateRunning})
	}
	tr.replace(rows, now)
	pops := 0
	for {
		if _, ok := tr.pop(now, 8, 4); !ok {
			break
		}
		pops++
	}
	if pops != 4 {
		t.Errorf("%d inspects of the list at a time, want 4", pops)
	}
	tr.hear(&api.Event{Time: now, Kind: "container", Action: "pause", ID: "99"}, now)
	k, ok := tr.pop(now, 8, 4)
	if !ok || k.id != "99" {
		t.Fatal("the event waits behind the list")
	}
	if n := len(tr.batch.events); n != 0 {
		t.Errorf("%d events before their inspect", n)
	}
	tr.inspected(k, now, &api.Container{Engine: "e", ID: "99", State: api.StatePaused}, nil)
	if ch := tr.batch.take(); len(ch.Events) != 1 || ch.Put[len(ch.Put)-1].State != api.StatePaused && len(ch.Put) != 100 {
		t.Errorf("change %+v", ch)
	}
}

// Where the engine tells late, the record is believed later; what is replayed
// is old and says nothing of that.
func TestVerdictsWaitForAnEngineThatTellsLate(t *testing.T) {
	s := store.New(store.Options{})
	tr := newTracker(s.Container)
	now := time.Now()
	tr.ahead = time.Hour
	tr.begin("e")
	hear := func(made time.Time, later time.Duration) {
		e := api.Event{Time: made.Add(tr.ahead), Engine: "e", Kind: "image", Action: "tag", ID: fmt.Sprint(made, later)}
		tr.hear(&e, made.Add(later))
	}
	tr.opened = now.Add(tr.ahead)
	hear(now.Add(-time.Minute), time.Minute)
	if tr.grace(true) != verdictGrace {
		t.Errorf("after a replay the grace is %v", tr.grace(true))
	}
	hear(now, 1500*time.Millisecond)
	if want := verdictGrace + 3*time.Second; tr.grace(true) != want {
		t.Errorf("1.5 s late, the grace is %v, want %v", tr.grace(true), want)
	}
	hear(now, time.Minute)
	if tr.grace(true) != verdictMost {
		t.Errorf("a minute late, the grace is %v", tr.grace(true))
	}
	for i := range 300 {
		hear(now.Add(time.Duration(i+1)*time.Second), 0)
	}
	if tr.grace(true) > verdictGrace+time.Millisecond {
		t.Errorf("long after it the grace is %v", tr.grace(true))
	}
	if tr.grace(false) != verdictMost {
		t.Errorf("where nothing is lost the grace is %v", tr.grace(false))
	}
}
