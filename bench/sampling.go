package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// sampling compares the CPU of a sample: `docker stats` with all that it makes
// the engine do, against Quaywatch with a client that watches every container
// and every column each second.
func sampling(ctx context.Context, b *bench) error {
	e, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer e.stop(ctx)
	if err := e.fill(ctx, b.containers, light); err != nil {
		return err
	}
	pids, err := e.pids(ctx)
	if err != nil {
		return err
	}
	pause(ctx, 5*time.Second)
	idle := measure(ctx, b.window, pids)

	docker, err := dockerStats(ctx, b, e, pids, idle)
	if err != nil {
		return err
	}
	pause(ctx, 5*time.Second)

	p, err := serve(ctx, e.host)
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := rows(ctx, p.origin, b.containers); err != nil {
		return err
	}
	s, err := dial(ctx, p.origin, "sampling")
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.sub(ctx, 1, api.TopicMetrics, &api.Filter{All: true, EveryMs: 1000}); err != nil {
		return err
	}
	ticks, err := countTicks(ctx, s, 5*time.Second)
	if err != nil || ticks == 0 {
		return fmt.Errorf("no metrics frames: %w", err)
	}
	before, engineBefore, began := cpu(p.pid()), cpu(pids...), time.Now()
	ticks, err = countTicks(ctx, s, b.window)
	if err != nil {
		return err
	}
	took := time.Since(began)
	own, engine := cpu(p.pid())-before, cpu(pids...)-engineBefore
	perSample := own / time.Duration(max(1, ticks*b.containers))
	share := 100 * own.Seconds() / took.Seconds()
	ratio := float64(docker.perSample) / float64(max(1, perSample))

	b.add(fmt.Sprintf("CPU a sample, %d real containers, all metrics", b.containers), "≥ 150 times less than `docker stats`",
		fmt.Sprintf("%.1f µs: **%.0f times less**", micros(perSample), ratio),
		fmt.Sprintf("`docker stats`: %.0f µs (CLI %.0f, engine with shims %.0f), %.0f samples a second", micros(docker.perSample), micros(docker.cli), micros(docker.engine), docker.rate),
		ratio >= 150)
	b.add(fmt.Sprintf("share of a core, %d real containers at 1 Hz (whole server, one client watching all)", b.containers), "≤ 0.3 %",
		fmt.Sprintf("%.2f %% (%.2f ticks a second)", share, float64(ticks)/took.Seconds()),
		fmt.Sprintf("`docker stats`: %.0f %%", 100*docker.share), share <= 0.3)
	extra := 100 * (engine.Seconds()/took.Seconds() - idle)
	b.add("CPU in the engine while Quaywatch samples, above idle", "0",
		fmt.Sprintf("%.2f %% of a core", extra), fmt.Sprintf("idle %.2f %%; `docker stats` adds %.0f %%", 100*idle, 100*docker.engineShare), extra <= 0.5)
	b.add(fmt.Sprintf("resident memory, %d real containers, one client", b.containers), "—", mib(rss(p.pid())), "", true)
	return scaled(ctx, b)
}

// statsCost is what `docker stats` costs.
type statsCost struct {
	perSample, cli, engine time.Duration
	share, engineShare     float64 // of a core
	rate                   float64 // samples a second
}

func dockerStats(ctx context.Context, b *bench, e *realEngine, pids []int, idle float64) (statsCost, error) {
	r, err := newRelay(ctx, e)
	if err != nil {
		return statsCost{}, err
	}
	defer r.close()
	cmd := e.command(ctx, "stats", "--format", "{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.NetIO}} {{.BlockIO}} {{.PIDs}}")
	cmd.Env = append(cmd.Env, "DOCKER_HOST="+r.host)
	cmd.Stdout = io.Discard
	if err := cmd.Start(); err != nil {
		return statsCost{}, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	pause(ctx, 10*time.Second)
	samples, cli, engine, began := r.samples.Load(), cpu(cmd.Process.Pid), cpu(pids...), time.Now()
	pause(ctx, b.window)
	n := time.Duration(r.samples.Load() - samples)
	took := time.Since(began)
	if n == 0 {
		return statsCost{}, fmt.Errorf("docker stats got no samples in %s", took)
	}
	cli, engine = cpu(cmd.Process.Pid)-cli, cpu(pids...)-engine-time.Duration(idle*float64(took))
	return statsCost{
		perSample: (cli + engine) / n, cli: cli / n, engine: engine / n,
		share: (cli + engine).Seconds() / took.Seconds(), engineShare: engine.Seconds() / took.Seconds(),
		rate: float64(n) / took.Seconds(),
	}, nil
}

// relay stands between the docker CLI and the engine and counts samples, since
// the CLI's own output repeats old values as if they were new.
type relay struct {
	host     string
	samples  atomic.Int64
	listener net.Listener
	wg       sync.WaitGroup
}

func newRelay(ctx context.Context, e *realEngine) (*relay, error) {
	path := filepath.Join(e.dir, "relay.sock")
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	r := &relay{host: "unix://" + path, listener: l}
	r.wg.Go(func() {
		for {
			down, err := l.Accept()
			if err != nil {
				return
			}
			up, err := (&net.Dialer{}).DialContext(ctx, "unix", strings.TrimPrefix(e.host, "unix://"))
			if err != nil {
				_ = down.Close()
				continue
			}
			r.wg.Go(func() { _, _ = io.Copy(up, down); _ = up.Close() })
			r.wg.Go(func() { _, _ = io.Copy(down, io.TeeReader(up, &counter{to: &r.samples})); _ = down.Close() })
		}
	})
	return r, nil
}

func (r *relay) close() {
	_ = r.listener.Close() // the copies end with the CLI, which has been killed
}

// counter counts a word that stands in each stats object once.
type counter struct {
	to   *atomic.Int64
	tail []byte
}

func (c *counter) Write(p []byte) (int, error) {
	word := []byte(`"preread":`)
	c.tail = append(c.tail, p...)
	c.to.Add(int64(bytes.Count(c.tail, word)))
	if i := bytes.LastIndex(c.tail, word); i >= 0 {
		c.tail = c.tail[i+len(word):]
	}
	c.tail = append(c.tail[:0], c.tail[max(0, len(c.tail)-len(word)):]...)
	return len(p), nil
}

// countTicks reads frames for a while and counts the metrics frames.
func countTicks(ctx context.Context, s *stream, d time.Duration) (int, error) {
	ctx, cancel := context.WithDeadline(ctx, time.Now().Add(d+3*time.Second))
	defer cancel()
	n, end := 0, time.Now().Add(d)
	for time.Now().Before(end) {
		f, err := s.next(ctx)
		if err != nil {
			return n, err
		}
		if bytes.Contains(f[:min(len(f), 64)], []byte(`"metrics"`)) {
			n++
		}
	}
	return n, nil
}

// measure is the processes' share of a core over a while.
func measure(ctx context.Context, d time.Duration, pids []int) float64 {
	before, began := cpu(pids...), time.Now()
	pause(ctx, d)
	return (cpu(pids...) - before).Seconds() / time.Since(began).Seconds()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func mib(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
