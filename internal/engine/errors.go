package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// deadlineError is the cause of a context whose deadline this package has set.
type deadlineError time.Duration

func (d deadlineError) Error() string { return "no answer within " + time.Duration(d).String() }

// frozenAdvice is what to do about an engine that is there and does not answer.
const frozenAdvice = "It may be frozen or overloaded: see whether `docker version` answers, and restart the engine if that hangs too."

// ended closes a message with a full stop, so that another sentence can follow.
func ended(message string) string { return strings.TrimRight(message, ". ") + "." }

// words are the engine's own, without the moby client's preface.
type words struct {
	text string
	err  error
}

func (w *words) Error() string { return w.text }
func (w *words) Unwrap() error { return w.err }

func said(err error) error {
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	if text == err.Error() {
		return err
	}
	return &words{text: text, err: err}
}

// wrap makes an *api.Error of what went wrong while doing op ("list
// containers"). ctx is the call's own, with its deadline.
func (e *Engine) wrap(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*api.Error](err); ok {
		return known
	}
	host := e.endpoint.displayHost()
	fail := func(code api.ErrorCode, cause error, format string, args ...any) error {
		return &api.Error{Code: code, Message: ended(fmt.Sprintf(format, args...)), Cause: cause}
	}

	// The context first: what a cancelled request fails with is accidental.
	if ctx.Err() != nil {
		// Whose deadline it was makes no difference to what there is to do; the
		// cause tells it. A stream's own is a cancel with a deadlineError.
		cause := context.Cause(ctx)
		if _, ours := errors.AsType[deadlineError](cause); ours || errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fail(api.ErrTimeout, cause, "The Docker engine at %s did not answer in time. "+frozenAdvice, host)
		}
		return fail(api.ErrInternal, ctx.Err(), "The call to the Docker engine was cancelled")
	}
	if d, ok := errors.AsType[*dialError](err); ok {
		return e.endpoint.unreachable(d.cause)
	}
	if strings.Contains(err.Error(), "malformed HTTP response") || strings.Contains(err.Error(), "HTTP request to an HTTPS server") {
		return fail(api.ErrUnreachable, err, "What answers at %s speaks no plain HTTP. If it is an engine with TLS, set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH", host)
	}
	if code, message := answered(err); code != "" {
		return fail(code, said(err), message, op, host)
	}
	if isTLS(err) {
		return fail(api.ErrUnreachable, err, "No secure connection to the Docker engine at %s. Check DOCKER_CERT_PATH, or the certificates of the docker context", host)
	}
	if isCut(err) {
		return fail(api.ErrUnreachable, err, "The Docker engine at %s closed the connection before it answered; it may be stopping or restarting", host)
	}
	if isGarbled(err) {
		return fail(api.ErrInternal, err, "The answer of the Docker engine at %s can't be read. Check that it is a Docker engine", host)
	}
	if client.IsErrConnectionFailed(err) {
		return fail(api.ErrUnreachable, err, "No Docker engine answers at %s. %s", host, e.endpoint.check())
	}
	return fail(api.ErrInternal, said(err), "The Docker engine at %s failed to %s", host, op)
}

// answered maps an HTTP answer of the engine to a code and a format of (op,
// host); "" if the error is none.
func answered(err error) (api.ErrorCode, string) {
	text := err.Error()
	switch {
	case strings.Contains(text, "is too new. Maximum supported API version"),
		strings.Contains(text, "is not supported by this client: the minimum supported API version"):
		return api.ErrTooOld, "The Docker engine at %[2]s is too old: Quaywatch needs API " + client.MinAPIVersion + " (Docker 19.03) or later. Update the engine"
	case strings.Contains(text, "is too old. Minimum supported API version"):
		return api.ErrTooOld, "The Docker engine at %[2]s no longer speaks this API version. Unset DOCKER_API_VERSION if it is set, or update Quaywatch"
	case errdefs.IsNotFound(err) && strings.Contains(strings.ToLower(text), "no such container"):
		return api.ErrNotFound, "Can't %s: there is none of that id or name in the engine at %s; it may have been removed meanwhile"
	case errdefs.IsNotFound(err):
		return api.ErrNotFound, "Can't %s: the engine at %s has no such thing"
	case errdefs.IsConflict(err):
		return api.ErrConflict, "Can't %s now: the engine at %s refuses in this state"
	case errdefs.IsPermissionDenied(err), errdefs.IsUnauthorized(err):
		return api.ErrForbidden, "Not allowed to %s: the engine at %s, or a proxy before it, forbids it"
	case errdefs.IsInvalidArgument(err):
		return api.ErrInvalid, "Can't %s: the engine at %s does not accept the request"
	case errdefs.IsNotImplemented(err):
		return api.ErrUnsupported, "Can't %s: the engine at %s does not support it"
	case errdefs.IsUnavailable(err):
		return api.ErrUnreachable, "Can't %s: the engine at %s says that it is not available now"
	case errdefs.IsInternal(err) && strings.HasSuffix(text, " is not paused"): // the engine says 500 to that
		return api.ErrConflict, "Can't %s now: the engine at %s refuses in this state"
	case errdefs.IsInternal(err):
		return api.ErrInternal, "Failed to %s: the engine at %s reports an error of its own"
	}
	return "", ""
}

