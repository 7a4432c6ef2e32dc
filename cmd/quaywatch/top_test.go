package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// colours are sequences that choose one, in any of the ways there are.
var colours = regexp.MustCompile(`\x1b\[[0-9;:]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;:]*m`)

// TestTopOnTheDemoEngine goes through the view as somebody would who sees it for
// the first time.
func TestTopOnTheDemoEngine(t *testing.T) {
	p := newPlace(t)
	host := demoEngine(t, p, "--containers", "30", "--churn", "0", "--seed", "7")
	v := p.terminal(t, 100, 30, nil, "top", "--host", host)
	v.sees("● Live", "demo, nothing here is real", "NAME ↑", "blog-ghost-1", "running")

	v.press("/")
	v.sees("Filter:")
	v.press("name:shop state:run")
	v.sees("shop-web-1", " of 30")
	v.loses("blog-ghost-1")
	v.press("\r")
	v.press("o")
	v.sees("PROJECT ↑")
	v.press("\x1b")
	v.sees("blog-ghost-1")
	v.press("p")
	v.sees("▾ blog")
	v.press("p")

	v.press("/name:shop-web-1\r")
	v.loses("blog-ghost-1")
	v.press("l")
	v.sees("Logs of shop-web-1", "Following")
	v.press(" ")
	v.sees("Paused")
	v.press("\x1b")
	v.sees("STATE")
	v.press("\r")
	v.sees("Image", "Networks", "Processes")
	v.press("\x1b")
	v.sees("STATE")
	v.press("?")
	v.sees("In the table", "stop, or start")
	v.press("\x1b")
	v.loses("In the table")
	v.press("ge")
	v.sees("Events")
	v.press("gc")
	v.sees("STATE")
	v.press("q")
	v.restored(0)
}

// TestTopActsOnARealEngine stops, starts and removes a container, and sees what
// others do to it.
func TestTopActsOnARealEngine(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t)
	e.Docker(t, "run", "-d", "--name", "top-one", enginetest.Image, "sh", "-c", `trap exit TERM; while :; do printf 'a line \033[31mred\033[2J\n'; sleep 0.2; done`)
	v := p.terminal(t, 100, 24, nil, "top", "--host", e.Host)
	v.sees("● Live", "top-one", "● Running")

	v.press("l")
	v.sees("Logs of top-one", "a line red")
	v.press("\x1b")
	v.sees("STATE")
	v.press("s")
	v.sees("Exited (", "ago")
	v.press("s")
	v.sees("● Running")
	e.Docker(t, "pause", "top-one")
	v.sees("‖ Paused")
	e.Docker(t, "unpause", "top-one")
	v.sees("● Running")
	e.Docker(t, "run", "-d", "--name", "top-two", enginetest.Image, "sleep", "1000")
	v.sees("top-two")
	v.press("D")
	v.sees("Remove top-one?", "will be killed")
	v.press("n")
	v.loses("Remove top-one?")
	v.press("D")
	v.sees("Remove top-one?")
	v.press("y")
	v.loses("top-one  ")
	v.press("ge")
	v.sees("top-one", "destroy", "by this process")
	v.press("q")
	v.restored(0)
}

// TestTopThroughAServer loses its server and finds it again.
func TestTopThroughAServer(t *testing.T) {
	p := newPlace(t)
	host := demoEngine(t, p, "--containers", "20", "--churn", "0")
	pr, address := p.serve(t, "--host", host)
	v := p.terminal(t, 100, 24, nil, "top", "--url", address)
	v.sees("● Live · ", " ms", "shop-api-2")
	pr.end(t, syscall.SIGKILL)
	v.sees("Reconnecting", "shop-api-2")
	v.press("s")
	v.sees("Not connected to Quaywatch")
	p.start(t, "serve", "--json", "--listen", strings.TrimPrefix(address, "http://"), "--host", host)
	v.sees("● Live")
	v.press("ge")
	v.sees("The connection to Quaywatch was lost", "Connected again")
	v.press("gc")
	v.sees("UPTIME", "shop-web-2")
	v.press("/api-2\r")
	v.sees("/ api-2 1 of 20")
	v.press("s")
	v.sees("Exited")
	v.press("\x1b") // by itself: with a key behind it in the same read it is Alt
	v.loses("1 of 20")
	v.press("/shop-worker state:run\r")
	v.loses("shop-web-2")
	v.press("*s") // a job of the server
	v.sees("2 stopped")
	v.loses("shop-worker-1")
	v.press("q")
	v.restored(0)
}

