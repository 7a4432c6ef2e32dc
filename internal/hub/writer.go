package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// write owns the session: it answers the client and sends what is due, until
// the session ends.
func (s *session) write(ctx context.Context, authenticate Authenticate) ending {
	timer := time.NewTimer(helloTimeout)
	defer timer.Stop()
	hello := time.Now().Add(helloTimeout)
	for {
		if over := s.ended(); over != nil {
			return *over
		}
		now := time.Now()
		if s.hello == nil && !now.Before(hello) {
			return ending{code: api.CloseHelloTimeout, reason: "no hello within 5 s"}
		}
		if over := s.handle(ctx, authenticate); over != nil {
			return *over
		}
		if s.hello != nil {
			if over := s.silent(now); over != nil {
				return *over
			}
			if over := s.collect(ctx, now); over != nil {
				return *over
			}
			if over := s.beat(now); over != nil {
				return *over
			}
		}
		if !s.out.empty() {
			if over := s.flush(ctx); over != nil {
				return *over
			}
			continue // look again: what came meanwhile may be more urgent than sleep
		}
		due := hello
		if s.hello != nil {
			due = s.due(now)
		}
		timer.Reset(max(0, time.Until(due)))
		select {
		case <-ctx.Done():
			return ending{code: api.CloseShutdown, reason: "the server is shutting down"}
		case <-s.wakes:
		case <-timer.C:
		}
	}
}

// handle answers what the client has sent.
func (s *session) handle(ctx context.Context, authenticate Authenticate) *ending {
	for _, m := range s.take() {
		if s.hello == nil {
			hello, ok := m.(api.Hello)
			if !ok {
				return &ending{code: api.CloseBadMessage, reason: "the first message must be hello"}
			}
			if over := s.welcome(ctx, hello, authenticate); over != nil {
				return over
			}
			continue
		}
		switch m := m.(type) {
		case api.Ping:
			s.out.add(encode(api.Pong{Type: api.TypePong, N: m.N}))
		case api.Sub:
			s.subscribe(m)
		case api.Unsub:
			s.unsubscribe(m.ID)
		case api.Pong:
			s.answered(m, time.Now())
		case api.Ack:
			s.confirm(m, time.Now())
		case api.Hello:
			s.refuse(0, "a connection says hello once")
		}
	}
	return nil
}

func (s *session) welcome(ctx context.Context, hello api.Hello, authenticate Authenticate) *ending {
	if hello.V != api.ProtocolVersion {
		return &ending{code: api.CloseTooOld, reason: fmt.Sprintf("protocol version %d is not spoken here, %d is: reload to update", hello.V, api.ProtocolVersion)}
	}
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	who, err := authenticate(ctx, hello)
	if err != nil {
		code := api.CloseUnauthorized
		switch api.CodeOf(err) {
		case api.ErrForbidden:
			code = api.CloseForbidden
		case api.ErrTooMany:
			code = api.CloseTooMany
		default:
		}
		return &ending{code: code, reason: closeReason(err.Error())}
	}
	if !s.hub.greet(s, who, hello.Client.ID) {
		return &ending{code: api.CloseTooMany, reason: "too many connections with this sign-in"}
	}
	if hello.MaxFrame > 0 {
		s.maxFrame = min(MaxFrame, max(hello.MaxFrame, minFrame))
	}
	hello.Token, hello.Ticket = "", ""
	s.hello, s.still = &hello, who.Still
	now := time.Now()
	s.hear()
	server, engines := s.hub.system()
	s.out.add(encode(api.Welcome{
		Type: api.TypeWelcome, V: api.ProtocolVersion, Epoch: s.hub.store.Epoch(), Conn: s.id,
		HeartbeatMs: int(s.hub.o.Heartbeat.Milliseconds()),
		Limits:      api.Limits{MaxFrame: s.maxFrame, MaxInbound: MaxInbound, MaxSubs: maxSubs},
		Role:        who.Role, Time: now.UTC(), Server: server, Engines: engines,
	}))
	s.ping(now) // measures the way while nothing waits on it yet
	return nil
}

// refuse answers a message that can't be served.
func (s *session) refuse(id int, message string) {
	s.refuseWith(id, &api.Error{Code: api.ErrInvalid, Message: message})
}

func (s *session) refuseWith(id int, err error) {
	s.out.add(encode(api.WireError{Type: api.TypeError, ID: id, Code: api.CodeOf(err), Message: err.Error()}))
}

// silent ends a session whose client has not been heard for 2.5 intervals.
func (s *session) silent(now time.Time) *ending {
	if now.Sub(s.heard()) >= s.hub.o.Heartbeat*5/2 {
		return &ending{code: api.CloseNoHeartbeat, reason: "nothing was heard for 2.5 heartbeats"}
	}
	return nil
}

