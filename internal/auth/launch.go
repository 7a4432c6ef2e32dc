package auth

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// A launch token opens a browser's session, once. It stands in the fragment of
// the URL that serve prints, which no server and no proxy gets to see.
const (
	// LaunchLife is how long the launch tokens live that are asked for while the
	// server runs. The one of the start lives until it is used.
	LaunchLife  = 10 * time.Minute
	maxLaunches = 16
	ticketLife  = 30 * time.Second
	maxTickets  = 1024
)

// NewLaunch makes a launch token; a life of 0 is until it is used. When there
// are too many, the one that ends next goes.
func (a *Authority) NewLaunch(life time.Duration) string {
	secret, now := newSecret(), time.Now()
	var expires time.Time
	if life > 0 {
		expires = now.Add(life)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var next hash
	var ends time.Time
	for h, t := range a.launches {
		switch {
		case t.IsZero():
		case now.After(t):
			delete(a.launches, h)
		case ends.IsZero() || t.Before(ends):
			next, ends = h, t
		}
	}
	if len(a.launches) >= maxLaunches && !ends.IsZero() {
		delete(a.launches, next)
	}
	a.launches[sum(secret)] = expires
	return secret
}

// takeLaunch uses up a launch token.
func (a *Authority) takeLaunch(secret string) bool {
	h := sum(secret)
	a.mu.Lock()
	defer a.mu.Unlock()
	expires, ok := a.launches[h]
	delete(a.launches, h)
	return ok && (expires.IsZero() || time.Now().Before(expires))
}

// ticket lets its bearer open one stream.
type ticket struct {
	who     Identity
	expires time.Time
}

// NewTicket makes a ticket, which stands for who for 30 s and once.
func (a *Authority) NewTicket(who Identity) (secret string, expires time.Time, err error) {
	secret, expires = newSecret(), time.Now().Add(ticketLife)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	for h, t := range a.tickets {
		if now.After(t.expires) {
			delete(a.tickets, h)
		}
	}
	if len(a.tickets) >= maxTickets {
		return "", time.Time{}, &api.Error{Code: api.ErrTooMany, Message: "There are too many unused tickets. Wait half a minute."}
	}
	a.tickets[sum(secret)] = ticket{who, expires}
	return secret, expires, nil
}

// Ticket uses up a ticket.
func (a *Authority) Ticket(secret string) (Identity, error) {
	h := sum(secret)
	a.mu.Lock()
	defer a.mu.Unlock()
	t, ok := a.tickets[h]
	delete(a.tickets, h)
	if !ok || time.Now().After(t.expires) {
		return Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "The ticket is not valid: it is good once, for 30 seconds. Ask for a new one."}
	}
	return t.who, nil
}
