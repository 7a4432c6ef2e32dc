package hub

import (
	"context"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Conn is a connection that carries text frames. One goroutine reads, another
// writes and closes.
type Conn interface {
	// Read returns the next frame; the slice is the caller's. A frame over
	// MaxInbound is an *api.Error with code too_large.
	Read(ctx context.Context) ([]byte, error)
	// Write returns when the frame has left or ctx has ended, after which the
	// connection is of no use any more. It does not keep frame.
	Write(ctx context.Context, frame []byte) error
	// Close says why and ends the connection within seconds; Read and Write
	// return. Code 0 is a connection that is gone already: it is only let go of.
	Close(code api.CloseCode, reason string) error
}

// Identity is who a session belongs to.
type Identity struct {
	// Key is equal for the same authentication: a token or a browser's session.
	Key string
	// Name is how it is called in the log.
	Name string
	// Role is what the identity may do, by name; it is told in the welcome.
	Role string
	// Still, if set, is asked now and then while the session lasts; an error
	// closes it with 4401: the token was revoked, or the sign-in has ended.
	Still func() error
}

// Authenticate turns a hello into an identity. An *api.Error closes the
// session: with 4403 where its code is forbidden, with 4004 where it is
// too_many, with 4401 otherwise.
type Authenticate func(ctx context.Context, hello api.Hello) (Identity, error)

// As authenticates everybody as who: for connections that were authenticated
// before, and for a hub within the process.
func As(who Identity) Authenticate {
	return func(context.Context, api.Hello) (Identity, error) { return who, nil }
}
