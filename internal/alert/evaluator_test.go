package alert

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestForAndKeep(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnUnhealthy, ForSeconds: 30, KeepSeconds: 20, Deliver: []string{"team"}})
	r.put("web", func(c *api.Container) { c.Health = api.HealthUnhealthy })
	r.want("web", api.AlertPending)
	r.pass(29 * time.Second)
	r.want("web", api.AlertPending)
	r.pass(time.Second)
	r.want("web", api.AlertFiring)
	if a := r.alert("web"); a.FiredAt == nil || a.FiredAt.Sub(a.ActiveAt) != 30*time.Second || a.Engine != "e1" || a.Container != "id-web" || a.Image == "" {
		t.Errorf("%+v", a)
	}
	// Healthy for less than is asked for: it goes on firing.
	r.put("web", func(c *api.Container) { c.Health = api.HealthHealthy })
	r.pass(19 * time.Second)
	r.put("web", func(c *api.Container) { c.Health = api.HealthUnhealthy })
	r.pass(30 * time.Second)
	r.want("web", api.AlertFiring)
	r.put("web", func(c *api.Container) { c.Health = api.HealthHealthy })
	r.pass(20 * time.Second)
	r.want("web", api.AlertResolved)
	if len(r.told) != 2 || r.told[0].Alert.State != api.AlertFiring || r.told[1].Alert.State != api.AlertResolved || r.told[1].To[0] != "team" || r.fired != 1 {
		t.Errorf("told %+v", r.told)
	}
	// What was pending only is as if it had never been.
	r.put("api", func(c *api.Container) { c.Health = api.HealthUnhealthy })
	r.put("api", func(c *api.Container) { c.Health = api.HealthHealthy })
	r.want("api", "")
	if len(r.told) != 2 {
		t.Errorf("told %+v", r.told)
	}
}

func TestHysteresis(t *testing.T) {
	limit := int64(1000)
	r := newRig(t, api.AlertRule{On: api.AlertOnMemory, Of: api.AlertOfLimit, Above: new(95.0), ClearBelow: new(90.0), ForSeconds: 3, KeepSeconds: 2})
	r.put("web", func(c *api.Container) { c.MemoryLimitBytes = &limit })
	r.put("free", nil) // has no limit: it never matches
	r.measure("free", api.ColMemory, 1<<40)
	r.measure("web", api.ColMemory, 960)
	r.pass(2 * time.Second)
	r.want("web", api.AlertPending)
	r.measure("web", api.ColMemory, 930) // while it is pending, it has to be above
	r.pass(time.Second)
	r.want("web", "")
	r.measure("web", api.ColMemory, 970)
	r.pass(4 * time.Second)
	r.want("web", api.AlertFiring)
	if a := r.alert("web"); a.Value == nil || *a.Value != 97 || a.Summary != "web uses 97 % of its memory limit." {
		t.Errorf("%+v", a)
	}
	r.measure("web", api.ColMemory, 930)
	r.pass(time.Minute)
	r.want("web", api.AlertFiring)
	if a := r.alert("web"); *a.Value != 93 || !strings.Contains(a.Summary, "93 %") {
		t.Errorf("the figure is not told: %+v", a)
	}
	r.measure("web", api.ColMemory, api.Unknown) // what is not known ends nothing
	r.pass(time.Minute)
	r.want("web", api.AlertFiring)
	r.measure("web", api.ColMemory, 899)
	r.pass(3 * time.Second)
	r.want("web", api.AlertResolved)
	r.want("free", "")
}

func TestAContainerThatStopsHasNoFigure(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnCPU, Of: api.AlertOfCore, Above: new(50.0)})
	r.put("web", nil)
	r.measure("web", api.ColCPU, 9000)
	r.pass(time.Second)
	r.want("web", api.AlertFiring)
	r.measure("web", api.ColCPU, api.Unknown)
	r.kill("web", 15)
	r.die("web", 0)
	r.pass(time.Second)
	r.want("web", api.AlertResolved)
}

func TestMatchChoosesContainers(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnPaused, Match: "project:shop -name:~db"})
	pause := func(c *api.Container) { c.State, c.Project = api.StatePaused, "shop" }
	r.put("web", pause)
	r.put("db", pause)
	r.put("other", func(c *api.Container) { c.State = api.StatePaused })
	r.want("web", api.AlertFiring)
	r.want("db", "")
	r.want("other", "")
	// The answer is another when the container is another.
	r.put("other", func(c *api.Container) { c.Project = "shop" })
	r.want("other", api.AlertFiring)
	r.put("web", func(c *api.Container) { c.Project = "mail" })
	r.want("web", api.AlertResolved)
	if n := r.e.Matching("project:shop"); n != 2 {
		t.Errorf("%d match", n)
	}
}

