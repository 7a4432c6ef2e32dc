package reflector

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Whatever the engine does, whichever events are lost, however often the stream
// is cut, however slow lists and inspects are, and in whatever order it all
// happens: in the end the store equals the engine, every event that the engine
// sent stands in the log once at most, those of a container in their order, and
// no life or death is told both by an event and by inference.
func TestStoreEqualsEngineInTheEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 80).Draw(rt, "steps")
		if rapid.Bool().Draw(rt, "slowly") { // not everything is known yet when it begins
			steps = append([]step{{What: "slow inspect"}}, steps...)
		}
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = runSteps(t.Context(), steps) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// step is one thing that happens, and how long nothing does after it.
type step struct {
	What string
	ID   int
	Wait time.Duration
}

func (s step) String() string { return fmt.Sprintf("%s %d, %v", s.What, s.ID, s.Wait) }

func drawStep(t *rapid.T) step {
	return step{
		What: rapid.SampledFrom([]string{
			"create", "start", "start", "die", "die", "pause", "unpause", "rename", "destroy", "exec_start", "network",
			"mute", "unmute", "cut", "down", "up", "freeze", "thaw", "slow list", "slow inspect", "failing inspect", "quick",
		}).Draw(t, "what"),
		ID:   rapid.IntRange(0, 4).Draw(t, "id"),
		Wait: time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 7, 30, 120, 400, 1500, 6000, 70_000}).Draw(t, "wait")) * time.Millisecond,
	}
}

// world runs the steps. Names of containers are never used twice: ids aren't.
type world struct {
	*fake
	lives [5]int
	muted bool // at any time: events were lost
}

func (w *world) id(n int) string { return fmt.Sprintf("c%d.%d", n, w.lives[n]) }

func runSteps(ctx context.Context, steps []step) string {
	w := &world{fake: newFake()}
	for n := range w.lives {
		w.step(step{What: "create", ID: n})
		w.step(step{What: "start", ID: n})
	}
	time.Sleep(2 * time.Hour)
	w.emitted = 0
	s := store.New(store.Options{})
	r := New(Options{Engine: w.fake, Store: s, Queue: 32, Workers: 2, Initial: api.EngineStatus{ID: "addr", Host: "unix:///fake"}})
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error)
	for i, st := range steps {
		w.step(st)
		if i == 0 {
			go func() { done <- r.Run(ctx) }()
			synctest.Wait()
			w.muted = w.muted || len(w.sinces) == 0 // what is said before somebody listens is lost
		}
		time.Sleep(st.Wait)
	}
	for _, what := range []string{"unmute", "up", "thaw", "quick"} {
		w.step(step{What: what})
	}
	time.Sleep(3 * time.Minute)
	synctest.Wait()
	wrong := difference(w.fake, s)
	if wrong == "" && len(r.tracker.keys) != len(w.containers) {
		wrong = fmt.Sprintf("%d keys for %d containers", len(r.tracker.keys), len(w.containers))
	}
	cancel()
	if err := <-done; err != nil {
		return err.Error()
	}
	if wrong != "" {
		return wrong + "\nlog: " + fmt.Sprint(s.Events(-1))
	}
	return w.judgeLog(ofThings(s.Events(-1)), !w.muted && r.Counters().Drops == 0, int(r.Counters().Filtered))
}

