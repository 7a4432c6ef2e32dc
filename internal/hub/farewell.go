package hub

import (
	"strings"
	"time"
	"unicode"

	"github.com/quaywatch/quaywatch/internal/api"
)

// logEnd writes the one line that the log has of a connection: who it was, and
// why it ended. Nothing of a token is in it.
func (s *session) logEnd(over ending) {
	client, name := "", ""
	if s.hello != nil {
		client, name = loggable(s.hello.Client.ID), strings.TrimSpace(loggable(s.hello.Client.Name+" "+s.hello.Client.Version))
	}
	args := []any{
		"conn", s.id, "client", client, "name", name, "by", s.identity.Name, "code", int(over.code), "reason", over.words(),
		"seconds", time.Since(s.born).Round(time.Millisecond).Seconds(), "bytesOut", s.bytesOut,
	}
	if over.err != nil {
		args = append(args, "error", over.err)
	}
	s.hub.log.Info("client disconnected", args...)
}

// words say why a session ended.
func (e *ending) words() string {
	switch {
	case e.reason != "":
		return e.reason
	case e.code == 0 && e.err == nil:
		return "the client left"
	case e.code == 0:
		return "the connection broke"
	case e.code == api.CloseShutdown:
		return "the server is shutting down"
	}
	return "closed by the server"
}

// loggable bounds what a client says of itself, and leaves out what would upset
// a terminal.
func loggable(text string) string {
	const limit = 80
	out := make([]rune, 0, limit)
	for _, r := range text {
		if len(out) == limit {
			break
		}
		if unicode.IsPrint(r) {
			out = append(out, r)
		}
	}
	return string(out)
}
