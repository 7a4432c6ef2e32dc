package engine

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/moby/moby/api/pkg/stdcopy"

	"github.com/quaywatch/quaywatch/internal/api"
)

// The engine sends a log in one of two formats. Of a container without a
// terminal, each piece is a frame: stream, length, "TIME TEXT\n". Of one with a
// terminal there are no frames, and only stdout. A line over 16 KiB is in several
// pieces, each with the time in front and all but the last without a newline:
// in frames a piece ends with its frame, without them the next time stands in
// the middle of the text.

const (
	// frameHeader is the length of stdcopy's: one byte of stream, three of
	// nothing, four of length.
	frameHeader = 8
	// longestStamp is more than RFC 3339 with nanoseconds and a zone needs, with
	// the blank behind it.
	longestStamp = 40
	// pieceLimit is the longest piece of a line that the engine makes.
	pieceLimit = 16 << 10
	// podmanPieces is how far apart the times of two pieces of one line may be
	// with podman, where they are when each was read. Docker's are the same, and
	// that is what tells a piece from the next line: its log driver "local"
	// leaves out the newline of a last piece.
	podmanPieces = time.Second
	// lineRoom is how much of a line is kept until it is finished: the piece that
	// fits, and the time of one behind it.
	lineRoom = longestStamp + pieceLimit + longestStamp
)

// callbackError carries an error of fn through the splitter.
type callbackError struct{ err error }

func (c *callbackError) Error() string { return c.err.Error() }
func (c *callbackError) Unwrap() error { return c.err }

