package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/app"
	"github.com/quaywatch/quaywatch/internal/client"
)

// look are the flags of commands that look at an engine, through a server or by
// themselves.
type look struct {
	url, tokenFile, host string
	// jobs: the core in this process is to do jobs.
	jobs bool
}

func (l *look) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.url, "url", "", "the server to ask, such as http://127.0.0.1:7420")
	f.StringVar(&l.tokenFile, "token-file", "", "file with the server's token (the token itself: QUAYWATCH_TOKEN)")
	f.StringVar(&l.host, "host", "", "the engine to look at directly, without a server, such as unix:///var/run/docker.sock")
}

// source is where a command looks: a server's stream, or the same core in this
// process.
type source struct {
	dial  client.Dialer
	token string
	rest  *client.REST // nil within the process
	core  *app.Core    // nil with a server
}

// looking runs a command with what it is to look at.
func (c *cli) looking(l *look, run func(ctx context.Context, src *source, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		src, err := c.open(cmd.Context(), cmd, l)
		if err != nil {
			return err
		}
		return run(cmd.Context(), src, args)
	}
}

// open chooses the source: --url, else --host, else QUAYWATCH_URL, else a
// server that runs on this machine and watches the engine this command would
// choose, else the core in this process.
func (c *cli) open(ctx context.Context, cmd *cobra.Command, l *look) (*source, error) {
	if origin(cmd, "url") == "flag" && origin(cmd, "host") == "flag" {
		return nil, &usageError{errors.New("--url asks a server and --host an engine; give one of them")}
	}
	if l.url != "" && origin(cmd, "host") != "flag" {
		base, err := parseServer(l.url)
		if err != nil {
			return nil, err
		}
		return c.server(base, l)
	}
	o := app.EngineOptions{Host: l.host, Origin: engineOrigin(cmd), Getenv: c.getenv}
	if origin(cmd, "host") != "flag" {
		if found := c.runningServer(ctx, o); found != nil {
			return c.server(found, l)
		}
	}
	core, err := app.NewCore(ctx, app.CoreOptions{Engine: o, Version: version, Jobs: l.jobs, Log: c.logger(slog.LevelError)})
	if err != nil {
		return nil, err
	}
	return &source{dial: core.Dial, core: core}, nil
}

func (c *cli) server(base *url.URL, l *look) (*source, error) {
	token, err := c.token(l.tokenFile)
	if err != nil {
		return nil, err
	}
	return &source{dial: client.DialWebSocket(base, nil), token: token, rest: client.NewREST(base, token, nil)}, nil
}

// runningServer finds a server of this user that watches the same engine.
func (c *cli) runningServer(ctx context.Context, o app.EngineOptions) *url.URL {
	dir, err := c.dataDirectory()
	if err != nil {
		return nil
	}
	ad, ok := app.FindServer(ctx, dir)
	if !ok {
		return nil
	}
	if host, err := app.EngineHost(o); err == nil && ad.Engine != host {
		return nil
	}
	base, err := url.Parse(ad.URL)
	if err != nil {
		return nil
	}
	return base
}

// engineOrigin is what EngineStatus.Origin shall say where the choice is ours;
// empty leaves it to the docker CLI's rules.
func engineOrigin(cmd *cobra.Command) string {
	return origin(cmd, "host")
}

// parseServer reads --url. What follows a # is the page's and is ignored.
func parseServer(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &usageError{fmt.Errorf("%q is no server's address; write one such as http://127.0.0.1:7420", text)}
	}
	u.Fragment, u.RawFragment, u.RawQuery = "", "", ""
	return u, nil
}

// token finds the token for a server: QUAYWATCH_TOKEN, else --token-file, else
// the data directory's. None at all is no error: the server will say so.
func (c *cli) token(file string) (string, error) {
	if t := strings.TrimSpace(c.getenv("QUAYWATCH_TOKEN")); t != "" {
		return t, nil
	}
	asked := file != ""
	if !asked {
		dir, err := c.dataDirectory()
		if err != nil {
			return "", nil //nolint:nilerr // without a data directory there is no token in it
		}
		file = app.TokenFile(dir)
	}
	b, err := os.ReadFile(file)
	if err != nil && !asked {
		return "", nil //nolint:nilerr // the server says that a token is needed, and how to give it
	}
	if err != nil {
		return "", &api.Error{Code: api.ErrInvalid, Message: "The token file " + file + " can't be read. Give another with --token-file, or the token in QUAYWATCH_TOKEN", Cause: rootOf(err)}
	}
	t := strings.TrimSpace(string(b))
	if t == "" {
		return "", &api.Error{Code: api.ErrInvalid, Message: "The token file " + file + " is empty. Give another with --token-file, or the token in QUAYWATCH_TOKEN"}
	}
	return t, nil
}