func (w *world) step(s step) {
	id := w.id(s.ID)
	w.mu.Lock()
	defer w.mu.Unlock()
	c, exists := w.containers[id]
	do := func(action string, when bool) {
		if when {
			w.actLocked(action, id)
		}
	}
	switch s.What {
	case "create":
		if !exists {
			w.lives[s.ID]++
			w.actLocked("create", w.id(s.ID))
		}
	case "start":
		do(s.What, exists && !c.State.Alive())
	case "die":
		do(s.What, c.State.Alive())
	case "pause":
		do(s.What, c.State == api.StateRunning)
	case "unpause":
		do(s.What, c.State == api.StatePaused)
	case "rename", "exec_start":
		do(s.What, exists)
	case "destroy":
		do("die", c.State.Alive())
		do(s.What, exists)
	case "network":
		if exists {
			c.Networks = append([]string{fmt.Sprint("net", len(c.Networks))}, c.Networks...)
			w.containers[id] = c
			w.emitLocked(api.Event{Kind: "network", Action: "connect", ID: "n", Attributes: map[string]string{"container": id}})
		}
	case "mute":
		w.mute, w.muted = true, true
	case "unmute":
		if w.mute { // as an engine that was restarted: everybody is cut off, all is forgotten
			w.mute, w.log = false, nil
			w.cutLocked()
		}
	case "cut":
		w.cutLocked()
	case "down":
		w.down = &api.Error{Code: api.ErrUnreachable, Message: "down"}
		w.cutLocked()
	case "up":
		w.down = nil
	case "freeze":
		if w.frozen == nil {
			w.frozen = make(chan struct{})
		}
	case "thaw":
		if w.frozen != nil {
			close(w.frozen)
			w.frozen = nil
		}
	case "slow list":
		w.listDelay = 700 * time.Millisecond
	case "slow inspect":
		w.inspectIn = func(string) (time.Duration, error) { return 150 * time.Millisecond, nil }
	case "failing inspect":
		w.inspectIn = func(string) (time.Duration, error) {
			return 0, &api.Error{Code: api.ErrInternal, Message: "no"}
		}
	case "quick":
		w.listDelay, w.inspectIn = 0, nil
	}
}

// judgeLog looks for what the log may not say. When nothing was lost, it says
// everything the engine said, and nothing else, but for the exec events from
// before the first list, which are left out.
func (w *world) judgeLog(log []api.Event, lossless bool, leftOut int) string {
	told := make(map[string]bool)
	last := make(map[string]time.Time)
	heard := 0
	for _, e := range log {
		name := fmt.Sprint(e.Kind, e.Action, e.ID, e.Attributes["container"], e.Time.UnixNano())
		if told[name] {
			return "told twice: " + name
		}
		told[name] = true
		if e.Inferred {
			if lossless {
				return fmt.Sprintf("inferred %s %s, though nothing was lost", e.Action, e.ID)
			}
			continue
		}
		heard++
		id := e.ID
		if e.Kind == "network" {
			id = e.Attributes["container"]
		}
		if e.Time.Before(last[id]) {
			return fmt.Sprintf("%s %s is out of order", e.Action, id)
		}
		last[id] = e.Time
	}
	for _, e := range log { // the fake's events have the nanosecond after its record's time
		name := fmt.Sprint(e.Kind, e.Action, e.ID, e.Attributes["container"], e.Time.UnixNano()+1)
		if e.Inferred && told[name] {
			return fmt.Sprintf("inferred %s %s at %v, though it was told", e.Action, e.ID, e.Time)
		}
	}
	if lossless && heard+leftOut != w.emitted {
		return fmt.Sprintf("%d events in the log, the engine sent %d", heard, w.emitted)
	}
	return ""
}

// TestStepsThatOnceWentWrong keeps what the property above has found.
func TestStepsThatOnceWentWrong(t *testing.T) {
	slow, network := step{What: "slow list"}, step{What: "network"}
	for name, steps := range map[string][]step{
		"the session ends before the first inspects":  {{What: "slow inspect"}, {What: "freeze", Wait: 70 * time.Second}},
		"a network's event before the first list":     {slow, network},
		"the session ends after an event and a list":  {slow, {What: "die"}, {What: "freeze", Wait: 70 * time.Second}},
		"the engine forgets between list and inspect": {{What: "slow inspect"}, {What: "mute"}, {What: "die"}, {What: "unmute"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if wrong := runSteps(t.Context(), steps); wrong != "" {
					t.Error(wrong)
				}
			})
		})
	}
}
