package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
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
	// repeatLife is how long the client that has exchanged a launch token may do
	// it again: it may not have got the answer.
	repeatLife   = 30 * time.Second
	maxExchanged = 64
	ticketLife   = 30 * time.Second
	maxTickets   = 1024
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

// exchanged is a launch token that was good a moment ago.
type exchanged struct {
	by    hash // of the proof of who exchanged it
	until time.Time
}

// launch is what became of a launch token.
type launch int

const (
	launchUnknown  launch = iota
	launchTaken           // used up, just now
	launchRepeated        // used up a moment ago, by the same client
)

// takeLaunch uses up a launch token. Who has shown a proof of its own may show
// both again within repeatLife; who knows the token alone, from a history or a
// list of processes, may not.
func (a *Authority) takeLaunch(token, proof string) launch {
	h, by, now := sum(token), sum(proof), time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if e, ok := a.exchanged[h]; ok {
		if proof != "" && e.by.equal(by) && now.Before(e.until) {
			return launchRepeated
		}
		return launchUnknown
	}
	expires, ok := a.launches[h]
	delete(a.launches, h)
	if !ok || !expires.IsZero() && !now.Before(expires) {
		return launchUnknown
	}
	for old, e := range a.exchanged {
		if !now.Before(e.until) {
			delete(a.exchanged, old)
		}
	}
	// With more than that, the next are good once, without a second chance.
	if proof != "" && len(a.exchanged) < maxExchanged {
		a.exchanged[h] = exchanged{by, now.Add(repeatLife)}
	}
	return launchTaken
}

// launchSecret is the secret of the session that a launch token is exchanged
// for. With a proof it is the same every time, so that a repeated exchange gives
// the very session of the first, whose secret is not kept.
func (a *Authority) launchSecret(token, proof string) string {
	if proof == "" {
		return newSecret()
	}
	mac := hmac.New(sha256.New, a.derive)
	for _, part := range []string{token, proof} {
		h := sum(part)
		mac.Write(h[:])
	}
	text := base32.StdEncoding.EncodeToString(mac.Sum(nil))
	return secretPrefix + strings.ToLower(text[:26])
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
