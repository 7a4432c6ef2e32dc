package api

import "testing"

// What a server answers with, a client reads back, but for the codes that share
// a status.
func TestStatus(t *testing.T) {
	for code, want := range map[ErrorCode]int{
		ErrInvalid: 400, ErrUnauthorized: 401, ErrForbidden: 403, ErrNotFound: 404, ErrConflict: 409, ErrGone: 410, ErrTooLarge: 413,
		ErrTooMany: 429, ErrInternal: 500, ErrUnsupported: 501, ErrUnreachable: 503, ErrTimeout: 504, ErrTooOld: 501, "unheard of": 500,
	} {
		if got := code.Status(); got != want {
			t.Errorf("%s is answered with %d, want %d", code, got, want)
		}
	}
	for status, want := range map[int]ErrorCode{
		400: ErrInvalid, 401: ErrUnauthorized, 403: ErrForbidden, 421: ErrForbidden, 404: ErrNotFound, 405: ErrNotFound, 409: ErrConflict, 410: ErrGone,
		413: ErrTooLarge, 429: ErrTooMany, 500: ErrInternal, 501: ErrUnsupported, 502: ErrUnreachable, 503: ErrUnreachable, 504: ErrTimeout, 418: ErrInternal,
	} {
		if got := CodeOfStatus(status); got != want {
			t.Errorf("%d is read as %s, want %s", status, got, want)
		}
	}
}
