// Command quaywatch watches a Docker engine, live: as a server with a page, and
// in the terminal.
//
// This package holds flags, environment, signals, output and exit codes, one
// file a command; what they do stands in internal/app, internal/client and
// internal/doctor. Commands that follow a stream run it in the command's own
// goroutine, and wait for the core they may have started before they return.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// version is set by the linker.
var version = "dev" //nolint:gochecknoglobals // written by -ldflags -X before main

func main() {
	// A reader that has seen enough must not kill a server: writes fail instead,
	// and commands that only print end quietly.
	signal.Ignore(syscall.SIGPIPE)
	if os.Getenv("GOGC") == "" {
		// A monitor must be small beside what it watches. It allocates little once it
		// knows the containers, so collecting twice as often costs next to nothing.
		debug.SetGCPercent(50)
	}
	ctx, stop := interruptible()
	code := newCLI(os.Stdin, os.Stdout, os.Stderr, os.Getenv).run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// interruptible ends the context at the first SIGINT or SIGTERM; the second
// one ends the process at once, with the status a shell would give.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		cancel(&interrupted{s})
		if s = <-signals; s == syscall.SIGTERM {
			os.Exit(128 + int(syscall.SIGTERM))
		}
		os.Exit(128 + int(syscall.SIGINT))
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal os.Signal }

func (i *interrupted) Error() string { return i.signal.String() }
