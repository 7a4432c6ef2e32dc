//go:build linux

package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/apitest"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// console is a terminal's client.
type console struct {
	t *testing.T
	c *websocket.Conn

	mu    sync.Mutex
	text  strings.Builder
	shown int // bytes of output that came, whatever text has kept
	typed uint64
	slow  bool   // confirms nothing
	last  uint64 // of the output that came
	said  string // what an error said
	exit  *api.ExecExit
	close websocket.CloseError
	ended bool
}

// dialConsole connects to a container's terminal, as a page of origin would; "" is
// a program. status is the answer's where there is no connection.
func dialConsole(t *testing.T, base *url.URL, container, origin string) (c *websocket.Conn, status int, err error) {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	c, resp, err := websocket.Dial(t.Context(), base.JoinPath("/api/v1/containers/"+container+"/exec").String(), &websocket.DialOptions{
		HTTPClient: plainHTTP(), HTTPHeader: header, Subprotocols: []string{api.Subprotocol},
	})
	if resp != nil {
		status = resp.StatusCode
	}
	if err == nil {
		c.SetReadLimit(1 << 20)
	} else if resp != nil {
		_ = resp.Body.Close()
	}
	return c, status, err
}

func openConsole(t *testing.T, base *url.URL, container string, open api.ExecOpen) *console {
	t.Helper()
	c, _, err := dialConsole(t, base, container, "")
	if err != nil {
		t.Fatal(err)
	}
	open.Type, open.V, open.Client.ID = api.TypeExecOpen, api.ProtocolVersion, "tab-1"
	if open.Token == "" && open.Ticket == "" {
		open.Token = stormToken
	}
	if open.Cols == 0 {
		open.Cols, open.Rows = 80, 24
	}
	if err := send(t.Context(), c, open); err != nil {
		t.Fatal(err)
	}
	x := &console{t: t, c: c}
	background(t, x.read)
	return x
}

func (x *console) read(ctx context.Context) {
	defer func() { _ = x.c.CloseNow() }()
	const checkedFrames = 200
	described, frames := apitest.Load(x.t), 0
	for {
		_, frame, err := x.c.Read(ctx)
		if err != nil {
			x.mu.Lock()
			x.ended = true
			_ = errors.As(err, &x.close)
			x.mu.Unlock()
			return
		}
		if frames++; frames > checkedFrames {
			// A flood is the same frame again and again.
		} else if err := described.CheckFrame("toTerminalClient", frame); err != nil {
			x.t.Errorf("not as api/asyncapi.yaml says: %v", err)
		}
		var m struct {
			Type, Text, Message string
			N                   uint64
		}
		if err := json.Unmarshal(frame, &m); err != nil {
			x.t.Errorf("%s: %v", frame, err)
		}
		x.mu.Lock()
		slow := x.slow
		switch m.Type {
		case "output":
			if m.N != x.last+1 {
				x.t.Errorf("output %d after %d", m.N, x.last)
			}
			x.last = m.N
			x.shown += len(m.Text)
			if x.text.Len() < 1<<20 {
				x.text.WriteString(m.Text)
			}
		case "error":
			x.said = m.Message
		case "exit":
			x.exit = new(api.ExecExit)
			if err := json.Unmarshal(frame, x.exit); err != nil {
				x.t.Error(err)
			}
		}
		x.mu.Unlock()
		switch {
		case m.Type == "output" && !slow:
			_ = send(ctx, x.c, api.ExecTook{Type: api.TypeExecTook, N: m.N})
		case m.Type == "ping":
			_ = send(ctx, x.c, api.Pong{Type: api.TypePong, N: m.N})
		}
	}
}

func (x *console) enter(text string) {
	x.t.Helper()
	x.typed++
	if err := send(x.t.Context(), x.c, api.ExecText{Type: api.TypeExecInput, N: x.typed, Text: text}); err != nil {
		x.t.Fatal(err)
	}
}

func (x *console) has(text string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Contains(x.text.String(), text)
}

func (x *console) wants(text string) {
	x.t.Helper()
	until(x.t, "the terminal shows "+text, func() bool { return x.has(text) })
}

func (x *console) bytes() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.shown
}

// over waits for the end.
func (x *console) over() (exit *api.ExecExit, said string, code websocket.StatusCode) {
	x.t.Helper()
	until(x.t, "the terminal's end", func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return x.ended
	})
	return x.exit, x.said, x.close.Code
}

// rows are the audit's of terminals, the oldest first, once there are n.
func (p *tab) rows(t *testing.T, n int) []api.Event {
	t.Helper()
	var list api.List[api.Event]
	until(t, "the audit's rows", func() bool {
		list = api.List[api.Event]{}
		p.get(t, "/api/v1/events?kind=audit&order=oldest", &list)
		return len(list.Items) >= n
	})
	return list.Items
}

