package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/app"
	"github.com/quaywatch/quaywatch/internal/doctor"
)

func (c *cli) doctorCommand() *cobra.Command {
	var host, listen, cgroupRoot string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out what is wrong, and what to do",
		Long: `Look at the engine, the sources of metrics, the address to listen on, the data
directory and the limits of this process, and say for each what to do.

The exit code is 0 when nothing is in the way and 6 otherwise.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := c.dataDirectory()
			if err != nil {
				return err
			}
			o := doctor.Options{Host: host, Origin: engineOrigin(cmd), Getenv: c.getenv, Listen: listen, DataDir: dir, CgroupRoot: cgroupRoot}
			if ad, ok := app.FindServer(cmd.Context(), dir); ok {
				o.Server = &doctor.Server{URL: ad.URL, Listen: ad.Listen, PID: ad.PID}
			}
			if doctor.Run(cmd.Context(), o, c.finding()) == doctor.Fail {
				return findings{}
			}
			return cmd.Context().Err()
		},
	}
	cmd.Flags().StringVar(&host, "host", "", "the engine to look at (default as docker)")
	cmd.Flags().StringVar(&listen, "listen", app.DefaultListen, "the address that serve would listen on")
	cmd.Flags().StringVar(&cgroupRoot, "cgroup-root", "", "cgroup tree that serve would read metrics from")
	return cmd
}

// finding returns what prints a finding.
func (c *cli) finding() func(doctor.Finding) {
	if c.json {
		enc := c.encoder()
		return func(f doctor.Finding) { _ = enc.Encode(f) }
	}
	on := c.coloured()
	shades := map[doctor.Level]colour{doctor.OK: green, doctor.Warn: yellow, doctor.Fail: red}
	return func(f doctor.Finding) {
		_, _ = fmt.Fprintf(c.out, "%s  %-15s %s\n", shades[f.Level].wrap(fmt.Sprintf("%-4s", f.Level), on), f.Check, printable(f.Text))
		if f.Fix != "" {
			_, _ = fmt.Fprintf(c.out, "%22s%s\n", "", printable("→ "+f.Fix))
		}
	}
}
