package alert

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/filter"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Whatever happens, the evaluator finds what asking each rule of each container
// finds.
func TestFindsWhatAskingEachRuleFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []api.AlertRule
		for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
			r := api.AlertRule{
				Name: fmt.Sprint("r", i), Enabled: true, On: api.AlertOnMemory, Of: api.AlertOfBytes,
				Match:      rapid.SampledFrom([]string{"", "name:~a", "project:shop", "-project:shop", "mem>30"}).Draw(t, "match"),
				Above:      new(float64(rapid.IntRange(0, 60).Draw(t, "above"))),
				ForSeconds: float64(rapid.IntRange(0, 3).Draw(t, "for")), KeepSeconds: float64(rapid.IntRange(0, 3).Draw(t, "keep")),
			}
			if rapid.Bool().Draw(t, "hysteresis") {
				r.ClearBelow = new(*r.Above / 2)
			}
			rules = append(rules, r)
		}
		e := NewEvaluator()
		now := time.Unix(1_700_000_000, 0)
		cells := make(map[int]int64)
		e.SetMetrics(func(row int, col api.Column) int64 {
			if v, ok := cells[row]; ok && col == api.ColMemory {
				return v
			}
			return api.Unknown
		})
		e.SetRules(rules, now)
		e.SetEngines(engineUp().System, now)
		there := make(map[string]*api.Container)
		model := make(map[string]Progress)
		rows := 0
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Second)
			name := rapid.SampledFrom([]string{"a", "b", "ca"}).Draw(t, "name")
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				if c := there[name]; c != nil {
					delete(there, name)
					delete(cells, c.Row)
					e.RemoveContainer(c.Key(), now)
				}
			case 1, 2:
				c := container(name, nil)
				if old := there[name]; old != nil {
					c.Row = old.Row
				} else {
					rows++
					c.Row = rows
				}
				c.Project = rapid.SampledFrom([]string{"", "shop"}).Draw(t, "project")
				there[name] = c
				e.SetContainer(c, now)
			default:
				if c := there[name]; c != nil {
					cells[c.Row] = rapid.Int64Range(0, 70).Draw(t, "value")
				}
			}
			e.Settle(now)
			var sheet store.Sheet
			for row := 1; row <= rows; row++ {
				v, ok := cells[row]
				if !ok {
					v = api.Unknown
				}
				sheet.Rows, sheet.Read = append(sheet.Rows, row), append(sheet.Read, now.UnixNano())
				for col := range sheet.Cells {
					sheet.Cells[col] = append(sheet.Cells[col], api.Unknown)
				}
				sheet.Cells[api.ColMemory][row-1] = v
			}
			e.Tick(&sheet, now)
			e.Take()

			sight := &view{now: now, metrics: e.view.metrics}
			for i := range rules {
				for _, name := range []string{"a", "b", "ca"} {
					at := rules[i].Name + " " + name
					model[at] = expected(&rules[i], model[at], there[name], cells, sight, now)
					var got api.AlertState
					if found := e.byName[rules[i].Name].active[api.MakeKey("e1", "id-"+name)]; found != nil {
						got = found.p.State
					}
					want := model[at].State
					if want == api.AlertResolved {
						want = ""
					}
					if got != want {
						t.Fatalf("%s is %q, want %q", at, got, want)
					}
				}
			}
		}
	})
}

// expected is the rule asked of one container.
func expected(r *api.AlertRule, p Progress, c *api.Container, cells map[int]int64, sight filter.Sight, now time.Time) Progress {
	if p.State == api.AlertResolved {
		p = Progress{}
	}
	v := No
	switch {
	case c == nil || !filter.Parse(r.Match).Match(c, sight):
	default:
		figure, ok := cells[c.Row]
		below := *r.Above
		if r.ClearBelow != nil {
			below = *r.ClearBelow
		}
		switch {
		case !ok:
			v = Unknown
		case float64(figure) > *r.Above || p.State == api.AlertFiring && below < *r.Above && float64(figure) >= below:
			v = Yes
		}
	}
	return p.Step(r, v, time.Time{}, now)
}
