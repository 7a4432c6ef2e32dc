package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/moby/moby/api/pkg/stdcopy"

	"github.com/quaywatch/quaywatch/internal/api"
)

var logEpoch = time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.UTC)

// stamped is a piece as the engine writes it.
func stamped(at time.Time, text string) string {
	return at.Format("2006-01-02T15:04:05.000000000Z07:00") + " " + text
}

func framed(stream stdcopy.StdType, text string) string {
	head := make([]byte, frameHeader)
	head[0] = byte(stream)
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	return string(head) + text
}

// split reads a log, whole and byte by byte: it must make no difference.
func split(t *testing.T, log string, tty bool) []api.LogLine {
	t.Helper()
	var out [2][]api.LogLine
	for i, r := range []io.Reader{strings.NewReader(log), iotest.OneByteReader(strings.NewReader(log))} {
		err := splitLog(r, tty, 0, func(l api.LogLine) error { out[i] = append(out[i], l); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(out[0], out[1]) {
		t.Fatalf("read in one piece: %+v, byte by byte: %+v", out[0], out[1])
	}
	return out[0]
}

func TestSplitLog(t *testing.T) {
	at, later := logEpoch, logEpoch.Add(5*time.Second)
	full := strings.Repeat("x", pieceLimit)
	line := func(at time.Time, text string, more ...bool) api.LogLine {
		return api.LogLine{Time: at, Text: text, Stderr: len(more) > 0 && more[0], Cut: len(more) > 1 && more[1]}
	}
	out := func(at time.Time, text string) string { return framed(stdcopy.Stdout, stamped(at, text)) }
	errs := func(at time.Time, text string) string { return framed(stdcopy.Stderr, stamped(at, text)) }
	for name, c := range map[string]struct {
		log  string
		tty  bool
		want []api.LogLine
	}{
		"nothing":     {},
		"two streams": {out(at, "a\n") + errs(later, "b\n"), false, []api.LogLine{line(at, "a"), line(later, "b", true)}},
		"empty lines": {out(at, "\n") + out(later, "\r\n"), false, []api.LogLine{line(at, ""), line(later, "")}},
		"no newline at the end": {
			out(at, "a\n") + out(later, "b"), false, []api.LogLine{line(at, "a"), line(later, "b")},
		},
		"carriage returns": {out(at, "10%\r20%\r\n") + out(at, "x\r"), false, []api.LogLine{line(at, "10%\r20%"), line(at, "x")}},
		"text like a time": {out(at, stamped(later, "x")+"\n"), false, []api.LogLine{line(at, stamped(later, "x"))}},
		"a full piece and nothing behind": {
			out(at, full) + out(at, "\n"), false, []api.LogLine{line(at, full)},
		},
		"pieces of two streams between each other": {
			out(at, full[:10]) + errs(at, "e\n") + out(at, "tail\n"), false,
			[]api.LogLine{line(at, "e", true), line(at, full[:10]+"tail")},
		},
		"a long line": {out(at, full) + out(at, full) + out(at, "end\n") + out(later, "b\n"), false, []api.LogLine{line(at, full, false, true), line(later, "b")}},
		"a killed container's long line": {
			out(at, full) + out(later, "next run\n"), false, []api.LogLine{line(at, full), line(later, "next run")},
		},
		"binary": {out(at, "\x00\xff\xfe\x01ok\n"), false, []api.LogLine{line(at, "\x00\uFFFD\x01ok")}},
		"a character cut in half": {
			out(at, full[:pieceLimit-1]+"\xc3") + out(at, "\xa4b\n"), false, []api.LogLine{line(at, full[:pieceLimit-1], false, true)},
		},
		"terminal":           {stamped(at, "a\r\n") + stamped(later, "b"), true, []api.LogLine{line(at, "a"), line(later, "b")}},
		"terminal, full":     {stamped(at, full) + stamped(at, "\r\n"), true, []api.LogLine{line(at, full)}},
		"terminal, long":     {stamped(at, full) + stamped(at, full) + stamped(at, "x\r\n") + stamped(later, "b\r\n"), true, []api.LogLine{line(at, full, false, true), line(later, "b")}},
		"terminal, one over": {stamped(at, full) + stamped(at, "x\r\n"), true, []api.LogLine{line(at, full, false, true)}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := split(t, c.log, c.tty); !slices.Equal(got, c.want) {
				t.Errorf("got %s\nwant %s", clip(fmt.Sprint(got), 300), clip(fmt.Sprint(c.want), 300))
			}
		})
	}
}

func TestSplitLogErrors(t *testing.T) {
	whole := framed(stdcopy.Stdout, stamped(logEpoch, "a\n"))
	collect := func(log string, fn func(api.LogLine) error) error {
		return splitLog(strings.NewReader(log), false, 0, fn)
	}
	ignore := func(api.LogLine) error { return nil }
	for _, n := range []int{3, frameHeader, frameHeader + 5, len(whole) - 1} {
		if err := collect(whole+whole[:n], ignore); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
	if err := collect("HTTP/1.1 what\r\n", ignore); api.CodeOf(err) != api.ErrInternal {
		t.Errorf("no log: %v", err)
	}
	if err := collect(whole+framed(stdcopy.Systemerr, "disk on fire\n"), ignore); err == nil || !strings.Contains(err.Error(), "disk on fire") {
		t.Errorf("the engine's error: %v", err)
	}
	enough := errors.New("enough")
	n := 0
	err := collect(whole+whole, func(api.LogLine) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("%v after %d lines", err, n)
	}
}

// FuzzSplitLog: whatever the engine sends, lines are bounded valid text, nothing
// depends on how the bytes arrive, and memory does not grow with what a frame
// claims to hold.
func FuzzSplitLog(f *testing.F) {
	long := strings.Repeat("y", pieceLimit)
	f.Add([]byte(framed(stdcopy.Stdout, stamped(logEpoch, "a\n"))+framed(stdcopy.Stderr, stamped(logEpoch, "b"))), false)
	f.Add([]byte(stamped(logEpoch, long)+stamped(logEpoch, "c\r\n")), true)
	f.Add([]byte("\x01\x00\x00\x00\xff\xff\xff\xffabc\n"), false)
	f.Add([]byte("\xff\xfe\n2026-11-23T10:00:00Z x\r\n\xc3"), true)
	f.Fuzz(func(t *testing.T, log []byte, tty bool) {
		read := func(r io.Reader) ([]api.LogLine, bool) {
			var lines []api.LogLine
			err := splitLog(r, tty, 0, func(l api.LogLine) error {
				if len(l.Text) > api.MaxLogLine || !utf8.ValidString(l.Text) || strings.ContainsRune(l.Text, '\n') {
					t.Fatalf("a line of %d bytes: %.100q", len(l.Text), l.Text)
				}
				lines = append(lines, l)
				return nil
			})
			return lines, err == nil
		}
		a, aok := read(bytes.NewReader(log))
		b, bok := read(iotest.OneByteReader(bytes.NewReader(log)))
		if !slices.Equal(a, b) || aok != bok {
			t.Fatalf("read in one piece: %+v, byte by byte: %+v", a, b)
		}
	})
}

// TestPiecesOfPodman: their times differ.
func TestPiecesOfPodman(t *testing.T) {
	log := framed(stdcopy.Stdout, stamped(logEpoch, "a")) + framed(stdcopy.Stdout, stamped(logEpoch.Add(time.Millisecond), "b\n"))
	for apart, want := range map[time.Duration]string{podmanPieces: "ab", 0: "a b"} {
		var got []string
		if err := splitLog(strings.NewReader(log), false, apart, func(l api.LogLine) error { got = append(got, l.Text); return nil }); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}
