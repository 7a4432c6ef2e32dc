//go:build !linux

package engine

import (
	"errors"
	"net"
)

// listenerPID is known on Linux only.
func listenerPID(*net.UnixConn) (int, error) { return 0, errors.ErrUnsupported }
