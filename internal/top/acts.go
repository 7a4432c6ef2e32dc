package top

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// acts are the actions that were asked for here and have not ended.
type acts struct {
	// pending is what is under way, by container.
	pending map[api.Key]*pendingAct
	// bulk is the last action on several containers, nil for none.
	bulk *bulkAct
	// byJobs is what is under way because of the server's jobs, whoever asked; own
	// are the jobs that were asked for here and have not ended.
	byJobs map[api.Key]api.Action
	own    map[string]bool
}

// underWay is what is being done to a container, if anything is.
func (a *acts) underWay(key api.Key) (api.Action, bool) {
	if p := a.pending[key]; p != nil {
		return p.action, true
	}
	action, ok := a.byJobs[key]
	return action, ok
}

// pendingAct ends when the engine has answered and the container's own change
// has come, or was not to come.
type pendingAct struct {
	action api.Action
	// before is the container as it was when the action was asked for.
	before   *api.Container
	answered time.Time
}

// bulkAct is an action on several containers.
type bulkAct struct {
	action  api.Action
	o       api.ActionOptions
	queue   []api.Key
	total   int
	running int
	done    int
	failed  []string // why, by container
	keys    []api.Key
}

// Bounds.
const (
	// atOnce is how many containers of several are asked for at a time, as in the
	// server's jobs.
	atOnce = 8
	// actDeadline is longer than the server's own, which says better what is wrong.
	actDeadline = 90 * time.Second
	// settleFor is how long the container's own change is waited for after the
	// engine's answer.
	settleFor = 3 * time.Second
	// askOver is from how many containers on any action is confirmed.
	askOver = 10
)

// actDoneMsg is an engine's answer.
type actDoneMsg struct {
	key    api.Key
	name   string
	action api.Action
	bulk   *bulkAct
	err    error
}

func newActs() acts {
	return acts{pending: make(map[api.Key]*pendingAct), byJobs: make(map[api.Key]api.Action), own: make(map[string]bool)}
}

// blocked is why nothing can be asked for at all, empty where it can.
func (m *Model) blocked(action api.Action) string {
	switch {
	case m.o.Actor == nil:
		return "Actions are not to be had here"
	case !m.w.link.last.Live:
		return "Not connected to Quaywatch: what you see is the last known"
	case m.w.server != nil && m.w.server.ReadOnly:
		return "This Quaywatch is read-only: it was started with --read-only"
	case m.w.role == "viewer":
		return "You are signed in as a viewer: actions need the role operator"
	case action == api.ActionRemove && m.w.role != "" && m.w.role != "admin":
		return "Removing needs the role admin; you are signed in as an operator"
	}
	return ""
}

// reasonNot is why an action can't be asked for now, empty where it can.
func (m *Model) reasonNot(e *entry, action api.Action) string {
	if why := m.blocked(action); why != "" {
		return why
	}
	if s := m.w.unreachable(e.c.Engine); s != nil {
		return "Docker does not answer now"
	}
	if under, ok := m.acts.underWay(e.key); ok {
		return strings.TrimSuffix(wordsOf(under).doing, "…") + " already"
	}
	return stateForbids(e.c.State, action)
}

// stateForbids is why an action makes no sense in a state: the page's table.
func stateForbids(s api.ContainerState, action api.Action) string {
	const notRunning, runs = "It does not run", "It runs already"
	ended := s == api.StateCreated || s == api.StateExited
	switch {
	case s == api.StateRemoving:
		return "It is being removed"
	case action == api.ActionRemove:
		return ""
	case s == api.StateDead:
		return "It is dead: it can only be removed"
	}
	switch action {
	case api.ActionStart:
		if s == api.StateRunning || s == api.StateRestarting {
			return runs
		}
		if s == api.StatePaused {
			return "It is paused: unpause it"
		}
	case api.ActionStop:
		if ended {
			return notRunning
		}
	case api.ActionPause, api.ActionKill:
		if ended || s == api.StateRestarting {
			return notRunning
		}
		if action == api.ActionPause && s == api.StatePaused {
			return "It is paused already"
		}
	case api.ActionUnpause:
		if ended || s == api.StateRestarting {
			return notRunning
		}
		if s == api.StateRunning {
			return "It is not paused"
		}
	case api.ActionRestart, api.ActionRename, api.ActionRemove:
	}
	return ""
}

// targets are what an action is meant for: the containers that are selected, else
// the one in focus, or those of the project in focus. The line at the bottom says
// how many are selected as long as any is; it stands for the page's bar, which
// acts on the selection wherever the focus is.
func (m *Model) targets() []*entry {
	if len(m.selected) > 0 {
		var out []*entry
		for key := range m.selected {
			if e := m.entry(key); e != nil {
				out = append(out, e)
			}
		}
		slices.SortFunc(out, byName)
		return out
	}
	l, ok := m.focused()
	switch {
	case !ok:
		return nil
	case l.g != nil:
		return l.g.members
	}
	return []*entry{l.e}
}

// able are those on which the action makes sense, and why it does on none.
func (m *Model) able(list []*entry, action api.Action) (able []*entry, why string) {
	for _, e := range list {
		if reason := m.reasonNot(e, action); reason == "" {
			able = append(able, e)
		} else if why == "" {
			why = reason
		}
	}
	return able, why
}

