package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
	"github.com/quaywatch/quaywatch/internal/history"
)

// TestEventsOfThePast: events --since tells what was before, also before a
// restart of the server, and goes on without telling anything twice.
func TestEventsOfThePast(t *testing.T) {
	e := enginetest.Shared(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	server, _ := p.serve(t)
	id := e.Run(t, "--name", "remembered", "--network", "none", enginetest.Image, "sleep", "1000")
	past := func() string {
		var actions []string
		for line := range strings.Lines(p.ok(t, "events", "--since", "1h", "--until", "0s", "--filter", "container=remembered", "--filter", "kind=container", "--json")) {
			var ev api.Event
			decode(t, line, &ev)
			actions = append(actions, ev.Action)
		}
		return strings.Join(actions, " ")
	}
	eventually(t, "the start is written", func() error {
		if got := past(); got != "create start" {
			return fmt.Errorf("told %q", got)
		}
		return nil
	})
	if code := server.end(t, syscall.SIGKILL); code == 0 {
		t.Error("the server ended by itself")
	}
	server, base := p.serve(t)
	eventually(t, "the past is there after a kill", func() error {
		if got := past(); got != "create start" {
			return fmt.Errorf("told %q", got)
		}
		return nil
	})

	// The file that the page exports has the same lines.
	printed := p.ok(t, "events", "--since", "1h", "--until", "0s", "--filter", "container=remembered", "--filter", "kind=container", "--json")
	if got := p.get(t, base+"/api/v1/events/export?since=1h&container=remembered&kind=container"); got != printed {
		t.Errorf("exported\n%s\nprinted\n%s", got, printed)
	}

	events := p.start(t, "events", "--since", "1h", "--filter", "container=remembered", "--filter", "kind=container", "--json")
	var got []string
	one := func(what, action string) {
		t.Helper()
		events.until(t, what, func(l string) bool {
			var ev api.Event
			if json.Unmarshal([]byte(l), &ev) != nil || ev.ID != id {
				t.Errorf("told of something else: %s", l)
			}
			got = append(got, ev.Action)
			return ev.Action == action
		})
	}
	one("the past", "start")
	e.Docker(t, "pause", "remembered")
	one("what comes", "pause")
	e.Docker(t, "unpause", "remembered")
	one("what comes next", "unpause")
	if want := []string{"create", "start", "pause", "unpause"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	if code := events.end(t, syscall.SIGINT); code != 0 {
		t.Errorf("events ended with %d", code)
	}

	// A backup of a running server's history is one that can be read.
	target := filepath.Join(t.TempDir(), history.FileName)
	if out := p.ok(t, "history", "backup", target); !strings.Contains(out, target) {
		t.Errorf("backup says %q", out)
	}
	fails(t, p, exitFailure, []string{target, "there already"}, "history", "backup", target)
	if code := server.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
}

// get is what a server answers to who has the admin's token.
func (p *place) get(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := os.ReadFile(filepath.Join(p.dataDir(), "token"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %s %v", address, resp.Status, body, err)
	}
	return string(body)
}

func TestEventsOfThePastRefuses(t *testing.T) {
	p := newPlace(t, "DOCKER_HOST=unix:///nonexistent.sock")
	for _, c := range []struct {
		name  string
		code  int
		words []string
		args  []string
	}{
		{"no server", exitFailure, []string{"quaywatch serve", "--url"}, []string{"events", "--since", "1h"}},
		{"a time that is none", exitUsage, []string{"--since", "2h"}, []string{"events", "--since", "soon"}},
		{"a time that ends before it begins", exitUsage, []string{"before --since", "--since 2h --until 1h"}, []string{"events", "--since", "10m", "--until", "20m"}},
		{"a filter without a value", exitUsage, []string{"NAME=VALUE"}, []string{"events", "--filter", "die"}},
		{"an unknown filter", exitUsage, []string{"container", "project"}, []string{"events", "--filter", "image=x"}},
		{"an unknown kind", exitUsage, []string{"kind=…", `"containers"`, "container, image"}, []string{"events", "--filter", "kind=containers"}},
		{"what never comes live", exitUsage, []string{"--until 0s"}, []string{"events", "--filter", "kind=audit"}},
		{"two pasts", exitUsage, []string{"since", "last"}, []string{"events", "--since", "1h", "--last", "3"}},
		{"no history", exitNotFound, []string{"--data-dir"}, []string{"history", "backup", filepath.Join(t.TempDir(), "x")}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, p, c.code, c.words, c.args...) })
	}
}
