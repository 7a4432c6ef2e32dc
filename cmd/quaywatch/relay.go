package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/relay"
)

// relayCommand is what the desktop app starts instead of serve, where it looks
// at a server elsewhere.
func (c *cli) relayCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "relay URL",
		Short: "Pass the desktop app's requests on to a server elsewhere",
		Long: `Listen on a free port of this machine and pass the desktop app's requests on to
the server at URL, until standard input ends.`,
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := relay.Origin(args[0])
			if err != nil {
				return err
			}
			ctx, end := context.WithCancel(cmd.Context())
			defer end()
			c.endWithInput(end)
			return relay.Run(ctx, to, c.logger(slog.LevelWarn), func(addr net.Addr) {
				url := "http://" + addr.String()
				if c.json {
					_ = c.encoder().Encode(readyLine{"ready", url, addr.String(), os.Getpid()})
					return
				}
				_, _ = fmt.Fprintf(c.out, "%s is at %s\n", to, url)
			})
		},
	}
}
