package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/enginetest"
)

const sidecarToken = "qw_of-the-desktop-app-0123456789abcdef"

// window is the desktop app's end of a sidecar.
type window struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
	ready readyLine
}

// startSidecar starts one as the desktop app does, and waits until it answers.
func startSidecar(t *testing.T, p *place, target any) *window {
	t.Helper()
	w := &window{cmd: p.command(t.Context(), "sidecar")}
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	start := map[string]any{"target": target, "token": sidecarToken, "dataDir": filepath.Join(p.home, "app")}
	if err := json.NewEncoder(w.in).Encode(start); err != nil {
		t.Fatal(err)
	}
	w.lines = bufio.NewScanner(out)
	if !w.lines.Scan() {
		t.Fatal("no line of readiness")
	}
	decode(t, w.lines.Text(), &w.ready)
	if w.ready.Event != "ready" || w.ready.PID != w.cmd.Process.Pid || strings.Contains(w.ready.URL, sidecarToken) {
		t.Errorf("ready: %+v", w.ready)
	}
	return w
}

// get asks it as the window does; it returns the status and who may read it.
func (w *window) get(t *testing.T, path string) (status int, origin string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.ready.Listen+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+sidecarToken)
	req.Header.Set("Origin", "tauri://localhost")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	return resp.StatusCode, resp.Header.Get("Access-Control-Allow-Origin")
}

// end ends its standard input, and so it.
func (w *window) end(t *testing.T) {
	t.Helper()
	if err := w.in.Close(); err != nil {
		t.Fatal(err)
	}
	for w.lines.Scan() { // what the engine's state was
	}
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("the end of standard input: %v", err)
	}
}

// TestSidecar: it watches what the app's target says, whatever the environment
// says, answers the window, keeps its data apart, and lives as long as its
// standard input.
func TestSidecar(t *testing.T) {
	e := enginetest.Shared(t)
	const nowhere = "DOCKER_HOST=unix:///nonexistent.sock"
	for name, one := range map[string]struct {
		env    []string
		target any
		demo   bool
	}{
		"auto": {[]string{"DOCKER_HOST=" + e.Host}, map[string]string{"kind": "auto"}, false},
		"host": {[]string{nowhere, "DOCKER_CONTEXT=nowhere"}, map[string]string{"kind": "host", "host": e.Host}, false},
		"demo": {[]string{nowhere, "QUAYWATCH_HOST=unix:///nonexistent.sock"}, map[string]string{"kind": "demo"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, one.env...)
			w := startSidecar(t, p, one.target)
			var engine engineLine
			for engine.State != "connected" && w.lines.Scan() {
				decode(t, w.lines.Text(), &engine)
			}
			if engine.State != "connected" || engine.Demo != one.demo {
				t.Errorf("it watches %+v", engine)
			}
			if status, origin := w.get(t, "/api/v1/session"); status != http.StatusOK || origin != "tauri://localhost" {
				t.Errorf("the window is answered %d, for %q", status, origin)
			}
			w.end(t)
			if _, err := os.Stat(filepath.Join(p.home, "app")); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(p.dataDir()); err == nil {
				t.Error("it shares the data of the user's own server")
			}
		})
	}
}

// TestSidecarContext: a context is found where the docker command keeps it, and
// the environment's own choice does not count.
func TestSidecarContext(t *testing.T) {
	p := newPlace(t, "DOCKER_HOST=unix:///nonexistent.sock")
	r := p.sidecar(t, `{"target":{"kind":"context","name":"far"},"token":"`+sidecarToken+`","dataDir":"`+p.home+`"}`)
	if r.code == 0 || !strings.Contains(r.err, "far") {
		t.Errorf("a context that is not there: %d %q", r.code, r.err)
	}
}

// TestSidecarRelay: requests go on to a server elsewhere, under the token that
// the window has for that one.
func TestSidecarRelay(t *testing.T) {
	asked := make(chan string, 1)
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path + " " + r.Header.Get("Authorization")
	}))
	t.Cleanup(far.Close)
	w := startSidecar(t, newPlace(t), map[string]string{"kind": "remote", "url": far.URL})
	w.get(t, "/api/v1/session")
	if got := <-asked; got != "/api/v1/session Bearer "+sidecarToken {
		t.Errorf("asked %q", got)
	}
	w.end(t)
}

// TestSidecarWrong: what makes no sense is said in a sentence.
func TestSidecarWrong(t *testing.T) {
	for line, want := range map[string]string{
		"":                           "does not say what to watch",
		"{":                          "does not say what to watch",
		`{"target":"here"}`:          "does not say what to watch",
		`{"target":{"kind":"moon"}}`: `no way to watch "moon"`,
		`{"target":{"kind":"remote","url":"http://watch.example.org"}}`: "https",
		`{"target":{"kind":"remote","url":"quay"}}`:                     "no server's address",
	} {
		if r := newPlace(t).sidecar(t, line); r.code == 0 || r.out != "" || !strings.Contains(r.err, want) {
			t.Errorf("%s: %d %q %q", line, r.code, r.out, r.err)
		}
	}
}

// sidecar runs one that says why it can't.
func (p *place) sidecar(t *testing.T, line string) result {
	t.Helper()
	cmd := p.command(t.Context(), "sidecar")
	cmd.Stdin = strings.NewReader(line + "\n")
	var out, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &stderr
	_ = cmd.Run() // its exit code is looked at
	return result{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}
