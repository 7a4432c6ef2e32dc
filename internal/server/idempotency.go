package server

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
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

// result is an action that runs or has run.
type result struct {
	what, options string
	done          chan struct{} // closed when value and err are set
	value         api.ActionResult
	err           error
	until         time.Time // zero while it runs
}

// notTried is the error of an action that the engine was not asked for. It is
// no answer to remember.
type notTried struct{ err error }

func (n *notTried) Error() string { return n.err.Error() }
func (n *notTried) Unwrap() error { return n.err }

// idempotency gives repeated requests the first one's answer.
type idempotency struct {
	mu      sync.Mutex
	results map[[2]string]*result
}

func newIdempotency() *idempotency { return &idempotency{results: make(map[[2]string]*result)} }

// do runs f, or waits for and returns what the same key's first f gave. Without
// a key it just runs f.
func (d *idempotency) do(ctx context.Context, k requestKey, f func(context.Context) (api.ActionResult, error)) (api.ActionResult, error) {
	if k.key == "" {
		return f(ctx)
	}
	if len(k.key) > maxKey {
		return api.ActionResult{}, &api.Error{Code: api.ErrInvalid, Message: "The Idempotency-Key is longer than 128 characters."}
	}
	r, first, err := d.claim(k, time.Now())
	if err != nil {
		return api.ActionResult{}, err
	}
	if !first {
		select {
		case <-r.done:
		case <-ctx.Done():
			return api.ActionResult{}, &api.Error{Code: api.ErrTimeout, Message: "The first request with this key is still running.", Cause: ctx.Err()}
		}
		value := r.value
		value.Replayed = true
		return value, r.err
	}
	defer func() { // also when f panics, so that nobody waits for ever
		d.mu.Lock()
		r.until = time.Now().Add(resultLife)
		if _, ok := errors.AsType[*notTried](r.err); ok {
			delete(d.results, [2]string{k.who, k.key}) // the next try may be the first
		}
		d.mu.Unlock()
		close(r.done)
	}()
	r.err = &api.Error{Code: api.ErrInternal, Message: "The action failed inside Quaywatch. Its log says why."}
	r.value, r.err = f(ctx)
	return r.value, r.err
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

// fingerprint is a comparable form of an action's options.
func fingerprint(o api.ActionOptions) string {
	b, err := json.Marshal(o)
	if err != nil {
		return err.Error() // can't be: the type has nothing that can't be marshalled
	}
	return string(b)
}
