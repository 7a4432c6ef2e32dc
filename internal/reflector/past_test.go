package reflector

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// restarted ends the reflector, does something while none runs, and runs another
// one that remembers what the first one had told.
func (g *rig) restarted(off time.Duration, do func(), then func()) {
	past := &Past{Heard: time.Now(), Events: g.store.Events(-1), Containers: make(map[string]PastContainer)}
	for _, c := range g.store.Containers() {
		past.Containers[c.ID] = PastContainer{Name: c.Name, Image: c.Image, Started: c.StartedAt, Finished: c.FinishedAt}
	}
	g.stop()
	g.after(off / 2)
	do()
	g.after(off / 2)
	g.store = store.New(store.Options{})
	g.r = New(Options{
		Engine: g.fake, Store: g.store, Initial: api.EngineStatus{ID: "addr"}, Queue: 64,
		Past: func(_ context.Context, engine string) *Past {
			if engine != "eng1" {
				g.t.Errorf("asked for the past of %s", engine)
			}
			return past
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := g.r.Run(ctx); err != nil {
			g.t.Error(err)
		}
	}()
	defer func() { cancel(); <-done }()
	g.after(5 * time.Second)
	then()
	if d := difference(g.fake, g.store); d != "" {
		g.t.Error(d)
	}
}

func gaps(s *store.Store) []api.Event {
	return slices.DeleteFunc(s.Events(-1), func(e api.Event) bool { return e.Action != api.ActionGap })
}

// What the engine still tells after a restart is told as it happened, once, and
// nothing is missing.
func TestRestartWithAReplay(t *testing.T) {
	inBubble(t, []string{"a", "b"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.act("pause", "a")
		g.after(5 * time.Second)
		g.restarted(10*time.Minute, func() {
			g.act("die", "b")
			g.act("create", "c")
			g.act("start", "c")
			g.act("destroy", "b")
		}, func() {
			g.wantSaid("pause a", "die b", "create c", "start c", "destroy b") // in the order in which the engine tells
			if rows := gaps(g.store); len(rows) > 0 {
				t.Errorf("the engine told everything: %+v", rows)
			}
		})
	})
}

// What it no longer tells is inferred from what was known, with the engine's own
// times, and the stretch is a gap.
func TestRestartWithoutAReplay(t *testing.T) {
	inBubble(t, []string{"dead", "same", "removed", "again"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.act("pause", "same")
		g.after(5 * time.Second)
		ended := time.Now()
		g.restarted(10*time.Hour, func() {
			g.quietly(func() {
				g.act("die", "dead")
				g.act("die", "again")
				time.Sleep(time.Second)
				g.act("start", "again")
				g.act("destroy", "removed")
				g.act("create", "new")
				g.act("start", "new")
			})
		}, func() {
			got := make(map[string][]string)
			for _, s := range g.said() {
				var what, id string
				if _, err := fmt.Sscan(s, &what, &id); err != nil {
					t.Fatal(s, err)
				}
				got[id] = append(got[id], what)
			}
			for id, want := range map[string]string{"dead*": "[die]", "again*": "[die start]", "removed*": "[destroy]", "new*": "[create start]", "same": "[pause]", "same*": "[]"} {
				if s := fmt.Sprint(got[id]); s != want {
					t.Errorf("%s: told %s, want %s", id, s, want)
				}
			}
			rows := gaps(g.store)
			if len(rows) != 1 {
				t.Fatalf("gaps: %+v", rows)
			}
			from, err := time.Parse(time.RFC3339Nano, rows[0].Attributes[api.AttrFrom])
			if err != nil || !from.Equal(ended) || rows[0].Engine != "eng1" || rows[0].Time.Sub(from) < 10*time.Hour || rows[0].Attributes[api.AttrReason] == "" {
				t.Errorf("%+v", rows[0])
			}
		})
	})
}

// Where nothing has happened, nothing is told and each container is looked at
// once.
func TestRestartInQuiet(t *testing.T) {
	inBubble(t, []string{"a", "b"}, nil, func(g *rig) {
		g.after(5 * time.Second)
		g.act("pause", "a")
		g.after(time.Hour)
		before := g.inspects("b")
		g.restarted(time.Minute, func() {}, func() {
			g.wantSaid("pause a")
			if n := g.inspects("b") - before; n != 1 {
				t.Errorf("b was inspected %d times", n)
			}
			if rows := gaps(g.store); len(rows) > 0 {
				t.Errorf("gaps: %+v", rows)
			}
		})
	})
}
