package top

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// Options configure Run.
type Options struct {
	Dial   client.Dialer
	Token  string
	Client api.ClientInfo
	Actor  Actor
	Jobs   Jobs
	Past   Past
	// Local: Dial leads to a core in this process.
	Local bool
	// ASCII: the terminal writes nothing else.
	ASCII bool
	// Alone: no shell would take the terminal over from a program that suspends.
	Alone bool
	// Filter, Sort, Desc and Group are what the table begins with.
	Filter, Sort string
	Desc, Group  bool
	In           io.Reader
	Out          io.Writer
	Environ      []string
	Log          *slog.Logger
}

const (
	// pumpEvery bounds how often the model hears from the stream.
	pumpEvery = 50 * time.Millisecond
	// framesPerSecond bounds how often the screen is written: more can't be read,
	// and would be a burden on a slow line.
	framesPerSecond = 20
	// patience is how long a connection may take before the screen says so.
	patience = 1500 * time.Millisecond
)

// Sortable are the words that Options.Sort takes.
func Sortable() []string {
	var out []string
	for _, id := range sortable() {
		out = append(out, string(id))
	}
	return out
}

// Run shows the view until the user leaves, ctx ends, or the stream fails for
// good, which is the error. The terminal is as it was when Run returns.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f := newFeed()
	stream := client.NewStream(client.Options{
		Dial: o.Dial, Token: o.Token, Client: o.Client, FailFast: true, Log: o.Log, OnStep: f.step, OnLink: f.link,
	})
	model := New(ctx, Setup{
		Link: stream, Actor: o.Actor, Jobs: o.Jobs, Past: o.Past, Local: o.Local, ASCII: o.ASCII, Alone: o.Alone, Filter: o.Filter, Sort: o.Sort, Desc: o.Desc, Group: o.Group,
		Now: time.Now, Watch: f.watch,
		After: func(d time.Duration, msg tea.Msg) tea.Cmd { return func() tea.Msg { return after(ctx, d, msg) } },
	})
	p := tea.NewProgram(model, tea.WithoutSignalHandler(), tea.WithInput(o.In), tea.WithOutput(o.Out),
		tea.WithEnvironment(o.Environ), tea.WithFPS(framesPerSecond))

	var both sync.WaitGroup
	var failed, crashed error
	// A panic beside the program's own goroutine must not leave a terminal that
	// can't be used: it ends the program first, which puts the terminal right.
	guarded := func(run func()) func() {
		return func() {
			defer cancel()
			defer func() {
				if r := recover(); r != nil {
					crashed = fmt.Errorf("quaywatch has a defect: %v", r)
				}
			}()
			run()
		}
	}
	both.Go(guarded(func() { failed = stream.Run(ctx) }))
	// The screen is taken when there is something to show, so that a server that
	// is not there is told in a line; or else when it takes its time.
	select {
	case <-f.wake:
		f.ring()
	case <-ctx.Done():
		both.Wait()
		return reason(ctx, crashed, failed)
	case <-time.After(patience):
	}
	both.Go(func() { pump(ctx, f, p) })
	left := make(chan struct{})
	both.Go(func() { leave(ctx, p, left) })
	_, err := p.Run()
	ended := ctx.Err() != nil
	cancel()
	close(left)
	both.Wait()
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return errors.New("quaywatch has a defect; what stands above helps to mend it")
	case ended || crashed != nil:
		return reason(ctx, crashed, failed)
	case err != nil && !errors.Is(err, tea.ErrProgramKilled):
		return fmt.Errorf("show the view: %w", err)
	}
	return nil
}

// after waits, unless the view ends before.
func after(ctx context.Context, d time.Duration, msg tea.Msg) tea.Msg {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return msg
	case <-ctx.Done():
		return nil
	}
}

// leave ends the program with ctx: in order, which waits for the reader of the
// keys, or else by force.
func leave(ctx context.Context, p *tea.Program, left <-chan struct{}) {
	<-ctx.Done()
	p.Quit()
	select {
	case <-left:
	case <-time.After(patience):
		p.Kill()
	}
}

// reason is why the view ended by itself.
func reason(ctx context.Context, crashed, failed error) error {
	switch {
	case crashed != nil:
		return crashed
	case failed != nil && !errors.Is(failed, context.Canceled):
		return failed
	}
	return context.Cause(ctx)
}

// pump hands what the stream has told to the program, which may be slow.
func pump(ctx context.Context, f *feed, p *tea.Program) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		}
		p.Send(batchMsg(f.take()))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pumpEvery):
		}
	}
}

// Terminal reports why a view can't be shown, in a sentence; nil where it can.
func Terminal(in, out *os.File, isTerminal func(*os.File) bool, getenv func(string) string) error {
	switch {
	case getenv("TERM") == "dumb":
		return &api.Error{Code: api.ErrUnsupported, Message: "This terminal can't show a full screen (TERM=dumb). `quaywatch ps --watch` and `quaywatch stats` work in it"}
	case out == nil || !isTerminal(out):
		return &api.Error{Code: api.ErrUnsupported, Message: "`quaywatch top` needs a terminal to draw on. `quaywatch ps`, `stats` and `events` write to files and pipes"}
	case in == nil || !isTerminal(in):
		return &api.Error{Code: api.ErrUnsupported, Message: "`quaywatch top` needs a terminal for its keys, and standard input is none"}
	}
	return nil
}

// FirstDesc tells of a word of Sortable that sorts from the greatest first.
func FirstDesc(by string) bool { return firstDesc(columnID(by)) }
