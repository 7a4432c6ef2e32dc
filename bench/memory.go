package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// memory measures the server's resident memory with all of it on (history,
// alerts, the last hour's series) and ten clients that each look at 50 rows of
// their own and follow every topic: on demo engines of three sizes, each in a
// process of its own, where every cell changes each second and comes as JSON.
// Those of up to 1,000 containers are watched for b.minutes, as the last hour's
// series grow meanwhile, up to their bound.
func memory(ctx context.Context, b *bench) error {
	for _, run := range []struct {
		containers int
		aim        int64
	}{{100, 35}, {1000, 60}, {10000, 120}} {
		err := func() error {
			d, host, err := demo(ctx, run.containers)
			if err != nil {
				return err
			}
			defer d.stop()
			return memoryAt(ctx, b, host, "demo engine", run.containers, run.aim)
		}()
		if err != nil {
			return fmt.Errorf("%d containers: %w", run.containers, err)
		}
	}
	return nil
}

// memoryReal is memory at 100 containers of a real engine, on a network, of which
// each does a little now and then, and a tenth much.
func memoryReal(ctx context.Context, b *bench) error {
	const containers = 100
	e, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer e.stop(ctx)
	work := `gateway=$(ip route | sed -n 's/default via \([^ ]*\).*/\1/p'); i=0
		while :; do i=$((i+1)); n=0; while [ $n -lt %d ]; do n=$((n+1)); done; echo $i > /written; ping -c %d -q $gateway >/written; sleep %d; done`
	err = e.fill(ctx, containers, func(i int) []string {
		load := fmt.Sprintf(work, 200, 1, 1+i%7)
		if i%10 == 0 {
			load = fmt.Sprintf(work, 20_000, 3, 1)
		}
		return []string{"busybox:local", "sh", "-c", load}
	})
	if err != nil {
		return err
	}
	return memoryAt(ctx, b, e.host, "real", containers, 35)
}

func memoryAt(ctx context.Context, b *bench, host, kind string, containers int, aim int64) error {
	p, err := serve(ctx, host)
	if err != nil {
		return err
	}
	defer p.stop()
	all, err := rows(ctx, p.origin, containers*7/10)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var counted int64
	var counting sync.Mutex
	for i := range 10 {
		s, err := dial(ctx, p.origin, fmt.Sprintf("memory-%d", i))
		if err != nil {
			return err
		}
		last := 200
		// Ten windows on different parts of the table.
		own := all[min(50*i, max(0, len(all)-50)):]
		for id, f := range []struct {
			topic  api.Topic
			filter *api.Filter
		}{
			{api.TopicContainers, nil},
			{api.TopicImages, nil},
			{api.TopicVolumes, nil},
			{api.TopicNetworks, nil},
			{api.TopicJobs, nil},
			{api.TopicAlerts, nil},
			{api.TopicEvents, &api.Filter{Last: &last}},
			{api.TopicSystem, nil},
			{api.TopicMetrics, &api.Filter{Rows: own[:min(50, len(own))], Cols: pageColumns(), EveryMs: 1000}},
		} {
			if err := s.sub(ctx, id+1, f.topic, f.filter); err != nil {
				return err
			}
		}
		wg.Go(func() {
			s.follow(ctx, func(f []byte) {
				if i == 0 {
					counting.Lock()
					counted += int64(len(f))
					counting.Unlock()
				}
			})
		})
	}
	pause(ctx, 10*time.Second)
	counting.Lock()
	before := counted
	counting.Unlock()
	window := b.window
	if containers <= 1000 {
		window = max(window, time.Duration(b.minutes)*time.Minute)
	}
	// The peak over the window: memory that comes and goes is memory needed.
	var seen []float64
	began := time.Now()
	for end := began.Add(window); time.Now().Before(end) && ctx.Err() == nil; {
		seen = append(seen, float64(rss(p.pid())))
		pause(ctx, 250*time.Millisecond)
	}
	counting.Lock()
	rate := float64(counted-before) / time.Since(began).Seconds()
	counting.Unlock()
	peak := int64(slices.Max(seen))
	b.add(fmt.Sprintf("resident memory with all of it on and 10 clients, %d containers (%s), peak of %v", containers, kind, window), fmt.Sprintf("≤ %d MB", aim),
		mib(peak), fmt.Sprintf("median %s; at the end %s without the pages of the binary itself", mib(int64(quantile(seen, 0.5))), mib(memoryOf(p.pid(), "RssAnon:"))), peak <= aim*1_000_000)
	if containers == 1000 {
		b.add("the same on the demo engine, where every cell changes each second, and all topics", "≤ 2 KB", fmt.Sprintf("%.2f KB", rate/1000), "", rate <= 2000)
	}
	return nil
}

// pageColumns are the columns the page's table shows.
func pageColumns() []string {
	return []string{"cpu", "mem", "rxRate", "txRate", "readRate", "writeRate"}
}