func TestCrashLoopIsOneAlert(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnCrashLoop, Times: 3, WithinSeconds: 60, KeepSeconds: 5})
	r.put("web", nil)
	for i := range 5 {
		r.pass(5 * time.Second)
		r.die("web", 1)
		if i < 2 {
			r.want("web", "")
		}
		r.start("web")
	}
	r.want("web", api.AlertFiring)
	if a := r.alert("web"); a.Count != 5 || r.fired != 1 || !strings.Contains(a.Summary, "5 times") {
		t.Errorf("%d alerts, %+v", r.fired, a)
	}
	r.pass(2 * time.Minute)
	r.want("web", api.AlertResolved)
}

// What was before the clock was set back is over, not still to come.
func TestClockIsSetBack(t *testing.T) {
	for _, on := range []api.AlertRule{{On: api.AlertOnCrashLoop, Times: 3, WithinSeconds: 60}, {On: api.AlertOnOOM}} {
		r := newRig(t, on)
		r.put("web", nil)
		r.pass(2 * time.Hour)
		for range 3 {
			r.event("web", "oom", nil)
			r.die("web", 1)
			r.start("web")
			r.pass(time.Second)
		}
		r.want("web", api.AlertFiring)
		r.now = r.now.Add(-time.Hour)
		r.pass(10 * time.Minute)
		r.want("web", api.AlertResolved)
	}
	// An engine elsewhere whose clock is ahead of what it was is heard all the same.
	r := newRig(t, api.AlertRule{On: api.AlertOnCrashLoop, Times: 3, WithinSeconds: 60})
	r.put("web", nil)
	for range 3 {
		r.pass(time.Second)
		r.event("web", "die", func(e *api.Event) { e.Time, e.Attributes["exitCode"] = e.Time.Add(time.Hour), "1" })
	}
	r.pass(time.Second)
	r.want("web", api.AlertFiring)
}

// Whoever stops something on purpose is not told that it has stopped.
func TestIntent(t *testing.T) {
	rules := []api.AlertRule{
		{On: api.AlertOnExited}, {On: api.AlertOnMissing, Match: "name:web"}, {On: api.AlertOnCrashLoop, Times: 2, WithinSeconds: 600},
	}
	by := func(e *api.Event) { e.By = &api.Actor{Name: "ann"}; e.Attributes["exitCode"] = "137" }
	for name, c := range map[string]struct {
		end  func(r *rig)
		want int
	}{
		"docker stop":             {func(r *rig) { r.kill("web", 15); r.die("web", 143); r.event("web", "stop", nil) }, 0},
		"docker kill":             {func(r *rig) { r.kill("web", 9); r.die("web", 137) }, 0},
		"a stop that takes long":  {func(r *rig) { r.kill("web", 15); r.pass(10 * time.Second); r.kill("web", 9); r.die("web", 137) }, 0},
		"asked of Quaywatch":      {func(r *rig) { r.e.SetContainer(r.ended("web", 137), r.now); r.event("web", "die", by) }, 0},
		"docker stop, told first": {func(r *rig) { r.kill("web", 15); r.pass(time.Minute); r.event("web", "stop", nil); r.die("web", 1) }, 0}, // from 28 on
		"told afterwards":         {func(r *rig) { r.die("web", 2); r.pass(2 * time.Second); r.event("web", "stop", nil) }, 0},
		"by itself":               {func(r *rig) { r.die("web", 2) }, 2},
		"done":                    {func(r *rig) { r.die("web", 0) }, 1}, // it should run, and does not
		"a signal from within":    {func(r *rig) { r.die("web", 137) }, 2},
		"asked to read its files": {func(r *rig) { r.kill("web", sigHUP); r.pass(time.Second); r.die("web", 2) }, 2},
		"a hangup that ends it":   {func(r *rig) { r.kill("web", sigHUP); r.die("web", 129) }, 0},
		"a signal of long ago":    {func(r *rig) { r.kill("web", 10); r.pass(time.Minute); r.die("web", 2) }, 2},
		"stopped, and found so":   {func(r *rig) { r.e.SetContainer(r.ended("web", 143), r.now); r.e.Settle(r.now) }, 0},
		"nobody heard, like a stop": {func(r *rig) {
			r.e.SetContainer(r.ended("web", 143), r.now)
			r.event("web", "die", func(e *api.Event) { e.Inferred, e.Attributes["exitCode"] = true, "143" })
		}, 0},
		"nobody heard, with an error": {func(r *rig) {
			r.e.SetContainer(r.ended("web", 3), r.now)
			r.event("web", "die", func(e *api.Event) { e.Inferred, e.Attributes["exitCode"] = true, "3" })
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			rules := slices.Clone(rules)
			if name == "told afterwards" {
				for i := range rules {
					rules[i].ForSeconds = 5 // gives the engine time to tell
				}
			}
			r := newRig(t, rules...)
			r.put("web", nil)
			r.start("web")
			c.end(r)
			r.pass(30 * time.Second)
			if r.fired != c.want {
				t.Errorf("%d fired, want %d: %+v", r.fired, c.want, r.told)
			}
		})
	}
}

