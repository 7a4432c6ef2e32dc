package top

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

func TestOrderByName(t *testing.T) {
	r := newRig(t, 80, 24)
	r.connect(running("web-10", 1), running("web-2", 2), running("api", 3))
	if got := r.names(); got != "api web-2 web-10" {
		t.Errorf("%s", got)
	}
	r.press("O")
	if got := r.names(); got != "web-10 web-2 api" {
		t.Errorf("reversed: %s", got)
	}
}

func TestFilterAsOneTypes(t *testing.T) {
	r := newRig(t, 80, 24)
	r.connect(running("web", 1), running("db", 2), running("gone", 3, exited(1, r0())))
	r.press("/")
	r.typing("state:run")
	if got := r.names(); got != "db web" {
		t.Errorf("%s", got)
	}
	r.wants("Filter: state:run", "2 of 3")
	r.typing(" db")
	r.press("enter")
	r.wants("/ state:run db 1 of 3")
	r.press("esc")
	if got := r.names(); got != "db gone web" {
		t.Errorf("after Esc: %s", got)
	}
	r.press("/")
	r.typing("stat:x")
	r.wants("Did you mean state:x?")
	r.press("esc")
	r.wantsNot("Filter", "stat:x")
}

func r0() time.Time { return time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC) }

func TestFocusBelongsToTheContainer(t *testing.T) {
	r := newRig(t, 80, 24)
	b := running("b", 2)
	r.connect(running("a", 1), b, running("c", 3))
	r.press("j")
	if got := r.focusName(); got != "b" {
		t.Fatalf("focus on %s", got)
	}
	r.change(running("aa", 4))
	if got := r.focusName(); got != "b" {
		t.Errorf("after one came before it: %s", got)
	}
	r.goneFor(b)
	if got := r.focusName(); got != "c" {
		t.Errorf("after it went: %s", got)
	}
	r.wants("b is gone")
}

func TestLiveOrderHoldsStill(t *testing.T) {
	r := newRig(t, 80, 24, func(o *Setup) { o.Sort, o.Desc = "cpu", true })
	r.connect(running("a", 1), running("b", 2))
	r.measure(map[int]map[api.Column]int64{1: {api.ColCPU: 100}, 2: {api.ColCPU: 200}})
	r.pass(3 * time.Second)
	if got := r.names(); got != "b a" {
		t.Fatalf("by CPU: %s", got)
	}
	r.press("j")
	r.wants("Order paused")
	r.measure(map[int]map[api.Column]int64{1: {api.ColCPU: 900}, 2: {api.ColCPU: 200}})
	r.pass(3 * time.Second)
	if got := r.names(); got != "b a" {
		t.Errorf("it moved under somebody who reads: %s", got)
	}
	r.pass(6 * time.Second)
	if got := r.names(); got != "a b" {
		t.Errorf("it never moved again: %s", got)
	}
	r.wantsNot("Order paused")
}

func TestGroups(t *testing.T) {
	r := newRig(t, 100, 24, func(o *Setup) { o.Group = true })
	r.connect(running("web", 1, inProject("shop")), running("db", 2, inProject("shop"), exited(137, r0())), running("alone", 3), running("mx", 4, inProject("mail")))
	if got := r.names(); got != "[mail] mx [shop] db web [] alone" {
		t.Fatalf("%s", got)
	}
	r.wants("shop 1/2", "✗ Exited (137)")
	r.press("j", "j", "enter")
	if got := r.names(); got != "[mail] mx [shop] [] alone" {
		t.Errorf("folded: %s", got)
	}
	if got := r.focusName(); got != "[shop]" {
		t.Errorf("focus on %s", got)
	}
	r.press("right")
	if got := r.names(); got != "[mail] mx [shop] db web [] alone" {
		t.Errorf("unfolded: %s", got)
	}
	r.press("j", "left")
	if got := r.focusName(); got != "[shop]" {
		t.Errorf("folding from a member leaves the focus on %s", got)
	}
}

func TestWatchedRowsAreThoseOnTheScreen(t *testing.T) {
	r := newRig(t, 80, 9)
	var all []*api.Container
	for i := 1; i <= 30; i++ {
		all = append(all, running(fmt.Sprintf("c%d", i), i))
	}
	all[1] = running("c2", 2, exited(0, r0()))
	r.now = r.now.Add(time.Second)
	r.connect(all...)
	if f := r.link.subs[api.TopicMetrics]; !slices.Equal(f.Rows, []int{1, 3, 4, 5}) || f.RestEveryMs != 10_000 || f.All {
		t.Fatalf("watched: %+v", f)
	}
	asked := r.link.asked
	for range 10 {
		r.press("j")
	}
	if r.link.asked > asked+1 {
		t.Errorf("each of ten keys within no time asked the server: %d", r.link.asked-asked)
	}
	r.pass(time.Second)
	if f := r.link.subs[api.TopicMetrics]; !slices.Equal(f.Rows, []int{7, 8, 9, 10, 11}) {
		t.Errorf("watched: %+v", f)
	}
	r.press("/")
	r.typing("cpu>1")
	r.pass(time.Second)
	if f := r.link.subs[api.TopicMetrics]; f.RestEveryMs != 3000 {
		t.Errorf("a filter by metrics waits for them: %+v", f)
	}
}

