//go:build unix

package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/apitest"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// tab is a page that asks a server over HTTP; its id is a client's.
type tab struct {
	base *url.URL
	id   string
}

// ask sends a request and decodes the answer, which must be a success. While the
// engine is not heard, nothing is done; then it is asked again.
func (p *tab) ask(t *testing.T, method, path string, in, out any) {
	t.Helper()
	status, body := p.try(t, method, path, in)
	for began := time.Now(); status == http.StatusServiceUnavailable && time.Since(began) < patience; {
		time.Sleep(100 * time.Millisecond)
		status, body = p.try(t, method, path, in)
	}
	if status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, body)
	} else if err := json.Unmarshal(body, out); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, body)
	}
}

func (p *tab) try(t *testing.T, method, path string, in any) (status int, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.base.JoinPath(path).String(), bytes.NewReader(encode(t, in)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+stormToken)
	req.Header.Set("X-Quaywatch-Client", p.id)
	resp, err := plainHTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	a := apitest.Answer{Method: method, Path: req.URL.EscapedPath(), Status: resp.StatusCode, Header: resp.Header, Body: body}
	if err := apitest.Load(t).CheckAnswer(a); err != nil {
		t.Errorf("not as api/openapi.yaml says: %v", err)
	}
	return resp.StatusCode, body
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ended waits for a job's end.
func (p *tab) ended(t *testing.T, id string) api.Job {
	t.Helper()
	var j api.Job
	until(t, "job "+id+" ends", func() bool {
		p.ask(t, "GET", "/api/v1/jobs/"+id, nil, &j)
		return j.State != api.JobRunning
	})
	return j
}

// state is how far a job is.
func (p *tab) state(t *testing.T, id string) (j api.Job) {
	t.Helper()
	p.ask(t, "GET", "/api/v1/jobs/"+id, nil, &j)
	return j
}

// behind are the events of a container that say who is behind them, and those
// that don't, after the position from.
func behind(a *App, id string, from uint64) (by, others []string) {
	for _, e := range a.core.store.Events(-1) {
		switch {
		case e.ID != id || e.Seq <= from:
		case e.By == nil:
			others = append(others, e.Action)
		default:
			by = append(by, e.Action+" by "+e.By.Name+"/"+e.By.Client)
		}
	}
	return by, others
}

// TestWhoIsBehindIt: what was done through Quaywatch says who asked; what was
// done past it, and what a container did by itself, says nothing.
func TestWhoIsBehindIt(t *testing.T) {
	host := enginetest.Shared(t)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	busy := func(args ...string) string {
		id := host.Run(t, append(args, enginetest.Image, "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.05; done")...)
		until(t, "its start is told", func() bool {
			_, others := behind(a, id, 0)
			return slices.Contains(others, "start")
		})
		return id
	}
	// wait returns once the last event is told, and a moment for one too many.
	wait := func(id string, from uint64, last ...string) (by, others []string) {
		until(t, fmt.Sprintf("events %v", last), func() bool {
			by, others = behind(a, id, from)
			all := strings.Join(append(slices.Clone(by), others...), ",")
			return !slices.ContainsFunc(last, func(l string) bool { return !strings.Contains(all, l) })
		})
		time.Sleep(100 * time.Millisecond)
		return behind(a, id, from)
	}
	ours := func(t *testing.T, what string, by, others []string, want ...string) {
		t.Helper()
		var got []string
		for _, b := range by {
			action, who, _ := strings.Cut(b, " by ")
			if who != "admin/tab-1" {
				t.Errorf("%s: %s", what, b)
			}
			got = append(got, action)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(others) > 0 {
			t.Errorf("%s: ours are %v, want %v; not ours are %v", what, got, want, others)
		}
	}
	var result api.ActionResult
	id := busy()
	for _, c := range []struct {
		method, path string
		options      api.ActionOptions
		want         []string
	}{
		{"POST", "/pause", api.ActionOptions{}, []string{"pause"}},
		{"POST", "/unpause", api.ActionOptions{}, []string{"unpause"}},
		{"POST", "/rename", api.ActionOptions{Name: "who-is-behind-it"}, []string{"rename"}},
		{"POST", "/restart", api.ActionOptions{}, []string{"kill", "die", "stop", "start", "restart"}},
		{"POST", "/stop", api.ActionOptions{}, []string{"kill", "die", "stop"}},
		{"POST", "/stop", api.ActionOptions{}, nil}, // it is stopped: done, and nothing happens
		{"POST", "/start", api.ActionOptions{}, []string{"start"}},
		{"POST", "/start", api.ActionOptions{}, nil},
		{"POST", "/kill", api.ActionOptions{}, []string{"kill", "die"}},
		{"POST", "/start", api.ActionOptions{}, []string{"start"}},
		{"DELETE", "?force=true", api.ActionOptions{}, []string{"kill", "die", "destroy"}},
	} {
		from := a.core.store.Seq(api.TopicEvents)
		if c.method == "DELETE" {
			u := *base
			u.RawQuery = "force=true"
			(&tab{&u, page.id}).ask(t, c.method, "/api/v1/containers/"+id, nil, &result)
		} else {
			page.ask(t, c.method, "/api/v1/containers/"+id+c.path, c.options, &result)
		}
		by, others := wait(id, from, c.want...)
		ours(t, c.path, by, others, c.want...)
	}
	outside := busy()
	from := a.core.store.Seq(api.TopicEvents)
	host.Docker(t, "stop", outside)
	if by, others := wait(outside, from, "stop", "die"); len(by) > 0 || !slices.Contains(others, "kill") {
		t.Errorf("stopped past Quaywatch: %v and %v", by, others)
	}
	from = a.core.store.Seq(api.TopicEvents)
	exits := host.Create(t, enginetest.Image, "sh", "-c", "exit 4")
	until(t, "the container is known", func() bool { _, err := a.core.store.Find(exits); return err == nil })
	page.ask(t, "POST", "/api/v1/containers/"+exits+"/start", nil, &result)
	if by, others := wait(exits, from, "die"); len(by) != 1 || !strings.HasPrefix(by[0], "start") || !slices.Contains(others, "die") {
		t.Errorf("an exit of its own: %v and %v", by, others)
	}
	inJob := busy()
	from = a.core.store.Seq(api.TopicEvents)
	var j api.Job
	page.ask(t, "POST", "/api/v1/jobs", api.JobRequest{Action: api.ActionStop, Containers: []string{inJob}}, &j)
	page.ended(t, j.ID)
	by, others := wait(inJob, from, "stop", "die")
	ours(t, "a job", by, others, "kill", "die", "stop")
}
