package reflector

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestFrozenEngine(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		for offset := range 5 {
			g.after(10*time.Second + time.Duration(offset)*430*time.Millisecond)
			before := time.Now()
			thaw := make(chan struct{})
			g.set(func(f *fake) { f.frozen = thaw })
			for g.engine().State == api.EngineConnected && time.Since(before) < time.Minute {
				g.after(100 * time.Millisecond)
			}
			if took := time.Since(before); took > 8*time.Second {
				t.Errorf("found after %v, want 8 s at most", took)
			}
			e := g.engine()
			if e.State != api.EngineUnreachable || e.ErrorCode != api.ErrTimeout || e.Error == "" || e.RTTSeconds != nil {
				t.Errorf("engine %+v", e)
			}
			since := e.Since
			g.after(10 * time.Second)
			if !g.has("a") || g.get("a").State != api.StateRunning {
				t.Error("the last known rows are gone")
			}
			if e := g.engine(); !e.Since.Equal(since) {
				t.Error("Since moved with every attempt")
			}
			g.act("pause", "a")
			g.act("unpause", "a")
			g.set(func(f *fake) { f.frozen = nil })
			close(thaw)
			g.after(3 * time.Second)
			if e := g.engine(); e.State != api.EngineConnected || e.Error != "" || e.ErrorCode != "" || !e.Since.After(since) {
				t.Errorf("engine %+v, want connected", e)
			}
		}
		if n := len(g.said()); n != 10 {
			t.Errorf("%d events, want 10: %v", n, g.said())
		}
	})
}

func TestDeadEngineIsFoundAtOnce(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(10 * time.Second)
		g.set(func(f *fake) { f.down = &api.Error{Code: api.ErrUnreachable, Message: "Start the engine."} })
		g.cut()
		g.after(time.Millisecond)
		if e := g.engine(); e.State != api.EngineUnreachable || e.Error != "Start the engine." || e.ErrorCode != api.ErrUnreachable {
			t.Errorf("engine %+v", e)
		}
		n, seq := g.count(statuses), g.store.Seq(api.TopicSystem)
		g.after(10 * time.Minute)
		if tries := g.count(statuses) - n; tries < 250 || tries > 1200 {
			t.Errorf("%d attempts in ten minutes, want one every second or so", tries)
		}
		if g.store.Seq(api.TopicSystem) != seq {
			t.Error("the same failure is shown again and again")
		}
		g.set(func(f *fake) { f.down = nil })
		g.after(2100 * time.Millisecond)
		if e := g.engine(); e.State != api.EngineConnected {
			t.Errorf("engine %+v, want connected within 2 s on a unix socket", e)
		}
	})
}

func TestRetry(t *testing.T) {
	inBubble(t, nil, func(g *rig) {
		g.down = &api.Error{Code: api.ErrUnreachable, Message: "Start the engine."}
		g.r.status.Host = "tcp://far:2376"
	}, func(g *rig) {
		g.after(10 * time.Minute)
		n := g.count(statuses)
		g.after(10 * time.Minute)
		if tries := g.count(statuses) - n; tries < 45 || tries > 160 {
			t.Errorf("%d attempts in ten minutes, want one every 7.5 s or so", tries)
		}
		g.set(func(f *fake) { f.down = nil })
		g.r.Retry()
		g.after(10 * time.Millisecond)
		if e := g.engine(); e.State != api.EngineConnected {
			t.Errorf("engine %+v, want connected at once", e)
		}
	})
}

func TestFirstAnswerNeverCame(t *testing.T) {
	inBubble(t, nil, func(g *rig) {
		g.down = &api.Error{Code: api.ErrForbidden, Message: "Join the group docker."}
	}, func(g *rig) {
		e := g.engine()
		if e.ID != "addr" || e.State != api.EngineUnreachable || e.ErrorCode != api.ErrForbidden || e.Host != "unix:///fake.sock" {
			t.Errorf("engine %+v", e)
		}
		g.r.SetMetricsSource("cgroup v1", "")
		g.set(func(f *fake) { f.down = nil })
		g.after(3 * time.Second)
		if e := g.engine(); e.ID != "eng1" || e.MetricsSource != "cgroup v1" {
			t.Errorf("engine %+v, want the one item, by its own id", e)
		}
	})
}

func TestBusyIsNotFrozen(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(10 * time.Second)
		g.set(func(f *fake) { f.pingIn = time.Minute })
		for range 100 {
			g.set(func(f *fake) { f.emitLocked(api.Event{Kind: "image", Action: "tag", ID: "x"}) })
			g.after(200 * time.Millisecond)
		}
		if e := g.engine(); e.State != api.EngineConnected {
			t.Errorf("engine %+v, want connected: events come", e)
		}
		for range 82 { // a fifth of a second more than promised: which of two at the same time comes first is chance
			if g.after(100 * time.Millisecond); g.engine().State == api.EngineUnreachable {
				return
			}
		}
		t.Error("still connected after 8 s of silence")
	})
}

