package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
)

// How long a client's proof is: 128 bits have 22 characters in base 64.
const (
	minProof = 22
	maxProof = 128
)

// Session is what GET and POST /api/v1/session answer.
type Session struct {
	Name string `json:"name"`
	Role string `json:"role"`
	// Expires is when the sign-in ends if it is not used again; nil for tokens.
	Expires  *time.Time `json:"expires"`
	ReadOnly bool       `json:"readOnly"`
}

// Ticket is what POST /api/v1/ticket answers.
type Ticket struct {
	Ticket  string    `json:"ticket"`
	Expires time.Time `json:"expires"`
}

// Launch is what POST /api/v1/launch answers: a token for the fragment of the
// page's URL.
type Launch struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// authenticate finds who asks: by bearer token, or by the session's cookie. A
// request that changes something, or opens a stream, with the cookie must come
// from our own page, as its Origin says.
func (s *Server) authenticate(r *http.Request) (auth.Identity, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, token, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return auth.Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "The Authorization header must be: Bearer TOKEN."}
		}
		return s.o.Auth.Token(strings.TrimSpace(token))
	}
	c, err := r.Cookie(s.cookieName(r))
	if err != nil {
		return auth.Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "You are not signed in. `quaywatch token url` prints a link that signs you in; scripts send a token in the Authorization header."}
	}
	unsafe := r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Upgrade") != ""
	if unsafe && r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return auth.Identity{}, &api.Error{Code: api.ErrForbidden, Message: "A request with the page's cookie must come from the page: the Origin header is missing. Scripts send a token in the Authorization header."}
	}
	who, _, err := s.o.Auth.Session(c.Value)
	return who, err
}

// cookieName tells servers on different ports apart: cookies don't.
func (s *Server) cookieName(r *http.Request) string {
	_, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		port = "0"
	}
	if s.scheme(r) == "https" {
		return "__Host-quaywatch-" + port // browsers then insist on Secure and Path=/
	}
	return "quaywatch-" + port
}

func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the browser used TLS; plain HTTP is for loopback
		Name: s.cookieName(r), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.scheme(r) == "https",
	})
}

func (s *Server) getSession(w http.ResponseWriter, r *http.Request) error {
	who, _ := identity(r)
	out := s.session(who)
	if c, err := r.Cookie(s.cookieName(r)); err == nil && r.Header.Get("Authorization") == "" {
		if _, expires, err := s.o.Auth.Session(c.Value); err == nil {
			out.Expires = &expires
		}
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *Server) session(who auth.Identity) Session {
	return Session{Name: who.Name, Role: string(who.Role), ReadOnly: s.o.Actor == nil}
}

// postSession exchanges a launch token, a bearer token or the password for the
// cookie.
func (s *Server) postSession(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Token    string `json:"token"`
		Password string `json:"password"`
		// Proof is random and the client's own: what makes a repetition its own.
		Proof string `json:"proof"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if (in.Token == "") == (in.Password == "") {
		return &api.Error{Code: api.ErrInvalid, Message: "Send either a token or a password."}
	}
	if n := len(in.Proof); n != 0 && (n < minProof || n > maxProof) {
		return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("A proof has %d to %d random characters.", minProof, maxProof)}
	}
	addr := s.remote(r)
	if err := s.o.Auth.MayTry(addr); err != nil {
		return err
	}
	signIn := func() (string, auth.Identity, error) { return s.o.Auth.SignIn(in.Token, in.Proof) }
	if in.Password != "" {
		signIn = func() (string, auth.Identity, error) { return s.o.Auth.SignInWithPassword(in.Password) }
	}
	cookie, who, err := signIn()
	if err != nil {
		// The link that was opened once is opened again, in the same browser:
		// its cookie is as good.
		if old, ok := identity(r); ok && in.Token != "" {
			return writeJSON(w, http.StatusOK, s.session(old))
		}
		if api.CodeOf(err) == api.ErrUnauthorized {
			s.o.Auth.Failed(addr)
			s.log.Warn("sign-in refused", "remote", addr)
		}
		return err
	}
	s.setCookie(w, r, cookie, auth.SessionLife)
	out := s.session(who)
	end := time.Now().UTC().Add(auth.SessionIdle)
	out.Expires = &end
	return writeJSON(w, http.StatusOK, out)
}

func (s *Server) deleteSession(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(s.cookieName(r)); err == nil {
		if who, _, err := s.o.Auth.Session(c.Value); err == nil {
			if err := s.o.Auth.SignOut(c.Value); err != nil {
				return err
			}
			s.o.Hub.Disconnect(who.Key)
			if s.o.Terminals != nil {
				s.o.Terminals.Disconnect(who.Key)
			}
		}
	}
	s.setCookie(w, r, "", -time.Second)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) postTicket(w http.ResponseWriter, r *http.Request) error {
	who, _ := identity(r)
	secret, expires, err := s.o.Auth.NewTicket(who)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, Ticket{secret, expires.UTC()})
}

func (s *Server) postLaunch(w http.ResponseWriter, _ *http.Request) error {
	expires := time.Now().UTC().Add(auth.LaunchLife)
	return writeJSON(w, http.StatusOK, Launch{s.o.Auth.NewLaunch(auth.LaunchLife), expires})
}

// readJSON reads a small JSON object; no body is an empty one.
func readJSON(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return &api.Error{Code: api.ErrInvalid, Message: "The request's body can't be read as the JSON object that belongs here: " + err.Error() + "."}
	}
	return nil
}
