package top

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// key handles a key, in the order in which things lie over each other.
func (m *Model) key(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	name := msg.String()
	switch name {
	case "ctrl+c":
		return tea.Quit
	case "ctrl+z":
		if m.o.Alone {
			m.say(warn, "There is no shell to suspend to", now)
			return nil
		}
		return tea.Suspend
	case "ctrl+l":
		return tea.ClearScreen
	}
	switch {
	case m.confirm != nil:
		return m.confirmKey(msg, now)
	case m.menu != nil:
		return m.menuKey(msg, now)
	case m.finder != nil:
		return m.finderKey(msg, now)
	case m.input != nil:
		return m.inputKey(msg, now)
	case name == "ctrl+k":
		m.help = false
		m.openFinder()
		return nil
	case m.help:
		m.helpKey(name)
		return nil
	}
	if m.prefix != "" {
		prefix := m.prefix
		m.prefix = ""
		if prefix == "g" && m.goTo(name, now) {
			return nil
		}
	}
	switch name {
	case "q":
		return tea.Quit
	case "?", "f1":
		m.help, m.scroll = true, 0
		return nil
	case "g":
		m.prefix = "g"
		return nil
	}
	switch m.at {
	case onTable:
		return m.tableKey(msg, now)
	case onContainer:
		return m.containerKey(name, now)
	case onLogs:
		return m.logKey(name, now)
	case onEvents:
		m.eventKey(name)
	}
	return nil
}

// goTo is the second key after g.
func (m *Model) goTo(name string, now time.Time) bool {
	switch name {
	case "c":
		m.show(onTable)
	case "e":
		m.show(onEvents)
		m.events.open()
		m.w.unread = 0
	case "p": // what the page's projects are, here
		m.show(onTable)
		m.t.grouped = true
		m.top = 0
		m.rearrange(now)
	case "g":
		m.moveTo(0, now)
	default:
		where, ok := map[string]string{"i": "Images", "v": "Volumes", "n": "Networks", "y": "The system", "s": "Settings"}[name]
		if !ok {
			return false
		}
		m.say(warn, where+" can be seen in the page only", now)
	}
	return true
}

// show changes the screen, and ends what only the old one needed.
func (m *Model) show(s screen) {
	if m.at == onLogs && s != onLogs {
		m.o.Link.UnsubscribeLogs()
		m.logs = nil
	}
	if m.at != s {
		m.before, m.at, m.scroll = m.at, s, 0
	}
}

// back leaves a screen for the one before.
func (m *Model) back() {
	if m.at == onLogs && m.before == onContainer && m.entry(m.shown) != nil {
		m.show(onContainer)
		return
	}
	m.show(onTable)
}

func (m *Model) helpKey(name string) {
	switch name {
	case "esc", "?", "q", "enter", "f1":
		m.help, m.scroll = false, 0
	case "down", "j":
		m.scroll++
	case "up", "k":
		m.scroll = max(0, m.scroll-1)
	}
}

// inputKey types.
func (m *Model) inputKey(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	in := m.input
	switch msg.String() {
	case "esc", "ctrl+g":
		if in.kind == filterInput {
			in.text = []rune(in.first)
			m.typed()
		}
		m.input = nil
		return nil
	case "enter", "down", "tab":
		m.input = nil
		if in.kind == logSearch && m.logs != nil {
			m.logs.jump(-1, m.bodyRows())
		}
		return nil
	}
	if in.edit(msg) {
		m.typed()
		if in.kind == filterInput {
			m.arrange(now)
		}
	}
	return nil
}

// typed takes over what stands in the input.
func (m *Model) typed() {
	switch m.input.kind {
	case filterInput:
		m.t.ask(m.input.value())
		m.dirty, m.arranged = true, time.Time{}
	case logSearch:
		if m.logs != nil {
			m.logs.search(m.input.value())
		}
	case eventSearch:
		m.events.query = m.input.value()
		m.events.top = 0
	case confirmInput, findInput:
	}
}

