package terminal

import (
	"context"
	"sync"

	"github.com/quaywatch/quaywatch/internal/api"
)

// credit is how much output may still be sent. What was sent is kept as its cost
// only, until it is confirmed.
type credit struct {
	mu   sync.Mutex
	left int
	sent []int  // costs of the pieces on their way, the oldest first
	last uint64 // number of the newest of them
	room chan struct{}
}

func newCredit(window int) *credit { return &credit{left: window, room: make(chan struct{}, 1)} }

// spend waits until something of the window is left and takes cost from it, which
// may be more than is left: once. It reports false when ctx ends first.
func (c *credit) spend(ctx context.Context, n uint64, cost int) bool {
	for ctx.Err() == nil {
		c.mu.Lock()
		if c.left > 0 {
			c.left -= cost
			c.sent = append(c.sent, cost)
			c.last = n
			c.mu.Unlock()
			return true
		}
		c.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-c.room:
		}
	}
	return false
}

// confirm gives back what the pieces up to n have cost; false if n was not sent.
func (c *credit) confirm(n uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > c.last {
		return false
	}
	first := c.last - uint64(len(c.sent)) + 1 // number of the oldest on its way
	for len(c.sent) > 0 && first <= n {
		c.left += c.sent[0]
		c.sent = c.sent[1:]
		first++
	}
	select {
	case c.room <- struct{}{}:
	default:
	}
	return true
}

// input is what was typed and the command has not taken.
type input struct {
	mu     sync.Mutex
	left   int
	last   uint64
	queue  []api.ExecText // bounded by the window: a client that overfills it is closed
	filled chan struct{}
}

func newInput(window int) *input { return &input{left: window, filled: make(chan struct{}, 1)} }

// add queues a piece; false where the client does not keep to the window.
func (i *input) add(m api.ExecText) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if m.N != i.last+1 || i.left <= 0 {
		return false
	}
	i.last = m.N
	i.left -= len(m.Text) + api.ExecFrameCost
	i.queue = append(i.queue, m)
	select {
	case i.filled <- struct{}{}:
	default:
	}
	return true
}

// next waits for the next piece; false when ctx ends.
func (i *input) next(ctx context.Context) (api.ExecText, bool) {
	for ctx.Err() == nil {
		i.mu.Lock()
		if len(i.queue) > 0 {
			m := i.queue[0]
			i.queue = i.queue[1:]
			i.mu.Unlock()
			return m, true
		}
		i.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-i.filled:
		}
	}
	return api.ExecText{}, false
}

// done frees what a piece has taken of the window.
func (i *input) done(m api.ExecText) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.left += len(m.Text) + api.ExecFrameCost
}
