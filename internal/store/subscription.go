package store

import "sync"

// Subscription is woken after changes. Wakes fold: one that was not taken yet
// stands for all that came since.
type Subscription struct {
	c    chan struct{}
	mu   sync.Locker
	from *subscribers
}

// C receives after a change.
func (s *Subscription) C() <-chan struct{} { return s.c }

// Close ends the subscription.
func (s *Subscription) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.from.set, s)
}

// subscribers is a set of subscriptions, guarded by its owner's mutex.
type subscribers struct{ set map[*Subscription]struct{} }

func (ss *subscribers) addLocked(mu sync.Locker) *Subscription {
	if ss.set == nil {
		ss.set = make(map[*Subscription]struct{})
	}
	s := &Subscription{c: make(chan struct{}, 1), mu: mu, from: ss}
	ss.set[s] = struct{}{}
	return s
}

// wakeLocked never blocks: a full slot already says what there is to say.
func (ss *subscribers) wakeLocked() {
	for s := range ss.set {
		select {
		case s.c <- struct{}{}:
		default:
		}
	}
}