func isTLS(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok || strings.Contains(err.Error(), "client authentication (--tlsverify)") || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// isCut reports a connection that ended before the answer did.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func isGarbled(err error) bool {
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return true
	}
	_, ok := errors.AsType[*json.UnmarshalTypeError](err)
	return ok || strings.Contains(err.Error(), "invalid character")
}

// unreachable says why the endpoint could not be dialled, and what to do.
func (ep Endpoint) unreachable(cause error) error {
	host := ep.displayHost()
	path, local := ep.socket()
	fail := func(code api.ErrorCode, message string) error {
		return &api.Error{Code: code, Message: ended(message), Cause: cause}
	}
	var timeout net.Error
	switch {
	case errors.Is(cause, fs.ErrPermission) && local:
		return fail(api.ErrForbidden, forbidden(path))
	case errors.Is(cause, fs.ErrNotExist) && local:
		return fail(api.ErrUnreachable, "No Docker engine answers at "+host+": there is no such socket. "+ep.startHint()+ep.otherSockets())
	case errors.Is(cause, syscall.ECONNREFUSED) && local:
		return fail(api.ErrUnreachable, "No Docker engine answers at "+host+": the socket is there, but nobody listens on it; the engine has stopped. "+ep.startHint()+ep.otherSockets())
	case errors.Is(cause, syscall.ENOTSOCK) || local && errors.Is(cause, syscall.EPROTOTYPE):
		return fail(api.ErrInvalid, path+" is no stream socket. Give the address of an engine, such as unix:///var/run/docker.sock")
	case errors.Is(cause, syscall.ECONNREFUSED):
		return fail(api.ErrUnreachable, "No Docker engine answers at "+host+": the machine refuses the connection. "+ep.check()+": the port, and that the engine there listens on TCP")
	case errors.As(cause, &timeout) && timeout.Timeout():
		return fail(api.ErrTimeout, "No Docker engine answers at "+host+" in time. "+ep.check()+", and firewalls on the way")
	default:
		return fail(api.ErrUnreachable, "No Docker engine answers at "+host+". "+ep.check())
	}
}

// check names what the address came from.
func (ep Endpoint) check() string {
	switch origin := ep.Origin; {
	case origin == "flag":
		return "Check --host"
	case strings.HasPrefix(origin, "context "):
		return "Check the " + origin
	case origin == "", origin == "default socket", origin == "demo":
		return "Check the address"
	default: // the name of a variable
		return "Check " + origin
	}
}

// startHint is the command that starts the engine on this machine. Of an
// address that somebody gave it is not known which engine that is.
func (ep Endpoint) startHint() string {
	if ep.Origin == "demo" {
		return "The demo engine has ended: start Quaywatch again"
	}
	if ep.Origin != "default socket" {
		return ep.check() + ", or start the engine that listens there"
	}
	if _, err := os.Stat("/run/systemd/system"); err == nil {
		return "Start it with `sudo systemctl start docker`"
	}
	if _, err := os.Stat("/etc/init.d/docker"); err == nil {
		return "Start it with `sudo service docker start`"
	}
	return "Start the Docker engine (or Docker Desktop)"
}

// otherSockets names engines that might have been meant. It is a hint only:
// which engine to watch is the user's choice, as with the docker command.
func (ep Endpoint) otherSockets() string {
	var found []string
	for _, path := range ep.candidates {
		if st, err := os.Stat(path); err == nil && st.Mode()&fs.ModeSocket != 0 && "unix://"+path != ep.Host {
			found = append(found, "unix://"+path)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return ". There is an engine's socket at " + strings.Join(found, " and ") + ": choose it with --host"
}
