package reflector

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestFirstView(t *testing.T) {
	inBubble(t, []string{"a", "b", "c"}, func(g *rig) {
		g.act("die", "a")
		time.Sleep(2 * time.Hour)
		g.inspectIn = func(string) (time.Duration, error) { return 300 * time.Millisecond, nil }
		g.r.workers = 1
	}, func(g *rig) {
		if c := g.get("c"); !c.Partial || c.State != api.StateRunning {
			t.Errorf("before the first inspect: %+v, want a partial running row", c)
		}
		g.after(time.Second)
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
		if g.inspected[len(g.inspected)-1] != "a" {
			t.Errorf("inspected %v, want the exited one last", g.inspected)
		}
		g.wantSaid()
		if e := g.engine(); e.State != api.EngineConnected || e.ID != "eng1" || e.Error != "" {
			t.Errorf("engine %+v", e)
		}
		if g.shown[0].State != api.EngineConnecting || g.shown[0].ID != "addr" {
			t.Errorf("first status %+v, want connecting, by the address's id", g.shown[0])
		}
	})
}

func TestEventTravelsWithItsState(t *testing.T) {
	inBubble(t, []string{"a"}, func(g *rig) {
		g.inspectIn = func(string) (time.Duration, error) { return 50 * time.Millisecond, nil }
	}, func(g *rig) {
		g.after(time.Second)
		before := g.store.Revision()
		g.act("die", "a")
		g.after(49 * time.Millisecond)
		g.wantSaid() // held
		g.after(2 * time.Millisecond)
		g.wantSaid("die a")
		if c := g.get("a"); c.State != api.StateExited || *c.ExitCode != 137 || c.Inferred {
			t.Errorf("after die: %+v", c)
		}
		if n := g.store.Revision() - before; n != 1 {
			t.Errorf("%d revisions, want 1: the event and its state are one change", n)
		}
	})
}

// A container's end lets go of its volumes; the log tells it in that order, and
// nobody else's events wait for it.
func TestWhatNamesAContainerComesAfterWhatItDid(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		g.slowly(map[string]time.Duration{"a": 100 * time.Millisecond})
		g.act("die", "a")
		g.set(func(f *fake) {
			f.emitLocked(api.Event{Kind: "volume", Action: "unmount", ID: "data", Attributes: map[string]string{"container": "a"}})
			f.emitLocked(api.Event{Kind: "volume", Action: "create", ID: "other"})
		})
		g.after(10 * time.Millisecond)
		g.wantSaid("create other")
		g.after(time.Second)
		g.wantSaid("create other", "die a", "unmount data")
		if e := g.store.Events(1)[0]; e.Attributes[api.AttrContainerName] != "name-a" {
			t.Errorf("%+v does not name the container", e)
		}
	})
}

func TestMarksFold(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		n := g.inspects("a")
		g.act("pause", "a")
		g.after(0)
		if got := g.inspects("a") - n; got != 1 {
			t.Errorf("%d inspects at once, want 1: a quiet key is worked at once", got)
		}
		for range 10 {
			g.act("unpause", "a")
			g.act("pause", "a")
			g.after(time.Millisecond)
		}
		g.after(30 * time.Millisecond)
		if got := g.inspects("a") - n; got != 2 {
			t.Errorf("%d inspects for marks within 25 ms, want 2", got)
		}
		if got := len(g.said()); got != 21 {
			t.Errorf("%d events, want 21", got)
		}
	})
}

func TestMarkDuringInspectMeansAgain(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		g.set(func(f *fake) {
			f.inspectIn = func(string) (time.Duration, error) { return 100 * time.Millisecond, nil }
		})
		g.act("pause", "a")
		g.after(50 * time.Millisecond)
		g.act("unpause", "a")
		g.after(60 * time.Millisecond)
		g.wantSaid("pause a") // the second one's inspect has only begun
		g.after(time.Second)
		g.wantSaid("pause a", "unpause a")
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
	})
}