func TestOutOfMemory(t *testing.T) {
	limit := int64(16 << 20)
	r := newRig(t, api.AlertRule{On: api.AlertOnOOM, KeepSeconds: 60})
	r.put("web", func(c *api.Container) { c.MemoryLimitBytes = &limit })
	r.event("web", "oom", nil)
	r.want("web", api.AlertFiring)
	r.die("web", 137)
	r.start("web")
	r.pass(30 * time.Second)
	r.event("web", "oom", nil)
	r.pass(40 * time.Second)
	r.want("web", api.AlertFiring)
	if a := r.alert("web"); a.Count != 2 || r.fired != 1 || !strings.Contains(a.Summary, "16.0 MiB") {
		t.Errorf("%+v", a)
	}
	r.pass(2 * time.Minute)
	r.want("web", api.AlertResolved)

	// An engine that tells only in its record of the container.
	r.put("job", nil)
	r.start("job")
	c := *r.ended("job", 137)
	c.OOMKilled = true
	r.containers["job"] = &c
	r.e.SetContainer(&c, r.now)
	r.event("job", "die", func(e *api.Event) { e.Attributes["exitCode"] = "137" })
	r.want("job", api.AlertFiring)
	r.event("job", "oom", nil) // or tells after its record what the record said
	if a := r.alert("job"); a.Count != 1 {
		t.Errorf("one kill is counted %d times", a.Count)
	}
	r.pass(5 * time.Minute) // it lies there still
	r.want("job", api.AlertFiring)
	r.start("job")
	r.pass(time.Minute)
	r.want("job", api.AlertResolved)
}

// TestOutOfMemoryIsCountedOnce: at each start of the server a container is listed,
// without a word of how it ended, and then looked at.
func TestOutOfMemoryIsCountedOnce(t *testing.T) {
	r := newRig(t, api.AlertRule{Name: "oom", On: api.AlertOnOOM, KeepSeconds: 60})
	at := r.now.Add(-time.Hour)
	// What the history remembers of it: a process was killed, and later it ended.
	r.event("web", "oom", func(e *api.Event) { e.Time = at.Add(-time.Minute) })
	r.event("web", "die", func(e *api.Event) { e.Time, e.Attributes["exitCode"] = at, "137" })
	r.put("web", func(c *api.Container) { c.State, c.Partial = api.StateExited, true })
	r.e.Restore([]Restored{{
		Alert: &api.Alert{
			Engine: "e1", ID: "old", Rule: "oom", On: api.AlertOnOOM, State: api.AlertFiring, Container: "id-web", Name: "web", Count: 2, ActiveAt: at, FiredAt: &at,
		},
		Written: r.now.Add(-time.Minute),
	}}, r.now)
	r.pass(time.Second)
	r.put("web", func(c *api.Container) {
		code := 137
		c.Partial, c.OOMKilled, c.ExitCode, c.FinishedAt = false, true, &code, &at
	})
	r.pass(5 * time.Second)
	if a := r.alert("web"); a.State != api.AlertFiring || a.Count != 2 {
		t.Errorf("%+v", a)
	}
}

