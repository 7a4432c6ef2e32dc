package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	if err := e.fill(ctx, containers, light); err != nil {
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
		bare, stop := follow(ctx, e)
		lags, err := lags(ctx, e, p.origin, containers, run.every, b.window)
		beside := stop()
		if err != nil {
			return err
		}
		p50, p99 := quantile(lags, 0.5), quantile(lags, 0.99)
		b.add("engine's `timeNano` → frame at a client, with the state the engine then tells, "+run.what, fmt.Sprintf("p99 ≤ %.0f ms", run.aim),
			fmt.Sprintf("p50 %.1f ms, p99 %.1f ms (%d events)", p50, p99, len(lags)),
			fmt.Sprintf("the engine's own stream, then its own inspect: p50 %.1f ms, p99 %.1f ms", quantile(beside, 0.5), quantile(beside, 0.99)),
			len(lags) > 20 && p99 <= run.aim)
		if err := <-bare; err != nil {
			return fmt.Errorf("follow the engine's events: %w", err)
		}
	}
	return nil
}

// follow does by itself what any client of the engine must do at the least: hear
// the event, then ask what has become of the container. stop ends it and returns
// the lags in milliseconds.
func follow(ctx context.Context, e *realEngine) (done <-chan error, stop func() []float64) {
	ctx, cancel := context.WithCancel(ctx)
	client := e.client()
	var out []float64
	ended := make(chan error, 1)
	result := make(chan []float64, 1)
	go func() {
		defer client.CloseIdleConnections()
		err := func() error {
			res, err := get(ctx, client, "/events")
			if err != nil {
				return err
			}
			defer func() { _ = res.Body.Close() }()
			for dec := json.NewDecoder(res.Body); ; {
				var ev struct {
					ID       string `json:"id"`
					Action   string `json:"Action"`
					TimeNano int64  `json:"timeNano"`
				}
				if err := dec.Decode(&ev); err != nil {
					return err
				}
				if ev.Action != "pause" && ev.Action != "unpause" {
					continue
				}
				inspect, err := get(ctx, client, "/containers/"+ev.ID+"/json")
				if err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, inspect.Body)
				_ = inspect.Body.Close()
				if err != nil {
					return err
				}
				out = append(out, float64(time.Since(time.Unix(0, ev.TimeNano)).Microseconds())/1e3)
			}
		}()
		if ctx.Err() != nil {
			err = nil
		}
		result <- out
		ended <- err
	}()
	return ended, func() []float64 {
		cancel()
		return <-result
	}
}

func get(ctx context.Context, client *http.Client, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine/v1.41"+path, nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

// client speaks to the engine's socket.
func (e *realEngine) client() *http.Client {
	path := strings.TrimPrefix(e.host, "unix://")
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
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
	client := e.client()
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
