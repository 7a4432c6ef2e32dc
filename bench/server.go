package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

const benchToken = "bench-token-0123456789abcdef0123456789abcdef" //nolint:gosec // of a server that lives for a minute

// process is a quaywatch process: a server, or the demo engine.
type process struct {
	cmd    *exec.Cmd
	dir    string
	url    string // of a server: with the token in the fragment
	origin string
	ready  time.Duration // from exec to the first line
}

// serve starts a server for the engine at host.
func serve(ctx context.Context, host string, args ...string) (*process, error) {
	dir, err := os.MkdirTemp("", "quaywatch-bench-")
	if err != nil {
		return nil, err
	}
	p := &process{dir: dir}
	p.cmd = exec.CommandContext(ctx, "bin/quaywatch", append([]string{"serve", "--json", "--listen", "127.0.0.1:0", "--data-dir", dir, "--host", host}, args...)...)
	p.cmd.Env = append(os.Environ(), "QUAYWATCH_TOKEN="+benchToken)
	line, err := p.start()
	if err != nil {
		return nil, err
	}
	var ready struct{ Event, URL, Listen string }
	if err := json.Unmarshal([]byte(line), &ready); err != nil || ready.Event != "ready" {
		p.stop()
		return nil, fmt.Errorf("quaywatch serve said %q instead of its ready line", line)
	}
	p.url = ready.URL
	u, err := url.Parse(ready.URL)
	if err != nil {
		p.stop()
		return nil, err
	}
	p.origin = u.Scheme + "://" + u.Host
	return p, nil
}

// demo starts a demo engine in a process of its own.
func demo(ctx context.Context, containers int, args ...string) (*process, string, error) {
	dir, err := os.MkdirTemp("", "quaywatch-bench-")
	if err != nil {
		return nil, "", err
	}
	host := "unix://" + dir + "/demo.sock"
	p := &process{dir: dir}
	p.cmd = exec.CommandContext(ctx, "bin/quaywatch", append([]string{"demo", "--containers", fmt.Sprint(containers), "--churn", "0", "--seed", "1", "--listen", host, "--json"}, args...)...)
	if _, err := p.start(); err != nil {
		return nil, "", err
	}
	return p, host, nil
}

// start runs the process and waits for its first line.
func (p *process) start() (string, error) {
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	var log strings.Builder
	p.cmd.Stderr = &log
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return "", err
	}
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	if err != nil {
		p.stop()
		return "", fmt.Errorf("%s ended before it was ready: %s", strings.Join(p.cmd.Args, " "), log.String())
	}
	p.ready = time.Since(began)
	go func() { _, _ = r.WriteTo(discard{}) }() // ends with the process, whose end stop awaits
	return line, nil
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	done := time.AfterFunc(10*time.Second, func() { _ = p.cmd.Process.Kill() })
	_ = p.cmd.Wait()
	done.Stop()
	_ = os.RemoveAll(p.dir)
}
