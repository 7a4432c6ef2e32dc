package client

import (
	"context"
	"sync"

	"github.com/quaywatch/quaywatch/internal/api"
)

// pipeQueue is how many frames a direction holds; a writer waits beyond that.
const pipeQueue = 8

// Pipe returns the two ends of a connection in memory. What was written before
// a close can still be read after it.
func Pipe() (client, server Conn) {
	up, down := make(chan []byte, pipeQueue), make(chan []byte, pipeQueue)
	closing := &pipeClose{done: make(chan struct{})}
	return &pipeEnd{in: down, out: up, closing: closing}, &pipeEnd{in: up, out: down, closing: closing}
}

// pipeClose is shared by both ends; the first close wins.
type pipeClose struct {
	once sync.Once
	done chan struct{}
	err  *CloseError // written before done is closed
}

type pipeEnd struct {
	in      <-chan []byte
	out     chan<- []byte
	closing *pipeClose
}

func (p *pipeEnd) Read(ctx context.Context) ([]byte, error) {
	select {
	case f := <-p.in:
		return f, nil
	default:
	}
	select {
	case f := <-p.in:
		return f, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closing.done:
		select {
		case f := <-p.in:
			return f, nil
		default:
			return nil, p.closing.err
		}
	}
}

func (p *pipeEnd) Write(ctx context.Context, frame []byte) error {
	own := append([]byte(nil), frame...) // writers use their buffers again
	select {
	case <-p.closing.done:
		return p.closing.err
	default:
	}
	select {
	case p.out <- own:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closing.done:
		return p.closing.err
	}
}

func (p *pipeEnd) Close(code api.CloseCode, reason string) error {
	p.closing.once.Do(func() {
		p.closing.err = &CloseError{Code: code, Reason: reason}
		close(p.closing.done)
	})
	return nil
}
