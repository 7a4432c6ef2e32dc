package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// message is any of the server's.
type message struct {
	Type, Text, Message, Reason string
	N                           uint64
	Code                        any
	Left                        bool
}

// pipe is a connection within the process; the test is its other end.
type pipe struct {
	in     chan []byte
	out    chan []byte // read by the test
	closed chan struct{}

	once   sync.Once
	code   api.CloseCode
	reason string
}

func newPipe() *pipe {
	return &pipe{in: make(chan []byte), out: make(chan []byte, 4096), closed: make(chan struct{})}
}

func (p *pipe) Read(ctx context.Context) ([]byte, error) {
	select {
	case frame, ok := <-p.in:
		if !ok {
			return nil, io.EOF
		}
		return frame, nil
	case <-p.closed:
		return nil, io.ErrClosedPipe
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipe) Write(ctx context.Context, frame []byte) error {
	select {
	case <-p.closed:
		return io.ErrClosedPipe
	default:
	}
	select {
	case p.out <- frame:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) Close(code api.CloseCode, reason string) error {
	p.once.Do(func() {
		p.code, p.reason = code, reason
		close(p.closed)
	})
	return nil
}

// process is a command that does what the test says.
type process struct {
	output chan []byte
	takes  chan struct{} // one for each piece of input it takes; nil takes all
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	rest    []byte
	typed   string
	sizes   [][2]int
	code    *int
	hungUp  bool
	deaf    bool // heeds no hangup
	exitErr error
}

func newProcess() *process {
	return &process{output: make(chan []byte), closed: make(chan struct{})}
}

func (p *process) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		select {
		case piece, ok := <-p.output:
			if !ok {
				return 0, io.EOF
			}
			p.rest = piece
		case <-p.closed:
			return 0, io.EOF
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *process) Write(b []byte) (int, error) {
	if p.takes != nil {
		select {
		case <-p.takes:
		case <-p.closed:
			return 0, io.ErrClosedPipe
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.typed += string(b)
	return len(b), nil
}

func (p *process) Resize(_ context.Context, cols, rows int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sizes = append(p.sizes, [2]int{cols, rows})
	return nil
}

func (p *process) Exit(context.Context) (*int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code, p.exitErr
}

func (p *process) Hangup(ctx context.Context) (*int, error) {
	p.mu.Lock()
	p.hungUp = true
	deaf := p.deaf
	if !deaf && p.exitErr == nil {
		p.code = new(129)
	}
	code, err := p.code, p.exitErr
	p.mu.Unlock()
	if deaf {
		<-ctx.Done()
	}
	return code, err
}

func (p *process) Close() { p.once.Do(func() { close(p.closed) }) }

func (p *process) exits(code int) {
	p.mu.Lock()
	p.code = &code
	p.mu.Unlock()
	close(p.output)
}

func (p *process) what() (typed string, sizes [][2]int, hungUp bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.typed, p.sizes, p.hungUp
}

// rig is Terminals whose engine is the test.
type rig struct {
	*Terminals
	t       *testing.T
	process *process
	err     error

	mu    sync.Mutex
	notes []api.Event
	asked []api.ExecOptions
}

func (r *rig) Exec(_ context.Context, _ string, o api.ExecOptions) (Process, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, o)
	if r.err != nil {
		return nil, r.err
	}
	return r.process, nil
}

func newRig(t *testing.T, change func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, process: newProcess()}
	o := Options{
		Engine: r,
		Find: func(ref string) (*api.Container, error) {
			return &api.Container{Engine: "e", ID: ref, Name: ref, State: api.StateRunning}, nil
		},
		Note: func(e api.Event) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.notes = append(r.notes, e)
		},
	}
	if change != nil {
		change(&o)
	}
	r.Terminals = New(o)
	return r
}

// audit are the rows, in words.
func (r *rig) audit() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.notes {
		out = append(out, e.Detail+" "+e.Attributes["exitCode"]+" "+e.Attributes["reason"])
	}
	return out
}

func anybody(api.ExecOpen) (Identity, error) { return Identity{Key: "k", Name: "ann"}, nil }

// client is at a terminal of the rig's.
type client struct {
	*pipe
	t    *testing.T
	done chan struct{}
}

// connect begins a session; it is over when the test ends.
func (r *rig) connect(who Authenticate) *client {
	c := &client{pipe: newPipe(), t: r.t, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		r.Serve(r.t.Context(), c.pipe, "web", who)
	}()
	r.t.Cleanup(func() {
		_ = c.Close(0, "")
		<-c.done
	})
	return c
}

func (c *client) says(m any) {
	c.t.Helper()
	frame, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	select {
	case c.in <- frame:
	case <-c.closed:
		c.t.Fatalf("closed with %d, %q", c.code, c.reason)
	case <-time.After(time.Minute):
		c.t.Fatal("nobody reads")
	}
}

func (c *client) opens() {
	c.t.Helper()
	c.says(api.ExecOpen{Type: api.TypeExecOpen, V: 1, ExecOptions: api.ExecOptions{Cols: 80, Rows: 24}})
	c.hears("opened")
}

// hears is the next message, which has to be of a type; pings are passed over.
func (c *client) hears(kind string) (m message) {
	c.t.Helper()
	for {
		select {
		case frame := <-c.out:
			m = message{}
			if err := json.Unmarshal(frame, &m); err != nil {
				c.t.Fatal(err)
			}
			if m.Type == "ping" && kind != "ping" {
				continue
			}
			if m.Type != kind {
				c.t.Fatalf("heard %s, not %s", frame, kind)
			}
			return m
		case <-time.After(time.Minute):
			c.t.Fatalf("nothing is heard, where %s should be", kind)
		}
	}
}

// next is the next message, of whatever type.
func (c *client) next() (m message) {
	if err := json.Unmarshal(<-c.out, &m); err != nil {
		c.t.Fatal(err)
	}
	return m
}

func (c *client) over() api.CloseCode {
	c.t.Helper()
	select {
	case <-c.done:
		return c.code
	case <-time.After(time.Minute):
		c.t.Fatal("it does not end")
		return 0
	}
}

var errGone = errors.New("gone")
