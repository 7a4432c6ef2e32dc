package server

import (
	"context"
	"net/http"
	"runtime/debug"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/terminal"
)

// getExec upgrades to a terminal in a container and runs its session. Whatever
// stands against it is told on the socket: a browser's page can't read the answer
// of an upgrade that was refused.
func (s *Server) getExec(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Upgrade") == "" {
		w.Header().Set("Upgrade", "websocket")
		return &api.Error{Code: api.ErrInvalid, Message: "This is the WebSocket of a terminal. docs/protocol.md says what it speaks."}
	}
	if s.o.Terminals == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server has no terminals."}
	}
	c := s.upgrade(w, r)
	if c == nil {
		return nil
	}
	// As with the stream, the request's own goroutine is let go of; the terminals'
	// Shutdown waits for this one.
	cookie, signedIn := identity(r)
	go s.runExec(context.WithoutCancel(r.Context()), c, r.PathValue("id"), cookie, signedIn)
	return nil
}

func (s *Server) runExec(ctx context.Context, c *websocket.Conn, container string, cookie auth.Identity, signedIn bool) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Error("terminal panicked", "panic", v, "stack", string(debug.Stack()))
			_ = c.CloseNow()
		}
	}()
	s.o.Terminals.Serve(ctx, &wsConn{c}, container, func(open api.ExecOpen) (terminal.Identity, error) {
		who, err := s.identify(api.Hello{Token: open.Token, Ticket: open.Ticket}, cookie, signedIn)
		if err != nil {
			return terminal.Identity{}, err
		}
		if !who.Role.Allows(auth.RoleAdmin) {
			return terminal.Identity{}, &api.Error{Code: api.ErrForbidden, Message: "A terminal needs the role admin; you are signed in as " + string(who.Role) + "."}
		}
		return terminal.Identity{Key: who.Key, Name: who.Name, Still: func() error { return s.o.Auth.Still(who) }}, nil
	})
}

// closeTerminals ends all of them, where there are any.
func (s *Server) closeTerminals(ctx context.Context) error {
	if s.o.Terminals == nil {
		return nil
	}
	return s.o.Terminals.Shutdown(ctx)
}
