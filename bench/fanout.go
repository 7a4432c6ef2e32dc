package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// fanout connects a thousand clients to a server of a real engine, each with 50
// of its 60 rows, chosen by itself, and
// measures how long after the tick each frame arrives, and what a client costs.
func fanout(ctx context.Context, b *bench) error {
	const clients, containers, watched = 1000, 60, 50
	e, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer e.stop(ctx)
	if err := e.fill(ctx, containers, light); err != nil {
		return err
	}
	p, err := serve(ctx, e.host, "--max-connections-per-sign-in", fmt.Sprint(clients+10))
	if err != nil {
		return err
	}
	defer p.stop()
	all, err := rows(ctx, p.origin, containers)
	if err != nil {
		return err
	}
	pause(ctx, 3*time.Second)
	empty := rss(p.pid())

	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var mu sync.Mutex
	var late []float64
	var received int64
	measuring := false
	for i := range clients {
		s, err := dial(ctx, p.origin, fmt.Sprintf("fanout-%d", i))
		if err != nil {
			return err
		}
		mine := make([]int, watched)
		for j, k := range rand.Perm(len(all))[:watched] {
			mine[j] = all[k]
		}
		if err := s.sub(ctx, 1, api.TopicMetrics, &api.Filter{Rows: mine, Cols: pageColumns(), EveryMs: 1000}); err != nil {
			return err
		}
		wg.Go(func() {
			s.follow(ctx, func(f []byte) {
				now := time.Now().UnixMilli()
				all := messages(f) // not under the lock, which a thousand clients share
				mu.Lock()
				defer mu.Unlock()
				if !measuring {
					return
				}
				received += int64(len(f))
				for _, m := range all {
					if m.Type == api.TypeMetrics {
						late = append(late, float64(now-m.At))
					}
				}
			})
		})
	}
	pause(ctx, 8*time.Second)
	mu.Lock()
	measuring = true
	mu.Unlock()
	before := cpu(p.pid())
	pause(ctx, b.window)
	share := 100 * (cpu(p.pid()) - before).Seconds() / b.window.Seconds()
	each := float64(rss(p.pid())-empty) / clients / 1000
	mu.Lock()
	defer mu.Unlock()
	p50, p99 := quantile(late, 0.5), quantile(late, 0.99)
	b.add(fmt.Sprintf("%d clients × %d rows at 1 Hz, tick → frame", clients, watched), "p99 ≤ 100 ms",
		fmt.Sprintf("p50 %.0f ms, p99 %.0f ms (%d frames; server %.0f %% of a core)", p50, p99, len(late), share), "clients on the same two cores",
		len(late) >= clients*int(b.window.Seconds())*8/10 && p99 <= 100)
	rate := float64(received) / b.window.Seconds() / clients
	b.add("bytes a second to a client with 50 rows on screen at 1 Hz, real containers", "≤ 2 KB", fmt.Sprintf("%.2f KB", rate/1000), "", rate <= 2000)
	b.add("memory a client", "≤ 40 KB", fmt.Sprintf("%.1f KB", each), "", each <= 40)
	return nil
}
