package enginetest

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy is a line to a server that can be slow, and be cut.
type Proxy struct {
	// Address is where it listens.
	Address string

	target string
	rate   atomic.Int64 // bytes a second from the server and to it, together; 0 is all it can
	passed atomic.Int64

	mu    sync.Mutex // guards conns, and refuse
	conns map[net.Conn]bool
	// refuse closes what comes.
	refuse bool
	wg     sync.WaitGroup
}

// StartProxy opens a line to target, host:port, on a port of its own.
func StartProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{Address: l.Addr().String(), target: target, conns: make(map[net.Conn]bool)}
	ctx := context.WithoutCancel(tb.Context())
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed
			}
			p.wg.Go(func() { p.serve(ctx, c) })
		}
	})
	tb.Cleanup(func() {
		_ = l.Close()
		p.Cut(true)
		p.wg.Wait()
	})
	return p
}

// Throttle lets so many bytes a second through; 0 is all that come.
func (p *Proxy) Throttle(bytesPerSecond int64) { p.rate.Store(bytesPerSecond) }

// Passed is how many bytes have come from the server.
func (p *Proxy) Passed() int64 { return p.passed.Load() }

// Cut closes all connections; refuse closes those that come, too.
func (p *Proxy) Cut(refuse bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = refuse
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *Proxy) serve(ctx context.Context, c net.Conn) {
	s, err := (&net.Dialer{Timeout: time.Minute}).DialContext(ctx, "tcp", p.target)
	if err != nil {
		_ = c.Close()
		return
	}
	p.mu.Lock()
	p.conns[c], p.conns[s] = true, true
	refused := p.refuse
	p.mu.Unlock()
	if !refused {
		var both sync.WaitGroup
		both.Go(func() { p.copy(s, c, nil) })
		both.Go(func() { p.copy(c, s, &p.passed) })
		both.Wait()
	}
	p.mu.Lock()
	delete(p.conns, c)
	delete(p.conns, s)
	p.mu.Unlock()
	_ = c.Close()
	_ = s.Close()
}

// copy ends both sides when one ends: a half-open line is no use to a test.
func (p *Proxy) copy(to, from net.Conn, count *atomic.Int64) {
	defer func() {
		_ = to.Close()
		_ = from.Close()
	}()
	buf := make([]byte, 16<<10)
	for {
		rate := p.rate.Load()
		piece := buf
		if rate > 0 {
			piece = buf[:min(int64(len(buf)), max(rate/20, 1))] // a twentieth of a second
		}
		n, err := from.Read(piece)
		if n > 0 {
			if count != nil {
				count.Add(int64(n))
			}
			if _, err := to.Write(piece[:n]); err != nil {
				return
			}
			if rate > 0 {
				time.Sleep(time.Duration(n) * time.Second / time.Duration(rate))
			}
		}
		if err != nil {
			return
		}
	}
}
