package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

func TestTexts(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{bytesText(nil), "–"},
		{bytesText(new(int64(0))), "0 B"},
		{bytesText(new(int64(999))), "999 B"},
		{bytesText(new(int64(1000))), "0.98 KiB"},
		{bytesText(new(int64(64 << 20))), "64.0 MiB"},
		{bytesText(new(int64(25276510208))), "23.5 GiB"},
		{bytesText(new(int64(1) << 62)), "4096 PiB"},
		{rateText(nil), "–"},
		{rateText(new(int64(2048))), "2.00 KiB/s"},
		{percentText(nil), "–"},
		{percentText(new(0.0)), "0.0%"},
		{percentText(new(250.4)), "250%"},
		{durationText(-time.Second), "0s"},
		{durationText(59 * time.Second), "59s"},
		{durationText(61 * time.Minute), "1h 1m"},
		{durationText(26 * time.Hour), "1d 2h"},
		{durationText(400 * 24 * time.Hour), "400d"},
		{stateText(&api.Container{State: api.StateExited, ExitCode: new(137), OOMKilled: true, FinishedAt: new(now.Add(-5 * time.Minute))}, now), "exited (137) OOM 5m ago"},
		{stateText(&api.Container{State: api.StateExited}, now), "exited"},
		{stateText(&api.Container{State: api.StateRestarting, RestartCount: 3}, now), "restarting ×3"},
		{uptimeText(&api.Container{State: api.StateRunning}, now), "–"},
		{uptimeText(&api.Container{State: api.StateCreated}, now), ""},
		{portsText([]api.Port{{Private: 443, Proto: "tcp"}, {IP: "0.0.0.0", Public: 8080, Private: 80, Proto: "tcp"}, {IP: "::", Public: 8080, Private: 80, Proto: "tcp"}, {IP: "127.0.0.1", Public: 53, Private: 53, Proto: "udp"}}), "8080→80, 127.0.0.1:53→53/udp, 443"},
		{shortImage("nginx@sha256:0123456789abcdef"), "nginx@0123456789ab"},
		{shortImage("sha256:0123456789abcdef"), "0123456789ab"},
		{printable("a\x1b[31mb\nc\u202ed"), "a�[31mb c�d"},
		{cut("abcdef", 4), "abc…"},
		{cut("日本語", 4), "日…"},
		{cut("abc", 1), "…"},
		{cut("abc", 0), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// TestTableFits: whatever stands in a table, no line is wider than the screen,
// as long as the columns that are never cut fit, and nothing steers a terminal.
func TestTableFits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tb := &table{columns: []column{{title: "NAME", shrink: 6}, {title: "STATE", shrink: 5, drop: 2}, {title: "CPU", right: true, drop: 3}, {title: "IMAGE", shrink: 5, drop: 1}}}
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			row := make([]cell, len(tb.columns))
			for i := range row {
				row[i] = cell{rapid.StringN(0, 30, -1).Draw(rt, "text"), red}
			}
			row[2].text = "12.5%"
			tb.rows = append(tb.rows, row)
		}
		width := rapid.IntRange(8, 120).Draw(rt, "width")
		for _, line := range tb.lines(width, false) {
			if w := cellWidth(line); w > width {
				rt.Fatalf("%d cells of %d: %q", w, width, line)
			}
			if strings.ContainsFunc(line, unicode.IsControl) {
				rt.Fatalf("control characters in %q", line)
			}
		}
	})
}

