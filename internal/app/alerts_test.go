//go:build linux

package app

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// alerted are the alerts about a container as "rule state", the oldest first.
func (p *tab) alerted(t *testing.T, container string) string {
	t.Helper()
	var list api.List[api.Alert]
	p.get(t, "/api/v1/alerts?container="+container, &list)
	var out []string
	for _, a := range slices.Backward(list.Items) {
		out = append(out, a.Rule+" "+string(a.State))
	}
	return strings.Join(out, ", ")
}

// TestAlertsOfARealEngine: what goes wrong is told, what somebody stops is not,
// and a restart tells nothing twice.
func TestAlertsOfARealEngine(t *testing.T) {
	host := enginetest.Start(t)
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(rules, []byte(`rules:
  - {name: ended, on: exited, for: 2s}
  - {name: absent, on: missing, match: "name:~^(asked|ours|self)$", for: 2s}
  - {name: Unhealthy, on: unhealthy}
  - {name: Crash loop, on: crash-loop, times: 3, within: 1h}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(o *Options) { o.RulesFile = rules }
	_, base, stop := serveIn(t, host.Host, dir, file)
	page := &tab{base, "tab-1"}

	run := func(name string, args ...string) string {
		return host.Run(t, append([]string{"--name", name, "--network", "none"}, args...)...)
	}
	sleep := []string{enginetest.Image, "sleep", "1000"}
	loop := run("loop", "--restart", "on-failure:5", enginetest.Image, "sh", "-c", "sleep 0.2; exit 3")
	asked, ours := run("asked", sleep...), run("ours", sleep...)
	self := run("self", enginetest.Image, "sh", "-c", "sleep 1; exit 4")
	sick := run("sick", append([]string{"--health-cmd", "test ! -e /sick", "--health-interval", "300ms", "--health-retries", "2"}, sleep...)...)
	fat := host.RunOutOfMemory(t)

	host.Docker(t, "exec", sick, "touch", "/sick")
	host.Docker(t, "stop", "-t", "1", asked)
	page.ask(t, http.MethodPost, "/api/v1/containers/"+ours+"/stop", api.ActionOptions{TimeoutSeconds: new(1)}, &api.ActionResult{})
	for id, want := range map[string]string{
		self: "ended firing, absent firing", sick: "Unhealthy firing", fat: "Out of memory firing, ended firing",
	} {
		until(t, want, func() bool {
			got := page.alerted(t, id)
			for w := range strings.SplitSeq(want, ", ") {
				if !strings.Contains(got, w) {
					return false
				}
			}
			return true
		})
	}
	// It ends six times in all, and is one alert.
	until(t, "the loop is over", func() bool {
		return host.Docker(t, "inspect", "-f", "{{.State.Status}} {{.RestartCount}}", loop) == "exited 5"
	})
	var list api.List[api.Alert]
	until(t, "each end is counted", func() bool {
		page.get(t, "/api/v1/alerts?rule=Crash+loop", &list)
		return len(list.Items) == 1 && list.Items[0].Count == 6
	})
	if a := list.Items[0]; a.Container != loop || a.State != api.AlertFiring {
		t.Errorf("%+v", a)
	}
	marked := api.Alert{}
	page.ask(t, http.MethodPut, "/api/v1/alerts/"+list.Items[0].ID+"/acknowledgement", map[string]string{"note": "mine"}, &marked)
	stop()

	// Meanwhile one heals, and what had ended runs.
	host.Docker(t, "exec", sick, "rm", "/sick")
	until(t, "the engine says that it has healed", func() bool { return host.Docker(t, "inspect", "-f", "{{.State.Health.Status}}", sick) == "healthy" })
	host.Docker(t, "rename", "self", "self-then")
	_, base, stop = serveIn(t, host.Host, dir, file)
	defer stop()
	page = &tab{base, "tab-1"}
	until(t, "what healed has resolved", func() bool { return page.alerted(t, sick) == "Unhealthy resolved" })
	until(t, "what the rule no longer names has resolved", func() bool { return strings.Contains(page.alerted(t, self), "absent resolved") })
	for id, want := range map[string]int{self: 2, sick: 1, fat: 2, asked: 0, ours: 0} {
		got := page.alerted(t, id)
		if n := strings.Count(got, " firing") + strings.Count(got, " resolved"); n != want {
			t.Errorf("%s: %d alerts, want %d: %s", id[:12], n, want, got)
		}
	}
	page.get(t, "/api/v1/alerts?rule=Crash+loop", &list)
	if len(list.Items) != 1 || list.Items[0].ID != marked.ID || list.Items[0].Acknowledged == nil || list.Items[0].Count != 6 {
		t.Errorf("after the restart: %+v", list.Items)
	}
	var preview api.AlertPreview
	page.ask(t, http.MethodPost, "/api/v1/alert-rules/preview", api.AlertPreviewRequest{Rule: api.AlertRule{On: api.AlertOnUnhealthy}}, &preview)
	if preview.Total != 1 || preview.Items[0].Name != "sick" || time.Since(preview.Items[0].At) > time.Hour {
		t.Errorf("it would have found %+v", preview)
	}
}
