package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// latency measures from the engine's own timestamp of an event to the frame in
// a client's hand, on one clock.
func latency(ctx context.Context, b *bench) error {
	e, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer e.stop(ctx)
	const containers = 10
	if err := e.fill(ctx, containers); err != nil {
		return err
	}
	p, err := serve(ctx, e.host)
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := rows(ctx, p.origin, containers); err != nil {
		return err
	}
	for _, run := range []struct {
		what  string
		every time.Duration
		aim   float64
	}{{"quiet", 250 * time.Millisecond, 5}, {"at 50 events a second", 20 * time.Millisecond, 20}} {
		lags, err := lags(ctx, e, p.origin, containers, run.every, b.window)
		if err != nil {
			return err
		}
		p50, p99 := quantile(lags, 0.5), quantile(lags, 0.99)
		b.add("engine's `timeNano` → frame at a client, "+run.what, fmt.Sprintf("p99 ≤ %.0f ms", run.aim),
			fmt.Sprintf("p50 %.1f ms, p99 %.1f ms (%d events)", p50, p99, len(lags)), "", len(lags) > 20 && p99 <= run.aim)
	}
	return nil
}

// lags are in milliseconds: one for each pause or unpause, spread evenly.
func lags(ctx context.Context, e *realEngine, origin string, containers int, every, d time.Duration) ([]float64, error) {
	s, err := dial(ctx, origin, "latency")
	if err != nil {
		return nil, err
	}
	defer s.close()
	last := 0
	if err := s.sub(ctx, 1, api.TopicContainers, nil); err != nil {
		return nil, err
	}
	if err := s.sub(ctx, 2, api.TopicEvents, &api.Filter{Last: &last}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d+5*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- toggle(ctx, e, containers, every, d) }()
	var out []float64
	for ended := false; !ended; {
		read, stop := context.WithTimeout(ctx, 4*time.Second)
		f, err := s.next(read)
		now := time.Now()
		stop()
		if err != nil {
			break
		}
		for _, m := range messages(f) {
			if m.Type == api.TypeDelta && m.Topic == api.TopicEvents {
				for _, ev := range m.Added {
					if ev.Action == "pause" || ev.Action == "unpause" {
						out = append(out, float64(now.Sub(ev.Time).Microseconds())/1e3)
					}
				}
			}
		}
		select {
		case err := <-done:
			if err != nil {
				return nil, err
			}
			ended = true
		default:
		}
	}
	return out, nil
}

// toggle pauses and unpauses the containers in turn, one action each interval.
func toggle(ctx context.Context, e *realEngine, containers int, every, d time.Duration) error {
	path := strings.TrimPrefix(e.host, "unix://")
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	defer client.CloseIdleConnections()
	tick := time.NewTicker(every)
	defer tick.Stop()
	end := time.Now().Add(d)
	for i := 0; time.Now().Before(end); i++ {
		action := "pause"
		if i/containers%2 == 1 {
			action = "unpause"
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("http://engine/v1.41/containers/b-%03d/%s", i%containers, action), nil)
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	for i := range containers { // the next run begins with running ones
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("http://engine/v1.41/containers/b-%03d/unpause", i), nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			_ = res.Body.Close()
		}
	}
	return nil
}