func TestFreshness(t *testing.T) {
	r := newRig(t, 80, 24)
	r.connect(running("web", 1))
	r.measure(map[int]map[api.Column]int64{1: {api.ColCPU: 1250, api.ColMemory: 64 << 20}})
	r.wants("12.5%", "64.0 MiB", "Live · 4 ms")
	r.change(running("ended", 2, exited(0, r0())))
	r.press("/")
	r.typing("ended")
	r.pass(8 * time.Second)
	r.wantsNot("old") // nothing is measured, so that nothing is late
	r.press("esc")
	r.pass(time.Second)
	r.measure(map[int]map[api.Column]int64{1: {api.ColCPU: 1250, api.ColMemory: 64 << 20}})
	r.pass(10 * time.Second)
	r.wants("12.5%", "10s old")
	r.pass(25 * time.Second)
	r.wantsNot("12.5%", "64.0 MiB")
	r.wants("web", "● Running")
}

func TestConnectionLine(t *testing.T) {
	r := newRig(t, 100, 24)
	r.wants("Connecting…")
	r.connect(running("web", 1))
	r.wants("laptop 28.3.3", "● Live · 4 ms")
	r.hear(batch{rtts: []time.Duration{700 * time.Millisecond, 800 * time.Millisecond, 850 * time.Millisecond}})
	r.wants("Live · slow (850 ms)")
	lost := client.Link{Err: fmt.Errorf("cut"), Retry: 4 * time.Second}
	r.hear(batch{links: []client.Link{lost}})
	r.wants("Reconnecting in", "web")
	r.press("s")
	r.wants("Not connected to Quaywatch")
	for range 7 {
		r.pass(10 * time.Second)
		r.m.Update(batchMsg{links: []client.Link{lost}, complete: true})
	}
	r.wants("Offline · data from 14:00:00")
	r.m.Update(batchMsg{links: []client.Link{{Live: true}}, frames: true})
	r.wants("Catching up…")
	r.hear(batch{rtts: []time.Duration{time.Millisecond}})
	r.wants("Live · 1 ms")
	down := theEngine()
	down.State, down.Error = api.EngineUnreachable, "No engine answers."
	r.hear(batch{engines: []*api.EngineStatus{down}})
	r.wants("Docker unreachable · since 13:00")
	r.press("s")
	r.wants("Docker does not answer now")
	r.press("g", "e")
	r.wants("The connection to Quaywatch was lost", "Connected again")
}

func TestTooSmall(t *testing.T) {
	r := newRig(t, 39, 20)
	r.connect(running("web", 1))
	r.wants("This window is 39×20.", "Quaywatch needs 40×8.")
	r.m.Update(tea.WindowSizeMsg{Width: 40, Height: 8})
	r.wants("web", "Running")
}

// hostile are texts that would steer a terminal, hide, or turn what stands
// beside them.
func hostile() []string {
	return []string{
		"\x1b[2J\x1b[Hgone", "a\x1b]0;title\x07b", "\x9b31mred", "two\nlines", "back\b\b\bspace", "\u202egnp.exe", "zero\u200bwidth", "bell\a", "\x00nul", "tab\there",
		"wide 漢字漢字漢字", "e\u0301", "\u2028sep", "emoji 👩‍👩‍👧 x", "\x1bP1$r0m\x1b\\", "\x7fdel", "\xff\xfe",
	}
}

// badRune finds what must never be in a screen's text: a control character, or
// one that turns the direction of writing.
func badRune(text string) rune {
	for _, c := range text {
		if c < ' ' && c != '\n' || c >= 0x7f && c < 0xa0 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x2028 || c == 0x200b {
			return c
		}
	}
	return 0
}

