package server

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// What idempotency remembers at most. When it is full of results that are still
// in use, a new key is refused: forgetting one could make an action happen twice.
const (
	resultLife = 10 * time.Minute
	maxResults = 4096
	maxKey     = 128
)

// requestKey names a request: the same key for another action, container or
// options is a mistake of the client. options is not part of the name.
type requestKey struct{ who, key, what, options string }

// result is a request that is worked on or was.
type result struct {
	what, options string
	done          chan struct{} // closed when value and err are set
	value         any
	err           error
	until         time.Time // zero while it runs
}

// idempotency gives repeated requests the first one's answer.
type idempotency struct {
	mu      sync.Mutex
	results map[[2]string]*result
}

func newIdempotency() *idempotency { return &idempotency{results: make(map[[2]string]*result)} }

// once runs f, or waits for and returns what the same key's first f gave, and
// says which of the two. Without a key it just runs f. A key's requests are all
// of the same kind, so of the same T: requestKey.what says which.
func once[T any](ctx context.Context, d *idempotency, k requestKey, f func(context.Context) (T, error)) (value T, replayed bool, err error) {
	if k.key == "" {
		value, err = f(ctx)
		return value, false, err
	}
	if len(k.key) > maxKey {
		return value, false, &api.Error{Code: api.ErrInvalid, Message: "The Idempotency-Key is longer than 128 characters."}
	}
	r, first, err := d.claim(k, time.Now())
	if err != nil {
		return value, false, err
	}
	if !first {
		select {
		case <-r.done:
		case <-ctx.Done():
			return value, false, &api.Error{Code: api.ErrTimeout, Message: "The first request with this key is still running.", Cause: ctx.Err()}
		}
		value, _ = r.value.(T)
		return value, true, r.err
	}
	defer func() { // also when f panics, so that nobody waits for ever
		d.mu.Lock()
		r.until = time.Now().Add(resultLife)
		if _, ok := errors.AsType[*jobs.NotTried](r.err); ok { // no answer to remember
			delete(d.results, [2]string{k.who, k.key}) // the next try may be the first
		}
		d.mu.Unlock()
		close(r.done)
	}()
	r.err = &api.Error{Code: api.ErrInternal, Message: "The action failed inside Quaywatch. Its log says why."}
	value, err = f(ctx)
	r.value, r.err = value, err
	return value, false, err
}

// claim finds the key's result; first is true for who must make it.
func (d *idempotency) claim(k requestKey, now time.Time) (r *result, first bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := [2]string{k.who, k.key}
	if r, ok := d.results[id]; ok && (r.until.IsZero() || now.Before(r.until)) {
		if r.what != k.what || r.options != k.options {
			return nil, false, &api.Error{Code: api.ErrConflict, Message: "This Idempotency-Key was used for another request. Make a new one for each."}
		}
		return r, false, nil
	}
	if len(d.results) >= maxResults {
		for id, r := range d.results {
			if !r.until.IsZero() && now.After(r.until) {
				delete(d.results, id)
			}
		}
		if len(d.results) >= maxResults {
			return nil, false, &api.Error{Code: api.ErrTooMany, Message: "Too many requests with an Idempotency-Key in the last 10 minutes."}
		}
	}
	r = &result{what: k.what, options: k.options, done: make(chan struct{})}
	d.results[id] = r
	return r, true, nil
}

// fingerprint is a comparable form of what a request asks for.
func fingerprint(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error() // can't be: the types have nothing that can't be marshalled
	}
	sum := sha256.Sum256(b)
	return string(sum[:])
}
