package alert

import (
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig feeds an evaluator with an engine's day.
type rig struct {
	*testing.T
	e          *Evaluator
	now        time.Time
	containers map[string]*api.Container
	rows       int
	cells      map[int]map[api.Column]int64
	alerts     map[api.Key]*api.Alert
	told       []Told
	fired      int
}

func newRig(t *testing.T, rules ...api.AlertRule) *rig {
	t.Helper()
	r := &rig{
		T: t, e: NewEvaluator(), now: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC), containers: make(map[string]*api.Container),
		cells: make(map[int]map[api.Column]int64), alerts: make(map[api.Key]*api.Alert),
	}
	for i := range rules {
		rules[i].Enabled = true
		if rules[i].Severity == "" {
			rules[i].Severity = api.SeverityWarning
		}
		if rules[i].Name == "" {
			rules[i].Name = string(rules[i].On)
		}
		if flaws := Check(&rules[i]); len(flaws) > 0 {
			t.Fatalf("%+v: %v", rules[i], flaws)
		}
	}
	r.e.SetRules(rules, r.now)
	r.engine(api.EngineConnected)
	return r
}

func (r *rig) take() {
	r.Helper()
	out := r.e.Take()
	for _, k := range out.Drop {
		delete(r.alerts, k)
	}
	for _, a := range out.Put {
		if a.State == api.AlertFiring && (r.alerts[a.Key()] == nil || r.alerts[a.Key()].State != api.AlertFiring) {
			r.fired++
		}
		r.alerts[a.Key()] = a
	}
	r.told = append(r.told, out.Told...)
}

func (r *rig) engine(state api.EngineState) {
	r.Helper()
	r.e.SetEngines([]api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", Name: "laptop", State: state, Since: r.now, Error: "Nobody answers."}}}, r.now)
	r.take()
}

// put changes a container, which runs if it is new.
func (r *rig) put(name string, change func(*api.Container)) {
	r.Helper()
	c := &api.Container{Engine: "e1", ID: "id-" + name, Name: name, Image: "nginx:1.27", State: api.StateRunning, Health: api.HealthNone, RestartPolicy: "no"}
	if old := r.containers[name]; old != nil {
		*c = *old
	} else {
		r.rows++
		c.Row = r.rows
	}
	if change != nil {
		change(c)
	}
	r.containers[name] = c
	r.e.SetContainer(c, r.now)
	r.e.Settle(r.now)
	r.take()
}

// event tells one; attributes are pairs.
func (r *rig) event(name, action string, change func(*api.Event)) {
	r.Helper()
	e := &api.Event{Time: r.now, Engine: "e1", Kind: "container", Action: action, ID: "id-" + name, Name: name, Attributes: map[string]string{}}
	if change != nil {
		change(e)
	}
	r.e.Hear(e, r.now)
	r.e.Settle(r.now)
	r.take()
}

// die is what an engine tells of an end.
func (r *rig) die(name string, code int) {
	r.Helper()
	r.now = r.now.Add(10 * time.Millisecond)
	r.e.SetContainer(r.ended(name, code), r.now)
	r.event(name, "die", func(e *api.Event) { e.Attributes["exitCode"] = strconv.Itoa(code) })
}

func (r *rig) ended(name string, code int) *api.Container {
	c := *r.containers[name]
	at := r.now
	c.State, c.ExitCode, c.FinishedAt = api.StateExited, &code, &at
	r.containers[name] = &c
	return &c
}

func (r *rig) start(name string) {
	r.Helper()
	r.now = r.now.Add(10 * time.Millisecond)
	r.event(name, "start", nil)
	r.put(name, func(c *api.Container) {
		at := r.now
		c.State, c.StartedAt, c.ExitCode, c.OOMKilled = api.StateRunning, &at, nil, false
	})
}

func (r *rig) kill(name string, signal int) {
	r.Helper()
	r.event(name, "kill", func(e *api.Event) { e.Attributes["signal"] = strconv.Itoa(signal) })
}

func (r *rig) remove(name string) {
	r.Helper()
	r.e.RemoveContainer(api.MakeKey("e1", "id-"+name), r.now)
	r.e.Settle(r.now)
	r.take()
	delete(r.containers, name)
}

// measure sets a cell, which each tick reads from then on.
func (r *rig) measure(name string, col api.Column, v int64) {
	row := r.containers[name].Row
	if r.cells[row] == nil {
		r.cells[row] = make(map[api.Column]int64)
	}
	r.cells[row][col] = v
}

// pass lets time pass, a tick a second.
func (r *rig) pass(d time.Duration) {
	r.Helper()
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(min(time.Second, end.Sub(r.now)))
		var sheet store.Sheet
		for row := 1; row <= r.rows; row++ {
			sheet.Rows, sheet.Read = append(sheet.Rows, row), append(sheet.Read, r.now.UnixNano())
			for c := range api.NumColumns {
				v, ok := r.cells[row][c]
				if !ok {
					v = api.Unknown
				}
				sheet.Cells[c] = append(sheet.Cells[c], v)
			}
		}
		r.e.Tick(&sheet, r.now)
		r.take()
	}
}

// state is that of the last alert about a container, empty for none.
func (r *rig) state(name string) api.AlertState {
	if a := r.alert(name); a != nil {
		return a.State
	}
	return ""
}

func (r *rig) alert(name string) *api.Alert {
	var last *api.Alert
	for _, a := range r.alerts {
		if a.Name == name && (last == nil || a.ActiveAt.After(last.ActiveAt)) {
			last = a
		}
	}
	return last
}

func (r *rig) want(name string, state api.AlertState) {
	r.Helper()
	if got := r.state(name); got != state {
		r.Fatalf("%s: %s is %q, want %q (%+v)", r.now.Format("15:04:05.000"), name, got, state, r.alert(name))
	}
}
