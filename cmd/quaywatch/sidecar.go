package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/relay"
)

// sidecarStart is the line on standard input with which the desktop app says
// what it wants. The app keeps the target and never looks into it.
type sidecarStart struct {
	Target sidecarTarget `json:"target"`
	// Token signs in to a server of the app's own.
	Token string `json:"token"`
	// DataDir is where that one keeps what it keeps, if the user says nothing.
	DataDir string `json:"dataDir"`
}

// sidecarTarget is what is watched; the page makes it (web/src/desktop).
type sidecarTarget struct {
	Kind string `json:"kind"`
	Name string `json:"name"` // of a context
	Host string `json:"host"` // of an engine, as of docker --host
	URL  string `json:"url"`  // of a Quaywatch server elsewhere
}

// sidecarCommand is what the desktop app starts: a server for its window, or
// what passes the window's requests on to a server elsewhere. It ends with its
// standard input.
func (c *cli) sidecarCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sidecar",
		Short: "Serve the desktop app's window",
		Long: `Read what to watch from the first line of standard input, serve the desktop app's
window on a free port of this machine, and end when standard input does.`,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in := bufio.NewReader(c.in)
			line, err := in.ReadBytes('\n')
			var start sidecarStart
			if err == nil {
				err = json.Unmarshal(line, &start)
			}
			if err != nil {
				return usage("the first line of standard input does not say what to watch: " + err.Error())
			}
			c.in = in
			if start.Target.Kind == "remote" {
				return c.relay(cmd.Context(), start.Target.URL)
			}
			return c.serveWindow(cmd.Context(), start)
		},
	}
}

// serveWindow runs serve with what the app wants in the place of what the
// environment says.
func (c *cli) serveWindow(ctx context.Context, start sidecarStart) error {
	args := []string{"serve", "--sidecar", "--json", "--listen", "127.0.0.1:0"}
	if c.getenv("QUAYWATCH_DATA_DIR") == "" {
		// Apart from a server that the user runs beside the app.
		args = append(args, "--data-dir", start.DataDir)
	}
	instead := map[string]string{"QUAYWATCH_TOKEN": start.Token}
	if start.Target.Kind != "auto" {
		for _, name := range []string{"QUAYWATCH_HOST", "QUAYWATCH_DEMO", "DOCKER_HOST", "DOCKER_CONTEXT"} {
			instead[name] = ""
		}
	}
	switch start.Target.Kind {
	case "auto":
	case "demo":
		args = append(args, "--demo")
	case "host":
		args = append(args, "--host", start.Target.Host)
	case "context":
		instead["DOCKER_CONTEXT"] = start.Target.Name
	default:
		return usage(fmt.Sprintf("there is no way to watch %q; choose another engine", start.Target.Kind))
	}
	getenv := func(name string) string {
		if value, ok := instead[name]; ok {
			return value
		}
		return c.getenv(name)
	}
	root := newCLI(c.in, c.out, c.err, getenv).root() //nolint:contextcheck // commands take the context of ExecuteContext
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

// relay passes the window's requests on to the server at url.
func (c *cli) relay(ctx context.Context, url string) error {
	to, err := relay.Origin(url)
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	c.endWithInput(end)
	return relay.Run(ctx, to, c.logger(slog.LevelWarn), func(addr net.Addr) {
		_ = c.encoder().Encode(readyLine{"ready", "http://" + addr.String(), addr.String(), os.Getpid()})
	})
}