func TestATerminal(t *testing.T) {
	host := enginetest.Start(t)
	_, base, stop := serve(t, host.Host)
	page := &tab{base, "tab-1"}
	id := host.Run(t, "--name", "web", "--network", "none", enginetest.Image, "sleep", "10000")
	until(t, "the container is known", func() bool {
		status, _ := page.try(t, http.MethodGet, "/api/v1/containers/web", nil)
		return status == http.StatusOK
	})

	// What is typed runs, at the size that was asked for and at another one.
	x := openConsole(t, base, "web", api.ExecOpen{ExecOptions: api.ExecOptions{Cols: 91, Rows: 33}})
	until(t, "the first size", func() bool { x.enter("stty size\r"); time.Sleep(time.Second); return x.has("33 91") })
	if err := send(t.Context(), x.c, api.ExecResize{Type: api.TypeExecResize, Cols: 120, Rows: 40}); err != nil {
		t.Fatal(err)
	}
	until(t, "the second size", func() bool { x.enter("stty size\r"); time.Sleep(time.Second); return x.has("40 120") })
	x.enter("echo gr\u00fc\u00df''e\r")
	x.wants("gr\u00fc\u00dfe")
	x.enter("exit 7\r")
	if exit, said, code := x.over(); exit == nil || exit.Code == nil || *exit.Code != 7 || exit.Reason != "" || code != websocket.StatusNormalClosure {
		t.Errorf("exit %+v, %q, %d", exit, said, code)
	}
	rows := page.rows(t, 2)
	if opened, closed := rows[0], rows[1]; opened.Action != "exec" || opened.Detail != "opened" || opened.ID != id || opened.By == nil ||
		*opened.By != (api.Actor{Name: "admin", Client: "tab-1"}) || closed.Detail != "closed" || closed.Attributes["exitCode"] != "7" ||
		closed.Attributes["seconds"] == "" || closed.Attributes["session"] != opened.Attributes["session"] {
		t.Errorf("audit %+v, %+v", opened, closed)
	}
	for _, row := range rows {
		if text := string(encode(t, row)); strings.Contains(text, "stty") {
			t.Errorf("the audit has what was typed: %s", text)
		}
	}

	// A client that leaves: what it ran ends.
	x = openConsole(t, base, "web", api.ExecOpen{})
	x.enter("echo rea''dy; sleep 4321\r")
	x.wants("ready")
	_ = x.c.CloseNow()
	until(t, "what it ran has ended", func() bool { return !strings.Contains(host.Docker(t, "top", id), "4321") })

	// A server that ends says so.
	x = openConsole(t, base, "web", api.ExecOpen{})
	x.enter("echo he''re\r")
	x.wants("here")
	stop()
	if exit, _, code := x.over(); exit == nil || exit.Reason != "The server is shutting down." || exit.Left || code != websocket.StatusCode(api.CloseShutdown) {
		t.Errorf("exit %+v, %d", exit, code)
	}
	if top := host.Docker(t, "top", id); strings.Count(top, "sh") != 0 {
		t.Errorf("something runs on: %s", top)
	}
}

// TestAFloodInATerminal: a program that writes without end waits for a client
// that confirms nothing, and Ctrl-C ends it at once, however much it could write.
func TestAFloodInATerminal(t *testing.T) {
	host := enginetest.Start(t)
	_, base, _ := serve(t, host.Host)
	page := &tab{base, "tab-1"}
	host.Run(t, "--name", "web", "--network", "none", enginetest.Image, "sleep", "10000")
	until(t, "the container is known", func() bool {
		status, _ := page.try(t, http.MethodGet, "/api/v1/containers/web", nil)
		return status == http.StatusOK
	})
	x := openConsole(t, base, "web", api.ExecOpen{})
	x.enter("echo rea''dy\r")
	x.wants("ready")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x.mu.Lock()
	x.slow = true
	x.mu.Unlock()
	x.enter("yes 0123456789\r")
	until(t, "the window is full", func() bool { return x.bytes() > api.ExecOutputWindow/2 })
	full := 0
	until(t, "nothing more comes", func() bool {
		last := full
		time.Sleep(300 * time.Millisecond)
		full = x.bytes()
		return full == last
	})
	if full > 2*api.ExecOutputWindow {
		t.Errorf("%d bytes came unconfirmed", full)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap grew by %d KiB", grown>>10)
	}
	// It reads again, and gets more than a window.
	x.mu.Lock()
	x.slow = false
	n := x.last
	x.mu.Unlock()
	if err := send(t.Context(), x.c, api.ExecTook{Type: api.TypeExecTook, N: n}); err != nil {
		t.Fatal(err)
	}
	until(t, "it goes on", func() bool { return x.bytes() > full+4*api.ExecOutputWindow })
	x.enter("\x03")
	x.enter("exit 5\r")
	if exit, said, _ := x.over(); exit == nil || exit.Code == nil || *exit.Code != 5 {
		t.Errorf("exit %+v, %q", exit, said)
	}
}

