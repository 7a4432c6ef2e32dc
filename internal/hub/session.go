package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// What a session may have to look at when it is woken.
const (
	dirtyState uint32 = 1 << iota
	dirtyMetrics
	dirtyLogs
)

// inboxLimit is how many messages of a client may wait for the writer. When it
// is full the reader stops reading, and TCP holds the client back.
const inboxLimit = 64

// session is one connection. Its fields without a lock or an atomic type belong
// to the goroutine of Serve.
type session struct {
	hub  *Hub
	conn Conn
	id   string

	// wakes has one slot: a wake that was not taken stands for all since.
	wakes   chan struct{}
	dirty   atomic.Uint32
	follows atomic.Uint32
	// heardAfter is when the client was heard last, ns after born: of the
	// monotonic clock, since a step of the wall clock is no silence.
	heardAfter atomic.Int64
	born       time.Time

	mu    sync.Mutex
	inbox []any
	space chan struct{} // closed when a full inbox has been emptied; nil while there is room
	over  *ending
	// giveUp ends the write that is under way; nil between writes.
	giveUp context.CancelFunc

	// Guarded by Hub.mu.
	greeted  bool
	counts   bool // in Hub.identities
	identity Identity
	client   clientKey
	watch    *watch

	hello    *api.Hello // nil until welcomed
	still    func() error
	maxFrame int
	feeds    [4]feed // by feedOrder
	samples  samples
	logs     logFeed
	out      outbox
	pings    uint64
	pingedAt time.Time
	nextPing time.Time
	// trip is the shortest round trip of a ping on this connection, 0 before the
	// first: how far away the client is, without what waits on the way.
	trip     time.Duration
	recheck  bool // look at the feeds although no change was told
	hold     hold
	strikes  []time.Time
	lastSlow bool // the last write took noticeably long
	counted  bool // the last write has already cost a strike
	// coalesced and skipped are api.Ping's, bytesOut what was written.
	coalesced, skipped, bytesOut uint64

	// tails close in the background; closing counts them.
	tails   sync.WaitGroup
	closing atomic.Int32
}

// ending is why a session ends.
type ending struct {
	code   api.CloseCode // 0: the connection is gone, nothing to tell
	reason string
	err    error
}

// Serve runs one session until it ends. It returns nil when the client left or
// was told a close code, and otherwise what broke.
func (h *Hub) Serve(ctx context.Context, c Conn, authenticate Authenticate) error {
	s := &session{
		hub: h, conn: c, id: h.connID(), wakes: make(chan struct{}, 1), maxFrame: MaxFrame, born: time.Now(),
		feeds: [4]feed{{topic: api.TopicContainers}, {topic: api.TopicSystem}, {topic: api.TopicJobs}, {topic: api.TopicEvents}},
	}
	if !h.enter(s) {
		h.stats.closed(api.CloseTooMany)
		return c.Close(api.CloseTooMany, "too many connections")
	}
	defer h.leave(s) // last: Shutdown waits for it
	ctx, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	reader.Go(func() { s.read(ctx) })
	defer reader.Wait()
	defer cancel()

	over := s.write(ctx, authenticate)
	s.closeLogs()
	defer s.tails.Wait()
	h.stats.closed(over.code)
	s.logEnd(over)
	err := c.Close(over.code, over.reason)
	if over.code == 0 {
		err = over.err
	}
	if err != nil {
		return fmt.Errorf("session %s: %w", s.id, err)
	}
	return nil
}

// hear notes that something came from the client.
func (s *session) hear() { s.heardAfter.Store(int64(time.Since(s.born))) }

func (s *session) heard() time.Time { return s.born.Add(time.Duration(s.heardAfter.Load())) }

// poke wakes the writer; it never blocks.
func (s *session) poke(what uint32) {
	s.dirty.Or(what)
	select {
	case s.wakes <- struct{}{}:
	default:
	}
}

// end tells the session to close; the first reason wins. It never blocks. A
// write that is under way has closeGrace to finish, then it is given up.
func (s *session) end(code api.CloseCode, reason string) {
	s.finish(ending{code: code, reason: reason})
}

func (s *session) finish(e ending) {
	s.mu.Lock()
	if s.over == nil {
		s.over = &e
		if s.giveUp != nil {
			time.AfterFunc(closeGrace, s.giveUp)
		}
	}
	s.mu.Unlock()
	s.poke(0)
}

// writing says how to give up the write that is about to begin; nil: it is done.
func (s *session) writing(giveUp context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveUp = giveUp
	if giveUp != nil && s.over != nil {
		time.AfterFunc(closeGrace, giveUp)
	}
}

func (s *session) ended() *ending {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// read decodes what the client sends until the connection ends.
func (s *session) read(ctx context.Context) {
	for {
		frame, err := s.conn.Read(ctx)
		if err != nil {
			e := ending{err: err}
			if api.CodeOf(err) == api.ErrTooLarge {
				e = ending{code: api.CloseTooLarge, reason: "a frame over limits.maxInbound"}
			} else if ctx.Err() != nil || errors.Is(err, ErrClosed) {
				e.err = nil
			}
			s.finish(e)
			return
		}
		s.hear()
		s.hub.stats.framesIn.Add(1)
		s.hub.stats.bytesIn.Add(uint64(len(frame)))
		msgs, err := decode(frame)
		if err != nil {
			s.end(api.CloseBadMessage, closeReason(err.Error()))
			return
		}
		for _, m := range msgs {
			if !s.receive(ctx, m) {
				return
			}
		}
	}
}

// ErrClosed is what a Conn's Read returns, or wraps, when the client has left in
// an orderly way.
var ErrClosed = errors.New("the client closed the connection")

// receive hands a message to the writer, and waits while the inbox is full.
func (s *session) receive(ctx context.Context, m any) bool {
	for {
		s.mu.Lock()
		if len(s.inbox) < inboxLimit {
			s.inbox = append(s.inbox, m)
			s.mu.Unlock()
			s.poke(0)
			return true
		}
		if s.space == nil {
			s.space = make(chan struct{})
		}
		space := s.space
		s.mu.Unlock()
		select {
		case <-space:
		case <-ctx.Done():
			return false
		}
	}
}

// take empties the inbox.
func (s *session) take() []any {
	s.mu.Lock()
	defer s.mu.Unlock()
	msgs := s.inbox
	s.inbox = nil
	if s.space != nil {
		close(s.space)
		s.space = nil
		// The reader could not hear the client while it waited for us.
		s.hear()
	}
	return msgs
}

// closeReason cuts a reason to what fits into a close frame.
func closeReason(s string) string {
	const limit = 120
	if len(s) > limit {
		return s[:limit]
	}
	return s
}
