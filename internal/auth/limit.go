package auth

import (
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Failed attempts to sign in, by address.
const (
	maxFailures   = 10
	failureWindow = time.Minute
	// maxAddresses bounds the addresses remembered. An attacker with more than
	// that meets the limit of all together, below.
	maxAddresses = 4096
)

type failure struct {
	count int
	since time.Time
}

// MayTry refuses an address that has failed too often within a minute. It is
// asked before a sign-in, not for sessions and tokens that are good: a script
// with a wrong token must not lock its user's browser out.
func (a *Authority) MayTry(addr string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, ok := a.failures[addr]
	now := time.Now()
	if ok && now.Sub(f.since) >= failureWindow {
		delete(a.failures, addr)
		ok = false
	}
	if !ok && len(a.failures) >= maxAddresses {
		a.forgetFailuresLocked(now)
		if len(a.failures) >= maxAddresses {
			return &api.Error{Code: api.ErrTooMany, Message: "Too many failed attempts to sign in. Wait a minute."}
		}
	}
	if ok && f.count >= maxFailures {
		wait := failureWindow - now.Sub(f.since)
		return &api.Error{Code: api.ErrTooMany, Message: fmt.Sprintf("Too many failed attempts to sign in. Wait %d seconds.", int(wait.Seconds())+1)}
	}
	return nil
}

// Failed counts a failed attempt.
func (a *Authority) Failed(addr string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	f, ok := a.failures[addr]
	if !ok || now.Sub(f.since) >= failureWindow {
		if !ok && len(a.failures) >= maxAddresses {
			return
		}
		f = &failure{since: now}
		a.failures[addr] = f
	}
	f.count++
}

func (a *Authority) forgetFailuresLocked(now time.Time) {
	for addr, f := range a.failures {
		if now.Sub(f.since) >= failureWindow {
			delete(a.failures, addr)
		}
	}
}
