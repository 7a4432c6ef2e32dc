package main

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/app"
	"github.com/quaywatch/quaywatch/internal/client"
)

// versions is what version prints with --json.
type versions struct {
	Client clientVersion     `json:"client"`
	Server *api.ServerStatus `json:"server"`
	// ServerURL is where the server was found, Error why it does not tell.
	ServerURL string             `json:"serverUrl,omitempty"`
	Engines   []api.EngineStatus `json:"engines"`
	Error     string             `json:"error,omitempty"`
}

type clientVersion struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Protocol int    `json:"protocol"`
}

// versionWait bounds the questions: a version is wanted now, or not at all.
const versionWait = 3 * time.Second

func (c *cli) versionCommand() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of this program, the running server and the engine",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := versions{Client: clientVersion{version, runtime.Version(), runtime.GOOS, runtime.GOARCH, api.ProtocolVersion}, Engines: []api.EngineStatus{}}
			ctx, cancel := context.WithTimeout(cmd.Context(), versionWait)
			defer cancel()
			c.askVersions(ctx, cmd, &l, &v)
			if c.json {
				return c.encoder().Encode(v)
			}
			return c.printVersions(&v)
		},
	}
	l.flags(cmd)
	return cmd
}

// askVersions asks the server there is, or else the engine. That one does not
// answer is no failure of this command.
func (c *cli) askVersions(ctx context.Context, cmd *cobra.Command, l *look, v *versions) {
	o := app.EngineOptions{Host: l.host, Origin: engineOrigin(cmd), Getenv: c.getenv}
	var base *url.URL
	var err error
	switch {
	case l.url != "" && origin(cmd, "host") != "flag":
		if base, err = parseServer(l.url); err != nil {
			v.Error = sentence(err)
			return
		}
	case origin(cmd, "host") != "flag":
		base = c.runningServer(ctx, o)
	}
	if base == nil {
		status, err := app.AskEngine(ctx, o)
		if err != nil {
			v.Error = sentence(err)
			return
		}
		v.Engines = append(v.Engines, status)
		return
	}
	token, err := c.token(l.tokenFile)
	if err == nil {
		var sys api.System
		if sys, err = client.NewREST(base, token, nil).System(ctx); err == nil {
			v.Server, v.Engines, v.ServerURL = &sys.Server, sys.Engines, base.String()
			return
		}
	}
	v.Error = sentence(err)
}

func (c *cli) printVersions(v *versions) error {
	_, err := fmt.Fprintf(c.out, "Client   %s (%s, %s/%s, protocol %d)\n", v.Client.Version, v.Client.Go, v.Client.OS, v.Client.Arch, v.Client.Protocol)
	if v.Server != nil {
		_, _ = fmt.Fprintf(c.out, "Server   %s at %s (pid %d)\n", v.Server.Version, v.ServerURL, v.Server.PID)
	}
	for _, e := range v.Engines {
		demo := ""
		if e.Demo {
			demo = ", DEMO"
		}
		if e.State == api.EngineUnreachable {
			_, _ = fmt.Fprintf(c.out, "Engine   unreachable: %s\n", printable(e.Error))
			continue
		}
		_, _ = fmt.Fprintf(c.out, "Engine   %s, version %s, API %s, %s/%s, at %s (%s%s)\n", printable(e.Name), printable(e.Version), e.APIVersion, e.OS, e.Arch, printable(e.Host), printable(e.Origin), demo)
	}
	if v.Error != "" {
		c.note("quaywatch: %s", v.Error)
	}
	return err
}
