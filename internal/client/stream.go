package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	dialTimeout  = 10 * time.Second
	writeTimeout = 10 * time.Second
	// welcomeTimeout is how long the first frame may take.
	welcomeTimeout = 10 * time.Second
	// defaultHeartbeat stands in for a welcome that names none.
	defaultHeartbeat = 2 * time.Second
	// readLast is how long after a failed write the other side's last words are
	// waited for.
	readLast = time.Second
	// outQueue is how many messages wait for a write. A client writes a pong, a
	// ping and a sub now and then: when it is full the server does not read, and
	// the connection is given up.
	outQueue = 64
	// healthyAfter is how many of our pings must be answered before the backoff
	// begins anew.
	healthyAfter = 2
)

// Link is the state of the hop between this client and the server.
type Link struct {
	// Live is true between a welcome and the connection's end.
	Live bool
	// Err is why it is not live, nil while the first connection is opened.
	Err error
	// Retry is when the next attempt will be made.
	Retry time.Duration
}

// Options configure a Stream.
type Options struct {
	Dial Dialer
	// Token authenticates; empty where the connection does by itself.
	Token  string
	Client api.ClientInfo
	// OnStep is called after each frame, with the view it led to. It may call
	// Subscribe.
	OnStep func(*Stream, *State, *Step)
	// Tick, if not 0, calls OnStep with an empty step every so often while the
	// link is live, for what depends on time.
	Tick time.Duration
	// OnLink is called when the link changes.
	OnLink func(Link)
	// FailFast ends Run when the first connection does not come about. Later
	// ones are tried until they do.
	FailFast bool
	Log      *slog.Logger
}

// Stream follows topics over one connection after another.
type Stream struct {
	o     Options
	state *State

	mu     sync.Mutex
	subs   []api.Sub // wanted, but for topic logs
	tail   *tail     // of topic logs, nil for none
	nextID int
	out    chan []byte // the open connection's, nil between connections
	fail   func(error) // ends the open connection
	pinged map[uint64]time.Time
}

// NewStream makes a stream that is subscribed to nothing yet.
func NewStream(o Options) *Stream {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnStep == nil {
		o.OnStep = func(*Stream, *State, *Step) {}
	}
	if o.OnLink == nil {
		o.OnLink = func(Link) {}
	}
	return &Stream{o: o, state: NewState()}
}

// Subscribe asks for a topic, now and on every later connection. Asking again
// replaces the filter. Whoever asks for topic logs confirms its frames with Ack.
func (s *Stream) Subscribe(topic api.Topic, filter *api.Filter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if topic == api.TopicLogs {
		s.unsubscribeLogsLocked()
		s.nextID++
		s.tail = newTail(s.nextID, filter)
		s.queueLocked(s.tail.sub())
		return
	}
	for i := range s.subs {
		if s.subs[i].Topic == topic {
			s.subs[i].Filter = filter
			s.queueLocked(s.subs[i])
			return
		}
	}
	s.nextID++
	sub := api.Sub{Type: api.TypeSub, ID: s.nextID, Topic: topic, Filter: filter}
	s.subs = append(s.subs, sub)
	s.queueLocked(sub)
}

// UnsubscribeLogs ends topic logs.
func (s *Stream) UnsubscribeLogs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsubscribeLogsLocked()
}

func (s *Stream) unsubscribeLogsLocked() {
	if s.tail == nil {
		return
	}
	s.queueLocked(api.Unsub{Type: api.TypeUnsub, ID: s.tail.id})
	s.tail = nil
}

// Ack confirms that a logs frame was taken in, so that the server sends more.
// One of an earlier subscription is passed over.
func (s *Stream) Ack(f *api.LogsFrame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tail != nil && s.tail.id == f.ID {
		s.queueLocked(api.Ack{Type: api.TypeAck, ID: f.ID, N: f.N})
	}
}

