package reflector

import (
	"fmt"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// awayFor cuts the stream and keeps the engine down for d, while do happens.
func (g *rig) awayFor(d time.Duration, do func()) {
	g.set(func(f *fake) {
		f.down = &api.Error{Code: api.ErrUnreachable, Message: "The engine can't be reached."}
	})
	g.cut()
	g.after(d / 2)
	do()
	g.after(d / 2)
	g.set(func(f *fake) { f.down = nil })
	g.after(5 * time.Second)
	if d := difference(g.fake, g.store); d != "" {
		g.t.Error(d)
	}
}

// Nothing else tells of a container whether it ended by itself or because its
// engine did.
func TestAnEngineThatWasAwayIsTold(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		lost := time.Now()
		g.awayFor(20*time.Second, func() { g.quietly(func() { g.act("die", "a") }) })
		var got []string
		for _, e := range g.store.Events(-1) {
			got = append(got, e.Kind+" "+e.Action+" "+e.ID)
			if e.Kind == api.KindEngine && (!e.Inferred || e.Engine != "eng1" || e.Name == "" || e.Time.Before(lost) || e.Time.After(time.Now())) {
				t.Errorf("event %+v", e)
			}
		}
		if want := "[engine unreachable eng1 engine connected eng1 engine gap eng1 container die a]"; fmt.Sprint(got) != want {
			t.Errorf("events %v, want %s", got, want)
		}
	})
}

func TestAwayIsInferred(t *testing.T) {
	inBubble(t, []string{"dead", "restarted", "removed", "same", "paused"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.awayFor(20*time.Second, func() {
			g.quietly(func() {
				g.act("die", "dead")
				g.act("die", "restarted")
				time.Sleep(time.Second)
				g.act("start", "restarted")
				g.act("destroy", "removed")
				g.act("create", "new")
				g.act("start", "new")
				g.act("pause", "paused")
			})
		})
		got := make(map[string][]string)
		for _, e := range ofThings(g.store.Events(-1)) {
			got[e.ID] = append(got[e.ID], e.Action)
			if !e.Inferred || e.Kind != "container" || e.Engine != "eng1" {
				t.Errorf("event %+v, want an inferred one", e)
			}
			c := g.containers[e.ID]
			code, hasCode := e.Attributes["exitCode"]
			switch {
			case e.Action == "die" && !e.Time.Equal(*c.FinishedAt), e.Action == "start" && !e.Time.Equal(*c.StartedAt):
				t.Errorf("%s %s at %v, want the engine's own time", e.Action, e.ID, e.Time)
			case e.Action == "die" && hasCode != (e.ID == "dead"), hasCode && code != "137":
				t.Errorf("%s %s has the exit code %q", e.Action, e.ID, code)
			case e.Name != "name-"+e.ID:
				t.Errorf("%s %s has the name %q", e.Action, e.ID, e.Name)
			}
		}
		for id, want := range map[string]string{"dead": "[die]", "restarted": "[die start]", "removed": "[destroy]", "new": "[create start]", "same": "[]", "paused": "[]"} {
			if s := fmt.Sprint(got[id]); s != want {
				t.Errorf("%s: inferred %s, want %s", id, s, want)
			}
			if id != "removed" && g.get(id).Inferred != (id != "same") {
				t.Errorf("%s: inferred is %v", id, g.get(id).Inferred)
			}
		}
	})
}

// What the engine replays must not be inferred as well, nor told twice.
func TestReplaySpeaksFirst(t *testing.T) {
	inBubble(t, []string{"a", "b", "c"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.act("pause", "c")
		g.after(time.Second)
		g.awayFor(20*time.Second, func() {
			g.act("die", "a")
			g.act("destroy", "b")
			g.act("create", "d")
			g.act("start", "d")
			g.act("unpause", "c")
		})
		got := make(map[string]int)
		for _, s := range g.said() {
			got[s]++
		}
		for _, want := range []string{"pause c", "die a", "destroy b", "create d", "start d", "unpause c"} {
			if got[want] != 1 {
				t.Errorf("%q came %d times, want once; all: %v", want, got[want], got)
			}
			delete(got, want)
		}
		if len(got) > 0 {
			t.Errorf("besides: %v", got)
		}
		if g.r.Counters().Duplicates == 0 {
			t.Error("the replay did not overlap")
		}
		if last := g.sinces[len(g.sinces)-1]; !last.Equal(g.log[len(g.log)-6].Time.Add(-5 * time.Second)) {
			t.Errorf("subscribed since %v, want 5 s before the last event", last)
		}
		for _, id := range []string{"a", "c", "d"} {
			if g.get(id).Inferred {
				t.Errorf("%s is inferred, though it was told", id)
			}
		}
	})
}

