//go:build linux

package app

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// told are the events of a container in the history, the oldest first, an
// inferred one with a star.
func (p *tab) told(t *testing.T, container string) string {
	t.Helper()
	var list api.List[api.Event]
	p.get(t, "/api/v1/events?order=oldest&kind=container&container="+container, &list)
	var out []string
	for _, e := range list.Items {
		what := e.Action
		if e.Inferred {
			what += "*"
		}
		if e.By != nil {
			what += "(" + e.By.Name + ")"
		}
		out = append(out, what)
	}
	return strings.Join(out, " ")
}

// TestHistoryOverRestarts: what happened is there once, whoever was away.
func TestHistoryOverRestarts(t *testing.T) {
	host := enginetest.Start(t)
	dir := t.TempDir()
	_, base, stop := serveIn(t, host.Host, dir)
	page := &tab{base, "tab-1"}
	web := host.Run(t, "--name", "web", "--network", "none", enginetest.Image, "sleep", "1000")
	page.ask(t, http.MethodPost, "/api/v1/containers/"+web+"/kill", struct{}{}, &api.ActionResult{})
	const first = "create start kill(admin) die(admin)"
	until(t, "the first life is written", func() bool { return page.told(t, "web") == first })
	var audit api.List[api.Event]
	until(t, "both rows of the audit", func() bool {
		page.get(t, "/api/v1/events?kind=audit&order=oldest", &audit)
		return len(audit.Items) >= 2
	})
	if len(audit.Items) != 2 || audit.Items[0].Detail != "asked" || audit.Items[1].Detail != "done" || audit.Items[1].By == nil {
		t.Errorf("audit %+v", audit.Items)
	}
	stop()

	// Quaywatch is away, the engine tells.
	host.Docker(t, "start", "web")
	host.Docker(t, "kill", "web")
	db := host.Run(t, "--name", "db", "--network", "none", enginetest.Image, "sleep", "1000")
	_, base, stop = serveIn(t, host.Host, dir)
	page = &tab{base, "tab-1"}
	const second = first + " start kill die"
	until(t, "what the engine told", func() bool { return page.told(t, "web") == second && page.told(t, "db") == "create start" })
	var live api.List[api.Event]
	page.get(t, "/api/v1/events?last=2000", &live)
	seen := map[string]int{}
	for _, e := range live.Items {
		if e.ID == web {
			seen[e.Time.String()+e.Action]++
		}
	}
	if len(seen) != 7 {
		t.Errorf("the page's own events reach back to %v", seen)
	}
	for what, n := range seen {
		if n != 1 {
			t.Errorf("the page has %q %d times", what, n)
		}
	}
	stop()

	// Both are away, and the engine forgets.
	host.Docker(t, "start", "web")
	host.Docker(t, "rm", "-f", db)
	host.Restart(t)
	host.Docker(t, "kill", "web")
	host.Restart(t)
	time.Sleep(2500 * time.Millisecond) // a shorter gap is not worth a row
	_, base, stop = serveIn(t, host.Host, dir)
	defer stop()
	page = &tab{base, "tab-1"}
	ofWeb, ofDB := "", ""
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("web: %s; db: %s", ofWeb, ofDB)
		}
	})
	until(t, "what must have happened", func() bool {
		ofWeb, ofDB = page.told(t, "web"), page.told(t, "db")
		return ofWeb == second+" start* die*" && ofDB == "create start destroy*"
	})
	var gaps api.List[api.Event]
	until(t, "the gap", func() bool {
		page.get(t, "/api/v1/events?kind=engine&action=gap", &gaps)
		return len(gaps.Items) == 1
	})
	if g := gaps.Items[0]; g.Attributes[api.AttrFrom] >= g.Attributes[api.AttrUntil] || g.Attributes[api.AttrReason] == "" {
		t.Errorf("%+v", g)
	}
}

// TestAFullDiskPausesOnlyHistory: who watches and who acts notices nothing but
// the notice.
func TestAFullDiskPausesOnlyHistory(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size=3m"); err != nil {
		t.Skip("takes the right to mount a file system: ", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	host := enginetest.Shared(t)
	a, base, stop := serveIn(t, host.Host, dir)
	defer stop()
	page := &tab{base, "tab-1"}
	id := fleet(t, a, host, 1)[0]
	ballast := filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	state := func() *api.HistoryStatus {
		var s api.System
		page.get(t, "/api/v1/system", &s)
		return s.Server.History
	}
	actions := []string{"pause", "unpause"}
	n := 0
	for ; state().State != api.HistoryPaused; n++ {
		page.ask(t, http.MethodPost, "/api/v1/containers/"+id+"/"+actions[n%2], struct{}{}, &api.ActionResult{})
		if n > 500 {
			t.Fatalf("%+v", state())
		}
	}
	if s := state(); !strings.Contains(s.Reason, "full") {
		t.Errorf("%+v", s)
	}
	// It goes on, live.
	asked := time.Now()
	next, becomes := actions[n%2], []api.ContainerState{api.StatePaused, api.StateRunning}[n%2]
	page.ask(t, http.MethodPost, "/api/v1/containers/"+id+"/"+next, struct{}{}, &api.ActionResult{})
	until(t, "the action is seen", func() bool {
		c, err := a.core.store.Find(id)
		return err == nil && c.State == becomes
	})
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	until(t, "history goes on by itself", func() bool { return state().State == api.HistoryRecording })
	var list api.List[api.Event]
	until(t, "what happened meanwhile is written", func() bool {
		page.get(t, "/api/v1/events?container="+id+"&action="+next, &list)
		return len(list.Items) > 0 && list.Items[0].Time.After(asked)
	})
}
