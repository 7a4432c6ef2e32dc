package top

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// ownTerminal is a pseudo-terminal for a view in this process.
type ownTerminal struct {
	master, slave *os.File
	reader        sync.WaitGroup
	mu            sync.Mutex
	raw           []byte
}

func openTerminal(t *testing.T) *ownTerminal {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	o := &ownTerminal{master: master, slave: slave}
	o.reader.Go(func() {
		b := make([]byte, 4096)
		for {
			n, err := master.Read(b)
			o.mu.Lock()
			o.raw = append(o.raw, b[:n]...)
			o.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
	t.Cleanup(func() {
		_ = slave.Close()
		_ = master.Close()
		o.reader.Wait()
	})
	return o
}

func (o *ownTerminal) written() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.raw)
}

// await waits for a text.
func (o *ownTerminal) await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if strings.Contains(o.written(), text) {
			return
		}
	}
	t.Fatalf("%q was never written: %q", text, o.written())
}

// TestADefectGivesTheTerminalBack: whatever goes wrong beside the program's own
// goroutine ends the view in order, with an error.
func TestADefectGivesTheTerminalBack(t *testing.T) {
	o := openTerminal(t)
	before, err := term.GetState(int(o.slave.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	broken := make(chan struct{})
	dial := func(ctx context.Context) (client.Conn, error) {
		select {
		case <-broken:
			panic("a defect")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	ended := make(chan error, 1)
	go func() {
		ended <- Run(t.Context(), Options{Dial: dial, In: o.slave, Out: o.slave, Environ: []string{"TERM=xterm-256color"}, Client: api.ClientInfo{ID: "t"}})
	}()
	o.await(t, "\x1b[?1049h") // no answer for so long, and the screen is taken
	o.await(t, "Connecting")
	close(broken)
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "a defect") {
		t.Fatalf("it ended with %v", err)
	}
	o.await(t, "\x1b[?1049l")
	if after, err := term.GetState(int(o.slave.Fd())); err != nil || *after != *before {
		t.Errorf("the terminal's settings are not as they were (%v)", err)
	}
}