// beat adds the server's ping when it is due, and ends a session whose identity
// has ended. A ping that travels with a frame of samples or changes costs a page
// no waking of its own: where one leaves anyway it may go a little early, and
// where samples flow it waits a little for the next.
func (s *session) beat(now time.Time) *ending {
	due := s.pingDue()
	if !s.out.empty() {
		due = s.nextPing.Add(-s.hub.o.Heartbeat / 10)
	}
	if now.Before(due) {
		return nil
	}
	if s.still != nil && (s.pings+1)%stillEvery == 0 {
		if err := s.still(); err != nil {
			return &ending{code: api.CloseUnauthorized, reason: closeReason(err.Error())}
		}
	}
	s.ping(now)
	return nil
}

// ping asks the client for a sign of life, and tells what it did not get.
func (s *session) ping(now time.Time) {
	s.pings++
	s.out.add(encode(api.Ping{Type: api.TypePing, N: s.pings, Coalesced: s.coalesced, Skipped: s.skipped}))
	s.pingedAt, s.nextPing = now, now.Add(s.hub.o.Heartbeat)
}

// answered takes the answer to our last ping.
func (s *session) answered(m api.Pong, now time.Time) {
	if m.N != s.pings || s.pings == 0 || s.pingedAt.IsZero() {
		return
	}
	took := max(now.Sub(s.pingedAt), 1)
	s.pingedAt = time.Time{}
	if s.trip == 0 || took < s.trip {
		s.trip = took
	}
}

// pingDue is when a ping leaves though nothing else does.
func (s *session) pingDue() time.Time {
	if s.samples.on {
		return s.nextPing.Add(s.hub.o.Heartbeat / 10)
	}
	return s.nextPing
}

// due is when there will be something to do without being woken.
func (s *session) due(now time.Time) time.Time {
	silent := s.heard().Add(s.hub.o.Heartbeat * 5 / 2)
	due := s.pingDue()
	if silent.Before(due) {
		due = silent
	}
	if t, ok := s.samples.due(s.hub.metrics.Tick(), now); ok && t.Before(due) {
		due = t
	}
	if t := s.hold.since.Add(holdMost); s.hold.waits() && t.Before(due) {
		due = t
	}
	if t := s.logs.last.Add(logEvery); s.logs.open() && t.Before(due) {
		due = t
	}
	return due
}

// collect puts what is due into the outbox: state and events at once but for a
// rush (pace.go), then a page of a snapshot, and samples only when there is
// nothing else, when they have already waited for a whole interval, or when they
// take along what was held back; behind all that, a frame of logs.
func (s *session) collect(ctx context.Context, now time.Time) *ending {
	dirty := s.dirty.Swap(0)
	held := s.hold.waits()
	if (dirty&dirtyState != 0 || s.recheck || held) && !s.pace(now) {
		s.recheck = false
		s.gather()
	}
	if s.out.empty() || held && !s.hold.waits() || s.samples.overdue(now) {
		s.sample(now)
	}
	s.tendLogs(ctx, dirty)
	s.takeLogs(now)
	return s.struck(now)
}

// flush writes the outbox, in frames of at most maxFrame, and applies the slow
// policy to how long that took.
func (s *session) flush(ctx context.Context) *ending {
	started, slow := time.Now(), false
	s.counted = false
	for frame, release := range s.out.frames(s.hub, s.maxFrame) {
		late, over := s.send(ctx, frame)
		release()
		if over != nil {
			return over
		}
		slow = slow || late
	}
	done := time.Now()
	for _, cause := range s.out.causes {
		s.hub.stats.observe(done.Sub(cause))
	}
	if s.out.logs != nil {
		late, over := s.send(ctx, s.out.logs)
		if over != nil {
			return over
		}
		slow = slow || late
		done = time.Now()
	}
	s.lastSlow = done.Sub(started) > time.Second
	s.out.reset()
	if slow {
		return s.tooSlow(done)
	}
	return nil
}

// send writes one frame, and tells whether that was slow or how the session ends.
func (s *session) send(ctx context.Context, frame []byte) (slow bool, over *ending) {
	at := time.Now()
	if err := s.writeFrame(ctx, frame); err != nil {
		// Before ended: a write given up closes the socket, and the reader may have
		// seen that first.
		if time.Since(at) >= writeTimeout {
			return false, &ending{code: api.CloseSlow, reason: "a write took more than 10 s", err: err}
		}
		if over := s.ended(); over != nil {
			return false, over
		}
		if ctx.Err() != nil {
			return false, &ending{code: api.CloseShutdown, reason: "the server is shutting down"}
		}
		return false, &ending{err: err}
	}
	s.hub.stats.framesOut.Add(1)
	s.hub.stats.bytesOut.Add(uint64(len(frame)))
	s.bytesOut += uint64(len(frame))
	return time.Since(at) > slowWrite, nil
}

// writeFrame writes with the protocol's deadline, or until closeGrace after the
// session was told to end.
func (s *session) writeFrame(ctx context.Context, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	s.writing(cancel)
	defer s.writing(nil)
	return s.conn.Write(ctx, frame)
}
