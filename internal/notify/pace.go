package notify

import (
	"math/rand/v2"
	"time"
)

// When a message is tried again: with full jitter, so that what has failed
// together does not come back together.
const (
	firstBackoff = 2 * time.Second
	maxBackoff   = 10 * time.Minute
	// maxAttempts and giveUpAfter bound the tries; a message that comes out of a
	// restart is tried once in any case.
	maxAttempts = 25
	giveUpAfter = 2 * time.Hour
	// maxAfter bounds what a receiver may ask for with Retry-After.
	maxAfter = time.Hour
)

// A delivery is sent at most this many messages in any minute, tries and tests
// counted: every service that is delivered to takes as many. What is over waits,
// and goes into one message.
const (
	maxPerWindow = 10
	window       = time.Minute
)

// backoff is the bound of the wait after the n-th try, from 1 on.
func backoff(n int) time.Duration {
	if n > 16 {
		return maxBackoff
	}
	return min(firstBackoff<<(n-1), maxBackoff)
}

// jitter is anything up to a bound.
func jitter(most time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(most))) + 1 //nolint:gosec // no secret
}

// rate knows when the last messages of a delivery were sent.
type rate struct{ sent []time.Time }

// free is from when on another one may be sent.
func (r *rate) free(now time.Time) time.Time {
	if len(r.sent) < maxPerWindow {
		return now
	}
	if at := r.sent[0].Add(window); at.After(now) {
		return at
	}
	return now
}

// take counts one, if it may be sent now.
func (r *rate) take(now time.Time) bool {
	if r.free(now).After(now) {
		return false
	}
	if len(r.sent) == maxPerWindow {
		r.sent = r.sent[1:]
	}
	r.sent = append(r.sent, now)
	return true
}
