package top

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
)

func TestLogsFollowAndPause(t *testing.T) {
	r := newRig(t, 80, 10)
	web := running("web", 1)
	r.connect(web)
	r.press("l")
	if f := r.link.subs[api.TopicLogs]; f == nil || !slices.Equal(f.Containers, []api.Key{web.Key()}) || *f.Tail != logTail {
		t.Fatalf("asked for %+v", f)
	}
	r.wants("Waiting for its log…")
	for i := range 20 {
		r.logs(uint64(i+1), fmt.Sprintf("line %d", i))
	}
	if len(r.link.acks) != 20 {
		t.Errorf("%d of 20 frames are confirmed", len(r.link.acks))
	}
	r.wants("Following", "line 19", "line 13")
	r.wantsNot("line 12")
	r.press("space")
	r.logs(21, "line 20", "line 21")
	r.wants("Paused · 2 new lines", "line 19")
	r.wantsNot("line 20")
	r.press("k")
	r.wants("line 12")
	r.press("home")
	r.wants("line 0")
	r.press("end")
	r.wants("Following", "line 21")
	r.press("esc")
	r.wants("STATE")
	if r.link.subs[api.TopicLogs] != nil {
		t.Error("the log is still followed")
	}
}

func TestLogSearch(t *testing.T) {
	r := newRig(t, 80, 10)
	r.connect(running("web", 1))
	r.press("l")
	for i := range 50 {
		r.logs(uint64(i+1), fmt.Sprintf("line %d", i))
	}
	r.press("/")
	r.typing("LINE 7")
	r.wants("1 line matches")
	r.press("enter")
	r.wants("▸14:00:00 line 7", "Paused")
	r.press("/")
	for range 6 {
		r.press("backspace")
	}
	r.typing("line 1")
	r.press("enter")
	r.wants("11 lines match", "▸14:00:00 line 1\n")
	r.press("N")
	r.wants("▸14:00:00 line 19")
	r.press("n")
	r.wants("▸14:00:00 line 1\n")
	r.press("esc")
	r.wantsNot("matches")
	r.wants("Logs of web")
}

func TestLogsOfSeveral(t *testing.T) {
	r := newRig(t, 80, 14)
	r.connect(running("web", 1), running("db", 2), running("other", 3))
	r.press("x", "j", "j", "x", "l") // db and web
	f := r.link.subs[api.TopicLogs]
	if f == nil || len(f.Containers) != 2 {
		t.Fatalf("asked for %+v", f)
	}
	now := r.now.UnixMicro()
	r.hear(batch{logs: []*api.LogsFrame{{
		ID: 1, N: 1, At: []int64{now, now, now}, Text: []string{"from db", "from web", "from nobody"}, Src: []int{0, 1, 7},
		Skipped: []api.LogSkip{{Src: 1, Lines: 12}, {Src: 0}}, States: []api.LogState{{Src: 0, Phase: api.LogFollowing}, {Src: 1, Phase: api.LogFailed, Message: "No such log."}, {Src: 9}},
	}}})
	r.wants("Logs of 2 containers", "db  from db", "web from web", "web: 12 lines were left out", "db: lines were left out", "web: No such log.")
	r.hear(batch{logs: []*api.LogsFrame{{ID: 1, N: 2, States: []api.LogState{{Src: 0, Phase: api.LogEnded}}}}})
	r.wants("db: its output has ended")
	r.hear(batch{logError: "Too many logs."})
	r.wants("Too many logs.")
}

// TestLogsAreBounded: whatever a container writes, so much is kept, and a line
// that is looked at stays where it is.
func TestLogsAreBounded(t *testing.T) {
	r := newRig(t, 80, 10)
	r.connect(running("web", 1))
	r.press("l")
	chunk := make([]string, 500)
	for i := range 30 {
		for j := range chunk {
			chunk[j] = fmt.Sprintf("line %d", i*len(chunk)+j)
		}
		r.logs(uint64(i+1), chunk...)
		if i == 25 {
			r.press("space")
		}
	}
	if n := len(r.m.logs.lines); n > maxLogLines+1000 || n < maxLogLines {
		t.Errorf("%d lines are kept", n)
	}
	r.wants("line 12999", "Paused · 2000 new lines")
}

func TestWrapAndSideways(t *testing.T) {
	r := newRig(t, 60, 12)
	r.connect(running("web", 1))
	r.press("l")
	r.logs(1, strings.Repeat("0123456789", 9)+"end")
	r.wantsNot("end")
	r.press("right", "right", "right")
	r.wants("end")
	r.press("left", "left", "left", "w", "t")
	r.wants("end", "012345678901234567890123456789")
}

func TestLogText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                       "plain",
		"\x1b[1;31mred\x1b[0m":        "red",
		"a\tb":                        "a       b",
		"12345678\tb":                 "12345678        b",
		"\x1b]0;owned\x07title":       "title",
		"\x1b]8;;http://x\x1b\\link":  "link",
		"\rover":                      " over",
		"a\x00b\x08c":                 "a�b�c",
		"\u202eevil":                  "�evil",
		"50%\x1b[Kdone\x1b[2J\x1b[H":  "50%done",
		"\x1bPq#0;2;0;0;0\x1b\\sixel": "sixel",
		"unfinished \x1b[31":          "unfinished ",
		"漢\t字":                        "漢      字",
	} {
		if got := logText(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{bytesText(0), "0 B"}, {bytesText(999), "999 B"}, {bytesText(1000), "0.98 KiB"}, {bytesText(64 << 20), "64.0 MiB"}, {bytesText(1023 << 20), "1.00 GiB"},
		{bytesText(api.Unknown), "–"}, {rateText(950), "950 B/s"}, {rateText(12_345_678), "12.3 MB/s"}, {rateText(999_600), "1.00 MB/s"},
		{percentText(0), "0%"}, {percentText(3), "0.03%"}, {percentText(1250), "12.5%"}, {percentText(25_000), "250%"},
		{shareText(64, 256), "25%"}, {shareText(1, 1000), "<1%"}, {shareText(1, 0), ""}, {shareText(api.Unknown, 5), ""},
		{natural.Key("Web-2"), "web-000000000002"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
