package top

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

var update = flag.Bool("update", false, "write the golden screens")

// sgr are the sequences for colours, the only ones that a screen may hold.
var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	goleak.VerifyTestMain(m)
}

// link is a stream that only notes what it is asked for.
type link struct {
	subs  map[api.Topic]*api.Filter
	acks  []uint64
	asked int // how often for metrics
}

func (l *link) Subscribe(t api.Topic, f *api.Filter) {
	l.subs[t] = f
	if t == api.TopicMetrics {
		l.asked++
	}
}
func (l *link) UnsubscribeLogs()     { delete(l.subs, api.TopicLogs) }
func (l *link) Ack(f *api.LogsFrame) { l.acks = append(l.acks, f.N) }

// actor is an engine's answers, played by the test.
type actor struct {
	mu   sync.Mutex
	did  []string
	fail map[string]error
}

func (a *actor) Do(_ context.Context, ref string, action api.Action, o api.ActionOptions, key string) (api.ActionResult, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if key == "" {
		return api.ActionResult{}, errors.New("no idempotency key")
	}
	text := string(action) + " " + ref
	if o.Force {
		text += " by force"
	}
	a.did = append(a.did, text)
	return api.ActionResult{}, a.fail[ref]
}

// rig is a model with a clock of the test's.
type rig struct {
	t     *testing.T
	m     *Model
	link  *link
	actor *actor
	now   time.Time
}

func newRig(t *testing.T, width, height int, change ...func(*Setup)) *rig {
	t.Helper()
	r := &rig{t: t, link: &link{subs: make(map[api.Topic]*api.Filter)}, actor: &actor{fail: make(map[string]error)}}
	r.now = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	o := Setup{Link: r.link, Actor: r.actor, Now: func() time.Time { return r.now }, Watch: func([]int) {},
		After: func(time.Duration, tea.Msg) tea.Cmd { return nil }} // time passes by pass
	for _, c := range change {
		c(&o)
	}
	r.m = New(t.Context(), o)
	r.m.Init()
	r.m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	return r
}

// engine is the one that is watched.
const engineID = "3f9c1a2b4d5e"

func theEngine() *api.EngineStatus {
	return &api.EngineStatus{ID: engineID, Name: "laptop", Version: "28.3.3", State: api.EngineConnected, Since: time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)}
}

// connect is what a connection opens with.
func (r *rig) connect(containers ...*api.Container) {
	r.t.Helper()
	b := batch{
		welcome: &api.Welcome{Role: "admin", Time: r.now}, links: []client.Link{{Live: true}}, rtts: []time.Duration{4 * time.Millisecond},
		engines: []*api.EngineStatus{theEngine()}, frames: true, complete: true, containers: map[api.Key]*api.Container{},
	}
	for _, c := range containers {
		b.containers[c.Key()] = c
	}
	r.m.Update(batchMsg(b))
}

// hear is a batch on a live connection.
func (r *rig) hear(b batch) {
	b.complete, b.frames = true, true
	r.m.Update(batchMsg(b))
}

// change tells of containers.
func (r *rig) change(containers ...*api.Container) {
	b := batch{containers: map[api.Key]*api.Container{}}
	for _, c := range containers {
		b.containers[c.Key()] = c
	}
	r.hear(b)
}

func (r *rig) goneFor(c *api.Container) {
	r.hear(batch{containers: map[api.Key]*api.Container{c.Key(): nil}})
}

// measure tells of metrics, by row.
func (r *rig) measure(rows map[int]map[api.Column]int64) {
	b := batch{cells: map[int]client.Cells{}}
	for row, values := range rows {
		c := unknownCells()
		for col, v := range values {
			c.Values[col] = v
		}
		c.At = r.now
		b.cells[row] = c
	}
	r.hear(b)
}

// press types keys and runs the commands that they lead to.
func (r *rig) press(keys ...string) {
	r.t.Helper()
	for _, k := range keys {
		r.run(r.send(keyOf(r.t, k)))
	}
}

func (r *rig) send(msg tea.Msg) tea.Cmd {
	_, cmd := r.m.Update(msg)
	return cmd
}

