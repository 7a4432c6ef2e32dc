package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// terminal is a real pseudo-terminal with a process in it, and an emulator that
// reads what the process writes and answers what it asks.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	pty    *os.File
	screen *vt.Emulator // its answers are read at any time, the rest under mu
	before unix.Termios
	ended  chan struct{} // closed when nothing more is to be read
	both   sync.WaitGroup

	mu  sync.Mutex
	raw bytes.Buffer
}

// terminal starts a command in a terminal of a size.
func (p *place) terminal(t *testing.T, width, height int, env []string, args ...string) *terminal {
	t.Helper()
	return startTerminal(t, width, height, p.inTerminal(t, env, args...))
}

// inTerminal is a command with the environment of a terminal.
func (p *place) inTerminal(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := p.command(t.Context(), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	cmd.Env = append(append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8"), env...)
	return cmd
}

func startTerminal(t *testing.T, width, height int, cmd *exec.Cmd) *terminal {
	t.Helper()
	size := &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, size); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, cmd: cmd, pty: master, screen: vt.NewEmulator(width, height), ended: make(chan struct{})}
	term.before = term.termios()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	term.both.Go(term.read)
	term.both.Go(term.answer)
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Process.Signal(syscall.SIGHUP) // a shell ignores the other
			_ = cmd.Wait()
		}
		_ = slave.Close()
		_ = master.Close()
		_ = term.screen.InputPipe().(interface{ Close() error }).Close()
		term.both.Wait()
		if t.Failed() {
			t.Logf("%v showed last:\n%s", cmd.Args, term.text())
		}
	})
	return term
}

// read feeds the emulator.
func (m *terminal) read() {
	defer close(m.ended)
	b := make([]byte, 64<<10)
	for {
		n, err := m.pty.Read(b)
		m.mu.Lock()
		m.raw.Write(b[:n])
		_, _ = m.screen.Write(b[:n])
		m.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// answer gives the process what the emulator says: where its cursor is, which
// colours it has.
func (m *terminal) answer() {
	b := make([]byte, 4<<10)
	for {
		n, err := m.screen.Read(b)
		if err != nil {
			return
		}
		_, _ = m.pty.Write(b[:n])
	}
}

// termios are the terminal's settings: raw, or such that a person can type.
func (m *terminal) termios() unix.Termios {
	m.t.Helper()
	state, err := unix.IoctlGetTermios(int(m.pty.Fd()), unix.TCGETS)
	if err != nil {
		m.t.Fatal(err)
	}
	return *state
}

// text is what is on the screen.
func (m *terminal) text() string {
	m.mu.Lock()
	lines := strings.Split(m.screen.String(), "\n")
	m.mu.Unlock()
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func (m *terminal) written() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.raw.String()
}

// press types, byte for byte.
func (m *terminal) press(keys string) {
	m.t.Helper()
	if _, err := m.pty.WriteString(keys); err != nil {
		m.t.Fatal(err)
	}
}

// sees waits until all the texts are on the screen.
func (m *terminal) sees(texts ...string) {
	m.t.Helper()
	eventually(m.t, fmt.Sprintf("the screen shows %q", texts), func() error {
		for _, text := range texts {
			if s := m.text(); !strings.Contains(s, text) {
				return fmt.Errorf("no %q on\n%s", text, s)
			}
		}
		return nil
	})
}

// loses waits until none of the texts is on the screen.
func (m *terminal) loses(texts ...string) {
	m.t.Helper()
	eventually(m.t, fmt.Sprintf("the screen shows none of %q", texts), func() error {
		for _, text := range texts {
			if s := m.text(); strings.Contains(s, text) {
				return fmt.Errorf("%q on\n%s", text, s)
			}
		}
		return nil
	})
}

func (m *terminal) resize(width, height int) {
	m.t.Helper()
	m.mu.Lock()
	m.screen.Resize(width, height)
	m.mu.Unlock()
	if err := pty.Setsize(m.pty, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		m.t.Fatal(err)
	}
}

// restored waits for the end and checks that the terminal is as it was: its
// settings, its main screen, its cursor.
func (m *terminal) restored(code int) {
	m.t.Helper()
	killer := time.AfterFunc(3*time.Minute, func() {
		m.t.Error("the process did not end in three minutes")
		_ = m.cmd.Process.Kill()
	})
	defer killer.Stop()
	_ = m.cmd.Wait()
	if got := m.cmd.ProcessState.ExitCode(); got != code {
		m.t.Errorf("exit code %d, want %d:\n%s", got, code, m.text())
	}
	if now := m.termios(); now != m.before {
		m.t.Errorf("the terminal's settings are not as they were:\n%+v\n%+v", now, m.before)
	}
	eventually(m.t, "the terminal is given back", func() error {
		raw := m.written()
		for on, off := range map[string]string{"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h", "\x1b[?2004h": "\x1b[?2004l"} {
			if strings.LastIndex(raw, on) > strings.LastIndex(raw, off) {
				return fmt.Errorf("%q was not undone", on)
			}
		}
		return nil
	})
}

// demoEngine runs a demo engine and returns its address.
func demoEngine(t *testing.T, p *place, args ...string) string {
	t.Helper()
	host := "unix://" + filepath.Join(t.TempDir(), "docker.sock")
	pr := p.start(t, append([]string{"demo", "--json", "--listen", host}, args...)...)
	pr.until(t, "ready line", func(l string) bool { return strings.Contains(l, "ready") })
	return host
}
