package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// fanout connects a thousand clients, each with 50 rows of its own choice, and
// measures how long after the tick each frame arrives, and what a client costs.
func fanout(ctx context.Context, b *bench) error {
	const clients, watched = 1000, 50
	d, host, err := demo(ctx, 300)
	if err != nil {
		return err
	}
	defer d.stop()
	p, err := serve(ctx, host, "--max-connections", fmt.Sprint(clients+10))
	if err != nil {
		return err
	}
	defer p.stop()
	all, err := rows(ctx, p.origin, 200)
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
			defer s.close()
			for {
				f, err := s.next(ctx)
				if err != nil {
					return
				}
				now := time.Now().UnixMilli()
				for _, m := range messages(f) {
					if m.Type == api.TypeMetrics {
						mu.Lock()
						if measuring {
							late = append(late, float64(now-m.At))
						}
						mu.Unlock()
					}
				}
			}
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
	b.add("memory a client", "≤ 40 KB", fmt.Sprintf("%.1f KB", each), "", each <= 40)
	return nil
}
