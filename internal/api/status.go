package api

import "net/http"

// statuses pair the codes with HTTP: a code is answered with the first status
// beside it, a status that comes without a code is read as the first code beside
// it.
func statuses() []struct {
	code   ErrorCode
	status int
} {
	return []struct {
		code   ErrorCode
		status int
	}{
		{ErrInvalid, http.StatusBadRequest},
		{ErrUnauthorized, http.StatusUnauthorized},
		{ErrForbidden, http.StatusForbidden},
		{ErrForbidden, http.StatusMisdirectedRequest},
		{ErrNotFound, http.StatusNotFound},
		{ErrNotFound, http.StatusMethodNotAllowed},
		{ErrConflict, http.StatusConflict},
		{ErrGone, http.StatusGone},
		{ErrTooLarge, http.StatusRequestEntityTooLarge},
		{ErrTooMany, http.StatusTooManyRequests},
		{ErrUnsupported, http.StatusNotImplemented},
		{ErrTooOld, http.StatusNotImplemented},
		{ErrUnreachable, http.StatusServiceUnavailable},
		{ErrUnreachable, http.StatusBadGateway},
		{ErrTimeout, http.StatusGatewayTimeout},
	}
}

// Status is the HTTP status that the code is answered with.
func (c ErrorCode) Status() int {
	for _, s := range statuses() {
		if s.code == c {
			return s.status
		}
	}
	return http.StatusInternalServerError
}

// CodeOfStatus is the code for an answer that brought none.
func CodeOfStatus(status int) ErrorCode {
	for _, s := range statuses() {
		if s.status == status {
			return s.code
		}
	}
	return ErrInternal
}
