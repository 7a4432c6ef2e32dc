package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/creack/pty"
)

// terminal measures `quaywatch top` in a terminal of 200 by 50, against a server
// with 10,000 containers of which 20 a second change: what its process costs, and
// what it writes, which is what a slow line has to carry.
func terminal(ctx context.Context, b *bench) error {
	const containers, changes = 10000, 20
	d, host, err := demo(ctx, containers, "--churn", fmt.Sprint(changes))
	if err != nil {
		return err
	}
	defer d.stop()
	p, err := serve(ctx, host)
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := rows(ctx, p.origin, containers*7/10); err != nil {
		return err
	}
	for _, run := range []struct{ what, sort string }{{"by name", "name"}, {"by CPU", "cpu"}} {
		if err := terminalAt(ctx, b, p, run.what, run.sort); err != nil {
			return err
		}
	}
	return nil
}

func terminalAt(ctx context.Context, b *bench, p *process, what, sort string) error {
	cmd := exec.CommandContext(ctx, "bin/quaywatch", "top", "--url", p.origin, "--sort", sort)
	cmd.Env = append(os.Environ(), "QUAYWATCH_TOKEN="+benchToken, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8")
	screen, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		return fmt.Errorf("start top in a terminal: %w", err)
	}
	var written atomic.Int64
	read := make(chan struct{})
	go func() {
		defer close(read)
		buffer := make([]byte, 64<<10)
		for {
			n, err := screen.Read(buffer)
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	}()
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		_ = screen.Close()
		<-read
	}()
	pause(ctx, 15*time.Second) // the snapshot, and the first rest of the metrics
	pid := cmd.Process.Pid
	before, bytes, began := cpu(pid), written.Load(), time.Now()
	pause(ctx, max(b.window, 20*time.Second)) // twice the rest's interval
	took := time.Since(began)
	share := float64(cpu(pid)-before) / float64(took) * 100
	rate := float64(written.Load()-bytes) / took.Seconds()
	const aim = 15
	b.add(fmt.Sprintf("quaywatch top, 10,000 containers at 1 Hz with 20 changes a second, sorted %s: CPU of one core", what), fmt.Sprintf("≤ %d %%", aim),
		fmt.Sprintf("%.1f %%; %.1f KB/s to the terminal; %d MB resident", share, rate/1000, rss(pid)>>20), "", rate > 0 && share <= aim)
	return nil
}
