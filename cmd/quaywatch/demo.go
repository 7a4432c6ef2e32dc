package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/app"
	"github.com/quaywatch/quaywatch/internal/demoengine"
)

// mostDemoContainers is how many a demo engine may have.
const mostDemoContainers = 10000

type demoFlags struct {
	containers int
	churn      float64
	seed       uint64
	listen     string
	cgroupRoot string
}

func (c *cli) demoCommand() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a demo engine for the docker command line",
		Long: `Run an engine with made-up containers that speaks the Docker Engine API: for
people without Docker, and for trying things out. The docker command works
against it. Nothing in it is real.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.demo(cmd.Context(), &f) },
	}
	fl := cmd.Flags()
	fl.IntVar(&f.containers, "containers", app.DefaultDemoContainers, "how many containers there are, up to 10000")
	fl.Float64Var(&f.churn, "churn", 0.5, "how many changes happen by themselves in a second")
	fl.Uint64Var(&f.seed, "seed", 1, "what decides everything: the same seed makes the same world")
	fl.StringVar(&f.listen, "listen", "", "unix:///PATH or tcp://127.0.0.1:PORT (default a socket in the temporary directory)")
	fl.StringVar(&f.cgroupRoot, "cgroup-root", "", "directory to keep a made cgroup v2 tree in, for benchmarks")
	// These bear the names of serve's settings and mean other things.
	for _, name := range []string{"listen", "cgroup-root"} {
		fl.Lookup(name).Annotations = map[string][]string{noSetting: {}}
	}
	return cmd
}

// demoLine is the first line with --json.
type demoLine struct {
	Event string `json:"event"`
	Host  string `json:"host"`
	PID   int    `json:"pid"`
}

func (c *cli) demo(ctx context.Context, f *demoFlags) error {
	if f.containers < 0 || f.containers > mostDemoContainers {
		return usage(fmt.Sprintf("--containers takes a number from 0 to %d, not %d", mostDemoContainers, f.containers))
	}
	if f.churn < 0 {
		return usage("--churn takes a number from 0")
	}
	l, host, err := listenDemo(ctx, f.listen)
	if err != nil {
		return err
	}
	engine := demoengine.New(demoengine.Options{
		Containers: f.containers, Churn: f.churn, Chatty: true, Seed: f.seed, CgroupRoot: f.cgroupRoot, Log: c.logger(slog.LevelError),
	})
	if c.json {
		err = c.encoder().Encode(demoLine{"ready", host, os.Getpid()})
	} else {
		_, err = fmt.Fprintf(c.out, "export DOCKER_HOST=%s\n", host)
		c.note("# The demo engine runs: nothing in it is real. Use the line above in another terminal; Ctrl-C ends it.")
	}
	if err != nil {
		_ = l.Close()
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var life sync.WaitGroup
	var failed error
	life.Go(func() {
		defer cancel()
		failed = engine.Run(ctx)
	})
	err = engine.Serve(ctx, l)
	cancel()
	life.Wait()
	return errors.Join(err, failed)
}

// listenDemo opens the address, and takes a socket over that nobody serves.
func listenDemo(ctx context.Context, address string) (net.Listener, string, error) {
	if address == "" {
		dir, err := os.MkdirTemp("", "quaywatch-demo-")
		if err != nil {
			return nil, "", fmt.Errorf("make a place for the socket: %w", err)
		}
		context.AfterFunc(ctx, func() { _ = os.RemoveAll(dir) })
		address = "unix://" + dir + "/docker.sock"
	}
	if path, ok := strings.CutPrefix(address, "unix://"); ok {
		if err := removeStale(ctx, path); err != nil {
			return nil, "", err
		}
		l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
		if err != nil {
			return nil, "", &api.Error{Code: api.ErrInvalid, Message: "The demo engine can't listen at " + address + ". Name another path with --listen unix:///PATH", Cause: err}
		}
		const ownerOnly = 0o600
		if err := os.Chmod(path, ownerOnly); err != nil {
			_ = l.Close()
			return nil, "", fmt.Errorf("keep others from the socket: %w", err)
		}
		return l, address, nil
	}
	hostport := strings.TrimPrefix(strings.TrimPrefix(address, "tcp"), "://")
	hostport = strings.TrimSpace(hostport)
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, "", usage(fmt.Sprintf("--listen takes unix:///PATH or tcp://127.0.0.1:PORT, not %q", address))
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, "", usage("the demo engine asks nobody who they are, so it listens on this machine only: use 127.0.0.1")
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", hostport)
	if err != nil {
		return nil, "", &api.Error{Code: api.ErrConflict, Message: "The demo engine can't listen at " + address + ". Port 0 takes a free one", Cause: err}
	}
	return l, "tcp://" + l.Addr().String(), nil
}

// removeStale removes a socket that nobody listens on, and nothing else.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // nothing is there; what else may be wrong, listening will tell
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return &api.Error{Code: api.ErrConflict, Message: path + " is there and is no socket. Name another path with --listen unix:///PATH"}
	}
	d := net.Dialer{Timeout: time.Second}
	if conn, err := d.DialContext(ctx, "unix", path); err == nil {
		_ = conn.Close()
		return &api.Error{Code: api.ErrConflict, Message: "An engine already listens at unix://" + path + ". Stop it, or name another path with --listen unix:///PATH"}
	}
	return os.Remove(path)
}