// AboutLogs reports whether the server's answer is about the subscription to
// topic logs, or about an earlier one.
func (s *Stream) AboutLogs(e *api.WireError) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.subs {
		if s.subs[i].ID == e.ID {
			return false
		}
	}
	return e.ID != 0
}

// takeLogs leaves in the step the frames of the present subscription.
func (s *Stream) takeLogs(step *Step) {
	if len(step.Logs) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	step.Logs = slices.DeleteFunc(step.Logs, func(f *api.LogsFrame) bool { return s.tail == nil || !s.tail.take(f) })
}

// noteRTT times the answers to our pings.
func (s *Stream) noteRTT(step *Step) {
	if len(step.Pongs) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range step.Pongs {
		if at, ok := s.pinged[n]; ok {
			step.RTT = time.Since(at)
			delete(s.pinged, n)
		}
	}
}

// pinging notes when a ping is sent. The watchdog ends a connection whose pings
// go unanswered long before there are many.
func (s *Stream) pinging(n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pinged[n] = time.Now()
}

// queueLocked hands a message to the writer of the open connection. A full
// queue ends the connection.
func (s *Stream) queueLocked(m any) {
	if s.out == nil {
		return
	}
	select {
	case s.out <- encode(m):
	default:
		s.fail(errors.New("the server does not read what it is sent"))
	}
}

func (s *Stream) queue(m any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queueLocked(m)
}

// encode marshals a wire type, all of which can be.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("client: marshal %T: %v", v, err))
	}
	return b
}