func TestMissing(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnMissing, ForSeconds: 10})
	for name, policy := range map[string]string{"always": "always", "unless": "unless-stopped", "failed": "on-failure:3", "done": "on-failure:3", "no": "no"} {
		r.put(name, func(c *api.Container) { c.RestartPolicy = policy })
		r.start(name)
	}
	for name, code := range map[string]int{"always": 0, "unless": 1, "failed": 1, "done": 0, "no": 1} {
		r.die(name, code)
	}
	r.pass(15 * time.Second)
	for name, want := range map[string]api.AlertState{"always": api.AlertFiring, "unless": api.AlertFiring, "failed": api.AlertFiring, "done": "", "no": ""} {
		r.want(name, want)
	}
	r.start("always")
	r.want("always", api.AlertResolved)
	// Somebody takes it away: that is an answer, too.
	r.kill("unless", 9)
	r.pass(40 * time.Second)
	r.remove("unless")
	r.want("unless", api.AlertResolved)
}

// A container that ends by itself and is removed at once (--rm) is gone, and
// missed until one of its name runs.
func TestGone(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnMissing, Match: "name:job"})
	r.put("job", nil)
	r.start("job")
	r.die("job", 1)
	r.remove("job")
	r.pass(time.Minute)
	r.want("job", api.AlertFiring)
	r.e.SetContainer(&api.Container{Engine: "e1", ID: "other", Name: "job", State: api.StateRunning, Row: 9}, r.now)
	r.pass(time.Second)
	r.want("job", api.AlertResolved)
	if len(r.e.subjects) != 1 || len(r.e.gone) != 0 {
		t.Errorf("%d subjects, %d gone", len(r.e.subjects), len(r.e.gone))
	}

	r.put("two", func(c *api.Container) { c.Name = "job2" })
	r.kill("two", 9)
	r.die("two", 137)
	r.remove("two")
	r.pass(time.Second)
	if r.fired != 1 {
		t.Error("what somebody removed is missed")
	}
}

func TestEngine(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnEngineDown, ForSeconds: 10}, api.AlertRule{On: api.AlertOnUnhealthy, KeepSeconds: 0})
	r.put("web", func(c *api.Container) { c.Health = api.HealthUnhealthy })
	r.engine(api.EngineUnreachable)
	r.want("laptop", api.AlertPending)
	r.pass(10 * time.Second)
	r.want("laptop", api.AlertFiring)
	if a := r.alert("laptop"); a.Engine != "e1" || a.Container != "" || !strings.Contains(a.Summary, "Nobody answers") {
		t.Errorf("%+v", a)
	}
	// Of the containers nothing is known now: neither does one heal nor fall ill.
	r.put("web", func(c *api.Container) { c.Health = api.HealthHealthy })
	r.put("api", func(c *api.Container) { c.Health = api.HealthUnhealthy })
	r.pass(time.Minute)
	r.want("web", api.AlertFiring)
	r.want("api", "")
	r.engine(api.EngineConnected)
	r.want("laptop", api.AlertResolved)
	r.want("web", api.AlertResolved)
	r.want("api", api.AlertFiring)
}

// TestWhatAnAlertSaysBesides: where it is, and what the rule's author has to say;
// a built-in rule's words about itself are not repeated.
func TestWhatAnAlertSaysBesides(t *testing.T) {
	mine := BuiltIn()[2]
	mine.Description = "Call the team of the shop."
	for _, c := range []struct {
		rule api.AlertRule
		want string
	}{
		{BuiltIn()[2], ""}, {mine, mine.Description},
		{api.AlertRule{Name: "ours", On: api.AlertOnUnhealthy, Description: "See the wiki."}, "See the wiki."},
	} {
		r := newRig(t, c.rule)
		r.put("web", func(c *api.Container) { c.Health = api.HealthUnhealthy })
		if a := r.alert("web"); a.Description != c.want || a.EngineName != "laptop" {
			t.Errorf("%s: %+v", c.rule.Name, a)
		}
	}
}