func TestCutStreamOfALivingEngine(t *testing.T) {
	inBubble(t, []string{"a"}, nil, func(g *rig) {
		g.after(10 * time.Second)
		since, n := g.engine().Since, g.count(func(*fake) int { return len(g.shown) })
		g.cut()
		g.after(100 * time.Millisecond)
		g.act("pause", "a")
		g.after(time.Second)
		g.wantSaid("pause a")
		if e := g.engine(); e.State != api.EngineConnected || !e.Since.Equal(since) || e.Resyncs != 1 {
			t.Errorf("engine %+v, want connected throughout, one resync", e)
		}
		for _, s := range g.shown[n:] {
			if s.State != api.EngineConnected {
				t.Errorf("status %+v in between", s)
			}
		}
		// An engine that ends every stream at once must not be hammered.
		before := g.count(statuses)
		for range 600 {
			g.cut()
			g.after(100 * time.Millisecond)
		}
		if tries := g.count(statuses) - before; tries > 150 {
			t.Errorf("%d attempts in a minute", tries)
		}
		bad := func(s api.EngineStatus) bool { return s.State == api.EngineUnreachable && s.Error != "" }
		if !slices.ContainsFunc(g.shown, bad) {
			t.Error("that streams break at once is never shown")
		}
	})
}

func TestEventsThatWaitedAtTheCutAreKept(t *testing.T) {
	inBubble(t, []string{"a", "b"}, nil, func(g *rig) {
		g.after(10 * time.Second)
		busy := make(chan struct{})
		g.block(busy)
		g.act("die", "a")
		g.act("destroy", "b")
		g.after(time.Millisecond)
		g.set(func(f *fake) {
			f.down = &api.Error{Code: api.ErrUnreachable, Message: "Start the engine."}
			f.log = nil // no replay
		})
		g.cut()
		g.after(time.Millisecond)
		close(busy)
		g.after(time.Second)
		g.wantSaid("destroy b", "die a")
		if g.has("b") {
			t.Error("destroy was forgotten")
		}
		g.set(func(f *fake) { f.down = nil })
		g.after(5 * time.Second)
		g.wantSaid("destroy b", "die a")
		if d := difference(g.fake, g.store); d != "" {
			t.Error(d)
		}
	})
}

func TestSubscriptionThatIsNeverConfirmed(t *testing.T) {
	inBubble(t, []string{"a"}, func(g *rig) { g.noReady = true }, func(g *rig) {
		g.after(3 * time.Second)
		if e := g.engine(); e.State != api.EngineConnected {
			t.Errorf("engine %+v, want connected", e)
		}
		g.act("pause", "a")
		g.after(time.Millisecond)
		g.wantSaid("pause a")
	})
}

func TestWake(t *testing.T) {
	for name, by := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			var offset time.Duration
			inBubble(t, []string{"a"}, func(g *rig) {
				g.r.wall = func() time.Time {
					g.mu.Lock()
					defer g.mu.Unlock()
					return time.Now().Add(offset)
				}
			}, func(g *rig) {
				g.after(10 * time.Second)
				if n := g.count(lists); n != 1 {
					t.Errorf("%d lists, want 1", n)
				}
				g.quietly(func() { g.act("die", "a") })
				g.set(func(*fake) { offset = by })
				g.after(5 * time.Second)
				if n := g.count(lists); n != 2 {
					t.Errorf("%d lists after the jump, want 2", n)
				}
				g.wantSaid("die a*")
			})
		})
	}
}

func TestRoundTripDoesNotChurn(t *testing.T) {
	inBubble(t, nil, nil, func(g *rig) {
		g.after(10 * time.Second)
		if rtt := g.engine().RTTSeconds; rtt == nil || *rtt != 0.001 {
			t.Errorf("round trip %v, want 0.001", rtt)
		}
		seq := g.store.Seq(api.TopicSystem)
		g.after(40 * time.Second)
		if g.store.Seq(api.TopicSystem) != seq {
			t.Error("the same round trip is shown again and again")
		}
	})
}

func TestBackoff(t *testing.T) {
	for n, want := range map[int]time.Duration{1: 500 * time.Millisecond, 2: time.Second, 5: 8 * time.Second, 6: 15 * time.Second, 100: 15 * time.Second} {
		if got := backoff(n, backoffCap("tcp://x"), 1); got != want {
			t.Errorf("after %d failures up to %v, want %v", n, got, want)
		}
	}
	if got := backoff(100, backoffCap("unix:///x"), 0.5); got != time.Second {
		t.Errorf("unix socket: %v, want half of 2 s", got)
	}
	if !strings.HasPrefix(sentence(streamError(nil)), "The engine ended") {
		t.Error("a stream's end is not explained")
	}
}
