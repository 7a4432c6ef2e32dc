//go:build unix

package app

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// fleet starts containers that end when they are killed, and waits until they
// are known.
func fleet(t *testing.T, a *App, host *enginetest.Engine, n int) []string {
	t.Helper()
	return crew(t, a, host, n, enginetest.Image, "sleep", "1000")
}

// gated is a fleet that ends when it is asked to and the gate is open.
func gated(t *testing.T, a *App, host *enginetest.Engine, n int) (ids []string, open func()) {
	t.Helper()
	dir := t.TempDir()
	ids = crew(t, a, host, n, "-v", dir+":/gate:ro", enginetest.Image, "sh", "-c",
		"trap 'while [ ! -e /gate/open ]; do sleep 0.1; done; exit 0' TERM; echo ready; while :; do sleep 1000 & wait; done")
	for _, id := range ids { // what has no trap yet is not asked, but ignores it
		until(t, "its trap", func() bool { return strings.Contains(host.Docker(t, "logs", id), "ready") })
	}
	return ids, func() {
		if err := os.WriteFile(filepath.Join(dir, "open"), nil, 0o600); err != nil {
			t.Error(err)
		}
	}
}

func crew(t *testing.T, a *App, host *enginetest.Engine, n int, args ...string) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = host.Run(t, append([]string{"--network", "none"}, args...)...)
	}
	until(t, "all are known", func() bool {
		return !slices.ContainsFunc(ids, func(id string) bool {
			c, err := a.core.store.Find(id)
			return err != nil || c.State != api.StateRunning
		})
	})
	return ids
}

func states(t *testing.T, host *enginetest.Engine, ids []string) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, id := range ids {
		out, err := host.DockerErr(t, "inspect", "--format", "{{.State.Status}}", id)
		if err != nil {
			out = "gone"
		}
		n[out]++
	}
	return n
}

// TestABulkStop stops 30 containers; three of them are removed meanwhile, and
// the page that asked is closed at once.
func TestABulkStop(t *testing.T) {
	host := enginetest.Shared(t)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	ids, open := gated(t, a, host, 30)
	long := 600 // seconds: nobody is killed
	body := encode(t, api.JobRequest{Action: api.ActionStop, Containers: ids, Options: api.ActionOptions{TimeoutSeconds: &long}})
	// The request, and gone before the answer.
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", base.Host)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "POST /api/v1/jobs HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", base.Host, stormToken, len(body), body)
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	var list api.List[api.Job]
	until(t, "the job begins", func() bool {
		page.ask(t, "GET", "/api/v1/jobs", nil, &list)
		return len(list.Items) == 1
	})
	host.Docker(t, append([]string{"rm", "-f"}, ids[27:]...)...) // eight at a time, and none ends: their turn comes later
	if now := page.state(t, list.Items[0].ID); now.Next > 8 {
		t.Fatalf("%d were begun before any had ended", now.Next)
	}
	open()
	j := page.ended(t, list.Items[0].ID)
	var failed []int
	for _, f := range j.Failures {
		failed = append(failed, f.Item)
		if f.Code != api.ErrNotFound || !strings.HasPrefix(f.Message, "Can't ") || !strings.Contains(f.Engine, "No such container: "+ids[f.Item]) {
			t.Errorf("failure %+v is no sentence with the engine's words", f)
		}
	}
	slices.Sort(failed)
	if j.State != api.JobDone || j.Next != 30 || len(j.Running) != 0 || !slices.Equal(failed, []int{27, 28, 29}) {
		t.Errorf("ended as %+v", j)
	}
	if got := states(t, host, ids); got["exited"] != 27 || got["gone"] != 3 {
		t.Errorf("the engine has %v", got)
	}
}

// TestAJobIsCancelledInTheMiddle: what was begun ends, the rest is left.
func TestAJobIsCancelledInTheMiddle(t *testing.T) {
	host := enginetest.Shared(t)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	ids, open := gated(t, a, host, 20)
	long := 600 // seconds: nobody is killed
	var j api.Job
	page.ask(t, "POST", "/api/v1/jobs", api.JobRequest{Action: api.ActionStop, Containers: ids, Options: api.ActionOptions{TimeoutSeconds: &long}}, &j)
	until(t, "the first are begun", func() bool { return page.state(t, j.ID).Next > 0 })
	page.ask(t, "DELETE", "/api/v1/jobs/"+j.ID, nil, &j)
	open()
	j = page.ended(t, j.ID)
	if j.State != api.JobCancelled || j.Next == 0 || j.Next > 8 || len(j.Running)+len(j.Failures) != 0 {
		t.Errorf("ended as %+v", j)
	}
	if got := states(t, host, ids); got["exited"] != j.Next || got["running"] != 20-j.Next {
		t.Errorf("the engine has %v after %d", got, j.Next)
	}
}