// TestFiguresInWords: they are the page's; a rule that says "over 10 MB/s" finds no 9.6 MiB/s.
func TestFiguresInWords(t *testing.T) {
	for _, c := range []struct {
		on   api.AlertCondition
		of   api.AlertBase
		v    float64
		want string
	}{
		{api.AlertOnDiskWrite, "", 10.1e6, "web writes 10.1 MB/s to its disks."},
		{api.AlertOnNetworkTransmit, "", 999, "web sends 999 B/s."},
		{api.AlertOnNetworkReceive, "", 250e6, "web receives 250 MB/s."},
		{api.AlertOnMemory, api.AlertOfBytes, 3 << 29, "web uses 1.5 GiB of memory."},
		{api.AlertOnMemory, api.AlertOfLimit, 99.9, "web uses 99 % of its memory limit."},
		{api.AlertOnCPU, api.AlertOfCore, 2.34, "web uses 2.3 % of one core."},
	} {
		if got := summary(&api.AlertRule{On: c.on, Of: c.of}, "web", &c.v, 1, ""); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestDiskAndOwn(t *testing.T) {
	r := newRig(t,
		api.AlertRule{On: api.AlertOnEngineDisk, Above: new(1000.0)}, api.AlertRule{On: api.AlertOnOwnCPU, Above: new(20.0)},
		api.AlertRule{On: api.AlertOnOwnMemory, Above: new(100.0)})
	items := func(disk, memory int64, cpu float64) []api.SystemItem {
		return []api.SystemItem{
			{Engine: &api.EngineStatus{ID: "e1", Name: "laptop", State: api.EngineConnected}},
			{DiskUsage: &api.DiskUsage{Engine: "e1", MeasuredAt: &r.now, Images: api.DiskUse{TotalBytes: &disk}, Volumes: api.DiskUse{TotalBytes: &disk}}},
			{Server: &api.ServerStatus{CPUPercent: &cpu, EngineCPUPercent: &cpu, MemoryBytes: &memory}},
		}
	}
	r.e.SetEngines(items(600, 90, 11), r.now)
	r.take()
	r.want("laptop", api.AlertFiring)
	r.want("Quaywatch", api.AlertFiring)
	if a := r.alert("Quaywatch"); a.On != api.AlertOnOwnCPU || a.Engine != "" || a.EngineName != "laptop" || a.Container != "" || !strings.HasPrefix(a.Summary, "Quaywatch and the engine's work for it take 22 %") || *a.Value != 22 {
		t.Errorf("%+v", a)
	}
	r.e.SetEngines(items(400, 200, 5), r.now.Add(time.Second))
	r.take()
	r.want("laptop", api.AlertResolved)
	if a := r.alert("Quaywatch"); a.On != api.AlertOnOwnMemory || a.State != api.AlertFiring || a.EngineName != "laptop" || a.Summary != "Quaywatch has 200 B of memory resident." {
		t.Errorf("%+v", a)
	}
}

func TestRulesThatChange(t *testing.T) {
	rule := api.AlertRule{Name: "x", On: api.AlertOnPaused, Severity: api.SeverityInfo}
	r := newRig(t, rule)
	r.put("web", func(c *api.Container) { c.State = api.StatePaused })
	r.want("web", api.AlertFiring)
	id := r.alert("web").ID
	rule.Enabled, rule.Severity, rule.Description = true, api.SeverityCritical, "See the wiki."
	r.e.SetRules([]api.AlertRule{rule}, r.now)
	r.take()
	if a := r.alert("web"); a.ID != id || a.Severity != api.SeverityCritical || a.Description != "See the wiki." || r.fired != 1 {
		t.Errorf("%+v", a)
	}
	rule.Match = "name:other"
	r.e.SetRules([]api.AlertRule{rule}, r.now)
	r.take()
	r.want("web", api.AlertResolved)
	r.pass(time.Second)
	rule.Match = ""
	r.e.SetRules([]api.AlertRule{rule}, r.now)
	r.take()
	r.want("web", api.AlertFiring)
	rule.Enabled = false
	r.e.SetRules([]api.AlertRule{rule}, r.now)
	r.take()
	r.want("web", api.AlertResolved)
	if r.e.active != 0 {
		t.Errorf("%d active", r.e.active)
	}
}

func TestSnoozeOutlastsAnAlert(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnPaused})
	pause := func(is bool) {
		r.put("web", func(c *api.Container) {
			c.State = api.StateRunning
			if is {
				c.State = api.StatePaused
			}
		})
	}
	pause(true)
	until := r.now.Add(time.Minute)
	if _, err := r.e.Mark(r.alert("web").ID, func(a *api.Alert) { a.Snoozed = &api.AlertMark{Until: &until} }, r.now); err != nil {
		t.Fatal(err)
	}
	pause(false)
	if _, err := r.e.Mark(r.alert("web").ID, func(*api.Alert) {}, r.now); api.CodeOf(err) != api.ErrConflict {
		t.Errorf("a resolved one: %v", err)
	}
	r.pass(10 * time.Second)
	pause(true)
	if a := r.alert("web"); a.State != api.AlertFiring || a.Snoozed == nil {
		t.Errorf("%+v", a)
	}
	told := len(r.told)
	r.pass(time.Minute)
	if a := r.alert("web"); a.Snoozed != nil || len(r.told) != told+1 {
		t.Errorf("the snooze is over, and nobody was told: %+v", a)
	}
}

