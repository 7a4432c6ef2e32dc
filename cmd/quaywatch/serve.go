package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/app"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/doctor"
	"github.com/quaywatch/quaywatch/internal/notify"
	"github.com/quaywatch/quaywatch/web"
)

type serveFlags struct {
	listen, host, tokenFile, passwordFile, tlsCert, tlsKey, cgroupRoot, rules string
	readOnly, noExec, open, demo, demoIfAbsent, sidecar                       bool
	demoContainers, maxConns, maxPerSignIn                                    int
	historyDays, historyMegabytes                                             int
	proxies, hosts, origins, notifyPrivate                                    []string
}

func (c *cli) serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the page and the API",
		Long: `Watch an engine and serve the page, the stream and the REST API.

The engine is found as the docker command finds it: --host, DOCKER_HOST, the
current docker context, the default socket. An engine that is down is waited
for.

Whoever reaches the server could control the engine, which is root on its host.
So it listens on this machine only, unless there is a password and TLS, or a
trusted reverse proxy in front.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.serve(cmd, &f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.listen, "listen", app.DefaultListen, "address to listen on; port 0 takes a free one")
	fl.StringVar(&f.host, "host", "", "the engine to watch, such as unix:///var/run/docker.sock (default as docker)")
	fl.StringVar(&f.tokenFile, "token-file", "", "file with the admin's token; made if it is not there (default token in the data directory)")
	fl.StringVar(&f.passwordFile, "password-file", "", "file with the password for signing in from other machines")
	fl.StringVar(&f.tlsCert, "tls-cert", "", "certificate to serve HTTPS with, PEM")
	fl.StringVar(&f.tlsKey, "tls-key", "", "the certificate's key, PEM")
	fl.BoolVar(&f.readOnly, "read-only", false, "only look: no action on containers is possible")
	fl.BoolVar(&f.noExec, "no-exec", false, "no terminals in containers, for nobody")
	fl.BoolVar(&f.open, "open", false, "open the page in the browser, if there is a desktop")
	fl.BoolVar(&f.demo, "demo", false, "watch a demo engine: nothing in it is real")
	fl.BoolVar(&f.demoIfAbsent, "demo-if-absent", false, "watch a demo engine if no engine answers at the start")
	fl.IntVar(&f.demoContainers, "demo-containers", app.DefaultDemoContainers, "how many containers the demo engine has")
	fl.IntVar(&f.maxConns, "max-connections", 0, "how many clients may be connected (default 4096)")
	fl.IntVar(&f.maxPerSignIn, "max-connections-per-sign-in", 0, "how many of them with the same token or session (default 128)")
	fl.StringSliceVar(&f.proxies, "trusted-proxy", nil, "address or prefix of a reverse proxy that does TLS and sign-in; may be repeated")
	fl.StringSliceVar(&f.hosts, "allow-host", nil, "name under which the server is reached, besides localhost; may be repeated")
	fl.StringSliceVar(&f.origins, "allow-origin", nil, "origin of another page that may use the API; may be repeated")
	fl.BoolVar(&f.sidecar, "sidecar", false, "serve the desktop app's window, and end when standard input does")
	fl.IntVar(&f.historyDays, "history-days", 0, "how many days of events are kept on disk (default 90)")
	fl.IntVar(&f.historyMegabytes, "history-megabytes", 0, "how much of them, in megabytes (default 512)")
	fl.StringSliceVar(&f.notifyPrivate, "notify-private", nil, "address or prefix, not the internet's, that deliveries of alerts may reach; alone, all; may be repeated")
	fl.Lookup("notify-private").NoOptDefVal = "all"
	fl.StringVar(&f.rules, "rules", "", "file of alert rules, YAML; read again when it changes (quaywatch rules check tells what is wrong in it)")
	fl.StringVar(&f.cgroupRoot, "cgroup-root", "", "cgroup tree to read metrics from, instead of this machine's")
	cmd.MarkFlagsMutuallyExclusive("demo", "host")
	cmd.MarkFlagsMutuallyExclusive("sidecar", "open")
	return cmd
}

// check refuses values that mean nothing.
func (f *serveFlags) check(cmd *cobra.Command) error {
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return wrongValue(cmd, "listen", "an address such as "+app.DefaultListen, strconv.Quote(f.listen))
	}
	if f.demoContainers < 1 || f.demoContainers > mostDemoContainers {
		return wrongValue(cmd, "demo-containers", fmt.Sprintf("a number from 1 to %d", mostDemoContainers), f.demoContainers)
	}
	for name, n := range map[string]int{"max-connections": f.maxConns, "max-connections-per-sign-in": f.maxPerSignIn,
		"history-days": f.historyDays, "history-megabytes": f.historyMegabytes} {
		if n < 0 || n == 0 && origin(cmd, name) != "" {
			return wrongValue(cmd, name, "a number from 1", n)
		}
	}
	for _, o := range f.origins {
		// As browsers write it: it is compared with what they send.
		u, err := url.Parse(o)
		if err != nil || u.Scheme == "" || u.Host == "" || o != u.Scheme+"://"+strings.ToLower(u.Host) {
			return wrongValue(cmd, "allow-origin", "an origin such as https://dash.example.org", strconv.Quote(o))
		}
	}
	if info, err := os.Stat(f.cgroupRoot); f.cgroupRoot != "" && (err != nil || !info.IsDir()) {
		return wrongValue(cmd, "cgroup-root", "a directory that is there", strconv.Quote(f.cgroupRoot))
	}
	return nil
}

// serving prints what a server tells about itself.
type serving struct {
	cli    *cli
	listen string

	mu     sync.Mutex // guards the fields below and the output
	state  api.EngineState
	id     string
	source string
}

func (c *cli) serve(cmd *cobra.Command, f *serveFlags) error {
	ctx := cmd.Context()
	dir, err := c.dataDirectory()
	if err != nil {
		return err
	}
	if err := f.check(cmd); err != nil {
		return err
	}
	if f.sidecar {
		var end context.CancelFunc
		ctx, end = context.WithCancel(ctx)
		defer end()
		c.endWithInput(end)
	}
	if err := readableRules(f.rules); err != nil {
		return err
	}
	private, err := notify.ParsePrivate(f.notifyPrivate)
	if err != nil {
		return err
	}
	s := &serving{cli: c, listen: f.listen}
	a, err := app.New(ctx, app.Options{
		Version: version,
		Engine: app.EngineOptions{
			Host: f.host, Origin: engineOrigin(cmd), Getenv: c.getenv,
			Demo: f.demo, DemoIfAbsent: f.demoIfAbsent, DemoContainers: f.demoContainers,
		},
		Listen: f.listen, DataDir: dir, Token: strings.TrimSpace(c.getenv("QUAYWATCH_TOKEN")), TokenFile: f.tokenFile,
		PasswordFile: f.passwordFile, ReadOnly: f.readOnly, NoExec: f.noExec, TLSCert: f.tlsCert, TLSKey: f.tlsKey,
		Proxies: f.proxies, Hosts: f.hosts, Origins: f.origins, Desktop: f.sidecar, MaxConns: f.maxConns, MaxPerSignIn: f.maxPerSignIn, CgroupRoot: f.cgroupRoot,
		RulesFile:  f.rules,
		HistoryAge: time.Duration(f.historyDays) * 24 * time.Hour, HistoryBytes: int64(f.historyMegabytes) << 20,
		NotifyPrivate: private,
		Page:          web.Dist(),
		OnReady: func(r app.Ready) {
			s.ready(r)
			if f.open {
				c.browse(ctx, r.URL)
			}
		},
		OnEngine: s.engine,
		// Of the engine and its state the lines above tell; of the clients, the log.
		Log: c.logger(slog.LevelError), Clients: c.logger(slog.LevelInfo),
	})
	if err != nil {
		return err
	}
	if f.demo || a.Absent() != nil {
		s.demo(a.Absent())
	}
	err = a.Run(ctx)
	if api.CodeOf(err) == api.ErrConflict {
		return s.taken(ctx, dir, err)
	}
	return err
}

// endWithInput calls end when standard input ends: the desktop app holds the
// other end of it, and when that process is gone, however it went, nobody is
// there to stop its server. A read of standard input can't be called off, so
// the goroutine ends with the process.
func (c *cli) endWithInput(end func()) {
	go func() {
		_, _ = io.Copy(io.Discard, c.in)
		end()
	}()
}

// readyLine is the first line with --json.
type readyLine struct {
	Event  string `json:"event"`
	URL    string `json:"url"`
	Listen string `json:"listen"`
	PID    int    `json:"pid"`
}

// engineLine tells, with --json, of the engine's state.
type engineLine struct {
	Event string `json:"event"`
	api.EngineStatus
}

func (s *serving) ready(r app.Ready) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cli.json {
		_ = s.cli.encoder().Encode(readyLine{"ready", r.URL, r.Listen, os.Getpid()})
		return
	}
	_, _ = fmt.Fprintf(s.cli.out, "Quaywatch   %s\n", bold.wrap(r.URL, s.cli.coloured()))
}

// demo says loudly that nothing is real.
func (s *serving) demo(absent error) {
	if s.cli.json {
		return
	}
	w, on := s.cli.err, s.cli.coloured()
	if absent != nil {
		_, _ = fmt.Fprintln(w, "quaywatch: "+sentence(absent))
	}
	for _, line := range []string{
		"*** DEMO: these containers are made up. Nothing you see is real.          ***",
		"*** Start an engine and run `quaywatch serve` again to see real ones.     ***",
	} {
		_, _ = fmt.Fprintln(w, yellow.wrap(line, on))
	}
}

// engine prints the engine's state when it changes, and the source of metrics
// once it is known.
func (s *serving) engine(e api.EngineStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved := e.State != s.state || e.ID != s.id
	sourced := e.MetricsSource != s.source && e.MetricsSource != ""
	if !moved && !sourced {
		return
	}
	s.state, s.id, s.source = e.State, e.ID, e.MetricsSource
	if s.cli.json {
		_ = s.cli.encoder().Encode(engineLine{"engine", e})
		return
	}
	w, on := s.cli.out, s.cli.coloured()
	switch {
	case e.State == api.EngineUnreachable:
		_, _ = fmt.Fprintf(w, "Engine      %s %s\n", red.wrap("unreachable.", on), printable(e.Error))
	case e.State == api.EngineConnected && moved:
		demo := ""
		if e.Demo {
			demo = yellow.wrap("  DEMO, nothing is real", on)
		}
		_, _ = fmt.Fprintf(w, "Engine      %s, version %s, API %s, at %s (%s)%s\n", printable(e.Name), printable(e.Version), printable(e.APIVersion), printable(e.Host), printable(e.Origin), demo)
	}
	if sourced {
		reason := ""
		if e.MetricsReason != "" {
			reason = ", because " + e.MetricsReason
		}
		_, _ = fmt.Fprintf(w, "Metrics     %s%s\n", e.MetricsSource, printable(reason))
	}
}

// taken says who listens where this server wanted to.
func (s *serving) taken(ctx context.Context, dir string, err error) error {
	const otherwise = "--listen 127.0.0.1:0 takes a free port"
	conflict := func(format string, a ...any) error {
		return &api.Error{Code: api.ErrConflict, Message: fmt.Sprintf(format, a...)}
	}
	if ad, ok := app.FindServer(ctx, dir); ok && samePort(ad.Listen, s.listen) {
		return conflict("Quaywatch already runs at %s (pid %d). `quaywatch token url` prints a link to it; %s", ad.URL, ad.PID, otherwise)
	}
	if answersAsQuaywatch(ctx, s.listen) {
		return conflict("Another Quaywatch already listens on %s. Open http://%s, stop it, or choose another address: %s", s.listen, s.listen, otherwise)
	}
	if who := doctor.Listener(s.listen); who != "" {
		return conflict("The address %s is taken by %s. Stop it, or choose another address: %s", s.listen, who, otherwise)
	}
	return err
}

func samePort(a, b string) bool {
	_, pa, erra := net.SplitHostPort(a)
	_, pb, errb := net.SplitHostPort(b)
	return erra == nil && errb == nil && pa == pb
}

// browse opens the page, where there is a desktop to open it on.
func (c *cli) browse(ctx context.Context, url string) {
	var name string
	switch {
	case runtime.GOOS == "darwin":
		name = "open"
	case c.getenv("DISPLAY") != "" || c.getenv("WAYLAND_DISPLAY") != "":
		name = "xdg-open"
	default:
		return
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, url)
	if err := cmd.Start(); err != nil {
		c.note("quaywatch: the browser can't be opened: %v", err)
		return
	}
	// The opener hands the page over and ends; nobody needs its status.
	go func() { _ = cmd.Wait() }()
}

// usage makes a usage error of a text.
func usage(text string) error { return &usageError{errors.New(text)} }

// answersAsQuaywatch reports whether a Quaywatch listens at an address.
func answersAsQuaywatch(ctx context.Context, listen string) bool {
	base, err := parseServer("http://" + listen)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return client.NewREST(base, "", nil).IsQuaywatch(ctx)
}