// errDone ends a follower that has seen what it wanted.
var errDone = errors.New("done") //nolint:gochecknoglobals // a sentinel

// topic is one subscription.
type topic struct {
	name   api.Topic
	filter *api.Filter
}

// follower is what a command does with the stream. All of it is called by one
// goroutine.
type follower struct {
	topics []topic
	// step is called after each frame. errDone ends well, another error badly.
	step func(*client.Stream, *client.State, *client.Step) error
	// tick, if not 0, calls step with nothing new every so often.
	tick time.Duration
	// link is told when the link goes and comes; nil for no interest. quiet
	// leaves telling the user to it.
	link  func(client.Link)
	quiet bool
	// within bounds the whole; 0 is no bound. late is called when it is over.
	within time.Duration
	late   func() error
}

// follow runs f until it is done, ctx ends, or the source fails for good. It
// waits for the core it started.
func (c *cli) follow(ctx context.Context, src *source, f follower) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lost, told := false, false
	stream := client.NewStream(client.Options{
		Dial: src.dial, Token: src.token, FailFast: true, Tick: f.tick, Log: c.logger(slog.LevelError),
		Client: api.ClientInfo{ID: "cli-" + rand.Text()[:16], Name: "quaywatch", Version: version},
		OnLink: func(l client.Link) {
			switch {
			case f.quiet:
			case !l.Live && !lost:
				c.note("quaywatch: the connection to the server is lost; trying again (%s)", sentence(l.Err))
			case l.Live && lost:
				c.note("quaywatch: connected again")
			}
			lost = !l.Live
			if f.link != nil {
				f.link(l)
			}
		},
		OnStep: func(stream *client.Stream, state *client.State, step *client.Step) {
			for _, e := range step.Errors {
				cancel(&api.Error{Code: e.Code, Message: e.Message})
				return
			}
			if !told && !f.quiet && demo(state) { // on a terminal, the status line says it
				told = true
				c.note("Demo engine: these containers are made up.")
			}
			if err := f.step(stream, state, step); err != nil {
				cancel(err)
			}
		},
	})
	for _, t := range f.topics {
		stream.Subscribe(t.name, t.filter)
	}
	if f.within > 0 {
		timer := time.AfterFunc(f.within, func() { cancel(errLate) })
		defer timer.Stop()
	}
	var core sync.WaitGroup
	if src.core != nil {
		core.Go(func() { cancel(src.core.Run(ctx)) })
	}
	err := stream.Run(ctx)
	cancel(err)
	core.Wait()
	if cause := context.Cause(ctx); cause != nil && (err == nil || errors.Is(err, context.Canceled)) {
		err = cause
	}
	switch {
	case errors.Is(err, errDone):
		return nil
	case errors.Is(err, errLate):
		return f.late()
	}
	return err
}

var errLate = errors.New("the time is up") //nolint:gochecknoglobals // a sentinel

// engineTrouble is why no engine can be seen, nil while one is connected or
// still being connected to.
func engineTrouble(state *client.State) error {
	engines := state.Engines()
	for _, e := range engines {
		if e.State != api.EngineUnreachable {
			return nil
		}
	}
	if len(engines) == 0 {
		return nil
	}
	e := engines[0]
	code := e.ErrorCode
	if code == "" {
		code = api.ErrUnreachable
	}
	return &api.Error{Code: code, Message: e.Error}
}

// connected reports whether an engine answers.
func connected(state *client.State) bool {
	for _, e := range state.Engines() {
		if e.State == api.EngineConnected {
			return true
		}
	}
	return false
}

// demo reports whether nothing of what is shown is real.
func demo(state *client.State) bool {
	return slices.ContainsFunc(state.Engines(), func(e *api.EngineStatus) bool { return e.Demo })
}

// engineNotes tells on standard error when the engine goes and comes back.
type engineNotes struct {
	cli  *cli
	down bool
}

func (n *engineNotes) step(state *client.State) {
	trouble := engineTrouble(state)
	if down := trouble != nil; down == n.down {
		return
	}
	if n.down = trouble != nil; n.down {
		n.cli.note("quaywatch: %s", sentence(trouble))
	} else {
		n.cli.note("quaywatch: the engine answers again")
	}
}
