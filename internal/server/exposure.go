package server

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Exposure says how a server is protected.
type Exposure struct {
	Password bool
	TLS      bool
	// Proxy: a trusted reverse proxy is named, which does the TLS.
	Proxy bool
}

// CheckExposure refuses to listen on an address that others can reach without a
// password and TLS, or a named proxy in front. Whoever gets at the engine has
// root on its host.
func CheckExposure(listen string, e Exposure) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("%q is not an address to listen on; one is 127.0.0.1:8080", listen), Cause: err}
	}
	if loopback(host) || e.Proxy || e.Password && e.TLS {
		return nil
	}
	where := "address " + host
	if host == "" {
		where = "every address of this machine"
	}
	missing := "a password and TLS"
	switch {
	case e.Password:
		missing = "TLS"
	case e.TLS:
		missing = "a password"
	}
	return &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf(
		"Refusing to listen on %s without %s: whoever reaches Quaywatch there could control the engine, which is root on its host. "+
			"Set a password with `quaywatch token password` and give --tls-cert and --tls-key, or name the reverse proxy in front with --trusted-proxy, or listen on 127.0.0.1.", where, missing)}
}

// loopback reports whether only this machine can reach the host. The name
// localhost is taken at its word: resolvers must not look it up (RFC 6761).
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func listenError(listen string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return &api.Error{Code: api.ErrConflict, Message: fmt.Sprintf("The address %s is taken by another program. Stop it, or name another one with --listen; --listen 127.0.0.1:0 takes a free port", listen), Cause: err}
	case errors.Is(err, syscall.EACCES):
		return &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("Listening on %s is not allowed; ports below 1024 need a privilege. Name another one with --listen", listen), Cause: err}
	}
	return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("Can't listen on %s. Name another address with --listen", listen), Cause: err}
}
