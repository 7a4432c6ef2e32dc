package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/alert"
	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/filter"
	"github.com/quaywatch/quaywatch/internal/store"
)

// What alerts measures.
const (
	alertRules      = 1000
	alertContainers = 1000
	alertTicks      = 60
)

// nowSight is a filter's view of a store.
type nowSight struct {
	metrics *store.Metrics
	now     time.Time
}

func (s nowSight) Now() time.Time              { return s.now }
func (s nowSight) EngineName(id string) string { return id }
func (s nowSight) Metric(row int, col api.Column) int64 {
	cells, _, ok := s.metrics.Sample(row)
	if !ok {
		return api.Unknown
	}
	return cells[col]
}

// alerts measures what 1,000 rules cost a tick with 1,000 containers, each of
// which has another figure then: most rules are on figures and look at all
// containers, the rest at those of a project. Beside it is what one would write
// first: each rule's match and figure asked of each container.
func alerts(ctx context.Context, b *bench) error {
	st := store.New(store.Options{})
	up := store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}}}
	limit, cores := int64(1<<30), 2.0
	for i := range alertContainers {
		up.Put = append(up.Put, &api.Container{
			Engine: "e1", ID: fmt.Sprintf("%064x", i), Name: fmt.Sprintf("shop%d-web-1", i%50), Image: "nginx:1.27", Project: fmt.Sprintf("shop%d", i%50),
			State: api.StateRunning, Health: api.HealthHealthy, MemoryLimitBytes: &limit, CPULimit: &cores, Labels: map[string]string{"app": fmt.Sprint(i % 7)},
		})
	}
	st.Apply(up)
	rules := thousandRules()
	eval := alert.NewEvaluator()
	now := time.Now()
	eval.SetRules(rules, now)
	eval.SetEngines(st.System(), now)
	began := time.Now()
	for _, c := range st.Containers() {
		eval.SetContainer(c, now)
	}
	eval.Settle(now)
	eval.Take()
	first := time.Since(began)

	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // G404: figures
	var sheet store.Sheet
	var took []float64
	changed := 0
	for tick := range alertTicks {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		now = now.Add(time.Second)
		var batch api.Batch
		for _, c := range st.Containers() {
			i := batch.Add(c.Row, now.UnixNano())
			batch.Values[api.ColCPU][i] = int64(random.IntN(20_000))
			batch.Values[api.ColMemory][i] = limit / 1000 * int64(300+random.IntN(600))
			batch.Values[api.ColRxRate][i], batch.Values[api.ColWriteRate][i] = int64(random.IntN(1<<20)), int64(random.IntN(1<<20))
		}
		st.Metrics().Commit(&batch)
		// One in a hundred containers changes, too.
		var news store.Change
		for range alertContainers / 100 {
			c := *st.Containers()[random.IntN(alertContainers)]
			c.Health = []api.Health{api.HealthHealthy, api.HealthUnhealthy}[tick%2]
			news.Put = append(news.Put, &c)
		}
		st.Apply(news)
		began := time.Now()
		st.Metrics().Copy(&sheet, eval.Columns())
		for _, c := range news.Put {
			fresh, _ := st.Container(c.Key())
			eval.SetContainer(fresh, now)
		}
		eval.Settle(now)
		eval.Tick(&sheet, now)
		out := eval.Take()
		took = append(took, time.Since(began).Seconds()*1000)
		changed += len(out.Put)
	}
	slices.Sort(took)
	naive, hits := naiveTick(st, rules, now)
	p50, p99 := quantile(took, 0.5), quantile(took, 0.99)
	b.add("1,000 rules × 1,000 containers: evaluation a tick, with 10 changed containers", "≤ 20 ms", fmt.Sprintf("p50 %.1f, p99 %.1f ms", p50, p99),
		fmt.Sprintf("each rule asked of each container: %.0f ms, %.0f times as much (%d hold); all containers new: %.0f ms", naive, naive/p50, hits, first.Seconds()*1000),
		p99 <= 20)
	if changed == 0 {
		return fmt.Errorf("nothing fired in %d ticks: that measures nothing", alertTicks)
	}
	return nil
}

// thousandRules are 700 on figures of all containers, 200 on those of a project
// or a label, and 100 on states.
func thousandRules() []api.AlertRule {
	var rules []api.AlertRule
	for i := range alertRules {
		r := api.AlertRule{Name: fmt.Sprintf("rule %d", i), Enabled: true, Severity: api.SeverityWarning, ForSeconds: 30, KeepSeconds: 10}
		switch {
		case i%10 == 9:
			r.On, r.Match = api.AlertOnUnhealthy, fmt.Sprintf("project:=shop%d", i%50)
		case i%4 == 0:
			r.On, r.Of, r.Above, r.ClearBelow = api.AlertOnMemory, api.AlertOfLimit, new(89.0+float64(i%10)), new(80.0)
		case i%4 == 1:
			r.On, r.Of, r.Above = api.AlertOnCPU, api.AlertOfCore, new(199.0+float64(i%50))
		case i%4 == 2:
			r.On, r.Above = api.AlertOnNetworkReceive, new(float64(1<<20-1-i%20))
		default:
			r.On, r.Above = api.AlertOnDiskWrite, new(float64(1<<20-1-i%20))
		}
		switch i % 10 {
		case 7:
			r.Match = fmt.Sprintf("project:=shop%d", i%50)
		case 8:
			r.Match = fmt.Sprintf("label:app=%d image:nginx", i%7)
		}
		rules = append(rules, r)
	}
	return rules
}

// naiveTick asks each rule of each container, and returns the milliseconds that
// it takes and how many hold.
func naiveTick(st *store.Store, rules []api.AlertRule, now time.Time) (ms float64, hits int) {
	filters := make([]*filter.Filter, len(rules))
	for i := range rules {
		filters[i] = filter.Parse(rules[i].Match)
	}
	sight := nowSight{st.Metrics(), now}
	began := time.Now()
	for i := range rules {
		r := &rules[i]
		for _, c := range st.Containers() {
			if !filters[i].Match(c, sight) {
				continue
			}
			if r.On == api.AlertOnUnhealthy {
				if c.Health == api.HealthUnhealthy {
					hits++
				}
				continue
			}
			cells, _, ok := st.Metrics().Sample(c.Row)
			if !ok {
				continue
			}
			var v float64
			switch r.On {
			case api.AlertOnMemory:
				v = float64(cells[api.ColMemory]) * 100 / float64(*c.MemoryLimitBytes)
			case api.AlertOnCPU:
				v = float64(cells[api.ColCPU]) / 100
			case api.AlertOnNetworkReceive:
				v = float64(cells[api.ColRxRate])
			default:
				v = float64(cells[api.ColWriteRate])
			}
			if v > *r.Above {
				hits++
			}
		}
	}
	return time.Since(began).Seconds() * 1000, hits
}
