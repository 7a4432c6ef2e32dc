package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/alert"
	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/jobs"
	"github.com/quaywatch/quaywatch/internal/notify"
	"github.com/quaywatch/quaywatch/internal/server"
)

// DefaultListen is where a server listens.
const DefaultListen = "127.0.0.1:7420"

// Options configure an App.
type Options struct {
	Version string
	Engine  EngineOptions
	// Listen is host:port; port 0 is a free one.
	Listen string
	// DataDir is made if it is not there.
	DataDir string
	// Token is the admin's, TokenFile where it stands; see auth.Options.
	Token, TokenFile string
	// PasswordFile holds the password in its first line; empty leaves the one
	// that was set before, if any.
	PasswordFile string
	ReadOnly     bool
	// NoExec has no terminals in containers.
	NoExec bool
	// TLSCert and TLSKey are PEM files; both or neither.
	TLSCert, TLSKey string
	// Proxies are addresses or prefixes of reverse proxies that are believed,
	// Hosts names that may stand in the Host header, Origins of other pages.
	Proxies, Hosts, Origins []string
	// Desktop lets the desktop app's window read the API's answers.
	Desktop bool
	// MaxConns bounds the clients, MaxPerSignIn those with the same sign-in; 0 is
	// the hub's default.
	MaxConns, MaxPerSignIn int
	CgroupRoot             string
	// HistoryAge and HistoryBytes bound the history's events; 0 is the default.
	HistoryAge   time.Duration
	HistoryBytes int64
	// RulesFile is a file of alert rules; empty is none.
	RulesFile string
	// NotifyPrivate are addresses, not the internet's, that deliveries of alerts may
	// reach; see notify.ParsePrivate.
	NotifyPrivate []netip.Prefix
	Page          fs.FS
	// OnReady is called once requests are answered, OnEngine with every change
	// of the engine's status. Neither may block.
	OnReady  func(Ready)
	OnEngine func(api.EngineStatus)
	Log      *slog.Logger
	// Clients is the log of those who connect: disconnects with their reasons,
	// refused sign-ins, failed requests, and of what is delivered. nil is Log.
	Clients *slog.Logger
}

// Ready is what there is to know once requests are answered.
type Ready struct {
	// URL is what to open: with a launch token, good once, in the fragment.
	URL string
	// Address is the same without a token, Listen host:port.
	Address, Listen string
}

// App is a server that watches an engine.
type App struct {
	o      Options
	log    *slog.Logger
	core   *Core
	auth   *auth.Authority
	jobs   *jobs.Runner
	server *server.Server
	wanted string // the engine's address, for the advert
}

// New prepares a server. Errors are about the options, the data directory and
// the engine's address; that an engine is down is none.
func New(ctx context.Context, o Options) (*App, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clients == nil {
		o.Clients = o.Log
	}
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	if o.OnReady == nil {
		o.OnReady = func(Ready) {}
	}
	certificate, err := loadTLS(o.TLSCert, o.TLSKey)
	if err != nil {
		return nil, err
	}
	proxies, err := parseProxies(o.Proxies)
	if err != nil {
		return nil, err
	}
	if err := prepareDir(o.DataDir); err != nil {
		if !signsIn(o) {
			return nil, err
		}
		// What is seen and done is live all the same; the history says that it is paused.
		o.Clients.Warn("nothing is kept: history is paused, and commands find this server by --url only", "error", err)
	}
	if err := setPassword(o.DataDir, o.PasswordFile); err != nil {
		return nil, err
	}
	authority, err := auth.Open(auth.Options{Dir: o.DataDir, Token: o.Token, TokenFile: o.TokenFile})
	if err != nil {
		return nil, err
	}
	wanted, err := EngineHost(o.Engine)
	if err != nil {
		return nil, err
	}
	past := history.New(history.Options{Dir: o.DataDir, EventAge: o.HistoryAge, EventBytes: o.HistoryBytes, Log: o.Log})
	var core *Core
	notifier, err := notify.New(notify.Options{
		Dir: o.DataDir, Private: o.NotifyPrivate, Memory: past, Log: o.Clients,
		Alerts:   func() []*api.Alert { return core.store.Alerts() }, // asked by Run only, which core begins
		Rules:    func(ctx context.Context) (map[string][]string, error) { return delivered(ctx, core.alerts) },
		OnChange: func() { core.revisions.deliveriesChanged() }, // likewise, or by who asks the server
		Note:     func(e api.Event) { past.Record(history.Record{Events: []api.Event{e}}) },
	})
	if err != nil {
		return nil, err
	}
	core, err = NewCore(ctx, CoreOptions{
		History: past, Alerts: true, RulesFile: o.RulesFile, Teller: notifier, Deliver: notifier.Run,
		Engine: o.Engine, Version: o.Version, ReadOnly: o.ReadOnly, NoExec: o.NoExec, MaxConns: o.MaxConns, MaxPerSignIn: o.MaxPerSignIn,
		CgroupRoot: o.CgroupRoot, OnEngine: o.OnEngine, Log: o.Log, Clients: o.Clients,
	})
	if err != nil {
		return nil, err
	}
	var windows []string
	if o.Desktop {
		windows = server.DesktopOrigins()
	}
	so := server.Options{
		Listen: o.Listen, Store: core.store, Hub: core.hub, Auth: authority, Inspector: core.engine, Things: core.engine, Measure: core.reflector.Measure,
		Contexts: func() ([]api.Context, error) { return engine.Contexts(os.Getenv) }, Logs: core.engine, Past: core.past, History: past, Alerts: core.alerts, Deliveries: notifier,
		Page: o.Page, TLS: certificate, Hosts: o.Hosts, Origins: o.Origins, Windows: windows, Proxies: proxies,
		Ready: core.Ready, Costs: func() server.Costs { return delivering(core.costs(), notifier) }, Terminals: core.terminals(), Log: o.Clients,
	}
	a := &App{o: o, log: o.Log, core: core, auth: authority, wanted: wanted}
	if !o.ReadOnly {
		acting := engine.NewActor(core.engine)
		so.Actor = jobs.NewActor(jobs.ActorOptions{Engine: acting, Store: core.store, Ledger: core.ledger, Note: core.note, Log: o.Log, Allowance: o.Engine.Timeout})
		so.ThingActor = acting
	}
	a.jobs = core.newJobs(so.Actor)
	so.Jobs = a.jobs
	if a.server, err = server.New(so); err != nil {
		core.discard()
		return nil, err
	}
	return a, nil
}

