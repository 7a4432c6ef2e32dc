package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/hub"
)

// getStream upgrades to the stream and runs its session.
func (s *Server) getStream(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Upgrade") == "" {
		w.Header().Set("Upgrade", "websocket")
		return &api.Error{Code: api.ErrInvalid, Message: "This is the WebSocket of the stream. Programs that can't speak WebSocket poll /api/v1/sync."}
	}
	c := s.upgrade(w, r)
	if c == nil {
		return nil
	}
	// The session runs in a goroutine of its own, so that the request's, with all
	// that HTTP keeps for it, is let go of: that is a third of what a client
	// would cost. The hub waits for it in Shutdown.
	cookie, signedIn := identity(r)
	go s.runStream(context.WithoutCancel(r.Context()), c, cookie, signedIn)
	return nil
}

// upgrade makes a WebSocket of a request; nil where that failed, which has been
// answered.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request) *websocket.Conn {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:    []string{api.Subprotocol},
		CompressionMode: websocket.CompressionDisabled, // 1.2 MB a connection with context takeover
		// Our own check has already been made, and is stricter.
		InsecureSkipVerify: true,
	})
	if err != nil {
		s.log.Debug("upgrade failed", "error", err)
		return nil // Accept has answered
	}
	c.SetReadLimit(-1) // wsConn has the limit, and says so with our close code
	if c.Subprotocol() != api.Subprotocol {
		_ = c.Close(websocket.StatusCode(api.CloseTooOld), "ask for the subprotocol "+api.Subprotocol)
		return nil
	}
	return c
}

func (s *Server) runStream(ctx context.Context, c *websocket.Conn, cookie auth.Identity, signedIn bool) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Error("stream panicked", "panic", v, "stack", string(debug.Stack()))
			_ = c.CloseNow()
		}
	}()
	err := s.o.Hub.Serve(ctx, &wsConn{c}, func(_ context.Context, hello api.Hello) (hub.Identity, error) {
		who, err := s.identify(hello, cookie, signedIn)
		if err != nil {
			return hub.Identity{}, err
		}
		if !who.Role.Allows(auth.RoleViewer) {
			return hub.Identity{}, &api.Error{Code: api.ErrForbidden, Message: "This needs the role viewer."}
		}
		return hub.Identity{Key: who.Key, Name: who.Name, Role: string(who.Role), Still: func() error { return s.o.Auth.Still(who) }}, nil
	})
	if err != nil {
		s.log.Debug("stream ended", "error", err)
	}
}

func (s *Server) identify(hello api.Hello, cookie auth.Identity, signedIn bool) (auth.Identity, error) {
	switch {
	case hello.Ticket != "":
		return s.o.Auth.Ticket(hello.Ticket)
	case hello.Token != "":
		return s.o.Auth.Token(hello.Token)
	case signedIn:
		return cookie, nil
	}
	return auth.Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "No token, ticket or session. Sign in again."}
}

// wsConn is a hub.Conn over a WebSocket.
type wsConn struct{ c *websocket.Conn }

func (w *wsConn) Read(ctx context.Context) ([]byte, error) {
	_, r, err := w.c.Reader(ctx)
	if err != nil {
		return nil, readError(err)
	}
	frame, err := io.ReadAll(io.LimitReader(r, hub.MaxInbound+1))
	if err != nil {
		return nil, readError(err)
	}
	if len(frame) > hub.MaxInbound {
		return nil, &api.Error{Code: api.ErrTooLarge, Message: "The frame is larger than 64 KiB."}
	}
	return frame, nil
}

// readError tells a client that left from a connection that broke.
func readError(err error) error {
	if websocket.CloseStatus(err) != -1 || errors.Is(err, io.EOF) {
		return errors.Join(hub.ErrClosed, err)
	}
	return err
}

func (w *wsConn) Write(ctx context.Context, frame []byte) error {
	return w.c.Write(ctx, websocket.MessageText, frame)
}

func (w *wsConn) Close(code api.CloseCode, reason string) error {
	if code == 0 {
		return w.c.CloseNow()
	}
	return w.c.Close(websocket.StatusCode(code), reason)
}
