package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// settled runs the settings of serve for a command line and environment.
func settled(t *testing.T, env map[string]string, args ...string) *cobra.Command {
	t.Helper()
	c := newCLI(nil, &bytes.Buffer{}, &bytes.Buffer{}, func(k string) string { return env[k] })
	root := c.root()
	var got *cobra.Command
	for _, sub := range root.Commands() {
		sub.RunE = func(cmd *cobra.Command, _ []string) error { got = cmd; return nil }
	}
	root.SetArgs(args)
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestPrecedence: flag over environment over file over default.
func TestPrecedence(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "quaywatch")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(`{"listen":"127.0.0.1:1","host":"tcp://file","read-only":true,"allow-host":["a","b"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"XDG_CONFIG_HOME": home, "QUAYWATCH_LISTEN": "127.0.0.1:2", "QUAYWATCH_HOST": "tcp://env", "QUAYWATCH_OPEN": "yes"}
	cmd := settled(t, env, "serve", "--listen", "127.0.0.1:3")
	for name, want := range map[string][2]string{
		"listen": {"127.0.0.1:3", "flag"}, "host": {"tcp://env", "QUAYWATCH_HOST"}, "open": {"true", "QUAYWATCH_OPEN"},
		"read-only": {"true", filepath.Join(dir, "config.json")}, "allow-host": {"[a,b]", filepath.Join(dir, "config.json")}, "tls-key": {"", ""},
	} {
		if got := cmd.Flag(name).Value.String(); got != want[0] || origin(cmd, name) != want[1] {
			t.Errorf("--%s is %q from %q, want %q", name, got, origin(cmd, name), want)
		}
	}
}

// TestServeSettings: what serve is told for good can stand in the environment
// and in the file; the demo command's own directory is no such thing.
func TestServeSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.json")
	content := `{"allow-origin":["https://a","https://b"],"cgroup-root":"/file","demo-containers":7,"max-connections":1000000,"max-connections-per-sign-in":9}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	given := map[string]string{
		"allow-origin": "[https://a,https://b]", "cgroup-root": "/file", "demo-containers": "7", "max-connections": "1000000", "max-connections-per-sign-in": "9",
	}
	env := map[string]string{"QUAYWATCH_CONFIG": file}
	cmd := settled(t, env, "serve")
	for name, want := range given {
		if got := cmd.Flag(name).Value.String(); got != want || origin(cmd, name) != file {
			t.Errorf("--%s is %q from %q, want %q", name, got, origin(cmd, name), want)
		}
	}
	for name, value := range map[string]string{
		"allow-origin": "https://c", "cgroup-root": "/env", "demo-containers": "8", "max-connections": "5", "max-connections-per-sign-in": "6",
	} {
		variable := "QUAYWATCH_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		env[variable] = value
		cmd := settled(t, env, "serve")
		if got := strings.Trim(cmd.Flag(name).Value.String(), "[]"); got != value || origin(cmd, name) != variable {
			t.Errorf("--%s is %q from %q, want %q", name, got, origin(cmd, name), value)
		}
	}
	if got := settled(t, env, "demo").Flag("cgroup-root").Value.String(); got != "" {
		t.Errorf("demo writes its tree to %q", got)
	}
	if got := settled(t, env, "doctor").Flag("cgroup-root").Value.String(); got != "/env" {
		t.Errorf("doctor looks at %q", got)
	}
}

// TestServeRefuses: a value that means nothing, by the name it was given.
func TestServeRefuses(t *testing.T) {
	for _, c := range []struct{ name, value, takes string }{
		{"demo-containers", "-3", "a number from 1 to 10000"},
		{"demo-containers", "99999", "a number from 1 to 10000"},
		{"demo-containers", "many", ""},
		{"max-connections", "0", "a number from 1"},
		{"max-connections-per-sign-in", "-1", "a number from 1"},
		{"max-connections-per-sign-in", "1.5", ""},
		{"allow-origin", "dash.example.org", "an origin"},
		{"allow-origin", "https://dash.example.org/", "an origin"},
		{"cgroup-root", "/nonexistent", "a directory"},
		{"listen", "7420", "an address"},
	} {
		variable := "QUAYWATCH_" + strings.ToUpper(strings.ReplaceAll(c.name, "-", "_"))
		for _, typed := range []bool{true, false} {
			env := map[string]string{"HOME": t.TempDir()}
			args, named := []string{"serve", "--demo"}, "--"+c.name
			if typed {
				args = append(args, "--"+c.name+"="+c.value)
			} else {
				env[variable], named = c.value, variable
			}
			var stderr bytes.Buffer
			code := newCLI(nil, &bytes.Buffer{}, &stderr, func(k string) string { return env[k] }).run(t.Context(), args)
			if said := stderr.String(); code != exitUsage || !strings.Contains(said, named) || !strings.Contains(said, c.value) || !strings.Contains(said, c.takes) {
				t.Errorf("%s %s, typed: %v: exit %d, %s", c.name, c.value, typed, code, said)
			}
		}
	}
}

// TestEverySettingIsAFlag: a setting that no command has can't take effect.
func TestEverySettingIsAFlag(t *testing.T) {
	root := newCLI(nil, nil, nil, func(string) string { return "" }).root()
	for _, name := range settingNames() {
		found := root.PersistentFlags().Lookup(name) != nil
		for _, cmd := range root.Commands() {
			found = found || cmd.Flags().Lookup(name) != nil
		}
		if !found {
			t.Errorf("no command has --%s", name)
		}
	}
}

// TestEveryCommandHasHelp: a short text, and --json where it prints.
func TestEveryCommandHasHelp(t *testing.T) {
	root := newCLI(nil, nil, nil, func(string) string { return "" }).root()
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range root.Commands() {
		if cmd.Short == "" || cmd.InheritedFlags().Lookup("json") == nil {
			t.Errorf("%s: %q", cmd.Name(), cmd.Short)
		}
		if !strings.Contains(string(docs), "`"+cmd.Name()) {
			t.Errorf("docs/cli.md does not mention %s", cmd.Name())
		}
	}
}

// TestSignals: a reader that goes away does not end a server, the first signal
// does in order, and the second at once.
func TestSignals(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := p.command(t.Context(), "serve", "--json", "--listen", "127.0.0.1:0")
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	first := make([]byte, 10)
	if _, err := r.Read(first); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	e.Kill(t) // serve has something to print now
	eventually(t, "a server whose output nobody reads", func() error {
		return runsFor(t, p, 3*time.Second)
	})
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// runsFor checks that the server goes on answering.
func runsFor(t *testing.T, p *place, d time.Duration) error {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if r := p.run(t, "version", "--json"); !strings.Contains(r.out, `"serverUrl"`) {
			return &told{usage(r.out + r.err)}
		}
	}
	return nil
}
