package api

import "errors"

// ErrorCode says what kind of thing went wrong, for programs. It is mapped to
// an HTTP status and to an exit code at the edges only.
type ErrorCode string

// The codes.
const (
	ErrInvalid      ErrorCode = "invalid"      // 400: the request can't be understood
	ErrUnauthorized ErrorCode = "unauthorized" // 401: no token, or not a valid one
	ErrForbidden    ErrorCode = "forbidden"    // 403: the role or --read-only forbids it; for an engine: its socket may not be opened
	ErrNotFound     ErrorCode = "not_found"    // 404
	ErrConflict     ErrorCode = "conflict"     // 409: the engine refuses in this state
	ErrGone         ErrorCode = "gone"         // 410: that position can't be continued; ask for a snapshot
	ErrTooLarge     ErrorCode = "too_large"    // 413
	ErrTooMany      ErrorCode = "too_many"     // 429
	ErrInternal     ErrorCode = "internal"     // 500
	ErrUnreachable  ErrorCode = "unreachable"  // 503: the engine can't be reached
	ErrTimeout      ErrorCode = "timeout"      // 504: the engine did not answer in time
	ErrUnsupported  ErrorCode = "unsupported"  // 501: this engine can't do that
	ErrTooOld       ErrorCode = "too_old"      // the engine's API or the client's protocol is older than supported
)

// Error is an error with a code and a sentence that says what was wrong and
// what to do. Cause, if any, is what the engine or the system said.
type Error struct {
	Code    ErrorCode
	Message string
	Cause   error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// CodeOf finds the code of the first *Error in err's chain; ErrInternal if
// there is none, and "" for nil.
func CodeOf(err error) ErrorCode {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ErrInternal
}

// Problem is an RFC 9457 problem document (application/problem+json).
type Problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Detail string    `json:"detail"`
	Code   ErrorCode `json:"code"`
	// Engine carries the engine's own words, where it said any.
	Engine string `json:"engine,omitempty"`
}
