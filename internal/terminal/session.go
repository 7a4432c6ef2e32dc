package terminal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	openTimeout = 5 * time.Second
	// writeTimeout is how long a client may take nothing of one frame.
	writeTimeout = 10 * time.Second
	// hangupTimeout bounds what is done about a command whose terminal is closed,
	// exitTimeout the wait for the exit code of one that has ended.
	hangupTimeout = 3 * time.Second
	exitTimeout   = 2 * time.Second
	// maxInbound is the largest frame that is read, and maxFrame the largest that is
	// sent; a client may ask for less.
	maxInbound = 64 << 10
	maxFrame   = 32 << 10
	minFrame   = 512
	// stillEvery is how many heartbeats pass between two looks at the sign-in.
	stillEvery = 2
)

// session is one terminal. What Serve's goroutine alone touches comes first.
type session struct {
	t    *Terminals
	conn Conn
	ref  string
	born time.Time

	id        string
	by        api.Actor
	container *api.Container
	open      api.ExecOpen
	process   Process
	began     time.Time

	who    *Identity // guarded by Terminals.mu until the session runs
	cancel context.CancelCauseFunc

	credit *credit
	input  *input
	size   chan api.ExecResize // of one: the latest

	// When the client was heard, typed or was drawn for last, ns after born: of the
	// monotonic clock, so that setting the machine's ends no terminal.
	heard, typed, drawn atomic.Int64
}

// ending is why a session ends. The first one counts.
type ending struct {
	code   api.CloseCode // 0: the connection is gone
	reason string        // a sentence; empty where the command ended
}

func (e *ending) Error() string { return e.reason }

// mark notes that something is now.
func (s *session) mark(last *atomic.Int64) { last.Store(int64(time.Since(s.born))) }

// end has the session end; what comes later than the first is ignored.
func (s *session) end(why *ending) { s.cancel(why) }

// run is the whole of a session.
func (s *session) run(ctx context.Context, authenticate Authenticate) {
	if err := s.begin(ctx, authenticate); err != nil {
		s.refuse(ctx, err)
		return
	}
	var all sync.WaitGroup
	all.Go(func() { s.listen(ctx) })
	all.Go(func() { s.draw(ctx) })
	all.Go(func() { s.typeIn(ctx) })
	all.Go(func() { s.resize(ctx) })
	why := s.watch(ctx)
	s.finish(context.WithoutCancel(ctx), why)
	all.Wait()
}

// begin hears who it is and what is wanted, and starts the command.
func (s *session) begin(ctx context.Context, authenticate Authenticate) error {
	frame, err := s.hello(ctx)
	if err != nil {
		return err
	}
	var kind struct{ Type api.ExecMessageType }
	if json.Unmarshal(frame, &kind) != nil || kind.Type != api.TypeExecOpen || json.Unmarshal(frame, &s.open) != nil {
		return &ending{code: api.CloseBadMessage, reason: "The first message of a terminal is open."}
	}
	if s.open.V != api.ProtocolVersion {
		return &ending{code: api.CloseTooOld, reason: fmt.Sprintf("Protocol version %d is not spoken here, %d is. Reload to update.", s.open.V, api.ProtocolVersion)}
	}
	who, err := authenticate(s.open)
	if err != nil {
		return err
	}
	s.open.Token, s.open.Ticket = "", ""
	if s.t.o.Engine == nil {
		return &api.Error{Code: api.ErrForbidden, Message: s.t.o.Off}
	}
	c, err := s.t.o.Find(s.ref)
	if err != nil {
		return err
	}
	if err := runs(c); err != nil {
		return err
	}
	if err := s.t.admit(s, who); err != nil {
		return err
	}
	s.container, s.id = c, rand.Text()[:12]
	s.by = api.Actor{Name: who.Name, Client: s.open.Client.ID}
	return s.start(ctx)
}

// hello is the first message. A read that is called off takes the connection with
// it, so it is closed instead, and why is told.
func (s *session) hello(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, openTimeout, &ending{code: api.CloseHelloTimeout, reason: "There was no open within 5 s."})
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		if why, ok := errors.AsType[*ending](context.Cause(ctx)); ok {
			_ = s.conn.Close(why.code, why.reason)
		}
	})
	frame, err := s.conn.Read(context.WithoutCancel(ctx))
	if !stop() {
		return nil, context.Cause(ctx)
	}
	return frame, err
}

