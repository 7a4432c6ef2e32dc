package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// LogReader reads a container's log: it calls fn for each line until the log
// ends or fn returns an error, and reads nothing while fn blocks.
type LogReader interface {
	Logs(ctx context.Context, id string, o api.LogOptions, fn func(api.LogLine) error) error
}

const (
	// polledLines and polledBytes bound an answer in JSON, of which the newest
	// lines are kept.
	polledLines = 2000
	polledBytes = 1 << 20
	// maxLogReads bounds the logs that are read at once: each is a connection to
	// the engine. Beyond it the client is told to come again.
	maxLogReads = 32
	// logStall is how long a client may take nothing of a log.
	logStall = 30 * time.Second
)

// logQuery is what a request asks for.
type logQuery struct {
	o                    api.LogOptions
	since                int64 // Unix microseconds
	head                 int   // the first so many lines rather than the last; 0 is the last
	json                 bool
	timestamps, download bool
}

// getLogs answers a container's log: as text, all of it and as fast as the client
// takes it; or as one api.LogsFrame, for who polls.
func (s *Server) getLogs(w http.ResponseWriter, r *http.Request) error {
	q, err := parseLogQuery(r.URL.Query())
	if err != nil {
		return err
	}
	c, err := s.o.Store.Find(r.PathValue("id"))
	if err != nil {
		return err
	}
	if s.o.Logs == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server has no logs."}
	}
	select {
	case s.logReads <- struct{}{}:
		defer func() { <-s.logReads }()
	default:
		return &api.Error{Code: api.ErrTooMany, Message: fmt.Sprintf("%d logs are read at the moment. Try again when one of them is done.", maxLogReads)}
	}
	if q.json {
		return s.pollLogs(w, r, c, q)
	}
	return s.streamLogs(w, r, c, q)
}

func parseLogQuery(v url.Values) (logQuery, error) {
	q := logQuery{o: api.LogOptions{Tail: -1}}
	bad := func(format string, args ...any) (logQuery, error) {
		return q, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf(format, args...)}
	}
	switch v.Get("format") {
	case "", "text":
	case "json":
		q.json = true
	default:
		return bad("The parameter format can be text or json.")
	}
	for name, field := range map[string]struct {
		value    *bool
		fallback bool
	}{
		"stdout": {&q.o.Stdout, true}, "stderr": {&q.o.Stderr, true}, "timestamps": {&q.timestamps, false}, "download": {&q.download, false},
	} {
		*field.value = field.fallback
		if text := v.Get(name); text != "" {
			on, err := strconv.ParseBool(text)
			if err != nil {
				return bad("The parameter %s must be 1 or 0.", name)
			}
			*field.value = on
		}
	}
	if !q.o.Stdout && !q.o.Stderr {
		return bad("Neither stdout nor stderr is wanted: there is nothing to answer.")
	}
	for name, field := range map[string]*time.Time{"since": &q.o.Since, "until": &q.o.Until} {
		if text := v.Get(name); text != "" {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < 0 {
				return bad("The parameter %s must be a time in Unix microseconds.", name)
			}
			*field = time.UnixMicro(n)
		}
	}
	if !q.o.Since.IsZero() {
		q.since = q.o.Since.UnixMicro()
	}
	if !q.o.Until.IsZero() {
		q.o.Until = q.o.Until.Add(time.Microsecond - 1) // all of that microsecond
	}
	tail := v.Get("tail")
	if tail != "" && tail != "all" {
		n, err := strconv.Atoi(tail)
		if err != nil || n < -1 {
			return bad("The parameter tail must be a number of lines, or -1 for all of them.")
		}
		q.o.Tail = n
	}
	if head := v.Get("head"); head != "" {
		n, err := strconv.Atoi(head)
		if err != nil || n < 1 || !q.json || tail != "" {
			return bad("The parameter head must be a number of lines, with format=json and without tail.")
		}
		q.head = min(n, polledLines)
		return q, nil
	}
	if q.json {
		if tail == "" && q.since == 0 {
			q.o.Tail = api.DefaultLogTail
		}
		if q.o.Tail < 0 || q.o.Tail > polledLines {
			q.o.Tail = polledLines
		}
	}
	return q, nil
}

