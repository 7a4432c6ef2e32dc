// Package hub serves the stream (docs/protocol.md): sessions, subscriptions,
// coalescing, and what happens to clients that are too slow.
//
// A session keeps no queue. It knows the position it has reached in each topic,
// and what piled up while a write was under way is merged by the store into one
// delta. A client that never reads therefore costs a goroutine that waits, and
// nothing else.
//
// Goroutines: Run is one, which the owner of the hub starts; it turns wakes of
// the store and of the metrics into wakes of the sessions, and tells the
// sampler what is looked at. Each session has two: the caller of Serve, who
// writes and owns the session's state, and a reader, who decodes what the
// client sends into the session's inbox. Serve waits for its reader, and for the
// tails of logs that it has told to close, each in a goroutine.
//
// Locks: Hub.mu guards the set of sessions, session.mu an inbox, and the two
// caches have one each. A cache's lock may be held while the store's are taken;
// no other two are ever held together, and nobody does I/O under any of them.
package hub

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Limits and intervals. Those of the protocol stand in docs/protocol.md.
const (
	DefaultHeartbeat      = 2 * time.Second
	DefaultMaxConns       = 4096
	DefaultMaxPerIdentity = 128
	// MaxFrame is the largest frame that is sent where a client does not ask for
	// less; a single message that can't be cut may be larger.
	MaxFrame = 64 << 10
	// MaxInbound is the largest frame that is read.
	MaxInbound = 64 << 10

	minFrame     = 1 << 10
	maxSubs      = 32
	helloTimeout = 5 * time.Second
	writeTimeout = 10 * time.Second
	slowWrite    = 5 * time.Second
	strikeWindow = time.Minute
	// closeGrace is how long a write that is under way may still take when the
	// session has been told to end.
	closeGrace = time.Second
	// stillEvery is how many of our pings apart it is asked whether the session's
	// identity is still one.
	stillEvery = 15
	// watchEvery is how often at most the sampler is told what is looked at.
	watchEvery = 250 * time.Millisecond
)

// Options configure a Hub. Store is required.
type Options struct {
	Store *store.Store
	// Metrics is the table of samples; nil is Store's.
	Metrics *store.Metrics
	// OnWatch is told which metrics rows someone looks at, and whether it is all
	// of them, whenever that changes. It is called by Run, never concurrently.
	OnWatch func(rows []int, all bool)
	Log     *slog.Logger
	// OpenLogs begins to follow logs until ctx ends or the tail is closed; nil is
	// a hub without topic logs. It must not block.
	OpenLogs func(ctx context.Context, r LogRequest) LogTail
	// Heartbeat is the interval of pings; 0 is DefaultHeartbeat.
	Heartbeat time.Duration
	// MaxConns bounds connections, MaxPerIdentity those with the same
	// authentication; 0 is the default. Connections that have not said hello
	// may make up a quarter of MaxConns.
	MaxConns, MaxPerIdentity int
}

// Hub holds the sessions.
type Hub struct {
	o        Options
	store    *store.Store
	metrics  *store.Metrics
	log      *slog.Logger
	frames   frameCache
	ticks    tickCache
	snaps    snapCache
	buffers  sync.Pool
	stats    counters
	rush     rush
	watching chan struct{} // one slot: what is looked at may have changed
	nextConn atomic.Uint64
	// logSources counts the logs that are followed, or about to be.
	logSources atomic.Int64

	mu       sync.Mutex
	closing  bool
	sessions map[*session]struct{}
	// clients finds the session that a new connection supersedes.
	clients map[clientKey]*session
	// identities counts sessions by authentication.
	identities map[string]int
	greeting   int // sessions that have not said hello
	polls      map[string]*poll
}

// clientKey is a client as one user sees it: another user's client of the same
// id is another client.
type clientKey struct{ identity, client string }

// New makes a hub. It serves once Run runs.
func New(o Options) *Hub {
	if o.Metrics == nil {
		o.Metrics = o.Store.Metrics()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = DefaultHeartbeat
	}
	if o.MaxConns <= 0 {
		o.MaxConns = DefaultMaxConns
	}
	if o.MaxPerIdentity <= 0 {
		o.MaxPerIdentity = DefaultMaxPerIdentity
	}
	h := &Hub{
		o: o, store: o.Store, metrics: o.Metrics, log: o.Log,
		watching:   make(chan struct{}, 1),
		sessions:   make(map[*session]struct{}),
		clients:    make(map[clientKey]*session),
		identities: make(map[string]int),
		polls:      make(map[string]*poll),
	}
	h.rush.crowd, h.rush.revision = crowd, o.Store.Revision()
	h.buffers.New = func() any { b := make([]byte, 0, 4<<10); return &b }
	return h
}

