package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Conn is one open connection that carries text frames. Read and Write may be
// called by different goroutines, each by one at a time. After the other side
// has closed, Read returns a *CloseError.
type Conn interface {
	Read(ctx context.Context) ([]byte, error)
	Write(ctx context.Context, frame []byte) error
	Close(code api.CloseCode, reason string) error
}

// Dialer opens a connection. A permanent failure is an *api.Error with a code
// other than unreachable, timeout, too_many and internal.
type Dialer func(ctx context.Context) (Conn, error)

// CloseError is how the other side closed.
type CloseError struct {
	Code   api.CloseCode
	Reason string
}

func (e *CloseError) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("closed with code %d", e.Code)
	}
	return fmt.Sprintf("closed with code %d: %s", e.Code, e.Reason)
}

// maxFrame bounds a frame from the server: a page of a snapshot is 64 KiB, a
// merged delta or a metrics frame for 10,000 containers some megabytes.
const maxFrame = 64 << 20

// DialWebSocket opens the stream of the server at base. hc may be nil.
func DialWebSocket(base *url.URL, hc *http.Client) Dialer {
	target := base.JoinPath("api", "v1", "stream").String()
	return func(ctx context.Context) (Conn, error) {
		c, res, err := websocket.Dial(ctx, target, &websocket.DialOptions{
			HTTPClient: hc, Subprotocols: []string{api.Subprotocol},
		})
		if res != nil && res.Body != nil && err != nil {
			defer func() { _ = res.Body.Close() }()
		}
		if err != nil {
			if res != nil && res.StatusCode >= http.StatusBadRequest {
				return nil, problemError(res)
			}
			return nil, unreachable(base, err)
		}
		c.SetReadLimit(maxFrame)
		return &wsConn{c}, nil
	}
}

// unreachable says that no server answered at base.
func unreachable(base *url.URL, err error) *api.Error {
	return &api.Error{
		Code:    api.ErrUnreachable,
		Message: fmt.Sprintf("No Quaywatch server answers at %s. Start one with `quaywatch serve`, or check --url", strings.TrimSuffix(base.String(), "/")),
		Cause:   rootCause(err),
	}
}

// rootCause drops the layers that only repeat the address.
func rootCause(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

type wsConn struct{ c *websocket.Conn }

func (w *wsConn) Read(ctx context.Context) ([]byte, error) {
	_, frame, err := w.c.Read(ctx)
	if ce, ok := errors.AsType[websocket.CloseError](err); ok {
		return nil, &CloseError{Code: api.CloseCode(ce.Code), Reason: ce.Reason}
	}
	return frame, err
}

func (w *wsConn) Write(ctx context.Context, frame []byte) error {
	return w.c.Write(ctx, websocket.MessageText, frame)
}

// Close says goodbye without waiting for the other side's: what it still says
// is of no interest, and a stalled peer must not hold up a new connection.
func (w *wsConn) Close(code api.CloseCode, reason string) error {
	if code == 0 {
		return w.c.CloseNow()
	}
	return w.c.Close(websocket.StatusCode(code), reason)
}
