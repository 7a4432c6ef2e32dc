package terminal

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// note is an audit row of the session. Of the command it has the program's name:
// arguments and environment may hold secrets.
func (s *session) note(detail string, at time.Time, more map[string]string) {
	by, c := s.by, s.container
	e := api.Event{
		Time: at.UTC(), Engine: c.Engine, Kind: api.KindAudit, Action: "exec", Detail: detail, ID: c.ID, Name: c.Name, By: &by,
		Attributes: map[string]string{"image": c.Image, "session": s.id, "command": "shell"},
	}
	if len(s.open.Command) > 0 {
		e.Attributes["command"] = clipped(strings.ToValidUTF8(s.open.Command[0], "\uFFFD"))
	}
	for name, value := range map[string]string{"com.docker.compose.project": c.Project, "user": s.open.User} {
		if value != "" {
			e.Attributes[name] = value
		}
	}
	maps.Copy(e.Attributes, more)
	s.t.o.Note(e)
}

// noteClosed is the row of the end, and the log's line.
func (s *session) noteClosed(ctx context.Context, at time.Time, exit api.ExecExit, err error) {
	more := map[string]string{"seconds": strconv.FormatFloat(exit.Seconds, 'f', 3, 64)}
	code := "unknown"
	if exit.Code != nil {
		code = strconv.Itoa(*exit.Code)
		more["exitCode"] = code
	}
	if exit.Reason != "" {
		more["reason"] = exit.Reason
	}
	if exit.Left {
		more["left"] = "true"
	}
	s.note("closed", at, more)
	s.t.o.Log.InfoContext(ctx, "terminal closed", "session", s.id, "container", s.container.Name, "by", s.by.Name,
		"seconds", exit.Seconds, "exitCode", code, "reason", exit.Reason, "left", exit.Left, "error", err)
}
