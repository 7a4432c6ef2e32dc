// Package relay lets the desktop app's window look at a server that runs
// elsewhere. The window's page may reach this machine only, and a server answers
// its own page only; so the page asks a relay, which listens on the loopback and
// passes the API's requests, the stream among them, on to one server. It has no
// right of its own: what it passes on is signed by the page, or refused there.
//
// Run serves until its context ends and returns when every request has; no state
// is shared.
package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/server"
)

const (
	// dialTime is how long the other server may take to be reached.
	dialTime = 10 * time.Second
	// answerTime is how long it may take to begin an answer.
	answerTime = time.Minute
	// endTime is what requests get to end by themselves.
	endTime = 2 * time.Second
)

// Origin is where the API of an address is. A token goes there, so the way is
// encrypted or doesn't leave this machine.
func Origin(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("%q is no server's address. Write one such as https://quaywatch.example.org", address)}
	}
	if u.Scheme == "http" && !here(u.Hostname()) {
		return nil, &api.Error{Code: api.ErrInvalid, Message: "The token would go to " + u.Host + " unencrypted. Use https, or a tunnel to 127.0.0.1"}
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func here(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Run relays to a server until ctx ends. It calls ready with its own address.
func Run(ctx context.Context, to *url.URL, log *slog.Logger, ready func(addr net.Addr)) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on the loopback: %w", err)
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTime}).DialContext,
		TLSHandshakeTimeout:   dialTime,
		ResponseHeaderTimeout: answerTime,
		IdleConnTimeout:       time.Minute,
		ForceAttemptHTTP2:     true,
	}
	defer transport.CloseIdleConnections()
	s := &http.Server{
		Handler:           Handler(listener.Addr().String(), to, transport, log),
		ReadHeaderTimeout: dialTime,
		// A stream that was upgraded is nobody's to end but this context's.
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ready(listener.Addr())
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if s.Shutdown(grace) != nil {
		_ = s.Close()
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	}
	return nil
}

// Handler passes the API's requests to a server on. Under another name than the
// one it listens on it doesn't answer: a page of elsewhere could have given
// itself this machine's address.
func Handler(listen string, to *url.URL, transport http.RoundTripper, log *slog.Logger) http.Handler {
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			h := r.Out.Header
			// To that server the app is a program, not a page of elsewhere.
			for _, name := range []string{"Origin", "Referer", "Cookie", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"} {
				h.Del(name)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del("Set-Cookie")
			for name := range r.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					r.Header.Del(name)
				}
			}
			return nil
		},
		FlushInterval: -1,
		ErrorLog:      slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				return // Nobody waits for the answer.
			}
			log.Warn("The server can't be reached", "server", to.String(), "error", err)
			server.WriteProblem(w, &api.Error{Code: api.ErrUnreachable, Message: fmt.Sprintf("%s can't be reached", to), Cause: err})
		},
	}
	return server.Windows(server.DesktopOrigins(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != listen || !strings.HasPrefix(r.URL.Path, "/api/") {
			server.WriteProblem(w, &api.Error{Code: api.ErrNotFound, Message: "Only the API is here, for the desktop app."})
			return
		}
		proxy.ServeHTTP(w, r)
	}))
}