// splitLog reads a log to its end and calls fn for each line. The times of the
// pieces of one line are at most apart apart.
func splitLog(r io.Reader, tty bool, apart time.Duration, fn func(api.LogLine) error) error {
	s := &splitter{r: bufio.NewReaderSize(r, 64<<10), fn: fn, apart: apart}
	s.lines[1].stderr = true
	var err error
	if tty {
		err = s.raw()
	} else {
		err = s.framed()
	}
	if _, ours := errors.AsType[*callbackError](err); ours {
		return err
	}
	for i := range s.lines { // what came without a newline is a line too
		if ferr := s.finish(&s.lines[i]); ferr != nil {
			return ferr
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

type splitter struct {
	r     *bufio.Reader
	fn    func(api.LogLine) error
	lines [2]lineBuffer // stdout, stderr
	apart time.Duration
}

// lineBuffer is a line of one stream that has not ended yet.
type lineBuffer struct {
	stderr bool
	open   bool
	at     time.Time
	text   []byte // at most lineRoom
	// lost: there was more than there is room for.
	lost bool
}

// keep adds to the line what there is room for.
func (l *lineBuffer) keep(p []byte) {
	if room := lineRoom - len(l.text); len(p) > room {
		p, l.lost = p[:room], true
	}
	l.text = append(l.text, p...)
}

// finish hands the line over, if there is one.
func (s *splitter) finish(l *lineBuffer) error {
	if !l.open {
		return nil
	}
	text, cut := cleanLine(l.text)
	line := api.LogLine{Time: l.at, Stderr: l.stderr, Text: text, Cut: cut || l.lost}
	l.open, l.lost, l.text = false, false, l.text[:0]
	if err := s.fn(line); err != nil {
		return &callbackError{err}
	}
	return nil
}

// cleanLine makes text of a line's bytes: without what a terminal's line ends
// with, valid, and at most api.MaxLogLine long.
func cleanLine(b []byte) (string, bool) {
	b = bytes.TrimRight(b, "\r")
	cut := len(b) > api.MaxLogLine
	if cut {
		b = trimRune(b[:api.MaxLogLine])
	}
	if utf8.Valid(b) {
		return string(b), cut
	}
	text := strings.ToValidUTF8(string(b), "\uFFFD")
	if len(text) > api.MaxLogLine {
		text, cut = string(trimRune([]byte(text[:api.MaxLogLine]))), true
	}
	return text, cut
}

// trimRune takes off a character whose end was cut off.
func trimRune(b []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// stamp reads the time in front of a piece, and how long it is with its blank; 0
// where there is none.
func stamp(b []byte) (time.Time, int) {
	n := bytes.IndexByte(b[:min(len(b), longestStamp)], ' ')
	if n < len("2006-01-02T15:04:05Z") {
		return time.Time{}, 0
	}
	at, err := time.Parse(time.RFC3339Nano, string(b[:n]))
	if err != nil {
		return time.Time{}, 0
	}
	return at.UTC(), n + 1
}

// framed reads the format of containers without a terminal. Frames may be of any
// length: they are passed on as they come, never held.
func (s *splitter) framed() error {
	for {
		head, err := s.r.Peek(frameHeader)
		if err != nil {
			if len(head) > 0 && errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return err //nolint:wrapcheck // wrapped by logError
		}
		stream, size := stdcopy.StdType(head[0]), int64(binary.BigEndian.Uint32(head[4:]))
		if head[1]|head[2]|head[3] != 0 || stream > stdcopy.Systemerr {
			return &api.Error{Code: api.ErrInternal, Message: "The engine's log can't be read: it is not in the format of a container without a terminal."}
		}
		if _, err := s.r.Discard(frameHeader); err != nil {
			return err //nolint:wrapcheck // wrapped by logError
		}
		switch stream {
		case stdcopy.Systemerr:
			return s.refused(size)
		case stdcopy.Stderr:
			err = s.frame(&s.lines[1], size)
		default:
			err = s.frame(&s.lines[0], size)
		}
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
}

// refused reads what the engine says instead of going on with the log.
func (s *splitter) refused(size int64) error {
	text, err := io.ReadAll(io.LimitReader(s.r, min(size, 4<<10)))
	if err != nil {
		return err //nolint:wrapcheck // wrapped by logError
	}
	words, _ := cleanLine(bytes.TrimSpace(text))
	return &api.Error{Code: api.ErrInternal, Message: "The engine stopped sending the log.", Cause: fmt.Errorf("the engine says: %s", words)}
}

// frame reads one piece, of size bytes.
func (s *splitter) frame(l *lineBuffer, size int64) error {
	if size == 0 {
		return nil
	}
	head, err := s.r.Peek(int(min(size, longestStamp)))
	if err != nil {
		return err //nolint:wrapcheck // wrapped by logError
	}
	at, n := stamp(head)
	if l.open && n > 0 && at.Sub(l.at).Abs() > s.apart {
		// What was open has never ended, or its newline was left out.
		if err := s.finish(l); err != nil {
			return err
		}
	}
	if n > 0 && !l.open {
		l.at = at
	}
	l.open = true
	if _, err := s.r.Discard(n); err != nil {
		return err //nolint:wrapcheck // wrapped by logError
	}
	for size -= int64(n); size > 0; {
		if s.r.Buffered() == 0 {
			if _, err := s.r.Peek(1); err != nil {
				return err //nolint:wrapcheck // wrapped by logError
			}
		}
		part, _ := s.r.Peek(int(min(size, int64(s.r.Buffered()))))
		end := bytes.IndexByte(part, '\n')
		took := end + 1
		if end < 0 {
			end, took = len(part), len(part)
		}
		l.open = true
		l.keep(part[:end])
		size -= int64(took)
		if _, err := s.r.Discard(took); err != nil {
			return err //nolint:wrapcheck // wrapped by logError
		}
		if took > end {
			if err := s.finish(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// raw reads the format of containers with a terminal.
func (s *splitter) raw() error {
	l := &s.lines[0]
	for {
		part, err := s.r.ReadSlice('\n')
		if len(part) > 0 {
			l.open = true
		}
		ended := err == nil
		if ended {
			part = part[:len(part)-1]
		}
		l.keep(part)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			l.unstamp()
			return err //nolint:wrapcheck // wrapped by logError
		}
		if ended {
			l.unstamp()
			if err := s.finish(l); err != nil {
				return err
			}
		}
	}
}

// unstamp takes the times out of a line that has been read as a whole: the one
// in front, and the one of a second piece where the first was just full. Of what
// is behind, nothing is kept.
func (l *lineBuffer) unstamp() {
	at, n := stamp(l.text)
	if n == 0 {
		return
	}
	l.at = at
	if second := n + pieceLimit; len(l.text) >= second+n && bytes.Equal(l.text[second:second+n], l.text[:n]) {
		copy(l.text[second:], l.text[second+n:])
		l.text = l.text[:len(l.text)-n]
	}
	copy(l.text, l.text[n:])
	l.text = l.text[:len(l.text)-n]
}
