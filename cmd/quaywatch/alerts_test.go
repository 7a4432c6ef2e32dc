package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestRulesAreChecked: errors have line and column, and a status of their own.
func TestRulesAreChecked(t *testing.T) {
	p := newPlace(t)
	file := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rules:\n  - {name: a, on: paused}\n  - {name: b, on: oom}\n")
	if got := p.ok(t, "rules", "check", file); got != file+": 2 rules, nothing wrong\n" {
		t.Errorf("%q", got)
	}
	// One without rules is no error, since a server takes it, but is seldom meant.
	for _, none := range []string{"", "rules: []\n", "# later\n"} {
		write(none)
		if r := p.run(t, "rules", "check", file); r.code != exitOK || r.out != "" || !strings.HasPrefix(r.err, file+": warning: There are no rules in it.") {
			t.Errorf("without rules: %+v", r)
		}
	}
	var empty rulesChecked
	if decode(t, strings.TrimSpace(p.ok(t, "rules", "check", file, "--json")), &empty); len(empty.Warnings) != 1 || empty.Errors == nil {
		t.Errorf("without rules: %+v", empty)
	}
	write("rules:\n  - name: a\n    on: nonsense\n  - name: b\n    on: cpu\n    of: core\n")
	r := p.run(t, "rules", "check", file)
	lines := strings.Split(r.out, "\n")
	if r.code != exitFindings || len(lines) != 3 || !strings.HasPrefix(lines[0], file+":3:9: There is no condition") || !strings.HasPrefix(lines[1], file+":4:5: ") {
		t.Errorf("status %d: %s%s", r.code, r.out, r.err)
	}
	r = p.run(t, "rules", "check", file, "--json")
	var checked rulesChecked
	decode(t, strings.TrimSpace(r.out), &checked)
	if r.code != exitFindings || checked.File != file || len(checked.Errors) != 2 || checked.Errors[0].Line != 3 || checked.Errors[0].Column != 9 {
		t.Errorf("status %d: %s", r.code, r.out)
	}
	if r = p.run(t, "serve", "--rules", file, "--listen", "127.0.0.1:0", "--demo"); r.code != exitUsage || !strings.Contains(r.err, file+":3:9:") {
		t.Errorf("a server with such a file: status %d: %s", r.code, r.err)
	}
	if r = p.run(t, "rules", "check", file+".none"); r.code != exitUsage || !strings.Contains(r.err, "can't be read") {
		t.Errorf("no file: status %d: %s", r.code, r.err)
	}
	for command, what := range map[string]string{"alerts": "alerts", "rules": "alert rules"} {
		if r = p.run(t, command, "--host", "unix:///nowhere/docker.sock"); r.code != exitUnreachable || !strings.Contains(r.err, " and "+what+" are a server's") {
			t.Errorf("%s without a server: status %d: %s", command, r.code, r.err)
		}
	}
}

func TestAlertsAreListed(t *testing.T) {
	e := enginetest.Shared(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte("rules:\n  - {name: held, on: paused, match: name:=listed, severity: info}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, _ := p.serve(t, "--rules", file)
	id := e.Run(t, "--name", "listed", "--network", "none", enginetest.Image, "sleep", "1000")
	e.Docker(t, "pause", id)
	held := func(args ...string) (found []api.Alert) {
		for _, a := range decodeLines[api.Alert](t, p.ok(t, append([]string{"alerts", "--rule", "held", "--json"}, args...)...)) {
			if a.Container == id {
				found = append(found, a)
			}
		}
		return found
	}
	eventually(t, "it fires", func() error {
		if got := held(); len(got) != 1 || got[0].State != api.AlertFiring {
			return fmt.Errorf("%+v", got)
		}
		return nil
	})
	if got := p.ok(t, "alerts"); !strings.Contains(got, "listed is paused.") || !strings.Contains(got, "firing") {
		t.Errorf("%s", got)
	}
	var rule *api.AlertRuleStatus
	for _, r := range decodeLines[api.AlertRuleStatus](t, p.ok(t, "rules", "--json")) {
		if r.Name == "held" {
			rule = &r
		}
	}
	if rule == nil || rule.Firing != 1 || rule.Line != 2 || rule.Source != api.RuleFromFile {
		t.Errorf("%+v", rule)
	}
	if got := p.ok(t, "rules"); !strings.Contains(got, "held") || !strings.Contains(got, "Crash loop") {
		t.Errorf("%s", got)
	}
	e.Docker(t, "unpause", id)
	eventually(t, "it has resolved", func() error {
		if got := held("--all", "--since", "1h"); len(got) != 1 || got[0].State != api.AlertResolved || len(held()) != 0 {
			return errors.New("it goes on")
		}
		return nil
	})
	server.end(t, syscall.SIGTERM)
}
