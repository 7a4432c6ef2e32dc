package client

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of the backoff.
const (
	minBackoff = 500 * time.Millisecond
	maxBackoff = 15 * time.Second
)

// Backoff is exponential with full jitter: the n-th wait is anything up to
// min(15 s, 0.5 s × 2ⁿ), so that the clients of a restarted server don't come
// back all at once. The zero value is ready.
type Backoff struct {
	n int
}

// Next is how long to wait before the next attempt.
func (b *Backoff) Next() time.Duration {
	return time.Duration(rand.Int64N(int64(b.ceiling()))) + time.Millisecond //nolint:gosec // jitter, not a secret
}

// ceiling is the upper bound of the next wait.
func (b *Backoff) ceiling() time.Duration {
	top := maxBackoff
	if b.n < 5 {
		top = min(minBackoff<<b.n, maxBackoff)
	}
	b.n++
	return top
}

// Reset begins anew, after a connection has proved healthy.
func (b *Backoff) Reset() { b.n = 0 }

// permanent returns the error that ends the client, nil where trying again
// may help.
func permanent(err error) error {
	if ce, ok := errors.AsType[*CloseError](err); ok {
		if ce.Code.Reconnect() {
			return nil
		}
		return closedForGood(ce)
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		switch e.Code {
		case api.ErrUnauthorized, api.ErrForbidden, api.ErrTooOld, api.ErrInvalid, api.ErrNotFound, api.ErrUnsupported:
			return e
		case api.ErrConflict, api.ErrGone, api.ErrTooLarge, api.ErrTooMany, api.ErrInternal, api.ErrUnreachable, api.ErrTimeout:
		}
	}
	return nil
}

// closedForGood puts a 44xx close into a sentence.
func closedForGood(ce *CloseError) *api.Error {
	e := &api.Error{Cause: ce}
	switch ce.Code {
	case api.CloseUnauthorized:
		e.Code, e.Message = api.ErrUnauthorized, tokenAdvice
	case api.CloseForbidden:
		e.Code, e.Message = api.ErrForbidden, "The token's role does not allow this. Use one with a higher role (`quaywatch token create --role …`)"
	case api.CloseTooOld:
		e.Code, e.Message = api.ErrTooOld, fmt.Sprintf("The server does not speak protocol version %d. Use a quaywatch of the server's version", api.ProtocolVersion)
	case api.CloseSuperseded:
		e.Code, e.Message = api.ErrConflict, "Another connection of this same client has taken over"
	case api.CloseTooLarge:
		e.Code, e.Message = api.ErrTooLarge, "The server found a message of this client too large"
	case api.CloseBadMessage:
		e.Code, e.Message = api.ErrInvalid, "The server could not read a message of this client. Use a quaywatch of the server's version"
	case api.CloseShutdown, api.CloseSlow, api.CloseNoHeartbeat, api.CloseHelloTimeout, api.CloseTooMany:
		e.Code, e.Message = api.ErrUnreachable, "The server closed the connection"
	default:
		e.Code, e.Message = api.ErrInternal, "The server closed the connection for good"
	}
	return e
}

const tokenAdvice = "The server does not accept the token. Give a valid one in QUAYWATCH_TOKEN or with --token-file; `quaywatch token list` on the server's machine shows which there are"
