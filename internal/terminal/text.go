package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
)

// splitter makes text of bytes that come in pieces: a character that is cut waits
// for its rest, what is no UTF-8 becomes U+FFFD.
type splitter struct{ rest []byte }

// take returns the text of p, in pieces whose frames are at most limit long. last
// says that nothing follows.
func (s *splitter) take(p []byte, last bool, limit int) []string {
	p = append(s.rest, p...)
	whole := len(p)
	if !last {
		whole -= unfinished(p)
	}
	s.rest = bytes.Clone(p[whole:])
	return pieces(nil, strings.ToValidUTF8(string(p[:whole]), "\uFFFD"), limit)
}

// unfinished is how many bytes at the end of p begin a character.
func unfinished(p []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		b := p[len(p)-i:]
		if utf8.RuneStart(b[0]) {
			if utf8.FullRune(b) {
				return 0
			}
			return i
		}
	}
	return 0
}

// envelope is what a frame has around its text.
const envelope = len(`{"type":"output","n":18446744073709551615,"text":}`)

// pieces halves text until each piece fits: what it takes as JSON is not known
// before.
func pieces(out []string, text string, limit int) []string {
	if text == "" {
		return out
	}
	if quoted, err := marshal(text); err != nil || len(quoted)+envelope <= limit {
		return append(out, text)
	}
	at := len(text) / 2
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	if at == 0 {
		return append(out, text)
	}
	return pieces(pieces(out, text[:at], limit), text[at:], limit)
}

// marshal is json.Marshal without what protects HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// clipped is a reason as a close frame takes it: 123 bytes at most.
func clipped(reason string) string {
	const most = 120
	if len(reason) <= most {
		return reason
	}
	return strings.ToValidUTF8(reason[:most-len("…")], "") + "…"
}

// words are a time in words.
func words(d time.Duration) string {
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch {
	case d >= time.Hour:
		return count(int(d.Hours()), "hour")
	case d >= time.Minute:
		return count(int(d.Minutes()), "minute")
	}
	return count(int(d.Seconds()), "second")
}

func tooMany(format string, args ...any) error {
	return &api.Error{Code: api.ErrTooMany, Message: fmt.Sprintf(format, args...)}
}

// runs refuses a container in which nothing can be started now.
func runs(c *api.Container) error {
	no := func(why string) error {
		return &api.Error{Code: api.ErrConflict, Message: why}
	}
	switch c.State {
	case api.StateRunning:
		return nil
	case api.StatePaused:
		return no("The container is paused: unpause it, then a terminal can be opened in it.")
	case api.StateRestarting:
		return no("The container is restarting: a terminal can be opened in it once it runs.")
	default:
		return no("The container does not run: start it, then a terminal can be opened in it.")
	}
}