func TestDestroyIsBelieved(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		g.set(func(f *fake) {
			f.inspectIn = func(string) (time.Duration, error) { return 100 * time.Millisecond, nil }
		})
		g.act("die", "a")
		g.act("destroy", "a")
		g.after(0)
		if g.has("a") {
			t.Error("the row outlived its destroy")
		}
		g.wantSaid("die a", "destroy a")
		g.after(time.Second)
		if g.has("a") {
			t.Error("the old inspect brought the row back")
		}
		g.wantSaid("die a", "destroy a")
	})
}

func TestEventIsHeldForASecondAtMost(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		g.set(func(f *fake) {
			f.inspectIn = func(string) (time.Duration, error) { return 3 * time.Second, nil }
		})
		g.act("pause", "a")
		g.after(200 * time.Millisecond)
		g.act("kill", "a") // asks for nothing, but keeps the order
		g.after(799 * time.Millisecond)
		g.wantSaid()
		g.after(2 * time.Millisecond)
		g.wantSaid("pause a", "kill a")
		g.after(3 * time.Second)
		if c := g.get("a"); c.State != api.StatePaused {
			t.Errorf("state %s, want paused", c.State)
		}
		g.wantSaid("pause a", "kill a")
	})
}

func TestFailedInspectIsRepeated(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		g.set(func(f *fake) {
			f.inspectIn = func(string) (time.Duration, error) { return 0, &api.Error{Code: api.ErrInternal, Message: "no"} }
		})
		g.act("pause", "a")
		g.after(time.Millisecond)
		g.wantSaid("pause a")
		if c := g.get("a"); c.State != api.StateRunning {
			t.Errorf("state %s derived from an action's name", c.State)
		}
		g.after(20 * time.Second)
		if n := g.r.Counters().InspectErrors; n < 4 || n > 10 {
			t.Errorf("%d failures in 20 s, want a backoff", n)
		}
		g.set(func(f *fake) { f.inspectIn = nil })
		g.act("unpause", "a")
		g.act("pause", "a")
		g.after(30 * time.Millisecond) // an event does not wait for the retry
		if c := g.get("a"); c.State != api.StatePaused {
			t.Errorf("state %s, want paused", c.State)
		}
	})
}

func TestGoneWithoutDestroy(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		g.quietly(func() { g.act("destroy", "a") })
		g.act("die", "a")
		g.after(time.Millisecond)
		if g.has("a") {
			t.Error("not found means removed")
		}
		g.wantSaid("die a")
		g.after(2 * time.Second)
		g.wantSaid("die a", "destroy a*")
	})
}

func TestGoneBeforeDestroy(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		g.quietly(func() { g.act("destroy", "a") })
		g.act("die", "a")
		g.after(100 * time.Millisecond)
		g.act("destroy", "a")
		g.after(3 * time.Second)
		g.wantSaid("die a", "destroy a")
	})
}

func TestNoiseIsLeftOut(t *testing.T) {
	inBubble(t, []string{"a", "b"}, func(g *rig) {
		c := g.containers["a"]
		c.Health = api.HealthHealthy
		g.containers["a"] = c
	}, func(g *rig) {
		g.after(time.Second)
		n := g.count(inspects)
		for _, id := range []string{"a", "b"} {
			for _, action := range []string{"exec_create", "exec_start", "exec_die"} {
				g.act(action, id)
			}
		}
		g.after(time.Second)
		g.wantSaid("exec_create b", "exec_start b", "exec_die b")
		if g.count(inspects) != n {
			t.Error("an exec was inspected")
		}
		health := func() {
			g.set(func(f *fake) {
				f.emitLocked(api.Event{Action: "health_status", Detail: "unhealthy", ID: "a"})
			})
		}
		health()
		health()
		g.after(time.Second)
		g.wantSaid("exec_create b", "exec_start b", "exec_die b", "health_status a")
		if c := g.r.Counters(); c.Filtered != 4 || c.Events != 8 {
			t.Errorf("counters %+v, want 4 of 8 filtered", c)
		}
	})
}

