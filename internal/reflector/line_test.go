package reflector

import (
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// slowly makes the inspects of some containers take their time.
func (g *rig) slowly(took map[string]time.Duration) {
	g.set(func(f *fake) {
		f.inspectIn = func(id string) (time.Duration, error) { return took[id], nil }
	})
}

// What happened just before the server started is held for inspects, which end
// in any order; the log keeps the engine's.
func TestReplayKeepsItsOrder(t *testing.T) {
	inBubble(t, nil, func(g *rig) {
		g.slowly(map[string]time.Duration{"a": 400 * time.Millisecond, "b": 100 * time.Millisecond})
		for _, id := range []string{"a", "b", "c"} {
			g.act("create", id)
			time.Sleep(300 * time.Millisecond)
		}
		g.act("start", "b")
		g.mu.Lock()
		g.emitLocked(api.Event{Kind: "network", Action: "create", ID: "n"})
		g.mu.Unlock()
		g.act("start", "c")
		g.act("create", "d")
		g.act("destroy", "d")
		time.Sleep(time.Second)
	}, func(g *rig) {
		g.after(200 * time.Millisecond)
		g.wantSaid() // a is the first, and still being looked at
		if !g.has("b") || !g.has("c") {
			t.Error("the state of b and c waits for a's")
		}
		g.after(time.Second)
		g.wantSaid("create a", "create b", "create c", "start b", "create n", "start c", "create d", "destroy d")
	})
}

// The same after the engine was away for us only: it replays what we missed.
func TestReplayAfterAGapKeepsItsOrder(t *testing.T) {
	inBubble(t, []string{"a", "b"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.slowly(map[string]time.Duration{"a": 400 * time.Millisecond})
		g.awayFor(20*time.Second, func() {
			for _, id := range []string{"a", "b"} {
				g.act("die", id)
				time.Sleep(time.Second)
			}
		})
		g.wantSaid("die a", "die b")
	})
}

// What is live waits for its own container only; but not before what that
// container did in the replay.
func TestLiveEventsStandInNoLine(t *testing.T) {
	inBubble(t, nil, func(g *rig) {
		g.slowly(map[string]time.Duration{"slow": 3 * time.Second})
		g.act("create", "slow")
		g.act("create", "early")
		time.Sleep(time.Second)
	}, func(g *rig) {
		g.act("create", "live")
		g.act("start", "early")
		g.after(50 * time.Millisecond)
		g.wantSaid("create live")
		g.after(time.Second) // nothing is held for longer
		g.wantSaid("create live", "create slow", "create early", "start early")
		if n := len(g.r.tracker.line.places); n != 0 {
			t.Errorf("%d events still stand in the line", n)
		}
	})
}

// A session that ends lets everything go, in order.
func TestTheLineEndsWithItsSession(t *testing.T) {
	inBubble(t, nil, func(g *rig) {
		g.slowly(map[string]time.Duration{"a": time.Minute, "b": time.Minute})
		g.act("create", "a")
		g.act("create", "b")
		g.act("start", "a")
		time.Sleep(time.Second)
	}, func(g *rig) {
		g.wantSaid()
		g.cut()
		g.after(10 * time.Millisecond)
		g.wantSaid("create a", "create b", "start a")
	})
}
