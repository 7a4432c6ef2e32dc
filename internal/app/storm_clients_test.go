//go:build unix

package app

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/enginetest"
	"github.com/quaywatch/quaywatch/internal/store"
)

const stormToken = "qw_0123456789abcdef"

// plainHTTP keeps no connections, which would look like leaks.
func plainHTTP() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

// background runs f until the test ends, or the returned function is called,
// and waits for it.
func background(t *testing.T, f func(context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { f(ctx) })
	stop = func() { cancel(); wg.Wait() }
	t.Cleanup(stop)
	return stop
}

// patience is what an engine may take for an answer on a machine whose disk stalls.
const patience = 3 * time.Minute

// serve runs a whole server that watches the engine.
func serve(t *testing.T, host string) (a *App, base *url.URL, stop func()) {
	t.Helper()
	return serveIn(t, host, t.TempDir())
}

// serveIn is serve with a data directory that others may have had before.
func serveIn(t *testing.T, host, dir string, with ...func(*Options)) (a *App, base *url.URL, stop func()) {
	t.Helper()
	ready := make(chan Ready, 1)
	o := Options{
		Version: "test", Engine: EngineOptions{Host: host, Timeout: patience}, Listen: "127.0.0.1:0", DataDir: dir, Token: stormToken,
		OnReady: func(r Ready) { ready <- r },
	}
	for _, change := range with {
		change(&o)
	}
	a, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	stop = background(t, func(ctx context.Context) {
		if err := a.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	select {
	case r := <-ready:
		base = parse(t, r.Address)
	case <-time.After(4 * time.Minute):
		t.Fatal("the server is not ready")
	}
	until(t, "the engine's first view", func() bool { return a.core.Ready() == nil })
	return a, base, stop
}

// sighting is an event and when somebody had it.
type sighting struct {
	event api.Event
	at    time.Time
}

// reader is a client that behaves: it follows what a page follows, and reads.
type reader struct {
	name string

	mu      sync.Mutex
	log     []sighting
	lost    []api.Range
	lives   int
	synced  int // topics whose snapshot has come
	settled bool
	rows    map[string]string // the view, from when it has settled
}

func startReader(t *testing.T, base *url.URL, name string) *reader {
	t.Helper()
	r := &reader{name: name}
	s := client.NewStream(client.Options{
		Dial: client.DialWebSocket(base, plainHTTP()), Token: stormToken, Client: api.ClientInfo{ID: name, Name: name, Version: "test"},
		OnStep: r.step, OnLink: r.link, Tick: 50 * time.Millisecond, FailFast: true,
	})
	s.Subscribe(api.TopicContainers, nil)
	s.Subscribe(api.TopicEvents, nil)
	s.Subscribe(api.TopicMetrics, &api.Filter{All: true, EveryMs: 1000})
	background(t, func(ctx context.Context) {
		if err := s.Run(ctx); ctx.Err() == nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	until(t, name+" is told everything", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.synced == 2
	})
	return r
}

func (r *reader) step(_ *client.Stream, s *client.State, step *client.Step) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range step.Events {
		r.log = append(r.log, sighting{e, now})
	}
	r.lost = append(r.lost, step.Lost...)
	r.synced += len(step.Synced)
	if r.settled {
		r.rows = make(map[string]string)
		for _, c := range s.Containers() {
			r.rows[c.ID] = row(c.Name, string(c.State))
		}
	}
}

func (r *reader) link(l client.Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.Live {
		r.lives++
	}
}

func (r *reader) sightings() []sighting {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]sighting(nil), r.log...)
}

// view is what a user of this client sees now.
func (r *reader) view() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settled = true
	return r.rows
}

// reference notes when the store had each event. It does not pass the hub, so
// that whoever delays the hub does not delay it.
type reference struct {
	mu sync.Mutex
	at map[uint64]time.Time // by the event's Seq
}

func startReference(t *testing.T, s *store.Store) *reference {
	t.Helper()
	r := &reference{at: make(map[uint64]time.Time)}
	sub := s.Subscribe()
	background(t, func(ctx context.Context) {
		defer sub.Close()
		var seq uint64
		for {
			u, ok := s.Since(api.TopicEvents, seq)
			now := time.Now()
			if !ok {
				t.Error("events have left the ring before the reference took them")
				return
			}
			r.mu.Lock()
			for ; seq < u.Delta.Seq; seq++ {
				r.at[seq+1] = now
			}
			r.mu.Unlock()
			select {
			case <-sub.C():
			case <-ctx.Done():
				return
			}
		}
	})
	return r
}

// yardstick measures what the machine does to anybody: how late a goroutine wakes
// that sleeps, writes to a socket and is read by another.
type yardstick struct {
	mu   sync.Mutex
	late []time.Duration
}

