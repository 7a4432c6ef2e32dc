// Command bench measures the figures that Quaywatch promises, each beside what
// it is compared with, in one run, and writes them to docs/benchmarks.md. It
// needs Linux, root and bin/quaywatch, and starts a private engine.
//
// It runs one scenario after the other; each owns the processes it starts and
// ends them. Wall times depend on the machine, so CPU is taken from /proc and
// comparisons are ratios.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// scenario measures some figures.
type scenario struct {
	name string
	what string
	run  func(ctx context.Context, b *bench) error
}

func scenarios() []scenario {
	return []scenario{
		{"startup", "time to ready, size of the page", startup},
		{"sampling", "CPU a sample, beside docker stats", sampling},
		{"latency", "the engine's event to a client's frame", latency},
		{"memory", "resident memory with 10 clients", memory},
		{"memory-real", "resident memory with 10 clients, 100 real containers", memoryReal},
		{"fanout", "1,000 clients, 50 rows each", fanout},
		{"history", "events on disk, the search in them", memories},
		{"rollups", "a day of 1,000 containers' metrics on disk, a chart of a week", rollups},
		{"alerts", "1,000 rules over 1,000 containers", alerts},
		{"terminal", "quaywatch top at 10,000 containers", terminal},
		{"page", "10,000 rows in Chromium", page},
		{"churn", "10,000 rows, sorted, with events, in Chromium and WebKitGTK", churn},
		{"feel", "typing, scrolling, event to pixel, a log at full speed", feel},
		{"heap", "the page's heap over time", heap},
		{"desktop", "the app in its window: start, CPU, memory", desktop},
		{"sockets", "the app's socket beside the web view's own", sockets},
	}
}

func main() {
	if os.Getenv(restless) != "" {
		beRestless()
	}
	only := flag.String("only", "", "comma-separated scenarios; default all")
	containers := flag.Int("containers", 200, "real containers to sample")
	scale := flag.Int("scale", 1000, "containers of the larger sampling run, on a made cgroup tree")
	seconds := flag.Int("seconds", 20, "how long each measurement lasts")
	minutes := flag.Int("minutes", 6, "how long the page's heap is watched")
	out := flag.String("out", "", "write the table to this file, too")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := &bench{containers: *containers, scale: *scale, window: time.Duration(*seconds) * time.Second, minutes: *minutes}
	failed := false
	for _, s := range scenarios() {
		if *only != "" && !strings.Contains(","+*only+",", ","+s.name+",") {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s: %s\n", s.name, s.what)
		if err := s.run(ctx, b); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", s.name, err)
			failed = true
		}
		if ctx.Err() != nil {
			break
		}
	}
	table := b.markdown()
	fmt.Print(table)
	if *out != "" {
		if err := os.WriteFile(*out, []byte(table), 0o644); err != nil { //nolint:gosec // a document
			fmt.Fprintln(os.Stderr, "bench:", err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}
