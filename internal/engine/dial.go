package engine

import (
	"context"
	"net"
	"strings"
	"time"
)

// dialError keeps why an engine could not be dialled. It doesn't unwrap, and
// its text says nothing, because the moby client replaces errors that it
// recognises by sentences of its own, and the reason would be lost.
type dialError struct{ cause error }

func (*dialError) Error() string { return "no connection to the engine" }

// dial connects to the endpoint, whatever the request's address.
func (e *Engine) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: e.timeout, KeepAlive: 30 * time.Second}
	if path, ok := e.endpoint.socket(); ok {
		network, addr = "unix", path
	}
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, &dialError{cause: err}
	}
	return conn, nil
}

// socket is the path of the endpoint's unix socket, if it is one.
func (ep Endpoint) socket() (string, bool) {
	return strings.CutPrefix(ep.Host, "unix://")
}
