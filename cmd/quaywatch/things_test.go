package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestThingsInTheTerminal: made, named, joined and removed, in this process and
// by a server.
func TestThingsInTheTerminal(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	e.Docker(t, "run", "-d", "--name", "web", enginetest.Image, "sleep", "1000")
	for i, by := range []string{"this process", "a server"} {
		if i == 1 {
			_, _ = p.serve(t)
			eventually(t, "the server's engine", func() error {
				if r := p.run(t, "image", "tag", enginetest.Image, "first:1"); r.code != 0 {
					return fmt.Errorf("exit %d: %s", r.code, r.err)
				}
				return nil
			})
		}
		inspect := func(what, format string, args ...string) string {
			return strings.TrimSpace(e.Docker(t, append([]string{what, "inspect", "--format", format}, args...)...))
		}
		if got := p.ok(t, "volume", "create", "data", "--label", "team=shop,web", "-l", "plain"); got != "data\n" {
			t.Errorf("%s: made a volume %q", by, got)
		}
		if got := inspect("volume", `{{index .Labels "team"}} {{len .Labels}}`, "data"); got != "shop,web 2" {
			t.Errorf("%s: the volume's labels are %s", by, got)
		}
		made := decodeLines[api.ResourceResult](t, p.ok(t, "volume", "create", "--json"))
		if len(made) != 1 || made[0].Action != api.ResourceCreate || made[0].Kind != api.TopicVolumes || inspect("volume", "{{.Name}}", made[0].ID) != made[0].ID {
			t.Errorf("%s: made %+v", by, made)
		}
		id := strings.TrimSpace(p.ok(t, "network", "create", "shop", "--subnet", "10.97.0.0/24", "--gateway", "10.97.0.1", "--internal"))
		if got := inspect("network", "{{.Id}} {{.Internal}} {{(index .IPAM.Config 0).Subnet}}", "shop"); got != id+" true 10.97.0.0/24" {
			t.Errorf("%s: made the network %s, which is %s", by, id, got)
		}
		p.ok(t, "network", "connect", "shop", "web", "--ip", "10.97.0.9", "--alias", "front")
		if got := inspect("container", "{{.NetworkSettings.Networks.shop.IPAddress}} {{index .NetworkSettings.Networks.shop.Aliases 0}}", "web"); got != "10.97.0.9 front" {
			t.Errorf("%s: connected as %s", by, got)
		}
		// The engine's reason in full, and nothing is said to be done.
		if r := p.run(t, "network", "rm", "shop"); r.code != exitFailure || !strings.Contains(r.err, "has active endpoints") {
			t.Errorf("%s: a network in use: %+v", by, r)
		}
		p.ok(t, "network", "disconnect", "shop", "web")
		p.ok(t, "network", "rm", "shop")
		p.ok(t, "image", "tag", enginetest.Image, "shop/web:1.2")
		p.ok(t, "image", "rm", "shop/web:1.2")
		p.ok(t, "volume", "rm", "data", made[0].ID)
		if left := e.Docker(t, "volume", "ls", "-q") + e.Docker(t, "network", "ls", "-q", "--filter", "name=shop") + e.Docker(t, "images", "-q", "shop/web"); left != "" {
			t.Errorf("%s: left are %s", by, left)
		}

		for _, wrong := range []struct {
			code int
			says string
			args []string
		}{
			{exitNotFound, "nope", []string{"image", "tag", "nope", "other"}},
			{exitNotFound, "nope", []string{"volume", "rm", "nope"}},
			{exitNotFound, "nope", []string{"network", "connect", "nope", "web"}},
			{exitUsage, "--label", []string{"volume", "create", "-l", "=x"}},
			{exitUsage, "image tag", []string{"image", "tag", enginetest.Image}},
			{exitUsage, "volume make", []string{"volume", "make"}},
		} {
			if r := p.run(t, wrong.args...); r.code != wrong.code || !strings.Contains(r.err, wrong.says) {
				t.Errorf("%s: %v: %+v", by, wrong.args, r)
			}
		}
	}
}