// run runs commands that end by themselves and feeds the model what they say.
func (r *rig) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			r.run(c)
		}
	case actDoneMsg, jobMsg, pastMsg:
		r.run(r.send(msg))
	}
}

// pass lets time pass, second by second.
func (r *rig) pass(d time.Duration) {
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(time.Second)
		r.m.Update(tickMsg{})
		r.m.Update(soonMsg{})
	}
}

// typing types text.
func (r *rig) typing(text string) {
	r.t.Helper()
	for _, c := range text {
		if c == ' ' {
			r.press("space")
		} else {
			r.press(string(c))
		}
	}
}

// screen is what is seen, without colours.
func (r *rig) screen() string {
	lines := strings.Split(ansi.Strip(r.m.View().Content), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// names are those in the table, from the top.
func (r *rig) names() string {
	var out []string
	for _, l := range r.m.t.lines {
		if l.g != nil {
			out = append(out, "["+l.g.project+"]")
		} else {
			out = append(out, l.e.c.Name)
		}
	}
	return strings.Join(out, " ")
}

func (r *rig) focusName() string {
	l, ok := r.m.focused()
	switch {
	case !ok:
		return ""
	case l.g != nil:
		return "[" + l.g.project + "]"
	}
	return l.e.c.Name
}

// wants fails unless the screen holds the texts.
func (r *rig) wants(texts ...string) {
	r.t.Helper()
	s := r.screen()
	for _, text := range texts {
		if !strings.Contains(s, text) {
			r.t.Errorf("the screen has no %q:\n%s", text, s)
		}
	}
}

func (r *rig) wantsNot(texts ...string) {
	r.t.Helper()
	s := r.screen()
	for _, text := range texts {
		if strings.Contains(s, text) {
			r.t.Errorf("the screen has %q:\n%s", text, s)
		}
	}
}

// golden compares the screen with a file.
func (r *rig) golden(name string) {
	r.t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got := r.screen() + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			r.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	if got != string(want) {
		r.t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// keyOf is a key by the name that it prints.
func keyOf(tb testing.TB, name string) tea.KeyPressMsg {
	tb.Helper()
	named := map[string]tea.Key{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "space": {Code: ' ', Text: " "}, "delete": {Code: tea.KeyDelete},
		"backspace": {Code: tea.KeyBackspace}, "tab": {Code: tea.KeyTab},
		"shift+down": {Code: tea.KeyDown, Mod: tea.ModShift}, "shift+up": {Code: tea.KeyUp, Mod: tea.ModShift},
	}
	k, ok := named[name]
	if rest, ctrl := strings.CutPrefix(name, "ctrl+"); !ok && ctrl {
		k, ok = tea.Key{Code: rune(rest[0]), Mod: tea.ModCtrl}, true
	}
	if r := []rune(name); !ok && len(r) == 1 {
		k, ok = tea.Key{Code: r[0], Text: name}, true
	}
	if !ok || tea.KeyPressMsg(k).String() != name {
		tb.Fatalf("no key %q (%q)", name, tea.KeyPressMsg(k).String())
	}
	return tea.KeyPressMsg(k)
}

// running is a container that runs, with a row.
func running(name string, row int, change ...func(*api.Container)) *api.Container {
	started := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := &api.Container{
		Engine: engineID, ID: fmt.Sprintf("%012x", row), Name: name, Image: "nginx:1.27", State: api.StateRunning, Health: api.HealthNone,
		StartedAt: &started, CreatedAt: &started, Row: row, Labels: map[string]string{},
	}
	for _, f := range change {
		f(c)
	}
	return c
}

func inProject(project string) func(*api.Container) {
	return func(c *api.Container) { c.Project, c.Service = project, c.Name }
}

func exited(code int, at time.Time) func(*api.Container) {
	return func(c *api.Container) { c.State, c.ExitCode, c.FinishedAt = api.StateExited, &code, &at }
}

func profiles() []colorprofile.Profile {
	return []colorprofile.Profile{colorprofile.Ascii, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor}
}