// start has the engine run the command. It is written down before.
func (s *session) start(ctx context.Context) error {
	s.began = time.Now()
	s.note("opened", s.began, nil)
	told := s.t.o.Begin(s.by, s.container.Key())
	p, err := s.t.o.Engine.Exec(ctx, s.container.ID, s.open.ExecOptions)
	told(err)
	if err != nil {
		s.note("failed", time.Now(), map[string]string{"code": string(api.CodeOf(err)), "error": err.Error()})
		return err
	}
	s.process = p
	s.credit, s.input, s.size = newCredit(api.ExecOutputWindow), newInput(api.ExecInputWindow), make(chan api.ExecResize, 1)
	s.size <- api.ExecResize{Cols: s.open.Cols, Rows: s.open.Rows} // not every engine takes it at the start
	s.open.Env = nil                                               // may hold secrets, and nobody needs it any more
	for _, last := range []*atomic.Int64{&s.heard, &s.typed, &s.drawn} {
		s.mark(last)
	}
	err = s.send(ctx, api.ExecOpened{
		Type: api.TypeExecOpened, ID: s.id, Container: s.container.ID, HeartbeatMs: int(s.t.o.Heartbeat.Milliseconds()),
		InputWindow: api.ExecInputWindow, FrameCost: api.ExecFrameCost, MaxInbound: maxInbound,
		IdleSeconds: int(s.t.o.Idle.Seconds()), UnattendedSeconds: int(s.t.o.Unattended.Seconds()),
	})
	if err != nil {
		s.end(&ending{reason: "The connection to the client broke."}) // what runs has to end
	}
	s.t.o.Log.InfoContext(ctx, "terminal opened", "session", s.id, "container", s.container.Name, "by", s.by.Name, "client", s.by.Client)
	return nil
}

// refuse says why there is no terminal.
func (s *session) refuse(ctx context.Context, err error) {
	code, reason := api.CloseRefused, err.Error()
	known, isOurs := errors.AsType[*api.Error](err)
	over, isEnding := errors.AsType[*ending](err)
	if cause, stopped := errors.AsType[*ending](context.Cause(ctx)); stopped {
		over, isEnding = cause, true
	}
	switch {
	case isEnding:
		code, reason = over.code, over.reason
	case isOurs:
		switch known.Code {
		case api.ErrUnauthorized:
			code = api.CloseUnauthorized
		case api.ErrForbidden:
			code = api.CloseForbidden
		case api.ErrTooMany:
			code = api.CloseTooMany
		default:
		}
		said, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
		_ = s.write(said, api.WireError{Type: api.TypeError, Code: known.Code, Message: known.Error()})
		cancel()
	default: // the client has gone
		code, reason = 0, ""
	}
	s.t.o.Log.InfoContext(ctx, "terminal refused", "container", s.ref, "code", int(code), "reason", reason)
	_ = s.conn.Close(code, clipped(reason))
}

// watch keeps the heartbeat until something ends the session.
func (s *session) watch(ctx context.Context) *ending {
	tick := time.NewTicker(min(s.t.o.Heartbeat, s.t.o.Idle, s.t.o.Unattended))
	defer tick.Stop()
	for beats := uint64(1); ; beats++ {
		select {
		case <-ctx.Done():
			if why, ok := errors.AsType[*ending](context.Cause(ctx)); ok {
				return why
			}
			return &ending{code: api.CloseShutdown, reason: "The server is shutting down."}
		case now := <-tick.C:
			if why := s.over(now, beats); why != nil {
				s.end(why)
				continue
			}
			if err := s.send(ctx, api.Ping{Type: api.TypePing, N: beats}); err != nil {
				s.end(&ending{reason: "The connection to the client broke."})
			}
		}
	}
}

// over says why a session has lasted long enough.
func (s *session) over(now time.Time, beats uint64) *ending {
	since := func(last *atomic.Int64) time.Duration { return now.Sub(s.born) - time.Duration(last.Load()) }
	typed := since(&s.typed)
	switch {
	case since(&s.heard) >= s.t.o.Heartbeat*5/2:
		return &ending{code: api.CloseNoHeartbeat, reason: "Nothing was heard of the client any more."}
	case min(typed, since(&s.drawn)) >= s.t.o.Idle:
		return &ending{code: api.CloseIdle, reason: "Nothing happened in it for " + words(s.t.o.Idle) + "."}
	case typed >= s.t.o.Unattended:
		return &ending{code: api.CloseIdle, reason: "Nothing was typed in it for " + words(s.t.o.Unattended) + "."}
	}
	if s.who.Still != nil && beats%stillEvery == 0 {
		if err := s.who.Still(); err != nil {
			return &ending{code: api.CloseUnauthorized, reason: err.Error()}
		}
	}
	return nil
}

