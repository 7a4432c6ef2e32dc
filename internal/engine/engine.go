package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// defaultTimeout is how long a call may take. The slowest ordinary one, a list
// of 1,000 containers on Engine 20.10, takes 0.1 s.
const defaultTimeout = 5 * time.Second

// Engine is a connection to one engine. It is safe for concurrent use.
type Engine struct {
	endpoint Endpoint
	timeout  time.Duration
	log      *slog.Logger

	// conn is nil until an engine has answered, and replaced when an engine of
	// another API version answers at the same address.
	conn atomic.Pointer[connection]
	// identity is what Status last learned; nil before.
	identity atomic.Pointer[identity]
	// own are events that Events tells in place of an engine that does not. What
	// finds no room is left to the next list.
	own chan api.Event

	// http is for what goes past the moby client; see plain.
	http *http.Client

	// answers are buffers (*bytes.Buffer) for those that are asked for a container
	// and second.
	answers sync.Pool
}

// maxOwn bounds the events that wait for Events to tell them.
const maxOwn = 64

// connection is a moby client that has negotiated its API version.
type connection struct {
	api *client.Client
	// offered is the API version the engine named in the ping that was
	// negotiated from.
	offered string
}

// identity is what tells one engine from another, and how it must be treated.
type identity struct {
	id string
	// podman's stream headers come with the first event.
	podman bool
	// mute says that it has no events of networks: podman, before its fifth version.
	mute bool
	// local says that its containers are processes of this machine.
	local bool
}

// New prepares a connection. It does no I/O: an engine that is down now may
// come up later.
func New(ep Endpoint, log *slog.Logger) (*Engine, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{
		endpoint: ep, timeout: ep.Timeout, log: log.With("engine", ep.displayHost()), own: make(chan api.Event, maxOwn),
		answers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	if e.timeout <= 0 {
		e.timeout = defaultTimeout
	}
	transport := e.newTransport()
	transport.DialContext = e.dial
	e.http = &http.Client{Transport: transport, CheckRedirect: client.CheckRedirect}
	c, err := e.newClient()
	if err != nil {
		return nil, &api.Error{Code: api.ErrInvalid, Message: "The engine's address " + ep.displayHost() + " can't be used; give one such as unix:///var/run/docker.sock or tcp://host:2376", Cause: err}
	}
	return e, c.Close()
}

// ID is api.EngineStatus.ID: made from the address until Status has been
// answered, and from then on from the engine's own id.
func (e *Engine) ID() string {
	if id := e.identity.Load(); id != nil {
		return id.id
	}
	return shortHash(e.endpoint.Host)
}

// Endpoint is where the engine is.
func (e *Engine) Endpoint() Endpoint { return e.endpoint }

// Close closes idle connections. Calls under way go on.
func (e *Engine) Close() error {
	e.http.CloseIdleConnections()
	if c := e.conn.Swap(nil); c != nil {
		return c.api.Close()
	}
	return nil
}

// Ping asks for the smallest possible answer and returns how long it took. It
// notices when an engine of another API version has taken the address.
func (e *Engine) Ping(ctx context.Context) (time.Duration, error) {
	ctx, cancel := e.deadline(ctx, e.timeout)
	defer cancel()
	start := time.Now()
	c := e.conn.Load()
	if c == nil {
		_, err := e.negotiate(ctx)
		return time.Since(start), e.wrap(ctx, "ping", err)
	}
	pong, err := c.api.Ping(ctx, client.PingOptions{})
	took := time.Since(start)
	if err != nil {
		return took, e.wrap(ctx, "ping", err)
	}
	if pong.APIVersion != c.offered {
		e.log.InfoContext(ctx, "the engine's API version has changed", "from", c.offered, "to", pong.APIVersion)
		if _, err := e.negotiate(ctx); err != nil {
			return took, e.wrap(ctx, "negotiate the API version", err)
		}
	}
	return took, nil
}

// client is the negotiated client. The moby client would negotiate by itself on
// its first call, but it swallows the error.
func (e *Engine) client(ctx context.Context) (*client.Client, error) {
	if c := e.conn.Load(); c != nil {
		return c.api, nil
	}
	c, err := e.negotiate(ctx)
	if err != nil {
		return nil, err
	}
	return c.api, nil
}

// negotiate makes a new client and lets it agree on a version. Several callers
// may do so at once; the last one's client stays, and the others' live until
// their calls are done.
func (e *Engine) negotiate(ctx context.Context) (*connection, error) {
	c, err := e.newClient()
	if err != nil {
		return nil, err
	}
	pong, err := c.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true})
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	conn := &connection{api: c, offered: pong.APIVersion}
	if old := e.conn.Swap(conn); old != nil {
		_ = old.api.Close()
	}
	return conn, nil
}

func (e *Engine) newClient() (*client.Client, error) {
	return client.New(
		client.WithHTTPClient(&http.Client{Transport: e.newTransport(), CheckRedirect: client.CheckRedirect}),
		client.WithHost(e.endpoint.Host),
		client.WithDialContext(e.dial), // after WithHost, which sets its own
		client.WithScheme(e.scheme()),  // it would guess by the transport, which its clone has changed
		client.WithAPIVersion(e.endpoint.APIVersion),
		client.WithUserAgent(userAgent),
		client.WithHTTPResponseHook(announceHeader),
	)
}

const userAgent = "quaywatch"

func (e *Engine) newTransport() *http.Transport {
	return &http.Transport{
		TLSClientConfig: e.endpoint.TLS,
		// Inspect workers ask side by side; the default of 2 would have them
		// dial for every call.
		MaxIdleConns:        16,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     30 * time.Second,
	}
}

func (e *Engine) scheme() string {
	if e.endpoint.TLS != nil {
		return "https"
	}
	return "http"
}

// deadline bounds a call. The cause tells this deadline from the caller's own.
func (e *Engine) deadline(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, deadlineError(d))
}

// containerID guards the path of a request: the moby client joins paths, so
// that "../images/x" would be asked for somewhere else.
func containerID(id string) (string, error) {
	if !validName(id) {
		return "", &api.Error{Code: api.ErrInvalid, Message: "“" + clip(id, 80) + "” is no container id or name."}
	}
	return id, nil
}

// validName is the engine's own rule for names, which ids satisfy too; of one
// letter, which a name can't be, an id's prefix still can.
func validName(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case i > 0 && (c == '_' || c == '.' || c == '-'):
		default:
			return false
		}
	}
	return s != "" && len(s) <= 255
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:12]
}

// clip shortens s to at most n bytes, at a rune's border.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// displayHost is the address without credentials.
func (ep Endpoint) displayHost() string {
	if u, err := url.Parse(ep.Host); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return ep.Host
}
