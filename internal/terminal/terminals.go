package terminal

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Conn is a connection that carries text frames; several goroutines write.
type Conn interface {
	// Read returns the next frame; the slice is the caller's.
	Read(ctx context.Context) ([]byte, error)
	// Write returns when the frame has left or ctx has ended, after which the
	// connection is of no use any more.
	Write(ctx context.Context, frame []byte) error
	// Close says why and ends the connection within seconds; Read and Write
	// return. Code 0 is a connection that is gone already.
	Close(code api.CloseCode, reason string) error
}

// Process is a command that runs with a terminal.
type Process interface {
	io.Reader // io.EOF when there will be no more
	io.Writer
	Resize(ctx context.Context, cols, rows int) error
	// Exit is the command's exit code, nil while it runs; Hangup ends it first.
	Exit(ctx context.Context) (*int, error)
	Hangup(ctx context.Context) (*int, error)
	// Close has Read and Write return.
	Close()
}

// Engine starts commands.
type Engine interface {
	Exec(ctx context.Context, container string, o api.ExecOptions) (Process, error)
}

// Identity is who is at a terminal.
type Identity struct {
	// Key is equal for the same authentication; Name is for people.
	Key, Name string
	// Still is asked now and then; an error closes the session. nil is for ever.
	Still func() error
}

// Authenticate turns the first message into an identity that may have a
// terminal, or says why it may not.
type Authenticate func(open api.ExecOpen) (Identity, error)

// Options configure Terminals. Find is required.
type Options struct {
	// Engine is nil where there are no terminals: Off says why.
	Engine Engine
	Off    string
	// Find is the container of an id or a name.
	Find func(ref string) (*api.Container, error)
	// Begin writes down who asks before the engine is called; what it returns is
	// called with the engine's answer. Note takes the audit rows. Neither may
	// block; nil is nobody.
	Begin func(by api.Actor, k api.Key) (end func(error))
	Note  func(api.Event)
	// Max and MaxPerSignIn bound the sessions; 0 is the default.
	Max, MaxPerSignIn int
	// Heartbeat is how often a client is asked for a sign of life. Idle is how long
	// a session stays in which nothing happens, Unattended one in which nothing is
	// typed. 0 is the default.
	Heartbeat, Idle, Unattended time.Duration
	Log                         *slog.Logger
}

const (
	defaultMax        = 16
	defaultPerSignIn  = 8
	defaultHeartbeat  = 15 * time.Second
	defaultIdle       = 30 * time.Minute
	defaultUnattended = 8 * time.Hour
)

// Terminals are the open ones. It is safe for concurrent use.
type Terminals struct {
	o Options

	mu       sync.Mutex
	closing  bool
	sessions map[*session]struct{} // also those that have not said who they are
}

// New makes an empty set of terminals.
func New(o Options) *Terminals {
	fill := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	fill(&o.Heartbeat, defaultHeartbeat)
	fill(&o.Idle, defaultIdle)
	fill(&o.Unattended, defaultUnattended)
	if o.Max == 0 {
		o.Max = defaultMax
	}
	if o.MaxPerSignIn == 0 {
		o.MaxPerSignIn = defaultPerSignIn
	}
	if o.Begin == nil {
		o.Begin = func(api.Actor, api.Key) func(error) { return func(error) {} }
	}
	if o.Note == nil {
		o.Note = func(api.Event) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Terminals{o: o, sessions: make(map[*session]struct{})}
}

// Serve carries one session, from the client's first message to the end of the
// connection. It returns when all of the session has ended.
func (t *Terminals) Serve(ctx context.Context, conn Conn, container string, authenticate Authenticate) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &session{t: t, conn: conn, ref: container, cancel: cancel, born: time.Now()}
	if !t.enter(s) {
		_ = conn.Close(api.CloseShutdown, "the server is shutting down")
		return
	}
	defer t.leave(s)
	s.run(ctx, authenticate)
}

// Count is how many are open.
func (t *Terminals) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for s := range t.sessions {
		if s.who != nil {
			n++
		}
	}
	return n
}

// Shutdown ends every session with api.CloseShutdown and refuses new ones. It
// returns when all have ended, or when ctx ends.
func (t *Terminals) Shutdown(ctx context.Context) error {
	t.mu.Lock()
	t.closing = true
	for s := range t.sessions {
		s.end(&ending{code: api.CloseShutdown, reason: "The server is shutting down."})
	}
	t.mu.Unlock()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		t.mu.Lock()
		left := len(t.sessions)
		t.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Disconnect ends every session of an identity that has signed out.
func (t *Terminals) Disconnect(identity string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s := range t.sessions {
		if s.who != nil && s.who.Key == identity {
			s.end(&ending{code: api.CloseUnauthorized, reason: "You have signed out."})
		}
	}
}

// enter admits a connection that has not said who it is; as many as may be open
// may be at that.
func (t *Terminals) enter(s *session) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closing || len(t.sessions) >= 2*t.o.Max {
		return false
	}
	t.sessions[s] = struct{}{}
	return true
}

// admit gives a connection its identity, where there is room.
func (t *Terminals) admit(s *session, who Identity) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, own := 0, 0
	for o := range t.sessions {
		if o.who == nil {
			continue
		}
		all++
		if o.who.Key == who.Key {
			own++
		}
	}
	switch {
	case own >= t.o.MaxPerSignIn:
		return tooMany("%d terminals are open with your sign-in, which is the most there can be. Close one of them first.", own)
	case all >= t.o.Max:
		return tooMany("%d terminals are open on this server, which is the most there can be. Somebody has to close one first.", all)
	}
	s.who = &who
	return nil
}

func (t *Terminals) leave(s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.sessions, s)
}