func TestHostileText(t *testing.T) {
	for _, text := range hostile() {
		r := newRig(t, 120, 30)
		r.connect(running(text, 1, func(c *api.Container) {
			c.Image, c.Project, c.Service, c.Command, c.Error = text, text, text, text, text
			c.Labels = map[string]string{text: text}
			c.Networks = []string{text}
		}))
		r.hear(batch{events: []api.Event{{Time: r.now, Kind: text, Action: text, Detail: text, Name: text, Attributes: map[string]string{"exitCode": text, "signal": text}, By: &api.Actor{Name: text}}}})
		screens := map[string][]string{"table": nil, "groups": {"p"}, "container": {"j", "enter"}, "menu": {"a"}, "question": {"esc", "D"}, "logs": {"esc", "l"}}
		for _, name := range []string{"table", "groups", "container", "menu", "question", "logs"} {
			r.press(screens[name]...)
			if name == "logs" {
				r.hear(batch{logs: []*api.LogsFrame{{ID: 1, N: 1, At: []int64{r.now.UnixMicro()}, Text: []string{text},
					States: []api.LogState{{Src: 0, Phase: api.LogFailed, Message: text}}}}})
			}
			r.harmless(name, text)
		}
		r.press("g", "e")
		r.harmless("events", text)
	}
}

// harmless fails if anything but our own colours steers the terminal, or a line
// is wider than the window.
func (r *rig) harmless(name, text string) {
	r.t.Helper()
	raw := r.m.View().Content
	if bare := sgr.ReplaceAllString(raw, ""); badRune(bare) != 0 {
		r.t.Errorf("%s: %q gets through: %q", name, text, bare)
	}
	lines := strings.Split(r.screen(), "\n")
	if len(lines) != r.m.height {
		r.t.Errorf("%s: %d lines in a window of %d", name, len(lines), r.m.height)
	}
	for _, l := range lines {
		if cellWidth(l) > r.m.width {
			r.t.Errorf("%s: a line of %d cells in a window of %d: %q", name, cellWidth(l), r.m.width, l)
		}
	}
}

func TestAnyKeysInAnyWindow(t *testing.T) {
	keys := []string{
		"j", "k", "G", "home", "end", "pgup", "pgdown", "x", "space", "J", "K", "*", "esc", "esc", "left", "right", "enter", "p", "o", "<", ">", "O", "a", "l", "s", "r", "D",
		"y", "n", "/", "c", "p", "u", ">", "1", "backspace", "g", "e", "g", "c", "?", "t", "w", "N", "tab", "delete", "ctrl+u", "ctrl+w", "ctrl+a",
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t, rapid.IntRange(1, 220).Draw(rt, "width"), rapid.IntRange(1, 60).Draw(rt, "height"))
		n := rapid.IntRange(0, 40).Draw(rt, "containers")
		var all []*api.Container
		for i := 1; i <= n; i++ {
			all = append(all, running(rapid.SampledFrom(append(hostile(), "web", "db", "a very long name of a container that nobody can read")).Draw(rt, "name"), i,
				inProject(rapid.SampledFrom([]string{"", "shop", "mail"}).Draw(rt, "project"))))
		}
		r.connect(all...)
		for range rapid.IntRange(0, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 12).Draw(rt, "what") {
			case 0:
				r.m.Update(tea.WindowSizeMsg{Width: rapid.IntRange(1, 220).Draw(rt, "width"), Height: rapid.IntRange(1, 60).Draw(rt, "height")})
			case 1:
				r.pass(time.Duration(rapid.IntRange(1, 4).Draw(rt, "seconds")) * time.Second)
			case 2:
				if n > 0 {
					c := all[rapid.IntRange(0, n-1).Draw(rt, "which")]
					if rapid.Bool().Draw(rt, "gone") {
						r.goneFor(c)
					} else {
						r.change(running(c.Name, c.Row, exited(1, r.now)))
					}
				}
			case 3:
				r.hear(batch{logs: []*api.LogsFrame{{At: []int64{1, 2}, Text: []string{"one", rapid.String().Draw(rt, "log")}}}})
			default:
				r.press(rapid.SampledFrom(keys).Draw(rt, "key"))
			}
			lines := strings.Split(r.screen(), "\n")
			if len(lines) > r.m.height {
				rt.Fatalf("%d lines in a window of %d:\n%s", len(lines), r.m.height, r.screen())
			}
			if r.m.width < leastWidth || r.m.height < leastHeight {
				continue
			}
			for _, l := range lines {
				if cellWidth(l) > r.m.width {
					rt.Fatalf("a line of %d cells in a window of %d: %q", cellWidth(l), r.m.width, l)
				}
			}
			if len(r.m.t.lines) > 0 && r.m.at == onTable && !r.m.help {
				if i := r.m.t.find(r.m.focus); i < r.m.top || i >= r.m.top+r.m.tableRows() {
					rt.Fatalf("the focus on line %d is out of sight of %d rows from %d", i, r.m.tableRows(), r.m.top)
				}
			}
		}
	})
}