// streamLogs writes a log as text. An engine that fails in the middle breaks the
// connection, so that nobody takes a part for the whole.
func (s *Server) streamLogs(w http.ResponseWriter, r *http.Request, c *api.Container, q logQuery) error {
	begin := func() {
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		if q.download {
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": c.Name + ".log"}))
		}
		w.WriteHeader(http.StatusOK)
	}
	if r.Method == http.MethodHead {
		begin()
		return nil
	}
	out := bufio.NewWriterSize(&stalling{w: w, control: http.NewResponseController(w)}, 32<<10)
	begun := false
	var stamp []byte
	err := s.o.Logs.Logs(r.Context(), c.ID, q.o, func(l api.LogLine) error {
		if !begun {
			begin()
			begun = true
		}
		if q.timestamps {
			stamp = append(l.Time.AppendFormat(stamp[:0], "2006-01-02T15:04:05.000000000Z07:00"), ' ')
			_, _ = out.Write(stamp) // an error stays, and shows below
		}
		_, _ = out.WriteString(l.Text)
		return out.WriteByte('\n')
	})
	switch {
	case err != nil && !begun:
		return err
	case err != nil:
		s.log.Debug("log broken off", "container", c.Name, "error", err)
		_ = out.Flush()
		panic(http.ErrAbortHandler)
	case !begun:
		begin()
	}
	_ = out.Flush() // the client may be gone
	return nil
}

// stalling ends an answer that the client does not take.
type stalling struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s *stalling) Write(p []byte) (int, error) {
	// A writer without deadlines is a test's, which needs none.
	_ = s.control.SetWriteDeadline(time.Now().Add(logStall))
	return s.w.Write(p)
}

// errEnough ends the reading of a log whose first lines were wanted.
var errEnough = errors.New("enough lines")

// pollLogs answers the newest lines as a frame, or the first ones.
func (s *Server) pollLogs(w http.ResponseWriter, r *http.Request, c *api.Container, q logQuery) error {
	ctx, cancel := deadline(r)
	defer cancel()
	var lines []api.LogLine
	size, dropped := 0, int64(0)
	read := 0
	var first time.Time
	o := q.o
	// The engine takes the last lines of the whole log, and of these those before
	// until: the last ones before it are to be picked here.
	picked := !o.Until.IsZero() && q.head == 0
	if picked {
		o.Tail = -1
	}
	err := s.o.Logs.Logs(ctx, c.ID, o, func(l api.LogLine) error {
		if read++; read == 1 {
			first = l.Time
		}
		size += len(l.Text)
		if q.head > 0 && len(lines) > 0 && (len(lines) == q.head || size > polledBytes) {
			return errEnough
		}
		lines = append(lines, l)
		for ; len(lines) > 0 && (size > polledBytes && q.head == 0 || picked && len(lines) > q.o.Tail); dropped++ {
			size -= len(lines[0].Text)
			lines = lines[1:]
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	f := api.LogsFrame{Type: api.TypeLogs, Topic: api.TopicLogs, N: 1}
	// The engine was asked for the last lines: if there were so many, and the
	// last known one is not among them, others are missing.
	switch {
	case q.head > 0:
	case picked && dropped > 0:
		f.Skipped = []api.LogSkip{{Lines: dropped}}
	case picked:
	case q.since > 0 && read >= q.o.Tail && first.UnixMicro() > q.since:
		f.Skipped = []api.LogSkip{{}}
	case dropped > 0:
		f.Skipped = []api.LogSkip{{Lines: dropped}}
	}
	for i, l := range lines {
		f.At, f.Text = append(f.At, l.Time.UnixMicro()), append(f.Text, l.Text)
		if l.Stderr {
			f.Err = append(f.Err, i)
		}
		if l.Cut {
			f.Cut = append(f.Cut, i)
		}
	}
	if err != nil {
		return writeJSON(w, http.StatusOK, f) // the log goes on: of its end nothing is known
	}
	phase := api.LogEnded
	if c.State.Alive() {
		phase = api.LogFollowing
	}
	f.States = []api.LogState{{Phase: phase}}
	return writeJSON(w, http.StatusOK, f)
}
