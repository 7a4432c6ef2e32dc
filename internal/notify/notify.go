package notify

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// maxTells is how many alerts may wait for Run to take them: as many as a thousand
// rules find at once. What comes then is dropped, counted, and told of.
const maxTells = 4096

// Memory keeps what outlives the process: internal/history.
type Memory interface {
	// Deliveries returns what is kept of messages, by key.
	Deliveries(ctx context.Context) (map[string]json.RawMessage, error)
	// KeepDeliveries writes all of it or nothing, and returns when it is on disk: a
	// nil value forgets the key; log is appended.
	KeepDeliveries(ctx context.Context, put map[string]json.RawMessage, log []api.DeliveryAttempt) error
	// DeliveryLog returns what was tried, the newest first, before an id (0 is from
	// the newest on).
	DeliveryLog(ctx context.Context, before int64, limit int) ([]api.DeliveryAttempt, error)
}

// Options configure a Notifier. Dir is required.
type Options struct {
	// Dir is the data directory, which is there.
	Dir string
	// Private are addresses, not the internet's, that deliveries may reach; see
	// ParsePrivate.
	Private []netip.Prefix
	// Memory is nil where nothing is kept over a restart.
	Memory Memory
	// Alerts returns all alerts as they are now, so that what was acknowledged or
	// snoozed is not told again; nil goes by what was told.
	Alerts func() []*api.Alert
	// Rules returns the deliveries that each rule names, by the rule's name, so that
	// what fires and was never told is; nil goes by what was told.
	Rules func(ctx context.Context) (map[string][]string, error)
	// OnChange is told when List or Log answers something else than before; nil is
	// nobody. It must not block.
	OnChange func()
	// Note takes rows of the audit. It must not block; nil is nobody.
	Note func(api.Event)
	Log  *slog.Logger
	// Resolver looks names up, Roots sign certificates; nil are the system's.
	Resolver *net.Resolver
	Roots    *x509.CertPool
}

// Notifier tells deliveries of alerts. Its methods may be called from any
// goroutine.
type Notifier struct {
	o     Options
	log   *slog.Logger
	guard *Guard
	book  *book
	// send is the courier's, but for tests of time.
	send func(ctx context.Context, d *api.Delivery, m *message) result
	wait func(most time.Duration) time.Duration

	tells   chan *telling
	changed chan struct{} // one slot: the book is another one
	dirty   chan struct{} // one slot: there is something to be written
	dropped atomic.Int64

	mu     sync.Mutex
	status map[string]state
	rates  map[string]*rate
	unkept map[string]json.RawMessage // to be written, nil to be forgotten
	unsaid []api.DeliveryAttempt      // to be written to the log
	lastID int64                      // of the log
}

// telling is an alert and whom its rule wants to tell.
type telling struct {
	alert api.Alert
	to    []string
}

// state is how a delivery does.
type state struct {
	sentAt  *time.Time
	err     string
	waiting int
}

// New reads the deliveries.
func New(o Options) (*Notifier, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	if o.Note == nil {
		o.Note = func(api.Event) {}
	}
	b, err := openBook(o.Dir)
	if err != nil {
		return nil, err
	}
	g := &Guard{allowed: o.Private, resolver: o.Resolver}
	return &Notifier{
		o: o, log: o.Log, guard: g, book: b, send: newCourier(g, o.Roots).send, wait: jitter,
		tells: make(chan *telling, maxTells), changed: make(chan struct{}, 1), dirty: make(chan struct{}, 1),
		status: make(map[string]state), rates: make(map[string]*rate), unkept: make(map[string]json.RawMessage),
	}, nil
}

// Tell takes an alert that fires or has resolved, and the names of the deliveries
// that its rule is for; none are all of them. It never waits. To tell what was
// told before does no harm: it may be called with each alert that fires when
// Quaywatch starts, and again whenever one is acknowledged, snoozed or counted on.
func (n *Notifier) Tell(a api.Alert, to []string) {
	select {
	case n.tells <- &telling{a, to}:
	default:
		n.dropped.Add(1)
	}
}

// Dropped is how many alerts found no room since the start.
func (n *Notifier) Dropped() uint64 { return uint64(n.dropped.Load()) }

// Waiting is how many alerts wait to be taken.
func (n *Notifier) Waiting() int { return len(n.tells) }

func newID() string { return "msg_" + strings.ToLower(rand.Text()) }

// take counts a message of a delivery, if it may be sent now.
func (n *Notifier) take(name string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.rates[name]
	if r == nil {
		r = &rate{}
		n.rates[name] = r
	}
	return r.take(now)
}

// free is from when on a message of a delivery may be sent.
func (n *Notifier) free(name string, now time.Time) time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r := n.rates[name]; r != nil {
		return r.free(now)
	}
	return now
}

// said writes a line of the log, and what it means for the delivery.
func (n *Notifier) said(a api.DeliveryAttempt) api.DeliveryAttempt {
	if a.Alerts == nil {
		a.Alerts = []string{}
	}
	a.At = a.At.UTC()
	n.mu.Lock()
	n.lastID = max(n.lastID+1, a.At.UnixMicro())
	a.ID = n.lastID
	n.unsaid = append(n.unsaid, a)
	if len(n.unsaid) > maxUnsaid {
		n.unsaid = slices.Delete(n.unsaid, 0, len(n.unsaid)-maxUnsaid)
	}
	st := n.status[a.Delivery]
	st.learn(a)
	n.status[a.Delivery] = st
	n.mu.Unlock()
	n.wakeKeeper()
	n.o.OnChange()
	return a
}

// learn takes over what a line of the log says.
func (s *state) learn(a api.DeliveryAttempt) {
	switch a.Outcome {
	case api.DeliverySent:
		s.sentAt, s.err = &a.At, ""
	case api.DeliveryRetrying, api.DeliveryFailed:
		s.err = a.Error
	case api.DeliveryDropped:
	}
}

// save hands what is to be kept to the keeper; nil is to be forgotten.
func (n *Notifier) save(key string, v any) {
	if n.o.Memory == nil {
		return
	}
	var doc json.RawMessage
	if v != nil {
		var err error
		if doc, err = json.Marshal(v); err != nil {
			n.log.Error("what is to be delivered can't be encoded", "key", key, "error", err)
			return
		}
	}
	n.mu.Lock()
	n.unkept[key] = doc
	n.mu.Unlock()
	n.wakeKeeper()
}

func (n *Notifier) wakeKeeper() {
	select {
	case n.dirty <- struct{}{}:
	default:
	}
}