// TestAServerEndsInTheMiddleOfAJob: the next one knows nothing of it, and what
// was begun is done.
func TestAServerEndsInTheMiddleOfAJob(t *testing.T) {
	host := enginetest.Shared(t)
	a, base, stop := serve(t, host.Host)
	ids := fleet(t, a, host, 20)
	page := &tab{base, "tab-1"}
	one := 1
	var j api.Job
	page.ask(t, "POST", "/api/v1/jobs", api.JobRequest{Action: api.ActionStop, Containers: ids, Options: api.ActionOptions{TimeoutSeconds: &one}}, &j)
	until(t, "the first are begun", func() bool { return page.state(t, j.ID).Next > 0 })
	stop()
	last := a.core.store.Jobs()
	if len(last) != 1 || last[0].State != api.JobCancelled || last[0].EndedAt == nil || len(last[0].Running) != 0 {
		t.Fatalf("the server left %+v", last)
	}
	for _, f := range last[0].Failures { // of an engine that takes longer than a server that ends
		if !strings.Contains(f.Message, "not known") {
			t.Errorf("the server left %+v", f)
		}
	}
	until(t, "what was begun is done", func() bool { return states(t, host, ids)["exited"] == last[0].Next })
	if got := states(t, host, ids); got["running"] != 20-last[0].Next {
		t.Errorf("the engine has %v after %d", got, last[0].Next)
	}
	_, base, stop = serve(t, host.Host)
	defer stop()
	again := &tab{base, "tab-1"}
	var list api.List[api.Job]
	again.ask(t, "GET", "/api/v1/jobs", nil, &list)
	if status, body := again.try(t, "GET", "/api/v1/jobs/"+j.ID, nil); status != http.StatusNotFound || len(list.Items) != 0 {
		t.Errorf("the next server knows %v, and says %d %s", list.Items, status, body)
	}
}

// TestAProjectIsStartedAndStoppedInOrder: by Compose's labels, a healthy
// database before what needs it.
func TestAProjectIsStartedAndStoppedInOrder(t *testing.T) {
	host := enginetest.Shared(t)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	service := map[string]string{}
	create := func(name, depends string, args ...string) {
		id := host.Create(t, append(append([]string{
			"--network", "none", "--label", "com.docker.compose.project=order", "--label", "com.docker.compose.service=" + name, "--label", "com.docker.compose.depends_on=" + depends,
		}, args...), enginetest.Image, "sh", "-c", "trap exit TERM; sleep 0.3; touch /ready; while :; do sleep 0.05; done")...)
		service[id] = name
	}
	create("proxy", "web:service_started:true")
	create("web", "db:service_healthy:true,cache:service_started:false")
	create("db", "", "--health-cmd", "test -e /ready", "--health-interval", "200ms")
	create("cache", "")
	until(t, "all are known", func() bool {
		n := 0
		for _, c := range a.core.store.Containers() {
			if c.Project == "order" && !c.Partial {
				n++
			}
		}
		return n == len(service)
	})
	// run works through the project and returns the order in which it happened.
	run := func(action api.Action, event string) []string {
		from := a.core.store.Seq(api.TopicEvents)
		var j api.Job
		page.ask(t, "POST", "/api/v1/jobs", api.JobRequest{Action: action, Project: "order"}, &j)
		if j = page.ended(t, j.ID); j.State != api.JobDone || len(j.Failures) > 0 || j.Project != "order" {
			t.Errorf("%s: %+v", action, j)
		}
		var order []string
		until(t, "the events", func() bool {
			order = nil
			for _, e := range a.core.store.Events(-1) {
				if name, ok := service[e.ID]; ok && e.Seq > from && (e.Action == event || e.Action == "health_status" && e.Detail == "healthy") {
					order = append(order, name+" "+strings.TrimSuffix(e.Action, "_status"))
				}
			}
			return len(slices.DeleteFunc(slices.Clone(order), func(s string) bool { return !strings.HasSuffix(s, event) })) == len(service)
		})
		return order
	}
	before := func(order []string, first, second string) {
		t.Helper()
		if i, k := slices.Index(order, first), slices.Index(order, second); i < 0 || k < 0 || i > k {
			t.Errorf("%s does not come before %s: %v", first, second, order)
		}
	}
	started := run(api.ActionStart, "start")
	before(started, "db start", "db health")
	before(started, "db health", "web start")
	before(started, "cache start", "web start")
	before(started, "web start", "proxy start")
	stopped := run(api.ActionStop, "die")
	before(stopped, "proxy die", "web die")
	before(stopped, "web die", "db die")
	before(stopped, "web die", "cache die")
	removed := run(api.ActionRemove, "destroy")
	before(removed, "proxy destroy", "web destroy")
	before(removed, "web destroy", "db destroy")
}
