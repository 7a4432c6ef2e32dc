package jobs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
)

// service makes a container of a project; depends is the label's value.
func service(name, depends string) *api.Container {
	return &api.Container{
		Engine: "e", ID: name, Name: "p-" + name + "-1", Project: "p", Service: name, State: api.StateExited, Health: api.HealthNone,
		Labels: map[string]string{labelDepends: depends},
	}
}

func shape(ws [][]*api.Container) string {
	var out []string
	for _, w := range ws {
		var names []string
		for _, c := range w {
			names = append(names, c.ID)
		}
		slices.Sort(names)
		out = append(out, strings.Join(names, "+"))
	}
	return strings.Join(out, " ")
}

func TestWaves(t *testing.T) {
	shop := []*api.Container{
		service("web", "db:service_healthy:true, cache:service_started:false"),
		service("db", ""), service("cache", ""), service("proxy", "web:service_started:true,gone:service_started:false"),
		service("adhoc", "adhoc:service_started:true"),
	}
	for action, want := range map[api.Action]string{
		api.ActionStart: "adhoc+cache+db web proxy", api.ActionRestart: "adhoc+cache+db web proxy",
		api.ActionStop: "proxy web adhoc+cache+db", api.ActionRemove: "proxy web adhoc+cache+db", api.ActionKill: "proxy web adhoc+cache+db",
	} {
		if got := shape(waves(shop, directionOf(action))); got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
	circle := []*api.Container{service("a", "b:service_healthy:true"), service("b", "a:service_started:true"), service("c", ""), service("d", "a:x:y")}
	if got := shape(waves(circle, dependenciesFirst)); got != "c a+b+d" {
		t.Errorf("a circle: %q", got)
	}
}

// Whatever the labels say, each container is in one wave, and what is in no
// circle comes after what it needs.
func TestWavesOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d", "e", "f"}
		var all []*api.Container
		for i, name := range names {
			// Only on earlier ones: without circles.
			pick := rapid.SliceOfDistinct(rapid.IntRange(0, max(0, i-1)), rapid.ID[int]).Draw(t, name)
			var label []string
			for _, p := range pick {
				if p < i {
					label = append(label, names[p]+":service_started:true")
				}
			}
			all = append(all, service(name, strings.Join(label, ",")))
		}
		shuffled := rapid.Permutation(all).Draw(t, "order")
		at := map[string]int{}
		for i, w := range waves(shuffled, dependenciesFirst) {
			for _, c := range w {
				at[c.Service] = i + 1
			}
		}
		for _, c := range all {
			for _, n := range needs(c) {
				if at[n.service] >= at[c.Service] || at[n.service] == 0 {
					t.Fatalf("%s in wave %d needs %s in wave %d", c.Service, at[c.Service], n.service, at[n.service])
				}
			}
		}
		junk := rapid.SliceOfN(rapid.StringMatching(`[a-f,:]{0,12}`), len(names), len(names)).Draw(t, "junk")
		for i, c := range all {
			c.Labels[labelDepends] = junk[i]
		}
		n := 0
		for _, w := range waves(all, dependenciesLast) {
			n += len(w)
		}
		if n != len(all) {
			t.Fatalf("%d of %d containers are in waves", n, len(all))
		}
	})
}

func TestWhatIsWaitedFor(t *testing.T) {
	before, after := time.Unix(1, 0), time.Unix(2, 0)
	db := service("db", "")
	db.StartedAt = &before
	web := service("web", "db:service_healthy:true,init:service_completed_successfully:true,cache:service_started:true")
	all := []*api.Container{db, service("init", ""), service("cache", "")}
	waits := awaitedBy([]*api.Container{web}, all, api.ActionStart)
	if len(waits) != 2 || waits[0].key != "e/db" || waits[1].key != "e/init" {
		t.Fatalf("waits for %+v", waits)
	}
	if got := awaitedBy([]*api.Container{web}, all, api.ActionStop); got != nil {
		t.Errorf("a stop waits for %+v", got)
	}
	is := func(started *time.Time, state api.ContainerState, health api.Health) *api.Container {
		return &api.Container{StartedAt: started, State: state, Health: health}
	}
	healthy, completed := waits[0], waits[1]
	running := awaited{condition: conditionHealthy, started: &before, alive: true}
	for name, c := range map[string]struct {
		a    awaited
		c    *api.Container
		want bool
	}{
		"not seen started":        {healthy, is(&before, api.StateExited, api.HealthUnhealthy), false},
		"starting":                {healthy, is(&after, api.StateRunning, api.HealthStarting), false},
		"healthy":                 {healthy, is(&after, api.StateRunning, api.HealthHealthy), true},
		"unhealthy":               {healthy, is(&after, api.StateRunning, api.HealthUnhealthy), true},
		"no check":                {healthy, is(&after, api.StateRunning, api.HealthNone), true},
		"died":                    {healthy, is(&after, api.StateExited, api.HealthStarting), true},
		"gone":                    {healthy, nil, true},
		"ran before, starting":    {running, is(&before, api.StateRunning, api.HealthStarting), false},
		"ran before, healthy":     {running, is(&before, api.StateRunning, api.HealthHealthy), true},
		"at work":                 {completed, is(&after, api.StateRunning, api.HealthNone), false},
		"has done its work":       {completed, is(&after, api.StateExited, api.HealthNone), true},
		"never started, at first": {completed, is(nil, api.StateCreated, api.HealthNone), false},
	} {
		if got := c.a.come(c.c, c.c != nil); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
