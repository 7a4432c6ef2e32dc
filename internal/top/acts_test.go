package top

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// TestPendingNeverHopes: what is asked for is shown as under way until the
// engine's own change has come.
func TestPendingNeverHopes(t *testing.T) {
	r := newRig(t, 80, 24)
	web := running("web", 1)
	r.connect(web)
	cmd := r.send(keyOf(t, "s"))
	r.wants("↻ Stopping…")
	r.press("s")
	r.wants("Stopping already")
	r.run(cmd)
	r.wants("↻ Stopping…")
	r.change(running("web", 1, exited(143, r.now)))
	r.wants("○ Exited (143)")
	if got := fmt.Sprint(r.actor.did); got != "[stop "+string(web.Key())+"]" {
		t.Errorf("the engine was asked: %s", got)
	}
	r.press("s")
	r.wants("Starting…")
	r.pass(settleFor + 2*time.Second)
	r.hear(batch{})
	r.wantsNot("Starting…") // the engine has answered, and nothing came of it
}

func TestRefusal(t *testing.T) {
	r := newRig(t, 100, 24)
	web := running("web", 1)
	r.connect(web)
	r.actor.fail[string(web.Key())] = &api.Error{Code: api.ErrConflict, Message: "The container can't be\nstopped", Cause: errors.New("permission \x1b[2J denied")}
	r.press("s")
	r.wants("Stop of web failed: The container can't be stopped: permission �[2J denied", "● Running")
}

func TestRemovalIsConfirmed(t *testing.T) {
	r := newRig(t, 80, 24)
	web, old := running("web", 1), running("old", 2, exited(0, r0()))
	r.connect(web, old)
	r.press("D")
	r.wants("Remove old? Volumes stay.")
	r.press("n")
	r.press("j", "D")
	r.wants("Remove web? It runs and will be killed. Volumes stay.")
	r.press("esc")
	if len(r.actor.did) != 0 {
		t.Fatalf("nobody said yes: %v", r.actor.did)
	}
	r.press("D", "y")
	if want := []string{"remove " + string(web.Key()) + " by force"}; !slices.Equal(r.actor.did, want) {
		t.Errorf("asked %v, want %v", r.actor.did, want)
	}
	r.wants("Removing…")
	r.goneFor(web)
	r.wants("web is gone")
	if got := r.names(); got != "old" {
		t.Errorf("left: %s", got)
	}
}

// TestManyAreTyped: removing more than ten takes their number, and stopping as
// many a word.
func TestManyAreTyped(t *testing.T) {
	r := newRig(t, 80, 30)
	var all []*api.Container
	for i := 1; i <= 25; i++ {
		all = append(all, running(fmt.Sprintf("c%d", i), i))
	}
	r.connect(all...)
	r.actor.fail[string(all[6].Key())] = errors.New("no")
	r.press("*", "D")
	r.wants("Remove 25 containers? 25 of them run and will be killed.", "Type 25 to confirm", "more")
	r.typing("24")
	r.press("enter")
	if len(r.actor.did) != 0 {
		t.Fatalf("the wrong number was enough: %v", r.actor.did)
	}
	r.press("backspace")
	r.typing("5")
	r.press("enter")
	if len(r.actor.did) != 25 {
		t.Errorf("%d of 25 were asked for", len(r.actor.did))
	}
	r.wants("24 removed, 1 failed. c7: no")
	for _, c := range all {
		if c != all[6] {
			r.goneFor(c)
		}
	}
	if len(r.m.selected) != 1 || len(r.m.acts.pending) != 0 {
		t.Errorf("%d selected, %d pending", len(r.m.selected), len(r.m.acts.pending))
	}
}

// TestAtOnce: of many, eight are asked for at a time.
func TestAtOnce(t *testing.T) {
	r := newRig(t, 80, 30)
	var all []*api.Container
	for i := 1; i <= 20; i++ {
		all = append(all, running(fmt.Sprintf("c%d", i), i))
	}
	r.connect(all...)
	r.press("*")
	r.send(keyOf(t, "r"))
	r.wants("Restart 20 containers?")
	r.send(keyOf(t, "y"))
	if n := len(r.m.acts.pending); n != atOnce {
		t.Fatalf("%d under way at once", n)
	}
	r.wants("Restarting… 0 of 20")
	b := r.m.acts.bulk
	for range 20 {
		var key api.Key
		for k, p := range r.m.acts.pending {
			if p.answered.IsZero() {
				key = k
			}
		}
		r.send(actDoneMsg{key: key, name: "x", action: api.ActionRestart, bulk: b})
	}
	r.wants("20 restarted")
	if r.m.acts.bulk != nil {
		t.Error("it never ends")
	}
}

// TestWhatCantBeAsked says why.
func TestWhatCantBeAsked(t *testing.T) {
	for _, c := range []struct {
		welcome api.Welcome
		key     string
		why     string
	}{
		{api.Welcome{Role: "viewer"}, "s", "You are signed in as a viewer"},
		{api.Welcome{Role: "operator"}, "D", "Removing needs the role admin"},
		{api.Welcome{Role: "admin", Server: api.ServerStatus{ReadOnly: true}}, "s", "This Quaywatch is read-only"},
	} {
		r := newRig(t, 100, 24)
		r.connect(running("web", 1))
		c.welcome.Time = r.now
		r.hear(batch{welcome: &c.welcome})
		r.press(c.key)
		r.wants(c.why)
		if len(r.actor.did) != 0 {
			t.Errorf("%s was asked for all the same", c.why)
		}
	}
	r := newRig(t, 100, 24)
	r.connect(running("web", 1, exited(0, r0())))
	r.press("r")
	if len(r.actor.did) != 1 {
		t.Errorf("an ended container may be restarted: %v", r.actor.did)
	}
	r.press("a")
	r.wants("Stop  (Restarting already)")
}

// TestProjectsAreTargets: an action on a heading is for its containers.
func TestProjectsAreTargets(t *testing.T) {
	r := newRig(t, 100, 24, func(o *Setup) { o.Group = true })
	r.connect(running("a", 1, inProject("shop")), running("b", 2, inProject("shop")), running("c", 3, inProject("mail")))
	r.press("j", "j", "s")
	if got := r.focusName(); got != "[shop]" || len(r.actor.did) != 2 {
		t.Errorf("on %s: %v", got, r.actor.did)
	}
	r.wants("2 stopped")
}

// TestLosesTheServerInBetween: an answer that never comes is told as such.
func TestLosesTheServerInBetween(t *testing.T) {
	r := newRig(t, 100, 24)
	web := running("web", 1)
	r.connect(web)
	r.actor.fail[string(web.Key())] = errors.New("cut")
	cmd := r.send(keyOf(t, "s"))
	r.m.Update(batchMsg{links: []client.Link{{Err: errors.New("cut")}}, complete: true})
	r.run(cmd)
	r.wants("Stop of web failed: cut")
	r.wantsNot("Stopping…")
}
