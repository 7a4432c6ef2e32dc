package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// composed runs a container as docker compose would have made it.
func composed(t *testing.T, e *enginetest.Engine, project, service, depends string, args ...string) {
	t.Helper()
	// It notices a stop at once, and writes when.
	const script = "trap 'exit 0' TERM; while :; do sleep 0.05; done"
	e.Docker(t, slices.Concat([]string{
		"create", "--name", project + "-" + service + "-1", "--label", "com.docker.compose.project=" + project,
		"--label", "com.docker.compose.service=" + service, "--label", "com.docker.compose.depends_on=" + depends,
	}, args, []string{enginetest.Image, "sh", "-c", script})...)
}

// TestProjectsInTheTerminal: what belongs together is listed, started and stopped in
// order, and removed, in this process and by a server.
func TestProjectsInTheTerminal(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	for i, by := range []string{"this process", "a server"} {
		if i == 1 {
			_, _ = p.serve(t)
		}
		const label = "com.docker.compose.project=shop"
		e.Docker(t, "network", "create", "--label", label, "shop_default")
		e.Docker(t, "volume", "create", "--label", label, "shop_data")
		composed(t, e, "shop", "web", "db:service_started:true", "--network", "shop_default")
		composed(t, e, "shop", "db", "", "--network", "shop_default", "-v", "shop_data:/data")
		listed := func(state string, running int) {
			t.Helper()
			eventually(t, by+": the project", func() error {
				all := decodeLines[project](t, p.ok(t, "projects", "--json"))
				if len(all) != 1 || all[0].Name != "shop" || all[0].State != state || all[0].Containers != 2 || all[0].Running != running || len(all[0].Services) != 2 ||
					!slices.Equal(all[0].Networks, []string{"shop_default"}) || !slices.Equal(all[0].Volumes, []string{"shop_data"}) {
					return fmt.Errorf("%+v", all)
				}
				if running > 0 && all[0].MemoryBytes == nil {
					return fmt.Errorf("what it takes is not known: %+v", all[0])
				}
				return nil
			})
		}
		listed("stopped", 0)
		started := func() string {
			return e.Docker(t, "inspect", "--format", "{{.State.StartedAt}} {{.State.Running}}", "shop-db-1", "shop-web-1")
		}
		if j := lastJob(t, p.ok(t, "project", "start", "shop")); j.State != api.JobDone || j.Project != "shop" || j.Action != api.ActionStart || len(j.Items) != 2 || j.Items[0].Name != "shop-db-1" {
			t.Errorf("%s: started: %+v", by, j)
		}
		first := strings.Fields(started())
		if len(first) != 4 || first[1] != "true" || first[3] != "true" || first[0] >= first[2] {
			t.Errorf("%s: the database and what needs it were started at %v", by, first)
		}
		listed("running", 2)
		if out := p.ok(t, "projects"); !strings.Contains(out, "shop      running   db, web ") || strings.Contains(out, "\x1b") {
			t.Errorf("%s: projects:\n%s", by, out)
		}
		p.ok(t, "project", "restart", "shop", "--timeout", "3")
		if again := strings.Fields(started()); len(again) != 4 || again[0] <= first[0] || again[2] <= first[2] {
			t.Errorf("%s: restarted at %v, started at %v", by, again, first)
		}
		if j := lastJob(t, p.ok(t, "project", "stop", "shop")); j.Items[0].Name != "shop-web-1" || len(j.Failures) > 0 {
			t.Errorf("%s: stopped: %+v", by, j)
		}
		listed("stopped", 0)
		e.Docker(t, "start", "shop-db-1")
		listed("partly", 1)

		for _, wrong := range []struct {
			code int
			says string
			args []string
		}{
			{exitNotFound, "`quaywatch projects`", []string{"project", "stop", "nope"}},
			{exitUsage, "--yes", []string{"project", "rm", "shop"}},
			{exitUsage, "project stop", []string{"project", "stop"}},
			{exitUsage, "project up", []string{"project", "up"}},
			{exitUsage, "--timeout", []string{"project", "stop", "shop", "--timeout", "-3"}},
		} {
			if r := p.run(t, wrong.args...); r.code != wrong.code || !strings.Contains(r.err, wrong.says) || r.out != "" {
				t.Errorf("%s: %v: %+v", by, wrong.args, r)
			}
		}
		if out := p.ok(t, "project", "rm", "shop", "--dry-run"); !strings.Contains(out, "2 containers, 1 network; 1 of the containers runs and will be killed; 1 volume will stay.") {
			t.Errorf("%s: what would go:\n%s", by, out)
		}
		var plan projectPlan
		decode(t, p.ok(t, "project", "rm", "shop", "-n", "--json", "--keep-networks"), &plan)
		if plan.Project != "shop" || !slices.Equal(plan.Containers, []string{"shop-db-1", "shop-web-1"}) || len(plan.Networks) != 0 {
			t.Errorf("%s: planned: %+v", by, plan)
		}
		if i == 1 {
			if got := p.ok(t, "__complete", "project", "stop", "s"); !strings.HasPrefix(got, "shop\n") {
				t.Errorf("completion: %q", got)
			}
		}
		j := lastJob(t, p.ok(t, "project", "rm", "shop", "--yes", "--json"))
		if j.State != api.JobDone || len(j.Failures) > 0 || len(j.Items) != 3 || j.Items[0].Name != "shop-web-1" || j.Items[2].Kind != api.TopicNetworks {
			t.Errorf("%s: removed: %+v", by, j)
		}
		if left := e.Docker(t, "ps", "-aq", "--filter", "label="+label) + e.Docker(t, "network", "ls", "-q", "--filter", "label="+label); left != "" {
			t.Errorf("%s: left are %s", by, left)
		}
		// Nothing but a volume is left of it, which stays.
		eventually(t, by+": an empty project", func() error {
			if r := p.run(t, "project", "rm", "shop", "--yes"); r.code != 0 || !strings.Contains(r.out, "nothing to remove") {
				return fmt.Errorf("%+v", r)
			}
			return nil
		})
		e.Docker(t, "volume", "rm", "shop_data")
		e.Docker(t, "network", "create", "--label", label, "shop_left")
		eventually(t, by+": a network is left", func() error {
			if r := p.run(t, "project", "rm", "shop", "--yes", "--json"); r.code != 0 {
				return fmt.Errorf("%+v", r)
			}
			return nil
		})
		if left := e.Docker(t, "network", "ls", "-q", "--filter", "label="+label); left != "" {
			t.Errorf("%s: its last network is left: %s", by, left)
		}
	}
}