func TestOtherKinds(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(time.Second)
		n := g.inspects("a")
		g.set(func(f *fake) {
			f.emitLocked(api.Event{Kind: "image", Action: "pull", ID: "img"})
			c := f.containers["a"]
			c.Networks = []string{"net"}
			f.containers["a"] = c
			f.emitLocked(api.Event{Kind: "network", Action: "connect", ID: "net", Attributes: map[string]string{"container": "a"}})
			f.emitLocked(api.Event{Kind: "network", Action: "disconnect", ID: "net", Attributes: map[string]string{"container": "unknown"}})
		})
		g.after(time.Millisecond)
		g.wantSaid("pull img", "disconnect net", "connect net")
		if g.inspects("a") != n+1 || !slices.Equal(g.get("a").Networks, []string{"net"}) {
			t.Error("a network's event did not mark its container")
		}
		if g.inspects("unknown") != 0 {
			t.Error("a container nobody knows was inspected")
		}
		g.set(func(f *fake) {
			f.emitLocked(api.Event{Kind: "volume", Action: "mount", ID: "data", Attributes: map[string]string{"container": "a"}})
		})
		g.after(time.Second)
		got := map[string]string{}
		for _, e := range g.store.Events(-1) {
			if e.Kind != "container" {
				got[e.Kind+" "+e.Action] = e.Attributes[api.AttrContainerName]
			}
		}
		want := map[string]string{"image pull": "", "network connect": g.get("a").Name, "network disconnect": "", "volume mount": g.get("a").Name}
		if !maps.Equal(got, want) || want["volume mount"] == "" {
			t.Errorf("the containers' names are %v, want %v", got, want)
		}
	})
}

func TestQuietRelistCostsNoInspect(t *testing.T) {
	inBubble(t, []string{"a", "b"}, nil, func(g *rig) {
		g.after(time.Second)
		n, seq := g.count(inspects), g.store.Seq(api.TopicContainers)
		g.after(10 * time.Minute)
		if g.count(inspects) != n || g.store.Seq(api.TopicContainers) != seq {
			t.Errorf("%d inspects and %d changes in ten quiet minutes", g.count(inspects)-n, g.store.Seq(api.TopicContainers)-seq)
		}
		if got := g.engine().Resyncs; got != 10 {
			t.Errorf("%d resyncs in ten minutes, want 10", got)
		}
		if got := g.store.Seq(api.TopicSystem); got > 30 {
			t.Errorf("system moved %d times in ten quiet minutes", got)
		}
	})
}

func TestStaleListDoesNotResurrectOrRemove(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.set(func(f *fake) { f.listDelay = 500 * time.Millisecond })
		g.cut()
		g.after(100 * time.Millisecond) // the list has looked, but not answered
		g.act("destroy", "a")
		g.act("create", "b")
		g.after(time.Millisecond)
		if g.has("a") || !g.has("b") {
			t.Error("events did not pass the list")
		}
		g.after(401 * time.Millisecond)
		if g.has("a") || !g.has("b") {
			t.Error("an old list overruled events")
		}
		g.after(5 * time.Second)
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
		g.wantSaid("destroy a", "create b")
	})
}