// An engine that replays what was heard last has kept everything since: that
// is no gap, and not every container needs to be looked at.
func TestReplayProvesThatNothingIsMissing(t *testing.T) {
	// A list takes longer than a replay, which begins before it: a list in no time
	// at all could be read first.
	slow := func(g *rig) { g.listDelay = time.Millisecond }
	inBubble(t, []string{"a", "b", "c"}, slow, func(g *rig) {
		g.after(5 * time.Second)
		g.act("pause", "a")
		g.after(5 * time.Minute)
		a, c := g.inspects("a"), g.inspects("c")
		g.awayFor(10*time.Second, func() { g.act("pause", "b") })
		if g.inspects("a") != a || g.inspects("c") != c {
			t.Error("containers were inspected without a reason")
		}
		g.set(func(f *fake) { f.log = nil })
		g.awayFor(10*time.Second, func() {})
		if g.inspects("a") != a+1 || g.inspects("c") != c+1 {
			t.Error("after a restart of the engine not every container was inspected once")
		}
		g.wantSaid("pause a", "pause b")
	})
}

// A restart that nobody heard shows in no list.
func TestOldKnowledgeIsRenewed(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.quietly(func() {
			g.act("die", "a")
			g.act("start", "a")
		})
		g.after(17 * time.Minute)
		g.wantSaid("die a*", "start a*")
	})
}

// An engine that was frozen tells of a death with the time of its thaw.
func TestLateEventExplainsAnEarlierTime(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.awayFor(20*time.Second, func() {
			g.quietly(func() { g.act("die", "a") })
			g.after(9 * time.Second)
			g.set(func(f *fake) { f.emitLocked(api.Event{Action: "die", ID: "a"}) })
		})
		g.wantSaid("die a")
	})
}

// The events of a relist's moment may come after the list.
func TestEventOnItsWayIsNotInferred(t *testing.T) {
	inBubble(t, []string{"a", "b"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.quietly(func() {
			g.act("die", "a")
			g.act("destroy", "b")
		})
		g.cut()
		g.after(200 * time.Millisecond)
		g.set(func(f *fake) {
			f.emitLocked(api.Event{Action: "die", ID: "a"})
			f.emitLocked(api.Event{Action: "destroy", ID: "b"})
		})
		g.after(5 * time.Second)
		g.wantSaid("destroy b", "die a") // the one is held, the other isn't
	})
}

func TestTwoGapsInferOnce(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.awayFor(10*time.Second, func() { g.quietly(func() { g.act("die", "a") }) })
		g.awayFor(10*time.Second, func() {})
		g.cut()
		g.after(5 * time.Minute)
		g.wantSaid("die a*")
		g.awayFor(10*time.Second, func() { g.quietly(func() { g.act("start", "a") }) })
		g.wantSaid("die a*", "start a*")
	})
}

// An inspect for another event, made before the list of the gap, must not hide
// what the gap swallowed.
func TestGapIsJudgedThoughTheStateIsKnown(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.set(func(f *fake) { f.listDelay = time.Second })
		g.quietly(func() {
			g.act("die", "a")
			g.act("start", "a")
		})
		g.cut()
		g.after(100 * time.Millisecond)
		g.act("pause", "a")
		g.after(10 * time.Second)
		got := g.said()
		if len(got) != 3 || got[0] != "pause a" || got[1] != "die a*" || got[2] != "start a*" {
			t.Errorf("events %v", got)
		}
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
	})
}

func TestFirstListIsNoNews(t *testing.T) {
	inBubble(t, nil, func(g *rig) {
		g.listErr = &api.Error{Code: api.ErrInternal, Message: "not yet"}
	}, func(g *rig) {
		g.quietly(func() {
			g.act("create", "a")
			g.act("start", "a")
		})
		g.act("pause", "a") // heard before the first list
		g.after(5 * time.Second)
		g.set(func(f *fake) { f.listErr = nil })
		g.after(10 * time.Second)
		g.wantSaid("pause a")
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
	})
}

func TestAnotherEngineBehindTheAddress(t *testing.T) {
	inBubble(t, []string{"a", "b"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.set(func(f *fake) {
			f.id, f.containers, f.order, f.log = "eng2", make(map[string]api.Container), nil, nil
		})
		g.act("create", "z")
		g.cut()
		g.after(5 * time.Second)
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
		if e := g.engine(); e.ID != "eng2" || e.State != api.EngineConnected {
			t.Errorf("engine %+v", e)
		}
		for _, s := range g.said() {
			if s != "create z" {
				t.Errorf("news about another engine: %s", s)
			}
		}
	})
}

// Whoever opens the page sees what led here: the first subscription replays
// what the engine still has, as things it told, not as things inferred.
func TestTheFirstViewHasAHistory(t *testing.T) {
	var f *fake
	inBubble(t, []string{"a"}, func(g *rig) {
		f = g.fake
		g.act("die", "a")
		g.act("create", "gone")
		g.act("destroy", "gone")
		time.Sleep(10 * time.Minute)
	}, func(g *rig) {
		var got []string
		for _, e := range g.store.Events(-1) {
			got = append(got, e.Action+" "+e.ID)
			if e.Inferred {
				t.Errorf("%s %s is inferred, but the engine told it", e.Action, e.ID)
			}
		}
		if want := "[die a create gone destroy gone]"; fmt.Sprint(got) != want {
			t.Errorf("events %v, want %s", got, want)
		}
		if c := g.get("a"); c.State != api.StateExited || c.Inferred {
			t.Errorf("a is %s, inferred %v", c.State, c.Inferred)
		}
		if d := difference(f, g.store); d != "" {
			t.Error(d)
		}
	})
}
