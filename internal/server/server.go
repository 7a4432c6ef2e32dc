// Package server puts Quaywatch on the network: routes, middleware, the
// WebSocket under the hub, polling, Prometheus metrics and the page.
//
// Goroutines: Run owns the HTTP server's, and returns when all requests have
// ended or were given up. Each stream and each terminal has one more, which runs
// its session; the hub's Shutdown and the terminals', which Run calls, wait for
// them.
//
// Locks: idempotency has a mutex for its table of results, which is not held
// while an action runs. Everything else is in store, hub and auth.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/alert"
	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/hub"
	"github.com/quaywatch/quaywatch/internal/jobs"
	"github.com/quaywatch/quaywatch/internal/store"
	"github.com/quaywatch/quaywatch/internal/terminal"
)

// Inspector asks the engine for its own document of a container.
type Inspector interface {
	InspectRaw(ctx context.Context, id string) (map[string]any, error)
	// Env is the environment as it is, with the passwords in it.
	Env(ctx context.Context, id string) ([]string, error)
}

// Options configure a Server. Store, Hub and Auth are required.
type Options struct {
	// Listen is the address, as for net.Listen.
	Listen string
	Store  *store.Store
	Hub    *hub.Hub
	Auth   *auth.Authority
	// Actor does what users ask for; nil when Quaywatch is read-only. Jobs works
	// through what takes its time, which may be to read only.
	Actor     *jobs.Actor
	Jobs      *jobs.Runner
	Inspector Inspector
	// Things reads images, volumes, networks and the engine's own state, ThingActor
	// changes them (nil when read-only), Measure has disk use measured, Contexts
	// are the docker command's. Nil is a server without.
	Things     ThingReader
	ThingActor jobs.ThingActor
	Measure    func()
	Contexts   func() ([]api.Context, error)
	// Past is what is known of metrics before now; nil is nothing.
	Past Past
	// History is the memory on disk; nil is a server without.
	History *history.History
	// Alerts keeps alerts and their rules; nil is a server without.
	Alerts *alert.Keeper
	// Deliveries are where alerts are told; nil is a server without.
	Deliveries Deliveries
	// Logs reads logs; nil is a server without.
	Logs LogReader
	// Terminals run commands in containers; nil is a server without.
	Terminals *terminal.Terminals
	// Page is the built page; nil is one that was not built.
	Page fs.FS
	// TLS is the certificate to serve with; nil serves plain HTTP.
	TLS *tls.Config
	// Hosts are names and addresses, besides loopback's and the listener's own,
	// that may stand in the Host header.
	Hosts []string
	// Origins are what may stand in the Origin header, besides the server's own.
	Origins []string
	// Windows are origins of pages that are not served from here, but come with
	// the desktop app: they may read answers (CORS), and only a bearer token
	// speaks for them, never a cookie.
	Windows []string
	// Proxies are the reverse proxies whose X-Forwarded-For and
	// X-Forwarded-Proto are believed.
	Proxies []netip.Prefix
	// Ready says why the server can't answer truthfully yet; nil is always ready.
	Ready func() error
	// Costs are what Quaywatch costs now; nil reports what the store's system
	// item says.
	Costs func() Costs
	Log   *slog.Logger
}

// Timeouts of the HTTP server. A request's own work has its own deadline.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	// shutdownTimeout bounds the end: sessions are told, requests are waited for.
	shutdownTimeout = 5 * time.Second
)

// Server answers HTTP.
type Server struct {
	o       Options
	log     *slog.Logger
	handler http.Handler
	routes  []route
	results *idempotency
	page    *page
	// logReads has a slot for each log that is read at the moment.
	logReads chan struct{}

	mu       sync.Mutex
	listener net.Listener
}

// New makes a server. It refuses an exposure that would hand the engine, and so
// the host, to the network: see CheckExposure.
func New(o Options) (*Server, error) {
	exposure := Exposure{Password: o.Auth.HasPassword(), TLS: o.TLS != nil, Proxy: len(o.Proxies) > 0}
	if err := CheckExposure(o.Listen, exposure); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, log: o.Log, results: newIdempotency(), page: &page{o.Page}, logReads: make(chan struct{}, maxLogReads)}
	s.routes = s.allRoutes()
	s.handler = s.middleware(s.mux())
	return s, nil
}

// Handler is everything the server answers.
func (s *Server) Handler() http.Handler { return s.handler }

// Listen takes the address, so that what it is can be told before Run serves.
func (s *Server) Listen(ctx context.Context) (net.Addr, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return s.listener.Addr(), nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.o.Listen)
	if err != nil {
		return nil, listenError(s.o.Listen, err)
	}
	s.listener = l
	return l.Addr(), nil
}

// Run serves until ctx ends, and then stops in order: no new connections,
// streams are closed with api.CloseShutdown, requests are waited for, all within
// a few seconds.
func (s *Server) Run(ctx context.Context) error {
	if _, err := s.Listen(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	srv := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    32 << 10,
		TLSConfig:         s.o.TLS,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		// Requests outlive ctx on purpose: they end in order, below.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	served := make(chan error, 1)
	go func() {
		if s.o.TLS != nil {
			served <- srv.ServeTLS(l, "", "")
		} else {
			served <- srv.Serve(l)
		}
	}()
	var failed error
	select {
	case <-ctx.Done():
	case err := <-served:
		failed = fmt.Errorf("serve %s: %w", l.Addr(), err)
		served <- http.ErrServerClosed
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	// Shutdown stops accepting at once and does not wait for hijacked
	// connections: the hub does, and the terminals.
	stopped, closed := make(chan error, 1), make(chan error, 1)
	go func() { stopped <- srv.Shutdown(end) }()
	go func() { closed <- s.closeTerminals(end) }()
	err := s.o.Hub.Shutdown(end)
	for _, other := range []chan error{stopped, closed} {
		if oerr := <-other; err == nil {
			err = oerr
		}
	}
	if err != nil {
		_ = srv.Close()
	}
	if serr := <-served; failed == nil && !errors.Is(serr, http.ErrServerClosed) {
		failed = serr
	}
	return failed
}

// URL is where a browser finds the server that listens on addr.
func (s *Server) URL(addr net.Addr) string {
	scheme := "http"
	if s.o.TLS != nil {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + "://" + addr.String() + "/"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}