func TestTopSaysWhyItCant(t *testing.T) {
	p := newPlace(t)
	if r := p.run(t, "top"); r.code != exitFailure || !strings.Contains(r.err, "needs a terminal") || r.out != "" {
		t.Errorf("without a terminal: exit %d\n%s%s", r.code, r.out, r.err)
	}
	if r := p.run(t, "top", "--json"); r.code != exitUsage || !strings.Contains(r.err, "ps --watch --json") {
		t.Errorf("as JSON: exit %d\n%s%s", r.code, r.out, r.err)
	}
	dumb := p.terminal(t, 80, 24, []string{"TERM=dumb"}, "top")
	dumb.sees("(TERM=dumb)", "quaywatch stats")
	dumb.restored(exitFailure)
	nobody := p.terminal(t, 100, 24, nil, "top", "--url", "http://127.0.0.1:1")
	nobody.sees("No Quaywatch server answers at http://127.0.0.1:1")
	nobody.restored(exitUnreachable)
	if strings.Contains(nobody.written(), "\x1b") {
		t.Errorf("the screen was taken before anything was there to show: %q", nobody.written())
	}
	sort := p.terminal(t, 100, 24, nil, "top", "--sort", "size")
	sort.sees("--sort takes one of name, project")
	sort.restored(exitUsage)
}

// TestTopGivesTheTerminalBack: whatever ends it.
func TestTopGivesTheTerminalBack(t *testing.T) {
	p := newPlace(t)
	host := demoEngine(t, p, "--containers", "10", "--churn", "0")
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		v := p.terminal(t, 80, 24, nil, "top", "--host", host)
		v.sees("● Live", "shop-api-2")
		if err := v.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		v.restored(0)
	}
	v := p.terminal(t, 80, 24, nil, "top", "--host", host)
	v.sees("● Live")
	v.press("\x1a") // nobody would wake it
	v.sees("There is no shell to suspend to")
	v.press("\x03")
	v.restored(0)
}

// TestTopInAScript that a terminal was opened with: there is no job control, and
// nobody to wake it.
func TestTopInAScript(t *testing.T) {
	p := newPlace(t)
	host := demoEngine(t, p, "--containers", "10", "--churn", "0")
	script := p.inTerminal(t, nil)
	script.Path, script.Args = "/bin/bash", []string{"bash", "-c", fmt.Sprintf("%s top --host %s; echo ended with $?", os.Args[0], host)}
	v := startTerminal(t, 100, 24, script)
	v.sees("● Live", "shop-api-2")
	v.press("\x1a")
	v.sees("There is no shell to suspend to")
	v.press("q")
	v.sees("ended with 0")
	v.restored(0)
}

// TestTopSuspends in a shell with job control, and comes back.
func TestTopSuspends(t *testing.T) {
	p := newPlace(t)
	host := demoEngine(t, p, "--containers", "10", "--churn", "0")
	shell := p.inTerminal(t, []string{"PS1=ready> ", "HISTFILE=/dev/null"})
	shell.Path, shell.Args = "/bin/bash", []string{"bash", "--norc", "--noprofile", "-i"}
	v := startTerminal(t, 100, 24, shell)
	v.sees("ready>")
	v.press(fmt.Sprintf("%s top --host %s\n", os.Args[0], host))
	v.sees("● Live", "shop-api-2")
	v.press("\x1a")
	v.sees("Stopped")
	v.loses("● Live")
	v.press("echo still $((40+2))\n")
	v.sees("still 42")
	v.press("fg\n")
	v.sees("● Live", "shop-api-2")
	v.press("q")
	v.sees("still 42")
	v.press("exit\n")
	v.restored(0)
}

// TestTopResizes: as wide as a wall, as small as a note, and back.
func TestTopResizes(t *testing.T) {
	p := newPlace(t)
	host := demoEngine(t, p, "--containers", "10", "--churn", "0")
	v := p.terminal(t, 80, 24, nil, "top", "--host", host)
	v.sees("● Live", "UPTIME")
	v.resize(220, 50)
	v.sees("IMAGE", "RESTARTS")
	v.resize(30, 6)
	v.sees("This window is 30×6.")
	v.resize(50, 12)
	v.sees("● Live", "CPU")
	v.loses("UPTIME", "This window")
	v.press("q")
	v.restored(0)
}

// TestTopWithoutColour: no colour is ever written, and all is said in words.
func TestTopWithoutColour(t *testing.T) {
	p := newPlace(t)
	host := demoEngine(t, p, "--containers", "10", "--churn", "0")
	v := p.terminal(t, 80, 24, []string{"NO_COLOR=1"}, "top", "--host", host)
	v.sees("● Live", "● Running")
	v.press("j")
	v.press("q")
	v.restored(0)
	if found := colours.FindString(v.written()); found != "" {
		t.Errorf("a colour is written: %q", found)
	}

	plainest := p.terminal(t, 80, 24, []string{"LANG=C"}, "top", "--host", host)
	plainest.sees("* Live", "* Running")
	plainest.press("q")
	plainest.restored(0)
	for _, c := range plainest.written() {
		if c > 0x7e {
			t.Fatalf("%q is written to a terminal that has ASCII only", c)
		}
	}
}