func TestOverflowIsRecovered(t *testing.T) {
	inBubble(t, []string{"a", "b", "c"}, nil, func(g *rig) {
		g.after(time.Second)
		busy := make(chan struct{})
		g.block(busy)
		g.set(func(f *fake) { // more than the queue holds
			for range 500 {
				f.emitLocked(api.Event{Kind: "image", Action: "tag", ID: "x"})
			}
			f.actLocked("die", "a")
			f.actLocked("destroy", "b")
		})
		g.after(time.Millisecond)
		if depth := g.r.Counters().QueueDepth; depth != 64 {
			t.Errorf("%d events queued, want a full queue of 64", depth)
		}
		close(busy)
		g.after(time.Millisecond)
		g.act("pause", "c") // heard: must not be inferred as well
		g.after(5 * time.Second)
		if c := g.r.Counters(); c.Drops != 438 || c.Relists != 1 {
			t.Errorf("counters %+v, want 438 drops and a relist", c)
		}
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
		got := slices.DeleteFunc(g.said(), func(s string) bool { return s == "tag x" })
		slices.Sort(got)
		if want := []string{"destroy b*", "die a*", "pause c"}; !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
	})
}

func TestLostEventIsFoundByTheRegularRelist(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(10 * time.Second)
		g.quietly(func() { g.act("die", "a") })
		finished := *g.containers["a"].FinishedAt
		g.after(2 * time.Minute)
		g.wantSaid("die a*")
		if e := g.store.Events(-1)[0]; !e.Time.Equal(finished) || e.Attributes["exitCode"] != "137" {
			t.Errorf("inferred %+v", e)
		}
		if c := g.get("a"); !c.Inferred || c.State != api.StateExited {
			t.Errorf("recovered %+v", c)
		}
		g.act("start", "a")
		g.after(time.Millisecond)
		if c := g.get("a"); c.Inferred {
			t.Error("still inferred after an event was heard")
		}
	})
}

func TestListErrors(t *testing.T) {
	inBubble(t, []string{"a"}, func(g *rig) { g.listErr = errors.New("boom") }, func(g *rig) {
		g.after(5 * time.Second)
		if e := g.engine(); e.State != api.EngineUnreachable || e.ErrorCode != api.ErrInternal {
			t.Errorf("no list ever: %+v, want unreachable", e)
		}
		g.set(func(f *fake) { f.listErr = nil })
		g.after(3 * time.Second)
		if e := g.engine(); e.State != api.EngineConnected || !g.has("a") {
			t.Errorf("%+v, want connected", e)
		}
		g.set(func(f *fake) { f.listErr = errors.New("boom") })
		g.after(90 * time.Second)
		if e := g.engine(); e.State != api.EngineConnected {
			t.Errorf("a relist failed: %+v, want connected still", e)
		}
		n := g.count(lists)
		g.set(func(f *fake) { f.listErr = nil })
		g.after(6 * time.Second)
		if g.count(lists) == n {
			t.Error("a failed relist is not repeated soon")
		}
	})
}

// An engine that is shown as connected shows all its containers: also one that
// events spoke of while the list was under way, before its inspect answers.
// What was destroyed meanwhile stays away, though the list still has it.
func TestFirstViewHasWhatIsRecent(t *testing.T) {
	inBubble(t, []string{"a", "gone"}, func(g *rig) {
		g.listDelay = 500 * time.Millisecond
		g.inspectIn = func(string) (time.Duration, error) { return 3 * time.Second, nil }
		g.act("create", "recent") // a moment before the subscription
		g.act("start", "recent")
	}, func(g *rig) {
		g.after(100 * time.Millisecond) // the list has looked, but not answered
		if g.has("recent") {
			t.Fatal("the list has answered already")
		}
		g.act("pause", "recent")
		g.after(time.Millisecond) // events are held for as long as each other
		g.act("destroy", "gone")
		g.act("pause", "gone") // nobody says that events come in order
		g.after(400 * time.Millisecond)
		if e := g.engine(); e.State != api.EngineConnected {
			t.Fatalf("%+v, want connected", e)
		}
		if c := g.get("recent"); !c.Partial || c.State != api.StateRunning {
			t.Errorf("%+v, want the list's word", c)
		}
		if g.has("gone") {
			t.Error("an old list overruled a destroy")
		}
		g.after(10 * time.Second)
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
		g.wantSaid("destroy gone", "create recent", "start recent", "pause recent", "pause gone") // those of different ones may pass each other
	})
}