// Run wakes the sessions until ctx ends. It does not end the sessions: Shutdown
// does.
func (h *Hub) Run(ctx context.Context) error {
	state, samples := h.store.Subscribe(), h.metrics.Subscribe()
	defer state.Close()
	defer samples.Close()
	w := newWatcher(h)
	defer w.timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-state.C():
			h.rush.note(h.store.Revision(), h.store.Size(), time.Now())
			h.wake(dirtyState)
		case <-samples.C():
			h.wake(dirtyMetrics)
		case <-h.watching:
			w.changed(time.Now())
		case now := <-w.timer.C:
			w.fire(now)
		}
	}
}

// wake marks every session that follows what has changed.
func (h *Hub) wake(what uint32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.sessions {
		if s.follows.Load()&what != 0 {
			s.poke(what)
		}
	}
}

// Shutdown closes every session with api.CloseShutdown and refuses new ones. It
// returns when all have ended, or when ctx ends.
func (h *Hub) Shutdown(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	for s := range h.sessions {
		s.end(api.CloseShutdown, "the server is shutting down")
	}
	h.mu.Unlock()
	t := time.NewTicker(10 * time.Millisecond)
	defer t.Stop()
	for {
		h.mu.Lock()
		left := len(h.sessions)
		h.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}

// Disconnect closes every session of an identity, with api.CloseUnauthorized:
// it has signed out, or its token was revoked.
func (h *Hub) Disconnect(identity string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.sessions {
		if s.greeted && s.identity.Key == identity {
			s.end(api.CloseUnauthorized, "signed out")
		}
	}
}

// enter admits a connection that has not said hello yet.
func (h *Hub) enter(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing || len(h.sessions) >= h.o.MaxConns || h.greeting >= max(1, h.o.MaxConns/4) {
		return false
	}
	h.sessions[s] = struct{}{}
	h.greeting++
	h.stats.accepted.Add(1)
	return true
}

// greet gives an admitted connection its identity, and ends the connection that
// it supersedes. It reports false when the identity has too many.
func (h *Hub) greet(s *session, who Identity, client string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := clientKey{who.Key, client}
	old := h.clients[key]
	if client == "" {
		old = nil
	}
	if n := h.identities[who.Key]; n >= h.o.MaxPerIdentity && old == nil {
		return false
	}
	if old != nil {
		old.end(api.CloseSuperseded, "a newer connection of the same client")
		h.uncountLocked(old) // it has ended, whatever its close still takes
	}
	h.greeting--
	h.identities[who.Key]++
	s.greeted, s.counts, s.identity = true, true, who
	if client != "" {
		s.client = key
		h.clients[key] = s
	}
	return true
}

// leave forgets a session.
func (h *Hub) leave(s *session) {
	h.mu.Lock()
	delete(h.sessions, s)
	if !s.greeted {
		h.greeting--
	} else {
		h.uncountLocked(s)
		if h.clients[s.client] == s {
			delete(h.clients, s.client)
		}
	}
	watched := s.watch != nil
	s.watch = nil
	h.mu.Unlock()
	if watched {
		h.watchChanged()
	}
}

// uncountLocked takes a session off its identity's count, once.
func (h *Hub) uncountLocked(s *session) {
	if !s.counts {
		return
	}
	s.counts = false
	if h.identities[s.identity.Key]--; h.identities[s.identity.Key] == 0 {
		delete(h.identities, s.identity.Key)
	}
}

func (h *Hub) connID() string { return "c-" + strconv.FormatUint(h.nextConn.Add(1), 10) }

// Clients is the number of sessions that have said hello.
func (h *Hub) Clients() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sessions) - h.greeting
}

// system is what the store says of the server and its engines.
func (h *Hub) system() (server api.ServerStatus, engines []api.EngineStatus) {
	engines = []api.EngineStatus{}
	for _, i := range h.store.System() {
		switch {
		case i.Server != nil:
			server = *i.Server
		case i.Engine != nil:
			engines = append(engines, *i.Engine)
		}
	}
	return server, engines
}

// sortedRows returns the rows once each, in order.
func sortedRows(rows map[int]struct{}) []int { return slices.Sorted(maps.Keys(rows)) }