// ask begins an action, after a question where it destroys or is for many.
func (m *Model) ask(list []*entry, action api.Action, now time.Time) tea.Cmd {
	able, why := m.able(list, action)
	if len(able) == 0 {
		if why != "" {
			m.say(warn, why, now)
		}
		return nil
	}
	if action != api.ActionRemove && len(able) <= askOver {
		return m.act(able, m.wholeProject(list), action, api.ActionOptions{}, now)
	}
	m.confirm = newConfirm(able, action)
	m.confirm.project = m.wholeProject(list)
	if m.confirm.typed != "" {
		m.input = newInput(confirmInput, "")
	}
	return nil
}

// act begins an action on one or several; project tells that they are what makes
// sense of a whole Compose project.
func (m *Model) act(list []*entry, project bool, action api.Action, o api.ActionOptions, now time.Time) tea.Cmd {
	if len(list) == 1 {
		return m.begin(list[0], action, o, nil)
	}
	if m.o.Jobs != nil {
		if action == api.ActionRemove {
			o.Force = true // the question said which run and will be killed
		}
		// A project's removal takes its networks too, which nobody was asked about.
		return m.startJob(list, project && action != api.ActionRemove, action, o)
	}
	b := &bulkAct{action: action, o: o, total: len(list)}
	for _, e := range list {
		b.queue = append(b.queue, e.key)
	}
	b.keys = b.queue
	m.acts.bulk = b
	m.toast = toast{}
	return m.feedBulk(b, now)
}

// feedBulk begins as many as may run at once.
func (m *Model) feedBulk(b *bulkAct, now time.Time) tea.Cmd {
	var cmds []tea.Cmd
	for b.running < atOnce && len(b.queue) > 0 {
		key := b.queue[0]
		b.queue = b.queue[1:]
		e := m.entry(key)
		if e == nil {
			b.done++ // it is gone already
			continue
		}
		b.running++
		cmds = append(cmds, m.begin(e, b.action, b.o, b))
	}
	if b.running == 0 && len(b.queue) == 0 {
		m.finishBulk(b, now)
	}
	return tea.Batch(cmds...)
}

func (m *Model) begin(e *entry, action api.Action, o api.ActionOptions, b *bulkAct) tea.Cmd {
	if action == api.ActionRemove && e.c.State.Alive() {
		o.Force = true // the question said that it will be killed
	}
	m.acts.pending[e.key] = &pendingAct{action: action, before: e.c}
	key, name, actor, ctx, token := e.key, e.c.Name, m.o.Actor, m.ctx, rand.Text()
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, actDeadline)
		defer cancel()
		_, err := actor.Do(ctx, string(key), action, o, token)
		return actDoneMsg{key: key, name: name, action: action, bulk: b, err: err}
	}
}

// acted takes the engine's answer.
func (m *Model) acted(msg actDoneMsg, now time.Time) tea.Cmd {
	p := m.acts.pending[msg.key]
	if p != nil {
		p.answered = now
	}
	words, name := wordsOf(msg.action), printable(msg.name)
	if msg.err != nil {
		delete(m.acts.pending, msg.key)
		if msg.bulk == nil {
			m.say(bad, fmt.Sprintf("%s of %s failed: %s", words.verb, name, errorText(msg.err)), now)
		}
	}
	m.acts.seen(m, now)
	if b := msg.bulk; b != nil {
		b.running--
		if msg.err != nil {
			b.failed = append(b.failed, name+": "+errorText(msg.err))
		} else {
			b.done++
		}
		return m.feedBulk(b, now)
	}
	return nil
}

func (m *Model) finishBulk(b *bulkAct, now time.Time) {
	words := wordsOf(b.action)
	text, t := fmt.Sprintf("%d %s", b.done, words.done), good
	if len(b.failed) > 0 {
		t = bad
		text += fmt.Sprintf(", %d failed. %s", len(b.failed), b.failed[0])
		if len(b.failed) > 1 {
			text += fmt.Sprintf(" (and %d more)", len(b.failed)-1)
		}
	}
	m.say(t, text, now)
	if m.acts.bulk == b {
		m.acts.bulk = nil
	}
}

// errorText is our sentence, and the engine's own words behind it where they say
// something else.
func errorText(err error) string {
	return strings.TrimRight(printable(strings.Join(strings.Fields(err.Error()), " ")), ". ")
}

// seen ends what is pending where the container's own change has come.
func (a *acts) seen(m *Model, now time.Time) {
	for key, p := range a.pending {
		e := m.entry(key)
		if e == nil || !p.answered.IsZero() && (settled(p.action, p.before, e.c) || now.Sub(p.answered) > settleFor) {
			delete(a.pending, key)
		}
	}
}

// settled tells whether what the engine says of a container now shows that an
// action on it has had its effect: by what is different from before, never by
// what was hoped for.
func settled(action api.Action, before, now *api.Container) bool {
	ranAgain, ended := !sameTime(now.StartedAt, before.StartedAt), !sameTime(now.FinishedAt, before.FinishedAt)
	switch action {
	case api.ActionStart:
		return ranAgain || now.State == api.StateRunning
	case api.ActionRestart:
		return ranAgain && now.State != api.StateRestarting
	case api.ActionStop, api.ActionKill:
		// A restart policy may have started it again before anybody saw it ended.
		return ended || ranAgain || now.State == api.StateExited || now.State == api.StateDead || now.State == api.StateCreated
	case api.ActionPause:
		return now.State != api.StateRunning
	case api.ActionUnpause:
		return now.State != api.StatePaused
	case api.ActionRename:
		return now.Name != before.Name
	case api.ActionRemove:
	}
	return false
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
