package top

import (
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// confirm is a question before what destroys, or is for many.
type confirm struct {
	action  api.Action
	entries []*entry
	// typed must be typed; empty where a key is enough.
	typed string
	alive int
	// project: it is about a whole Compose project.
	project bool
}

func newConfirm(list []*entry, action api.Action) *confirm {
	c := &confirm{action: action, entries: list}
	for _, e := range list {
		if e.alive() {
			c.alive++
		}
	}
	if action == api.ActionRemove && len(list) > askOver {
		c.typed = strconv.Itoa(len(list))
	}
	return c
}

// question is what is asked, in a sentence or two.
func (c *confirm) question() string {
	what := containersText(len(c.entries))
	if len(c.entries) == 1 {
		what = printable(c.entries[0].c.Name)
	}
	text := fmt.Sprintf("%s %s?", wordsOf(c.action).verb, what)
	if c.action != api.ActionRemove {
		return text
	}
	switch {
	case c.alive > 0 && len(c.entries) == 1:
		text += " It runs and will be killed."
	case c.alive > 0:
		text += fmt.Sprintf(" %d of them run and will be killed.", c.alive)
	}
	return text + " Volumes stay."
}

// confirmKey answers a question.
func (m *Model) confirmKey(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	c := m.confirm
	switch msg.String() {
	case "esc", "ctrl+g":
		m.confirm, m.input = nil, nil
		return nil
	case "enter":
		if c.typed != "" && m.input.value() == c.typed {
			return m.confirmed(now)
		}
		return nil
	}
	if c.typed != "" {
		m.input.edit(msg)
		return nil
	}
	switch msg.String() {
	case "y", "Y":
		return m.confirmed(now)
	case "n", "N", "q":
		m.confirm = nil
	}
	return nil
}

// confirmed does what was asked about, to those of which it still makes sense.
func (m *Model) confirmed(now time.Time) tea.Cmd {
	c := m.confirm
	m.confirm, m.input = nil, nil
	var there []*entry
	for _, e := range c.entries {
		if now := m.entry(e.key); now != nil {
			there = append(there, now)
		}
	}
	able, why := m.able(there, c.action)
	if len(able) == 0 {
		if why == "" {
			why = "It is gone already"
		}
		m.say(warn, why, now)
		return nil
	}
	return m.act(able, c.project, c.action, api.ActionOptions{}, now)
}

// menu is the list of actions for what is in focus.
type menu struct {
	entries []*entry
	at      int
}

// openMenu begins at the first action that makes sense.
func (m *Model) openMenu(list []*entry) {
	m.menu = &menu{entries: list}
	for i, action := range allActions() {
		if able, _ := m.able(list, action); len(able) > 0 {
			m.menu.at = i
			return
		}
	}
}

func (m *Model) menuKey(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	actions := allActions()
	switch msg.String() {
	case "esc", "q", "a":
		m.menu = nil
	case "up", "k":
		m.menu.at = (m.menu.at + len(actions) - 1) % len(actions)
	case "down", "j":
		m.menu.at = (m.menu.at + 1) % len(actions)
	case "enter":
		list, action := m.menu.entries, actions[m.menu.at]
		m.menu = nil
		return m.ask(list, action, now)
	}
	return nil
}