// tableKey handles the keys of the table.
func (m *Model) tableKey(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	page := max(1, m.tableRows()-1)
	switch msg.String() {
	case "/":
		m.input = newInput(filterInput, m.t.query)
	case "down", "j", "ctrl+n":
		m.move(1, now)
	case "up", "k", "ctrl+p":
		m.move(-1, now)
	case "pgdown", "ctrl+f":
		m.move(page, now)
	case "pgup", "ctrl+b":
		m.move(-page, now)
	case "home":
		m.moveTo(0, now)
	case "end", "G":
		m.moveTo(len(m.t.lines)-1, now)
	case "shift+down", "J":
		m.selectOne(true)
		m.move(1, now)
		m.selectOne(true)
	case "shift+up", "K":
		m.selectOne(true)
		m.move(-1, now)
		m.selectOne(true)
	case "x", "space":
		m.toggle()
	case "ctrl+a", "*":
		for _, e := range m.t.sorted {
			m.selected[e.key] = true
		}
	case "esc":
		m.escape(now)
	case "right":
		m.fold(false)
	case "left":
		m.fold(true)
	case "enter":
		m.open()
	case "p":
		m.t.grouped = !m.t.grouped
		m.top = 0
		m.rearrange(now)
	case ">", ".", "o":
		m.sortNext(1, now)
	case "<", ",":
		m.sortNext(-1, now)
	case "O":
		m.t.order.desc = !m.t.order.desc
		m.held = time.Time{}
		m.rearrange(now)
	case "a":
		if list := m.targets(); len(list) > 0 {
			m.openMenu(list)
		}
	case "C":
		return m.cancelJob()
	case "l":
		m.openLogs(m.targets(), now)
	default:
		return m.actionKey(msg.String(), m.targets(), now)
	}
	return nil
}

// actionKey handles the keys that act.
func (m *Model) actionKey(name string, list []*entry, now time.Time) tea.Cmd {
	if len(list) == 0 {
		return nil
	}
	switch name {
	case "s":
		return m.ask(list, stopOrStart(list), now)
	case "r":
		return m.ask(list, api.ActionRestart, now)
	case "delete", "D":
		return m.ask(list, api.ActionRemove, now)
	}
	return nil
}

// stopOrStart is what s means: stop if anything runs, else start.
func stopOrStart(list []*entry) api.Action {
	for _, e := range list {
		if e.alive() || e.c.State == api.StateRestarting {
			return api.ActionStop
		}
	}
	return api.ActionStart
}

func (m *Model) move(by int, now time.Time) {
	m.moveTo(max(0, m.t.find(m.focus))+by, now)
}

func (m *Model) moveTo(i int, now time.Time) {
	m.moved, m.held = true, now
	if len(m.t.lines) == 0 {
		return
	}
	i = max(0, min(i, len(m.t.lines)-1))
	m.focus = m.t.lines[i].key()
	m.keepInSight(i)
}

// selectOne selects what is in focus.
func (m *Model) selectOne(on bool) {
	if l, ok := m.focused(); ok && l.e != nil {
		m.mark(l.e.key, on)
	}
}

func (m *Model) mark(key api.Key, on bool) {
	if on {
		m.selected[key] = true
	} else {
		delete(m.selected, key)
	}
}

// toggle selects what is in focus or takes it back; a heading stands for its
// containers.
func (m *Model) toggle() {
	l, ok := m.focused()
	if !ok {
		return
	}
	if l.e != nil {
		m.mark(l.e.key, !m.selected[l.e.key])
		return
	}
	on := false
	for _, e := range l.g.members {
		on = on || !m.selected[e.key]
	}
	for _, e := range l.g.members {
		m.mark(e.key, on)
	}
}

// escape takes back one thing: the selection, then the filter.
func (m *Model) escape(now time.Time) {
	switch {
	case len(m.selected) > 0:
		clear(m.selected)
	case m.t.query != "":
		m.t.ask("")
		m.arrange(now)
	}
}

// fold folds or unfolds the project in focus, or of the container in focus.
func (m *Model) fold(on bool) {
	l, ok := m.focused()
	if !ok || !m.t.grouped {
		return
	}
	key := ""
	if l.g != nil {
		key = l.g.key
	} else if on {
		key = groupKey(l.e.c)
		m.focus = key
	}
	m.setFolded(key, on)
}

func (m *Model) setFolded(key string, on bool) {
	if key == "" {
		return
	}
	if on {
		m.t.folded[key] = true
	} else {
		delete(m.t.folded, key)
	}
	m.t.layOut()
	m.keepInSight(max(0, m.t.find(m.focus)))
}

// open opens the container in focus, or folds its project.
func (m *Model) open() {
	l, ok := m.focused()
	switch {
	case !ok:
	case l.g != nil:
		m.setFolded(l.g.key, !l.g.folded)
	default:
		m.shown = l.e.key
		m.show(onContainer)
	}
}

// sortNext sorts by the next column, or the one before.
func (m *Model) sortNext(by int, now time.Time) {
	all := sortable()
	at := 0
	for i, id := range all {
		if id == m.t.order.by {
			at = i
		}
	}
	id := all[(at+by+len(all))%len(all)]
	m.t.order = order{by: id, desc: firstDesc(id)}
	m.held = time.Time{}
	m.rearrange(now)
}