// TestAProjectIsRemovedOnATerminal after a question, whose answer may be no.
func TestAProjectIsRemovedOnATerminal(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	// One that is started again and again is removed by force only.
	e.Docker(t, "run", "-d", "--restart", "always", "--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web", enginetest.Image, "sh", "-c", "exit 3")
	there := func() bool { return e.Docker(t, "ps", "-aq") != "" }
	v := p.terminal(t, 80, 24, nil, "project", "rm", "shop")
	v.sees("1 of the containers runs and will be killed")
	v.sees("Remove project shop? [y/N]")
	v.press("\r")
	v.restored(exitOK)
	v = p.terminal(t, 80, 24, nil, "project", "rm", "shop")
	v.sees("Remove project shop? [y/N]")
	v.press("\x03")
	v.restored(exitStopped)
	if !there() {
		t.Fatal("it went without a yes")
	}
	v = p.terminal(t, 80, 24, nil, "project", "rm", "shop")
	v.sees("Remove project shop? [y/N]")
	v.press("y\r")
	v.sees("remove project shop: 1 of 1")
	v.restored(exitOK)
	if there() {
		t.Error("it is still there")
	}
}

// TestProjectsFollow: what happens in another terminal is told.
func TestProjectsFollow(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	composed(t, e, "shop", "web", "")
	w := p.start(t, "projects", "--watch", "--json")
	became := func(what, state string) {
		t.Helper()
		w.until(t, what, func(line string) bool {
			var got project
			return json.Unmarshal([]byte(line), &got) == nil && got.Name == "shop" && got.State == state
		})
	}
	became("the project", "stopped")
	e.Docker(t, "start", "shop-web-1")
	became("its start", "running")
	e.Docker(t, "rm", "-f", "shop-web-1")
	w.until(t, "its end", func(line string) bool {
		var gone removedLine
		return json.Unmarshal([]byte(line), &gone) == nil && gone.Removed != "" && gone.Name == "shop"
	})
	if code := w.end(t, os.Interrupt); code != 0 {
		t.Errorf("ended with %d: %s", code, w.errors())
	}
}

func TestProjectsAsTheyAreShown(t *testing.T) {
	one := 1
	p := &project{Name: "shop", Networks: []string{"n"}, Volumes: []string{}}
	for _, c := range []*api.Container{
		{Name: "web-10", Service: "web", State: api.StateRunning}, {Name: "web-2", Service: "web", State: api.StateRunning, Health: api.HealthUnhealthy},
		{Name: "migrate", Service: "migrate", State: api.StateExited, ExitCode: &one}, {Name: "db", Service: "db", State: api.StatePaused},
	} {
		s := api.Sample{CPUPercent: new(1.5), MemoryBytes: new(int64(1 << 20))}
		if c.Name == "db" {
			s = api.Sample{} // not known yet
		}
		p.take(c, s)
	}
	p.order()
	var out bytes.Buffer
	if err := projectTable([]*project{p}).write(&out, 0, false); err != nil {
		t.Fatal(err)
	}
	want := "PROJECT   STATE                   SERVICES                 CPU        MEM   NETWORKS   VOLUMES\n" +
		"shop      3 of 4 running, 2 bad   db, migrate 0/1, web 2/2   3.0%   2.00 MiB          1         0\n"
	if p.State != "partly" || strings.Join(strings.Fields(out.String()), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("%s\n%s, want\n%s", p.State, out.String(), want)
	}
	for _, width := range []int{80, 50} {
		for _, l := range projectTable([]*project{p}).lines(width, false) {
			if cellWidth(l) > width {
				t.Errorf("%d wide at %d: %q", cellWidth(l), width, l)
			}
		}
	}
	if empty := (&project{Name: "old"}); projectPlanSum(empty, 0) != "There is nothing to remove." || empty.stateCell().text != "no containers" {
		t.Errorf("of nothing: %s", projectPlanSum(empty, 0))
	}
}