// Run follows the stream until ctx ends or the server says not to come back;
// then it returns an *api.Error.
func (s *Stream) Run(ctx context.Context) error {
	var backoff Backoff
	for first := true; ; first = false {
		welcomed, err := s.connect(ctx, &backoff)
		s.state.Disconnected()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if final := permanent(err); final != nil {
			return final
		}
		if first && !welcomed && s.o.FailFast {
			return err
		}
		wait := backoff.Next()
		s.o.Log.Debug("the stream is away", "err", err, "retry", wait)
		s.o.OnLink(Link{Err: err, Retry: wait})
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// connect is one connection, from the dial to its end. It reports whether the
// server had welcomed it.
func (s *Stream) connect(ctx context.Context, backoff *Backoff) (welcomed bool, err error) {
	dialCtx, dialed := context.WithTimeout(ctx, dialTimeout)
	conn, err := s.o.Dial(dialCtx)
	dialed()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	out := make(chan []byte, outQueue)
	beat := make(chan time.Duration, 1)
	frames := make(chan incoming)
	var both sync.WaitGroup
	both.Go(func() { receive(ctx, conn, frames) })
	both.Go(func() {
		if err := write(ctx, conn, out, beat, s.pinging); err != nil {
			cancel(err)
		}
	})
	defer func() {
		s.detach()
		cancel(nil)
		// Code 0 drops the connection without a word; a goodbye is for the end.
		code, reason := api.CloseCode(0), ""
		if err == nil {
			code, reason = closeNormal, "done"
		}
		_ = conn.Close(code, reason)
		both.Wait()
	}()
	s.attach(out, cancel)
	return s.read(ctx, frames, backoff, beat)
}

// closeNormal is RFC 6455's normal closure.
const closeNormal api.CloseCode = 1000

// attach makes out the way to the server and queues what opens a connection.
func (s *Stream) attach(out chan []byte, fail func(error)) {
	resume := s.state.Resume()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out, s.fail, s.pinged = out, fail, make(map[uint64]time.Time)
	s.queueLocked(api.Hello{Type: api.TypeHello, V: api.ProtocolVersion, Token: s.o.Token, Client: s.o.Client, Resume: resume})
	for _, sub := range s.subs {
		s.queueLocked(s.withHistory(sub))
	}
	if s.tail != nil {
		s.queueLocked(s.tail.sub())
	}
}

// withHistory widens the filter of topic events once this client has seen
// some: what happened while it was away is wanted whole.
func (s *Stream) withHistory(sub api.Sub) api.Sub {
	if sub.Topic == api.TopicEvents && (s.state.events.seen || !s.state.events.latest.IsZero()) {
		sub.Filter = nil
	}
	return sub
}

func (s *Stream) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out, s.fail = nil, nil
}

// read feeds the reducer. Its watchdog is passive: a quiet connection is dead.
func (s *Stream) read(ctx context.Context, incoming <-chan incoming, backoff *Backoff, beat chan<- time.Duration) (welcomed bool, err error) {
	quiet, pongs := welcomeTimeout, 0
	watchdog := time.NewTimer(quiet)
	defer watchdog.Stop()
	var tick <-chan time.Time
	for {
		step := &Step{}
		select {
		case <-ctx.Done():
			return welcomed, context.Cause(ctx)
		case <-watchdog.C:
			return welcomed, &api.Error{Code: api.ErrTimeout, Message: fmt.Sprintf("The server has said nothing for %s", quiet)}
		case <-tick:
		case in := <-incoming:
			if in.err != nil {
				return welcomed, in.err
			}
			if step, err = s.state.Apply(in.frame); err != nil {
				return welcomed, fmt.Errorf("the server sent what can't be read: %w", err)
			}
			s.answer(step)
			s.noteRTT(step)
			s.takeLogs(step)
			if step.Welcome != nil && !welcomed {
				welcomed = true
				heartbeat := heartbeatOf(step.Welcome)
				quiet = heartbeat * 5 / 2
				beat <- heartbeat
				if s.o.Tick > 0 {
					ticker := time.NewTicker(s.o.Tick)
					defer ticker.Stop()
					tick = ticker.C
				}
				s.o.OnLink(Link{Live: true})
			}
			if pongs += len(step.Pongs); pongs >= healthyAfter {
				backoff.Reset()
			}
			watchdog.Reset(quiet)
		}
		s.o.OnStep(s, s.state, step)
	}
}

func heartbeatOf(w *api.Welcome) time.Duration {
	if w.HeartbeatMs <= 0 {
		return defaultHeartbeat
	}
	return time.Duration(w.HeartbeatMs) * time.Millisecond
}

// answer queues what a step asks for.
func (s *Stream) answer(step *Step) {
	for _, n := range step.Pings {
		s.queue(api.Pong{Type: api.TypePong, N: n})
	}
	for _, topic := range step.Resubscribe {
		s.resubscribe(topic)
	}
}

// incoming is a frame, or why there are no more.
type incoming struct {
	frame []byte
	err   error
}

// receive reads until the connection ends.
func receive(ctx context.Context, conn Conn, to chan<- incoming) {
	for {
		frame, err := conn.Read(ctx)
		select {
		case to <- incoming{frame, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

func (s *Stream) resubscribe(topic api.Topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.subs {
		if sub.Topic == topic {
			s.queueLocked(s.withHistory(sub))
		}
	}
}

// write is the connection's only writer; it also pings, once it is told how
// often. It ends with ctx or a failed write.
func write(ctx context.Context, conn Conn, out <-chan []byte, beat <-chan time.Duration, pinging func(uint64)) error {
	var tick <-chan time.Time
	for n := uint64(1); ; {
		var frame []byte
		select {
		case <-ctx.Done():
			return nil
		case f := <-out:
			frame = f
		case every := <-beat:
			ticker := time.NewTicker(every)
			defer ticker.Stop()
			tick = ticker.C
			continue
		case <-tick:
			frame = encode(api.Ping{Type: api.TypePing, N: n})
			pinging(n)
			n++
		}
		writeCtx, done := context.WithTimeout(ctx, writeTimeout)
		err := conn.Write(writeCtx, frame)
		done()
		// A close by the other side is better told by Read, which knows its code.
		if _, closed := errors.AsType[*CloseError](err); err != nil && !closed {
			if ctx.Err() != nil {
				return nil
			}
			// The server may have said why it closed: reading tells, if anything does.
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(readLast):
			}
			return fmt.Errorf("write to the server: %w", err)
		}
	}
}