func TestWhoGetsNoTerminal(t *testing.T) {
	host := enginetest.Start(t)
	dir := t.TempDir()
	tokens := map[auth.Role]string{}
	for _, role := range []auth.Role{auth.RoleViewer, auth.RoleOperator} {
		secret, _, err := auth.OpenTokens(dir).Create(string(role), role, 0)
		if err != nil {
			t.Fatal(err)
		}
		tokens[role] = secret
	}
	_, base, _ := serveIn(t, host.Host, dir)
	page := &tab{base, "tab-1"}
	host.Run(t, "--name", "web", "--network", "none", enginetest.Image, "sleep", "10000")
	host.Run(t, "--name", "asleep", "--network", "none", enginetest.Image, "sleep", "10000")
	host.Docker(t, "pause", "asleep")
	host.Create(t, "--name", "off", enginetest.Image, "true")
	until(t, "the containers are known", func() bool {
		var list api.List[api.Container]
		page.get(t, "/api/v1/containers", &list)
		paused := false
		for _, c := range list.Items {
			paused = paused || c.State == api.StatePaused
		}
		return len(list.Items) == 3 && paused
	})
	refused := func(what string, base *url.URL, container string, open api.ExecOpen, code api.CloseCode, words string) {
		t.Helper()
		x := openConsole(t, base, container, open)
		if _, said, got := x.over(); got != websocket.StatusCode(code) || !strings.Contains(said, words) {
			t.Errorf("%s: %d, %q", what, got, said)
		}
	}
	refused("a viewer", base, "web", api.ExecOpen{Token: tokens[auth.RoleViewer]}, api.CloseForbidden, "needs the role admin")
	refused("an operator", base, "web", api.ExecOpen{Token: tokens[auth.RoleOperator]}, api.CloseForbidden, "needs the role admin")
	refused("a stranger", base, "web", api.ExecOpen{Token: "qw_no"}, api.CloseUnauthorized, "not valid")
	refused("a ticket of nobody", base, "web", api.ExecOpen{Ticket: "no"}, api.CloseUnauthorized, "")
	refused("one that does not run", base, "off", api.ExecOpen{}, api.CloseRefused, "does not run")
	refused("one that is paused", base, "asleep", api.ExecOpen{}, api.CloseRefused, "unpause")
	refused("none", base, "nobody", api.ExecOpen{}, api.CloseRefused, "no container")
	refused("what can't be run", base, "web", api.ExecOpen{ExecOptions: api.ExecOptions{WorkingDir: "tmp", Cols: 80, Rows: 24}}, api.CloseRefused, "absolute path")
	if _, status, err := dialConsole(t, base, "web", "https://evil.example"); err == nil || status != http.StatusForbidden {
		t.Errorf("another site's page: %d, %v", status, err)
	}
	if status, _ := page.try(t, http.MethodGet, "/api/v1/containers/web/exec", nil); status != http.StatusBadRequest {
		t.Errorf("without an upgrade: %d", status)
	}

	// A ticket is good, once.
	var ticket struct{ Ticket string }
	page.ask(t, http.MethodPost, "/api/v1/ticket", struct{}{}, &ticket)
	x := openConsole(t, base, "web", api.ExecOpen{Ticket: ticket.Ticket})
	x.enter("exit\r")
	if exit, said, _ := x.over(); exit == nil || exit.Code == nil || *exit.Code != 0 {
		t.Errorf("with a ticket: %+v, %q", exit, said)
	}
	refused("a ticket again", base, "web", api.ExecOpen{Ticket: ticket.Ticket}, api.CloseUnauthorized, "")

	for words, with := range map[string]func(*Options){
		"--read-only": func(o *Options) { o.ReadOnly = true },
		"--no-exec":   func(o *Options) { o.NoExec = true },
	} {
		a, base, _ := serveIn(t, host.Host, t.TempDir(), with)
		until(t, "the containers are known", func() bool { return len(a.core.store.Containers()) == 3 })
		refused(words, base, "web", api.ExecOpen{}, api.CloseForbidden, words)
		var sys api.System
		(&tab{base, "tab-1"}).get(t, "/api/v1/system", &sys)
		if sys.Server.Exec {
			t.Errorf("%s: the server says that there are terminals", words)
		}
	}
}
