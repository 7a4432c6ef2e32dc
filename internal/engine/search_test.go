package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestWhatAFailedSearchSays(t *testing.T) {
	for words, want := range map[string]api.ErrorCode{
		`Get "https://index.docker.io/v1/search?q=a": dial tcp: lookup index.docker.io on 10.0.0.1:53: no such host`: api.ErrUnreachable,
		`unauthorized: incorrect username or password`:                                                               api.ErrForbidden,
		`Unexpected status code 404`: api.ErrUnsupported,
		`something else`:             api.ErrInternal,
	} {
		err := searchError(&api.Error{Code: api.ErrInternal, Message: "Failed.", Cause: errors.New(words)})
		if got := api.CodeOf(err); got != want || !strings.HasSuffix(err.Error(), words) {
			t.Errorf("%q: %s, want %s: %v", words, got, want, err)
		}
	}
}