func TestTooManyAreBounded(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnMemory, Of: api.AlertOfBytes, Above: new(0.0)})
	for i := range maxActive + 10 {
		c := &api.Container{Engine: "e1", ID: "c" + number(float64(i)), State: api.StateRunning, Row: i + 1}
		r.rows++
		r.e.SetContainer(c, r.now)
		r.cells[i+1] = map[api.Column]int64{api.ColMemory: 1}
	}
	r.pass(time.Second)
	if _, firing, refused := r.e.Active("memory"); firing != maxActive || refused == 0 {
		t.Errorf("%d fire, %d refused", firing, refused)
	}
}

func TestOnlySoManyResolvedAreKept(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnPaused})
	for range api.MaxResolvedAlerts + 5 {
		r.put("web", func(c *api.Container) { c.State = api.StatePaused })
		r.pass(time.Second)
		r.put("web", func(c *api.Container) { c.State = api.StateRunning })
	}
	if len(r.alerts) != api.MaxResolvedAlerts {
		t.Errorf("%d alerts", len(r.alerts))
	}
}

// At the start, what was before is told before the containers themselves.
func TestEventsBeforeTheirContainer(t *testing.T) {
	r := newRig(t, api.AlertRule{On: api.AlertOnExited}, api.AlertRule{On: api.AlertOnCrashLoop, Times: 2, WithinSeconds: 60})
	died := func(e *api.Event) { e.Attributes["exitCode"] = "3" }
	for _, name := range []string{"loop", "stopped"} {
		r.event(name, "start", nil)
		r.event(name, "die", died)
		r.event(name, "start", nil)
		r.event(name, "die", died)
	}
	// Stopped while its restart policy waited: there was nothing to kill.
	r.now = r.now.Add(10 * time.Second)
	r.event("stopped", "stop", nil)
	for _, name := range []string{"loop", "stopped"} {
		r.put(name, func(c *api.Container) { c.State = api.StateExited })
	}
	if r.want("stopped", ""); r.fired != 2 {
		t.Errorf("%d fired: %+v", r.fired, r.told)
	}
}

func TestWhatHasToBeKnownEachSecond(t *testing.T) {
	quick := api.AlertRule{On: api.AlertOnCPU, Of: api.AlertOfCore, Above: new(50.0), Match: "name:web"}
	slow := api.AlertRule{On: api.AlertOnMemory, Of: api.AlertOfBytes, Above: new(50.0), ForSeconds: 60}
	r := newRig(t, slow, quick)
	for _, name := range []string{"db", "web1", "web2"} {
		r.put(name, nil)
	}
	if got := r.e.Rows(); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("%v", got)
	}
	r.kill("web1", 9)
	r.die("web1", 137)
	if got := r.e.Rows(); !slices.Equal(got, []int{3}) {
		t.Errorf("%v", got)
	}
	r.e.SetRules([]api.AlertRule{slow}, r.now)
	if got := r.e.Rows(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// While it can't be reached, an engine goes by its address: an alert of before a
// restart of ours stands for it, and nobody is told twice.
func TestAnEngineThatIsGoneOverARestart(t *testing.T) {
	r := newRig(t, api.AlertRule{Name: "gone", On: api.AlertOnEngineDown})
	at := r.now.Add(-time.Hour)
	r.e.SetEngines([]api.SystemItem{{Engine: &api.EngineStatus{ID: "address", State: api.EngineConnecting}}}, r.now)
	r.e.Restore([]Restored{{Alert: &api.Alert{Engine: "e1", ID: "old", Rule: "gone", On: api.AlertOnEngineDown, State: api.AlertFiring, Name: "laptop", ActiveAt: at, FiredAt: &at}}}, r.now)
	r.pass(time.Second)
	r.e.SetEngines([]api.SystemItem{{Engine: &api.EngineStatus{ID: "address", State: api.EngineUnreachable, Since: r.now}}}, r.now)
	r.pass(time.Minute)
	if a := r.alert("laptop"); len(r.alerts) != 1 || a == nil || a.State != api.AlertFiring || len(r.told) != 0 {
		t.Fatalf("%+v, told %+v", r.alerts, r.told)
	}
	r.engine(api.EngineConnected)
	r.want("laptop", api.AlertResolved)
	r.engine(api.EngineUnreachable)
	r.want("laptop", api.AlertFiring)
}
