package top

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// TestLayoutFits: in any window the columns fit, and none is narrower than what
// has to stand in it.
func TestLayoutFits(t *testing.T) {
	for width := leastWidth; width <= 400; width++ {
		for _, grouped := range []bool{false, true} {
			used, names := lead, 0
			for i, p := range layout(width, grouped) {
				if i > 0 {
					used += columnGap
				}
				used += p.width
				if p.id == colName {
					names++
					if p.width < 14 {
						t.Errorf("%d wide: the name has %d", width, p.width)
					}
				} else if width >= narrowBelow && p.width < p.min {
					t.Errorf("%d wide: %s has %d of %d", width, p.id, p.width, p.min)
				}
				if p.most > 0 && p.width > p.most {
					t.Errorf("%d wide: %s has %d, more than %d", width, p.id, p.width, p.most)
				}
			}
			if used > width || names != 1 {
				t.Errorf("%d wide, grouped %t: the columns take %d", width, grouped, used)
			}
		}
	}
}

// someEntry is a container that may be anything.
func someEntry(row int) *rapid.Generator[*entry] {
	return rapid.Custom(func(t *rapid.T) *entry {
		states := []api.ContainerState{api.StateRunning, api.StatePaused, api.StateExited, api.StateCreated, api.StateDead, api.StateRestarting}
		c := running(rapid.SampledFrom([]string{"a", "B", "b-2", "b-10", ""}).Draw(t, "name"), row)
		c.State = rapid.SampledFrom(states).Draw(t, "state")
		c.Project = rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "project")
		c.RestartCount = rapid.IntRange(0, 2).Draw(t, "restarts")
		if rapid.Bool().Draw(t, "port") {
			c.Ports = []api.Port{{Public: rapid.IntRange(0, 3).Draw(t, "public"), Private: 80}}
		}
		if rapid.Bool().Draw(t, "never started") {
			c.StartedAt = nil
		}
		e := &entry{key: c.Key(), c: c, name: natural.Key(c.Name), cells: unknownCells()}
		if rapid.Bool().Draw(t, "measured") {
			e.cells.Values[api.ColCPU] = int64(rapid.IntRange(0, 3).Draw(t, "cpu"))
		}
		return e
	})
}

// TestOrderIsTotal: whatever the table is sorted by, the order does not depend on
// the one before, and what is not known is last in either direction.
func TestOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []*entry
		for i := range rapid.IntRange(0, 12).Draw(t, "n") {
			list = append(list, someEntry(i+1).Draw(t, "entry"))
		}
		o := order{by: rapid.SampledFrom(append(sortable(), colTrend)).Draw(t, "by"), desc: rapid.Bool().Draw(t, "desc")}
		shuffled := rapid.Permutation(list).Draw(t, "shuffled")
		o.sort(list)
		o.sort(shuffled)
		if !slices.Equal(list, shuffled) {
			t.Fatalf("sorted by %s, desc %t, the order depends on the one before", o.by, o.desc)
		}
		if o.by != colCPU {
			return
		}
		for i := 1; i < len(list); i++ {
			before, here := list[i-1], list[i]
			known := func(e *entry) bool { return e.alive() && e.cells.Values[api.ColCPU] != api.Unknown }
			if !known(before) && known(here) {
				t.Fatalf("what is not known stands at %d, before what is", i-1)
			}
		}
	})
}

// BenchmarkArrange is what a change of one container among ten thousand costs.
func BenchmarkArrange(b *testing.B) {
	w, now := newWorld(), time.Now()
	batch := &batch{containers: map[api.Key]*api.Container{}}
	for i := 1; i <= 10_000; i++ {
		c := running(fmt.Sprintf("container-%d", i), i, inProject(fmt.Sprintf("project-%d", i%700)))
		batch.containers[c.Key()] = c
	}
	w.apply(batch, now)
	for i, e := range w.byRow {
		e.cells.Values[api.ColCPU] = int64(i * 7919 % 10_007)
	}
	for _, by := range []columnID{colName, colCPU} {
		for _, grouped := range []bool{false, true} {
			b.Run(fmt.Sprintf("by %s, grouped %t", by, grouped), func(b *testing.B) {
				t := newTable()
				t.order, t.grouped = order{by: by}, grouped
				for b.Loop() {
					t.arrange(w, now)
				}
			})
		}
	}
}
