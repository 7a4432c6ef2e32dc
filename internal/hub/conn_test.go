package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/apitest"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipe is a Conn in memory. Its client's side is in and out: a client that does
// not receive from out is one that does not read.
type pipe struct {
	in, out chan []byte
	gone    chan struct{} // the client has left
	once    sync.Once
	done    chan struct{} // the server has closed
	code    api.CloseCode
	reason  string
}

func newPipe() *pipe {
	return &pipe{in: make(chan []byte), out: make(chan []byte), gone: make(chan struct{}), done: make(chan struct{})}
}

func (p *pipe) Read(ctx context.Context) ([]byte, error) {
	select {
	case b := <-p.in:
		if len(b) > MaxInbound {
			return nil, &api.Error{Code: api.ErrTooLarge, Message: "too large"}
		}
		return b, nil
	case <-p.gone:
		return nil, ErrClosed
	case <-p.done:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipe) Write(ctx context.Context, frame []byte) error {
	select {
	case p.out <- append([]byte(nil), frame...):
		return nil
	case <-p.gone:
		return errors.New("broken pipe")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) Close(code api.CloseCode, reason string) error {
	p.once.Do(func() {
		p.code, p.reason = code, reason
		close(p.done)
	})
	return nil
}

// client is the other end of a pipe, with the protocol's reducer.
type client struct {
	*pipe
	served chan error
	view   *view
}

func connect(ctx context.Context, h *Hub, who Identity) *client {
	c := &client{pipe: newPipe(), served: make(chan error, 1), view: newView()}
	go func() { c.served <- h.Serve(ctx, c.pipe, As(who)) }()
	return c
}

func (c *client) send(msgs ...any) {
	for _, m := range msgs {
		b, ok := m.([]byte)
		if !ok {
			b = encode(m)
		}
		select {
		case c.in <- b:
		case <-c.done:
		}
	}
}

// frame returns the next frame's messages; nil when the server has closed.
func (c *client) frame() []json.RawMessage {
	select {
	case b := <-c.out:
		return split(b)
	case <-c.done:
		return nil
	}
}

// split takes a frame of the server's apart, and holds it against its description.
func split(b []byte) []json.RawMessage {
	if d, err := apitest.Read(); err != nil {
		panic(err)
	} else if err := d.CheckEnvelopes("toClient", b); err != nil {
		panic(fmt.Sprintf("not as api/asyncapi.yaml says: %v", err))
	}
	if b[0] != '[' {
		return []json.RawMessage{b}
	}
	var msgs []json.RawMessage
	if err := json.Unmarshal(b, &msgs); err != nil {
		panic(fmt.Sprintf("not JSON: %s", b))
	}
	return msgs
}

// leave ends the client's side and waits for the session.
func (c *client) leave() error {
	close(c.gone)
	return c.wait()
}

// wait returns when the session has ended.
func (c *client) wait() error { return <-c.served }

// run follows the stream until the server closes or the client leaves, and
// answers pings. lock guards the view.
func (c *client) run(lock *sync.Mutex) error {
	for {
		select {
		case b := <-c.out:
			for _, m := range split(b) {
				lock.Lock()
				reply, err := c.view.apply(m)
				lock.Unlock()
				if err != nil {
					return err
				}
				if reply != nil {
					// Not in this goroutine: the server may be writing to us.
					go c.send(reply)
				}
			}
		case <-c.done:
			return nil
		case <-c.gone:
			return nil
		}
	}
}

// view is what a client knows, by the rules of docs/protocol.md alone.
type view struct {
	epoch   string
	welcome int
	pos     map[api.Topic]uint64
	items   map[api.Topic]map[string]map[string]json.RawMessage
	next    map[api.Topic][]json.RawMessage // pages of a snapshot under way
	events  []uint64
	cells   map[int]map[string]int64 // nil value is absent
	resyncs []api.Resync
	errors  []api.WireError
	subbed  []api.Subbed
	metrics int
	// check, if set, is asked of every event as it arrives.
	check func(api.Event) error
}

func newView() *view {
	return &view{
		pos: map[api.Topic]uint64{}, items: map[api.Topic]map[string]map[string]json.RawMessage{},
		next: map[api.Topic][]json.RawMessage{}, cells: map[int]map[string]int64{},
	}
}

// apply takes one message; an error is a breach of the protocol. The reply, if
// any, is to be sent.
func (v *view) apply(raw json.RawMessage) (reply any, err error) {
	var head struct {
		Type  api.MessageType `json:"type"`
		Topic api.Topic       `json:"topic"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	switch head.Type {
	case api.TypeWelcome:
		var m api.Welcome
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		if v.epoch != m.Epoch {
			check := v.check
			*v = *newView()
			v.check = check
		}
		v.epoch = m.Epoch
		v.welcome++
	case api.TypePing:
		var m api.Ping
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		return api.Pong{Type: api.TypePong, N: m.N}, nil
	case api.TypeSubbed:
		var m api.Subbed
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		v.subbed = append(v.subbed, m)
	case api.TypeSnap:
		var m api.Snap
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		if m.Page == 0 {
			v.next[m.Topic] = nil
		}
		v.next[m.Topic] = append(v.next[m.Topic], m.Items...)
	case api.TypeSnapEnd:
		return nil, v.snapEnd(raw)
	case api.TypeDelta:
		return nil, v.delta(raw)
	case api.TypeMark:
		var m api.Mark
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		v.pos[m.Topic] = m.Seq
	case api.TypeResync:
		var m api.Resync
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		v.resyncs = append(v.resyncs, m)
	case api.TypeError:
		var m api.WireError
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		v.errors = append(v.errors, m)
	case api.TypeMetrics:
		return nil, v.sample(raw)
	default: // a pong, or what is not known
	}
	return nil, nil
}

func (v *view) snapEnd(raw json.RawMessage) error {
	var m api.SnapEnd
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	items := v.next[m.Topic]
	if len(items) != m.Count {
		return fmt.Errorf("%s: %d items, snapEnd says %d", m.Topic, len(items), m.Count)
	}
	v.items[m.Topic] = map[string]map[string]json.RawMessage{}
	if m.Topic == api.TopicEvents {
		v.events = nil
	}
	for _, item := range items {
		if err := v.put(m.Topic, item); err != nil {
			return err
		}
	}
	v.pos[m.Topic] = m.Seq
	delete(v.next, m.Topic)
	return nil
}

func (v *view) put(topic api.Topic, raw json.RawMessage) error {
	if topic == api.TopicEvents {
		var e api.Event
		if err := json.Unmarshal(raw, &e); err != nil {
			return err
		}
		v.events = append(v.events, e.Seq)
		if v.check != nil {
			return v.check(e)
		}
		return nil
	}
	var fields map[string]json.RawMessage
	var id struct{ Engine, ID, Key string }
	if err := errors.Join(json.Unmarshal(raw, &fields), json.Unmarshal(raw, &id)); err != nil && topic != api.TopicSystem {
		return err
	}
	key := id.Key
	if topic == api.TopicContainers {
		key = string(api.MakeKey(id.Engine, id.ID))
	}
	v.items[topic][key] = fields
	return nil
}

func (v *view) delta(raw json.RawMessage) error {
	var m api.Delta
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	if m.From != v.pos[m.Topic] {
		return fmt.Errorf("%s: delta from %d at position %d", m.Topic, m.From, v.pos[m.Topic])
	}
	for _, item := range m.Added {
		if err := v.put(m.Topic, item); err != nil {
			return err
		}
	}
	for k, d := range m.Changed {
		fields := v.items[m.Topic][string(k)]
		if fields == nil {
			return fmt.Errorf("change of %s, which the client does not have", k)
		}
		maps.Copy(fields, d.Set)
		for _, name := range d.Unset {
			delete(fields, name)
		}
	}
	for _, k := range m.Removed {
		delete(v.items[m.Topic], string(k))
	}
	v.pos[m.Topic] = m.Seq
	return nil
}

func (v *view) sample(raw json.RawMessage) error {
	var m api.MetricsFrame
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	v.metrics++
	for name, col := range m.Cols {
		for i, value := range col.V {
			at := i
			if col.I != nil {
				at = col.I[i]
			}
			row := m.Rows[at]
			if v.cells[row] == nil {
				v.cells[row] = map[string]int64{}
			}
			if value == nil {
				delete(v.cells[row], name)
			} else {
				v.cells[row][name] = *value
			}
		}
	}
	return nil
}

func container(id string, state api.ContainerState) *api.Container {
	return &api.Container{Engine: "e", ID: id, Name: "n-" + id, State: state, Labels: map[string]string{"a": "b"}}
}

func helloAs(id string) api.Hello {
	return api.Hello{Type: api.TypeHello, V: api.ProtocolVersion, Client: api.ClientInfo{ID: id, Name: "test"}}
}

func sub(id int, topic api.Topic) api.Sub { return api.Sub{Type: api.TypeSub, ID: id, Topic: topic} }

// equal tells what the client has that the store has not, or the other way.
func (v *view) equal(s *store.Store) error {
	for _, topic := range []api.Topic{api.TopicContainers, api.TopicSystem} {
		want := newView()
		want.items[topic] = map[string]map[string]json.RawMessage{}
		snap := s.Snapshot(topic, -1)
		for _, item := range snap.Items {
			if err := want.put(topic, item); err != nil {
				return err
			}
		}
		if v.pos[topic] != snap.Seq {
			return fmt.Errorf("%s: client is at %d, store at %d", topic, v.pos[topic], snap.Seq)
		}
		got, exp := string(encode(v.items[topic])), string(encode(want.items[topic]))
		if got != exp {
			return fmt.Errorf("%s: client has %s, store has %s", topic, got, exp)
		}
	}
	if seq := s.Seq(api.TopicEvents); v.pos[api.TopicEvents] != seq {
		return fmt.Errorf("events: client is at %d, store at %d", v.pos[api.TopicEvents], seq)
	}
	return nil
}