func TestTableDropsColumns(t *testing.T) {
	tb := &table{
		columns: []column{{title: "NAME", shrink: 4}, {title: "CPU", right: true}, {title: "IMAGE", shrink: 5, drop: 1}},
		rows:    [][]cell{{{"web", plain}, {"1.0%", plain}, {"nginx:1.27", plain}}, {{"db", plain}, {"12.0%", plain}, {"", plain}}},
	}
	for width, want := range map[int]string{
		0:  "NAME     CPU   IMAGE\nweb     1.0%   nginx:1.27\ndb     12.0%",
		20: "NAME     CPU   IMAGE\nweb     1.0%   ngin…\ndb     12.0%",
		14: "NAME     CPU\nweb     1.0%\ndb     12.0%",
	} {
		if got := strings.Join(tb.lines(width, false), "\n"); got != want {
			t.Errorf("at %d:\n%s\nwant\n%s", width, got, want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	coded := func(c api.ErrorCode) error { return fmt.Errorf("x: %w", &api.Error{Code: c, Message: "m"}) }
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{context.Canceled, exitOK},
		{&interrupted{syscall.SIGTERM}, exitOK},
		{fmt.Errorf("write: %w", syscall.EPIPE), exitOK},
		{errors.New("x"), exitFailure},
		{coded(api.ErrConflict), exitFailure},
		{usage("x"), exitUsage},
		{coded(api.ErrInvalid), exitUsage},
		{coded(api.ErrUnreachable), exitUnreachable},
		{coded(api.ErrTimeout), exitUnreachable},
		{coded(api.ErrUnauthorized), exitForbidden},
		{coded(api.ErrForbidden), exitForbidden},
		{coded(api.ErrNotFound), exitNotFound},
		{findings{}, exitFindings},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: exit %d, want %d", c.err, got, c.want)
		}
	}
}

func TestSentence(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&api.Error{Message: "It is broken. Mend it."}, "It is broken. Mend it."},
		{&api.Error{Message: "Start it with `x start`.", Cause: errors.New("dial: no")}, "Start it with `x start`. (dial: no)"},
		{&api.Error{Message: "It is broken", Cause: errors.New("dial: no")}, "It is broken. (dial: no)"},
		{usage("there is no flag --x; did you mean --y?"), "There is no flag --x; did you mean --y?"},
		{&api.Error{Message: "localhost:5000 has no app:1. Check the tag."}, "localhost:5000 has no app:1. Check the tag."},
		{errors.New("bk/old.db is damaged"), "bk/old.db is damaged."},
		{errors.New("two\nlines\x1b[2J"), "Two lines�[2J."},
	} {
		if got := sentence(c.err); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestReady: a sample is printed with a rate and a time, or not at all.
func TestReady(t *testing.T) {
	for _, c := range []struct {
		frame string
		want  bool
	}{
		{`"rows":[1],"cols":{"cpu":{"v":[5]}},"ages":{"1":4000},"missed":[1]`, true},
		{`"rows":[1],"cols":{"cpu":{"v":[5]}},"missed":[1]`, false},
		{`"rows":[1],"cols":{"mem":{"v":[5]}}`, false},
		{`"rows":[1],"cols":{"cpu":{"v":[5]}}`, true},
	} {
		state := client.NewState()
		if _, err := state.Apply([]byte(`{"type":"metrics","topic":"metrics","seq":1,"at":1795442528250,` + c.frame + `}`)); err != nil {
			t.Fatal(err)
		}
		if s := sampleOf(state, &api.Container{Row: 1}); ready(&s) != c.want {
			t.Errorf("%s: %+v is ready: %v", c.frame, s, ready(&s))
		}
	}
}

func TestFind(t *testing.T) {
	all := []*api.Container{{Engine: "e", ID: "abc1", Name: "web"}, {Engine: "e", ID: "abc2", Name: "abc1"}, {Engine: "f", ID: "xyz", Name: "db"}}
	for ref, want := range map[string]string{"web": "abc1", "db": "xyz", "xy": "xyz", "/web": "abc1", "f/xyz": "xyz", "abc2": "abc2"} {
		if c, err := find(all, ref); err != nil || c.ID != want {
			t.Errorf("%q: %v %v", ref, c, err)
		}
	}
	for ref, want := range map[string]api.ErrorCode{"abc": api.ErrConflict, "abc1": api.ErrConflict, "nope": api.ErrNotFound, "": api.ErrNotFound} {
		if _, err := find(all, ref); api.CodeOf(err) != want {
			t.Errorf("%q: %v", ref, err)
		}
	}
}

// TestEventsNameThings: by a name, or by as much of an id as tells it from others, and
// not twice.
func TestEventsNameThings(t *testing.T) {
	const digest = "6ac52a85ef2f38a1560da457c46eb762091ed5350ca4fa7e5d37120aacc8c75d"
	for want, e := range map[string]api.Event{
		"image tag web:1 (id=6ac52a85ef2f)":       {Kind: "image", Action: "tag", ID: "sha256:" + digest, Name: "web:1"},
		"image import 6ac52a85ef2f":               {Kind: "image", Action: "import", ID: "sha256:" + digest, Name: "sha256:" + digest},
		"container die 6ac52a85ef2f (exitCode=3)": {Kind: "container", Action: "die", ID: digest, Attributes: map[string]string{"exitCode": "3"}},
		"volume create data (driver=local)":       {Kind: "volume", Action: "create", ID: "data", Name: "data", Attributes: map[string]string{"driver": "local"}},
		"container start web (id=6ac52a85ef2f)":   {Kind: "container", Action: "start", ID: digest, Name: "web"},
		"engine lost laptop (inferred)":           {Kind: "engine", Action: "lost", Name: "laptop", Inferred: true},
	} {
		if _, got, _ := strings.Cut(eventText(&e, false), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