// finish ends the command, where it has not ended, says how it all ended, and
// closes the connection.
func (s *session) finish(ctx context.Context, why *ending) {
	exit := api.ExecExit{Type: api.TypeExecExit, Reason: why.reason}
	var err error
	if why.reason == "" {
		exit.Code, err = s.exitCode(ctx)
	}
	if exit.Code == nil {
		hangup, cancel := context.WithTimeout(ctx, hangupTimeout)
		exit.Code, err = s.process.Hangup(hangup)
		cancel()
		gone := api.CodeOf(err) == api.ErrNotFound
		exit.Left = exit.Code == nil && !gone
		switch {
		case exit.Code != nil || exit.Reason != "":
		case gone:
			exit.Reason = "The container is gone."
		default:
			exit.Reason = "The engine ended the connection."
		}
	}
	s.process.Close()
	now := time.Now()
	exit.Seconds = now.Sub(s.began).Seconds()
	s.noteClosed(ctx, now, exit, err)
	if why.code != 0 {
		said, cancel := context.WithTimeout(ctx, writeTimeout)
		_ = s.write(said, exit)
		cancel()
	}
	_ = s.conn.Close(why.code, clipped(why.reason))
}

// exitCode waits a moment for it: output ends a little before.
func (s *session) exitCode(ctx context.Context) (*int, error) {
	ctx, cancel := context.WithTimeout(ctx, exitTimeout)
	defer cancel()
	for {
		code, err := s.process.Exit(ctx)
		if code != nil || err != nil {
			return code, err
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// draw takes output to the client as fast as it confirms it.
func (s *session) draw(ctx context.Context) {
	limit := maxFrame
	if s.open.MaxFrame > 0 {
		limit = min(limit, max(s.open.MaxFrame, minFrame))
	}
	var text splitter
	buffer := make([]byte, 16<<10)
	n := uint64(0)
	for {
		read, err := s.process.Read(buffer)
		if read > 0 {
			s.mark(&s.drawn)
		}
		for _, piece := range text.take(buffer[:read], err != nil, limit) {
			n++
			frame, merr := marshal(api.ExecText{Type: api.TypeExecOutput, N: n, Text: piece})
			if merr != nil || !s.credit.spend(ctx, n, len(piece)+api.ExecFrameCost) {
				return
			}
			if werr := s.post(ctx, frame); werr != nil {
				s.end(&ending{reason: "The connection to the client broke."})
				return
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			s.end(&ending{code: closeNormal})
			return
		case err != nil && ctx.Err() == nil:
			s.end(&ending{code: api.CloseRefused, reason: "The connection to the engine broke."})
			return
		case err != nil:
			return
		}
	}
}

// typeIn takes input to the command as fast as it takes it.
func (s *session) typeIn(ctx context.Context) {
	for {
		m, ok := s.input.next(ctx)
		if !ok {
			return
		}
		if _, err := s.process.Write([]byte(m.Text)); err != nil {
			return // the output ends too, and says so
		}
		s.input.done(m)
		if err := s.send(ctx, api.ExecTook{Type: api.TypeExecTook, N: m.N}); err != nil {
			s.end(&ending{reason: "The connection to the client broke."})
			return
		}
	}
}

// resize tells the engine the latest size. That it could not is no reason to end.
func (s *session) resize(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.size:
			if err := s.process.Resize(ctx, m.Cols, m.Rows); err != nil {
				s.t.o.Log.DebugContext(ctx, "terminal not resized", "session", s.id, "error", err)
			}
		}
	}
}

func (s *session) send(ctx context.Context, m any) error {
	frame, err := marshal(m)
	if err != nil {
		return err
	}
	return s.post(ctx, frame)
}

// post writes a frame. When the session ends, a write under way ends too, for
// which the client pays with its connection: so one that could still be told why
// gets its time.
func (s *session) post(ctx context.Context, frame []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	return s.conn.Write(ctx, frame)
}

func (s *session) write(ctx context.Context, m any) error {
	frame, err := marshal(m)
	if err != nil {
		return err
	}
	return s.conn.Write(ctx, frame)
}
