package reflector

import (
	"math/rand/v2"
	"strings"
	"time"
)

// The policy of reconnecting, the same as the page's and the clients':
// exponential, fully jittered, from half a second up. A unix socket costs
// nothing to try, so there the wait stays short.
const (
	backoffBase  = 500 * time.Millisecond
	backoffMax   = 15 * time.Second
	backoffLocal = 2 * time.Second
)

// backoffCap is the longest wait for an engine at this address.
func backoffCap(host string) time.Duration {
	if strings.HasPrefix(host, "unix://") || strings.HasPrefix(host, "npipe://") {
		return backoffLocal
	}
	return backoffMax
}

// backoff is the wait before the attempt after so many failures: anything
// between nothing and a window that doubles. rnd is in [0, 1).
func backoff(failures int, limit time.Duration, rnd float64) time.Duration {
	window := limit
	if failures < 10 {
		window = min(limit, backoffBase<<max(0, failures-1))
	}
	return time.Duration(rnd * float64(window))
}

// jitter spreads reconnections; it guards nothing.
func jitter() float64 { return rand.Float64() } //nolint:gosec // no secret
