package top

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// fact is a line of a container's own view.
type fact struct {
	name  string
	spans []span
}

func (m *Model) containerKey(name string, now time.Time) tea.Cmd {
	e := m.entry(m.shown)
	switch name {
	case "esc", "enter":
		m.show(onTable)
		return nil
	case "down", "j":
		m.scroll++
		return nil
	case "up", "k":
		m.scroll = max(0, m.scroll-1)
		return nil
	}
	if e == nil {
		return nil
	}
	list := []*entry{e}
	switch name {
	case "l":
		m.openLogs(list, now)
		return nil
	case "a":
		m.openMenu(list)
		return nil
	}
	return m.actionKey(name, list, now)
}

func (m *Model) drawContainer(c *canvas, now time.Time) {
	e := m.entry(m.shown)
	if e == nil {
		c.line("", span{m.p.strong, " Container"})
		c.line("")
		c.line("", span{m.p.warn, "  This container is gone. Esc leads back."})
		return
	}
	c.line("", span{m.p.strong, " " + printable(e.c.Name)})
	facts := m.facts(e, now)
	rows := m.bodyRows()
	m.scroll = max(0, min(m.scroll, len(facts)-rows))
	for _, f := range facts[m.scroll:min(len(facts), m.scroll+rows)] {
		c.line("", append([]span{{m.p.quiet, " " + m.g.pad(f.name, 12, false)}}, f.spans...)...)
	}
}

// facts are what is known of a container, what matters most first.
func (m *Model) facts(e *entry, now time.Time) []fact {
	k := e.c
	var out []fact
	add := func(name string, spans ...span) { out = append(out, fact{name, spans}) }
	text := func(name, value string) {
		if value != "" {
			add(name, span{"", printable(value)})
		}
	}
	state, s := m.stateCell(e, true)
	stateSpans := []span{{s, state}}
	if since := m.uptime(k, now); since != "" {
		word := "  for " + since
		if !e.alive() {
			word = "  " + since
		}
		stateSpans = append(stateSpans, span{m.p.quiet, word})
	}
	add("State", stateSpans...)
	if health, hs := m.healthCell(k); health != "" {
		add("Health", span{hs, health})
	}
	text("Error", k.Error)
	if k.RestartPolicy != "" {
		text("Restarts", fmt.Sprintf("%d, policy %s", k.RestartCount, k.RestartPolicy))
	}
	if e.alive() {
		m.liveFacts(e, now, add)
	}
	add("")
	text("Image", k.Image)
	text("Command", k.Command)
	text("Id", shortID(k.ID))
	if k.Project != "" {
		text("Compose", k.Project+" / "+k.Service)
	}
	text("Ports", portsText(k.Ports))
	text("Networks", strings.Join(k.Networks, ", "))
	for i, name := range slices.Sorted(maps.Keys(k.Labels)) {
		title := ""
		if i == 0 {
			title = "Labels"
		}
		add(title, span{"", printable(name)}, span{m.p.quiet, "=" + printable(k.Labels[name])})
	}
	return out
}

// liveFacts are what it uses now.
func (m *Model) liveFacts(e *entry, now time.Time, add func(string, ...span)) {
	f := m.w.freshness(e, now)
	value := func(id columnID) span {
		text, s := m.figure(e, id, f)
		return span{s, text}
	}
	cpu := []span{value(colCPU), {"", "  "}, {m.p.spark, m.spark(e, now)}}
	if e.c.CPULimit != nil {
		cpu = append(cpu, span{m.p.quiet, fmt.Sprintf("  limit %g cores", *e.c.CPULimit)})
	}
	add("CPU", cpu...)
	mem := []span{value(colMemory)}
	if share := shareText(e.cells.Values[api.ColMemory], memoryLimit(e)); share != "" {
		mem = append(mem, span{m.p.quiet, "  " + share + " of " + bytesText(memoryLimit(e))})
	}
	add("Memory", mem...)
	add("Network", value(colRx), span{m.p.quiet, " in   "}, value(colTx), span{m.p.quiet, " out"})
	add("Disk", value(colRead), span{m.p.quiet, " read   "}, value(colWrite), span{m.p.quiet, " written"})
	add("Processes", value(colPids))
}