func startYardstick(t *testing.T) *yardstick {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	near, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	p, began := &yardstick{}, time.Now()
	background(t, func(context.Context) {
		var due int64
		for binary.Read(far, binary.BigEndian, &due) == nil {
			p.mu.Lock()
			p.late = append(p.late, time.Since(began)-time.Duration(due))
			p.mu.Unlock()
		}
		_ = far.Close()
	})
	background(t, func(ctx context.Context) {
		for ctx.Err() == nil {
			due := time.Since(began) + 5*time.Millisecond
			time.Sleep(5 * time.Millisecond)
			if err := binary.Write(near, binary.BigEndian, int64(due)); err != nil {
				t.Errorf("yardstick: %v", err)
				break
			}
		}
		_ = near.Close() // and the other ends too
	})
	return p
}

// take is how late it was since the last time it was asked, sorted.
func (p *yardstick) take() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	late := p.late
	p.late = nil
	slices.Sort(late)
	return late
}

// startStuck connects a client that asks for everything and never reads. It
// goes on sending its heartbeat, so that nothing but its not reading is at
// fault; when it is thrown out, it comes again.
func startStuck(t *testing.T, base *url.URL) (stop func()) {
	t.Helper()
	return background(t, func(ctx context.Context) {
		for n := 0; ctx.Err() == nil; n++ {
			if err := neverRead(ctx, base, fmt.Sprint("stuck", n)); err != nil && ctx.Err() == nil {
				t.Errorf("the client that never reads: %v", err)
				return
			}
		}
	})
}

// neverRead is one connection of such a client, until the server ends it.
func neverRead(ctx context.Context, base *url.URL, id string) error {
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{Control: narrow}).DialContext}}
	c, res, err := websocket.Dial(ctx, base.JoinPath("api", "v1", "stream").String(), &websocket.DialOptions{HTTPClient: hc, Subprotocols: []string{api.Subprotocol}})
	if err != nil {
		if res != nil && res.Body != nil {
			err = errors.Join(err, res.Body.Close())
		}
		return fmt.Errorf("dial: %w", err)
	}
	defer func() { _ = c.CloseNow() }()
	for _, m := range []any{
		api.Hello{Type: api.TypeHello, V: api.ProtocolVersion, Token: stormToken, Client: api.ClientInfo{ID: id, Name: id, Version: "test"}},
		api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicContainers},
		api.Sub{Type: api.TypeSub, ID: 2, Topic: api.TopicEvents},
		api.Sub{Type: api.TypeSub, ID: 3, Topic: api.TopicMetrics, Filter: &api.Filter{All: true, EveryMs: 1000}},
	} {
		if err := send(ctx, c, m); err != nil {
			return err
		}
	}
	beat := time.NewTicker(500 * time.Millisecond)
	defer beat.Stop()
	for n := uint64(1); ; n++ {
		if err := send(ctx, c, api.Ping{Type: api.TypePing, N: n}); err != nil {
			return nil //nolint:nilerr // thrown out: that is what is expected
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// narrow makes a socket that takes next to nothing, and whose segments are so
// small that the kernel on the other side buffers little for it either: on
// loopback that would be megabytes.
func narrow(_, _ string, c syscall.RawConn) error {
	var err error
	cerr := c.Control(func(fd uintptr) {
		err = errors.Join(
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 2048),
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536))
	})
	return errors.Join(cerr, err)
}

func send(ctx context.Context, c *websocket.Conn, m any) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.Write(ctx, websocket.MessageText, b)
}

// told is what makes an event of a container itself and no other.
type told struct {
	id, action string
	nano       int64
}

// dockerEvents is what `docker events` prints of containers. It listens all the
// time, since the engine keeps no more than 256 events for whoever asks later, and
// twice: Docker 20.10 gives each listener 100 ms to take an event, by a timer of
// which a starved engine finds both at once, an end and a listener that is ready.
// Then it tosses a coin, and that listener may never be told.
type dockerEvents struct {
	mu  sync.Mutex
	log map[told]struct{}
}

func startDockerEvents(t *testing.T, host *enginetest.Engine, since time.Time) *dockerEvents {
	t.Helper()
	d := &dockerEvents{log: make(map[told]struct{})}
	for range 2 {
		d.listen(t, host, since)
	}
	return d
}

func (d *dockerEvents) listen(t *testing.T, host *enginetest.Engine, since time.Time) {
	t.Helper()
	background(t, func(ctx context.Context) {
		cmd := exec.CommandContext(ctx, enginetest.CLI(), "events", "--since", fmt.Sprint(since.Unix()), "--filter", "type=container", "--format", "{{json .}}")
		cmd.Env = host.Env()
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Errorf("docker events: %v", err)
			return
		}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e struct {
				Action   string
				Actor    struct{ ID string }
				TimeNano int64 `json:"timeNano"`
			}
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Errorf("docker events says %q: %v", lines.Bytes(), err)
				continue
			}
			d.mu.Lock()
			d.log[told{e.Actor.ID, e.Action, e.TimeNano}] = struct{}{}
			d.mu.Unlock()
		}
		if err := cmd.Wait(); ctx.Err() == nil {
			t.Errorf("docker events ended by itself: %v", err)
		}
	})
}

// all is what has been told, in the order of the engine's times.
func (d *dockerEvents) all() []told {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.SortedFunc(maps.Keys(d.log), func(a, b told) int { return cmp.Compare(a.nano, b.nano) })
}