// Absent is why a demo engine stands in for the one that was asked for; nil
// where none does.
func (a *App) Absent() error { return a.core.Absent() }

// Run serves until ctx ends.
func (a *App) Run(ctx context.Context) error {
	addr, err := a.server.Listen(ctx)
	if err != nil {
		a.core.discard()
		return err
	}
	address := a.server.URL(addr)
	withdraw, alone := a.advertise(ctx, Advert{URL: address, PID: os.Getpid(), Listen: addr.String(), Engine: a.wanted, Version: a.o.Version})
	defer withdraw()
	// Connections are taken from here on; the server's stage answers them.
	a.o.OnReady(Ready{URL: address + "#token=" + a.auth.NewLaunch(0), Address: address, Listen: addr.String()})
	above := []stage{{"jobs", a.jobs.Run}, {"server", a.server.Run}}
	if alone { // what another server of the data directory has under way is not over
		above = append(above, stage{"what was unfinished", a.core.tellUnfinished})
	}
	return a.core.run(ctx, above...)
}

// discard gives back what a core that never ran has taken.
func (c *Core) discard() {
	_ = c.engine.Close()
	if c.demo != nil {
		c.demo.close()
	}
}

// note takes a row that only the history has, where there is one.
func (c *Core) note(e api.Event) {
	if c.o.History != nil {
		c.o.History.Record(history.Record{Events: []api.Event{e}})
	}
}

// costs are what /metrics says beyond the hub's counters.
func (c *Core) costs() server.Costs {
	own, counters := c.self(), c.reflector.Counters()
	out := server.Costs{
		CPUPercent: own.CPUPercent, EngineCPUPercent: own.EngineCPUPercent, MemoryBytes: own.MemoryBytes,
		QueueDepths: map[string]int{"engine_events": counters.QueueDepth},
		Drops:       map[string]uint64{"engine_events": counters.Drops},
	}
	if c.o.History != nil {
		out.QueueDepths["history"], out.Drops["history"] = c.o.History.Waiting(), own.History.Dropped
	}
	return out
}

// delivering adds what waits for deliveries, and what was dropped.
func delivering(c server.Costs, n *notify.Notifier) server.Costs {
	c.QueueDepths["deliveries"], c.Drops["deliveries"] = n.Waiting(), n.Dropped()
	return c
}

// delivered are the deliveries that each rule names.
func delivered(ctx context.Context, k *alert.Keeper) (map[string][]string, error) {
	rules, err := k.Rules(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]string, len(rules.Items))
	for i := range rules.Items {
		out[rules.Items[i].Name] = rules.Items[i].Deliver
	}
	return out, nil
}

func loadTLS(cert, key string) (*tls.Config, error) {
	switch {
	case cert == "" && key == "":
		return nil, nil
	case cert == "" || key == "":
		return nil, &api.Error{Code: api.ErrInvalid, Message: "TLS needs a certificate and its key. Give both --tls-cert and --tls-key"}
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The certificate %s and the key %s can't be used. Give PEM files that belong together", cert, key), Cause: err}
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// parseProxies reads addresses and prefixes.
func parseProxies(in []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range in {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p)
		} else if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		} else {
			return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("%q is no proxy's address. Write one such as 10.0.0.5 or 10.0.0.0/24 after --trusted-proxy", text)}
		}
	}
	return out, nil
}

// signsIn reports whether a server can be signed in at, though its data directory can't
// be written: there must be a token.
func signsIn(o Options) bool {
	info, err := os.Stat(o.DataDir)
	if err != nil || !info.IsDir() {
		return false
	}
	if o.Token != "" {
		return true
	}
	file := o.TokenFile
	if file == "" {
		file = TokenFile(o.DataDir)
	}
	b, err := os.ReadFile(file)
	return err == nil && len(b) > 0
}

// setPassword takes over the password of a file.
func setPassword(dir, file string) error {
	if file == "" {
		return nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return &api.Error{Code: api.ErrInvalid, Message: "The password file " + file + " can't be read. Name one that holds the password in its first line", Cause: err}
	}
	password, _, _ := strings.Cut(string(b), "\n")
	return auth.SetPassword(dir, strings.TrimSuffix(password, "\r"))
}
