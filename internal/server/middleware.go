package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// maxBody is the largest body of a request, maxJobBody of one that names
// api.MaxJobItems containers.
const (
	maxBody    = 64 << 10
	maxJobBody = 1 << 20
)

// The page's own scripts and styles, its own API, and nothing else.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// middleware wraps everything the server answers; authentication and roles
// follow by route, in guard.
func (s *Server) middleware(next http.Handler) http.Handler {
	return s.recoverer(headers(s.peerCheck(s.hostCheck(Windows(s.o.Windows, s.originCheck(noSecretsInURL(bodyCap(next))))))))
}

func (s *Server) recoverer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // a sentinel that is panicked with as it is
				panic(v)
			}
			s.log.Error("request panicked", "method", r.Method, "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
			WriteProblem(w, &api.Error{Code: api.ErrInternal, Message: "Quaywatch failed to answer. Its log says why."})
		}()
		next.ServeHTTP(w, r)
	})
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// peerCheck keeps a server that is only protected by the proxy in front from
// being asked past it.
func (s *Server) peerCheck(next http.Handler) http.Handler {
	if s.o.TLS != nil && s.o.Auth.HasPassword() || len(s.o.Proxies) == 0 {
		return next // loopback only, or protected by itself: see CheckExposure
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(hostname(r.RemoteAddr)) && !s.fromProxy(r) {
			WriteProblem(w, &api.Error{Code: api.ErrForbidden, Message: "This server answers its reverse proxy only."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostCheck stops DNS rebinding: a foreign name that resolves to this machine
// makes a browser treat a foreign page as ours, but the name stands in Host.
func (s *Server) hostCheck(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.hostAllowed(r) {
			WriteProblem(w, &api.Error{Code: api.ErrForbidden, Message: "The host " + quoteShort(r.Host) + " is not one that this server answers to. Use localhost, or name it with --allow-host."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) hostAllowed(r *http.Request) bool {
	host := hostname(r.Host)
	if loopback(host) {
		return true
	}
	for _, h := range s.o.Hosts {
		if strings.EqualFold(h, host) || strings.EqualFold(h, r.Host) {
			return true
		}
	}
	// An address is no name, so it can't be rebound; it is ours if the
	// connection came in on it.
	ip, err := netip.ParseAddr(host)
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if err != nil || !ok {
		return false
	}
	at, err := netip.ParseAddrPort(local.String())
	return err == nil && at.Addr().Unmap() == ip.Unmap()
}

// hostname strips the port and the brackets of an address.
func hostname(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
}

// originCheck stops other sites' pages from using the user's browser against
// us. Programs send neither of the headers.
func (s *Server) originCheck(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.originAllowed(r) {
			WriteProblem(w, &api.Error{Code: api.ErrForbidden, Message: "Requests from another site's pages are refused."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) originAllowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) > 1 {
		return false
	}
	if len(origins) == 1 {
		return s.ownOrigin(r, origins[0]) || slices.Contains(s.o.Origins, origins[0]) || slices.Contains(s.o.Windows, origins[0])
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	// A link on another site may lead to the page, but to nothing else.
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" &&
		r.Header.Get("Sec-Fetch-Dest") == "document" && !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/metrics"
}

func (s *Server) ownOrigin(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == s.scheme(r) && strings.EqualFold(u.Host, r.Host) && origin == u.Scheme+"://"+u.Host
}

// scheme is what the browser used.
func (s *Server) scheme(r *http.Request) string {
	if r.TLS != nil || s.fromProxy(r) && r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https"
	}
	return "http"
}

func (s *Server) fromProxy(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && slices.ContainsFunc(s.o.Proxies, func(p netip.Prefix) bool { return p.Contains(at.Addr().Unmap()) })
}

// remote is the client's address, for the limit of failed sign-ins. Of what a
// proxy says, the last entry is the one it wrote itself.
func (s *Server) remote(r *http.Request) string {
	if s.fromProxy(r) {
		if all := strings.Split(r.Header.Get("X-Forwarded-For"), ","); len(all) > 0 {
			if ip, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
				return ip.String()
			}
		}
	}
	return hostname(r.RemoteAddr)
}

// noSecretsInURL refuses what would end up in histories, logs and referrers.
func noSecretsInURL(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		for _, name := range []string{"token", "access_token", "ticket", "password"} {
			if q.Has(name) {
				WriteProblem(w, &api.Error{Code: api.ErrInvalid, Message: "A " + name + " does not belong into a URL's query, where logs and histories keep it. Send it in the Authorization header, or in the stream's hello. Consider this one leaked."})
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func bodyCap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := int64(maxBody)
		if r.URL.Path == "/api/v1/jobs" {
			limit = maxJobBody
		}
		if r.ContentLength > limit {
			w.Header().Set("Connection", "close")
			WriteProblem(w, &http.MaxBytesError{Limit: limit})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

func quoteShort(s string) string {
	const limit = 80
	if len(s) > limit {
		s = s[:limit] + "…"
	}
	return `"` + s + `"`
}

// deadline bounds a request's work with the engine.
func deadline(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.Context(), engineTimeout)
}
