package top

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/filter"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// line is a row of the table: a container, or the heading of a Compose project.
type line struct {
	e *entry
	g *group
}

// key belongs to the container or the project, whichever slot it stands in.
func (l line) key() string {
	if l.g != nil {
		return l.g.key
	}
	return string(l.e.key)
}

// group is a project with those of its containers that pass the filter.
type group struct {
	key, project, engine string
	members              []*entry
	running              int
	// worst is the member whose state stands for the project's.
	worst  *entry
	folded bool
}

// table is what is shown of the world, and how.
type table struct {
	query   string
	filter  *filter.Filter
	order   order
	grouped bool
	folded  map[string]bool

	sorted []*entry // those that pass, in order
	lines  []line
}

func newTable() *table {
	return &table{filter: filter.Parse(""), order: order{by: colName}, folded: make(map[string]bool)}
}

// ask changes the filter.
func (t *table) ask(query string) {
	t.query, t.filter = query, filter.Parse(query)
}

// arrange computes the lines anew: which containers, in which order, under which
// headings.
func (t *table) arrange(w *world, now time.Time) {
	s := sight{w, now}
	t.sorted = t.sorted[:0]
	for _, e := range w.entries {
		if t.filter.Match(e.c, s) {
			t.sorted = append(t.sorted, e)
		}
	}
	t.order.sort(t.sorted)
	t.layOut()
}

// refresh keeps the order and makes only the lines again, after folding.
func (t *table) layOut() {
	t.lines = t.lines[:0]
	if !t.grouped {
		for _, e := range t.sorted {
			t.lines = append(t.lines, line{e: e})
		}
		return
	}
	for _, g := range t.groups() {
		t.lines = append(t.lines, line{g: g})
		if g.folded {
			continue
		}
		for _, e := range g.members {
			t.lines = append(t.lines, line{e: e})
		}
	}
}

func groupKey(c *api.Container) string { return "group:" + c.Engine + "/" + c.Project }

// groups are the projects by name, what has none last.
func (t *table) groups() []*group {
	byKey := make(map[string]*group)
	var all []*group
	for _, e := range t.sorted {
		key := groupKey(e.c)
		g := byKey[key]
		if g == nil {
			g = &group{key: key, project: e.c.Project, engine: e.c.Engine, folded: t.folded[key], worst: e}
			byKey[key] = g
			all = append(all, g)
		}
		g.members = append(g.members, e)
		if e.alive() {
			g.running++
		}
		if badness(e.c) < badness(g.worst.c) {
			g.worst = e
		}
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(natural.Compare(a.project, b.project), strings.Compare(a.engine, b.engine))
	})
	return all
}

// sum adds up a metric of what runs in a group; Unknown where nothing is known.
func (g *group) sum(metric api.Column) int64 {
	total, known := int64(0), false
	for _, e := range g.members {
		if v := e.cells.Values[metric]; e.alive() && v != api.Unknown {
			total, known = total+v, true
		}
	}
	if !known {
		return api.Unknown
	}
	return total
}

// find is where a line stands, -1 for nowhere.
func (t *table) find(key string) int {
	return slices.IndexFunc(t.lines, func(l line) bool { return l.key() == key })
}

// counts are how many containers are in which state, of all there are.
type counts struct{ all, running, paused, restarting, exited, dead, unhealthy int }

func (w *world) counts() counts {
	n := counts{all: len(w.entries)}
	for _, e := range w.entries {
		switch e.c.State {
		case api.StateRunning:
			n.running++
		case api.StatePaused:
			n.paused++
		case api.StateRestarting:
			n.restarting++
		case api.StateExited:
			n.exited++
		case api.StateDead:
			n.dead++
		case api.StateCreated, api.StateRemoving:
		}
		if unhealthy(e.c) {
			n.unhealthy++
		}
	}
	return n
}
