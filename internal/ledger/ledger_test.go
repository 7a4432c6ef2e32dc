package ledger

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

var me = api.Actor{Name: "admin", Client: "tab-1"}

// tell asks for an event of container "a", now.
func tell(l *Ledger, action string) bool {
	by := l.Explain(&api.Event{Engine: "e", ID: "a", Action: action}, time.Now())
	return by != nil && *by == me
}

func TestAnActionExplainsItsEvents(t *testing.T) {
	for name, c := range map[string]struct {
		action  api.Action
		options api.ActionOptions
		ours    []string
		not     []string
	}{
		"start":        {action: api.ActionStart, ours: []string{"start"}, not: []string{"start", "die"}},
		"stop":         {action: api.ActionStop, ours: []string{"kill", "die", "stop"}, not: []string{"kill", "die", "start"}},
		"stubborn":     {action: api.ActionStop, ours: []string{"kill", "kill", "stop", "die"}, not: []string{"kill"}},
		"restart":      {action: api.ActionRestart, ours: []string{"kill", "die", "stop", "start", "restart"}, not: []string{"die", "start", "oom"}},
		"kill":         {action: api.ActionKill, ours: []string{"kill", "die"}, not: []string{"kill", "stop"}},
		"pause":        {action: api.ActionPause, ours: []string{"pause"}, not: []string{"unpause", "die"}},
		"unpause":      {action: api.ActionUnpause, ours: []string{"unpause"}, not: []string{"die"}},
		"rename":       {action: api.ActionRename, ours: []string{"rename"}, not: []string{"die"}},
		"remove":       {action: api.ActionRemove, ours: []string{"destroy"}, not: []string{"destroy", "kill", "die"}},
		"remove by -f": {action: api.ActionRemove, options: api.ActionOptions{Force: true}, ours: []string{"kill", "die", "destroy"}, not: []string{"die"}},
	} {
		l := New()
		end := l.Begin(me, "e/a", c.action, c.options)
		if tell(l, "oom") || tell(l, "health_status") || l.Explain(&api.Event{Engine: "e", ID: "b", Action: c.ours[0]}, time.Now()) != nil {
			t.Errorf("%s explains what it did not cause", name)
		}
		for i, action := range c.ours {
			if i == 1 {
				end(nil) // the first event may come before the answer
			}
			if !tell(l, action) {
				t.Errorf("%s does not explain %s", name, action)
			}
		}
		for _, action := range c.not {
			if tell(l, action) {
				t.Errorf("%s explains another %s", name, action)
			}
		}
	}
}

func TestAnEntryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New()
		slow := func(action api.Action, err error, wait time.Duration) bool {
			end := l.Begin(me, "e/a", action, api.ActionOptions{})
			time.Sleep(time.Minute) // the engine's answer takes as long as it likes
			end(err)
			time.Sleep(wait)
			return tell(l, "die")
		}
		refused := &api.Error{Code: api.ErrConflict, Message: "no"}
		lost := &api.Error{Code: api.ErrTimeout, Message: "frozen"}
		if !slow(api.ActionStop, nil, after) || slow(api.ActionStop, nil, after+1) {
			t.Error("an answered action explains for 5 s")
		}
		if slow(api.ActionKill, refused, 0) {
			t.Error("a refused action explains something")
		}
		if !slow(api.ActionKill, lost, time.Minute) || slow(api.ActionKill, errors.New("x"), openEnd+1) {
			t.Error("one without an answer explains for 2 min")
		}
		time.Sleep(time.Minute)
		// An event from before it, and one from within it that is heard late.
		end := l.Begin(me, "e/a", api.ActionStop, api.ActionOptions{})
		die := api.Event{Engine: "e", ID: "a", Action: "die"}
		began := time.Now()
		end(nil)
		if l.Explain(&die, began.Add(-slack-1)) != nil {
			t.Error("explains what was before it")
		}
		time.Sleep(30 * time.Second)
		if l.Explain(&die, began.Add(time.Second)) == nil {
			t.Error("does not explain what is heard late")
		}
	})
}

func TestTheLedgerIsBounded(t *testing.T) {
	l := New()
	for i := range 3 * maxEntries {
		l.Begin(me, api.Key(fmt.Sprintf("e/%d", i)), api.ActionStop, api.ActionOptions{})
	}
	if len(l.all) > maxEntries || len(l.byKey) > maxEntries {
		t.Errorf("%d entries of %d containers", len(l.all), len(l.byKey))
	}
	for i := range 10 { // of one container, each explained at once
		end := l.Begin(me, "e/a", api.ActionStart, api.ActionOptions{})
		if !tell(l, "start") {
			t.Errorf("start %d is not explained", i)
		}
		end(nil)
	}
	if len(l.byKey["e/a"]) != 0 {
		t.Errorf("%d are left", len(l.byKey["e/a"]))
	}
}
