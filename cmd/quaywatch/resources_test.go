package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// agreeOn compares what a command prints, as names of one kind, with docker's.
func agreeOn[T any](t *testing.T, p *place, e *enginetest.Engine, command string, docker []string, name func(T) []string) error {
	t.Helper()
	var got []string
	r := p.run(t, command, "--json")
	if r.code != 0 {
		return fmt.Errorf("%s --json: exit %d\n%s%s", command, r.code, r.out, r.err)
	}
	for _, v := range decodeLines[T](t, r.out) {
		got = append(got, name(v)...)
	}
	want := strings.Fields(e.Docker(t, docker...))
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		return fmt.Errorf("%s --json: %v, docker: %v", command, got, want)
	}
	return nil
}

// TestListingsAgreeWithDocker: without a server and with one.
func TestListingsAgreeWithDocker(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	e.Docker(t, "volume", "create", "--label", "com.docker.compose.project=shop", "data")
	e.Docker(t, "network", "create", "--subnet", "10.96.0.0/24", "--gateway", "10.96.0.1", "shop")
	e.Docker(t, "run", "-d", "--name", "web", "--network", "shop", "-v", "data:/data", enginetest.Image, "sleep", "1000")
	e.Docker(t, "tag", enginetest.Image, "shop/web:1")
	agreed := func() error {
		if err := agreeOn(t, p, e, "images", []string{"images", "--format", "{{.Repository}}:{{.Tag}}"}, func(i api.Image) []string { return i.Tags }); err != nil {
			return err
		}
		if err := agreeOn(t, p, e, "volumes", []string{"volume", "ls", "-q"}, func(v api.Volume) []string { return []string{v.Name} }); err != nil {
			return err
		}
		return agreeOn(t, p, e, "networks", []string{"network", "ls", "--no-trunc", "--format", "{{.ID}}"}, func(n api.Network) []string { return []string{n.ID} })
	}
	eventually(t, "by themselves", agreed)
	for command, want := range map[string][]string{
		"images":   {"IMAGE", "busybox:local, shop/web:1", "MiB", "USED BY"},
		"volumes":  {"NAME", "data", "shop", "local", "–"},
		"networks": {"10.96.0.0/24", "10.96.0.1", "bridge", "ATTACHED"},
	} {
		out := p.ok(t, command)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s lacks %q:\n%s", command, w, out)
			}
		}
		if strings.Contains(out, "\x1b") {
			t.Errorf("%s writes escapes into a pipe:\n%q", command, out)
		}
	}
	_, _ = p.serve(t)
	eventually(t, "by the server", agreed)
	// The server has measured, or will have.
	eventually(t, "the volume's size", func() error {
		v := decodeLines[api.Volume](t, p.ok(t, "volumes", "--json"))
		if len(v) != 1 || v[0].SizeBytes == nil {
			return fmt.Errorf("volumes: %+v", v)
		}
		return nil
	})
	if r := newPlace(t, "DOCKER_HOST=unix:///nonexistent.sock").run(t, "volumes"); r.code != exitUnreachable || !strings.Contains(r.err, "/nonexistent.sock") {
		t.Errorf("without an engine: %+v", r)
	}
	if r := p.run(t, "networks", "shop"); r.code != exitUsage {
		t.Errorf("an argument too many: %+v", r)
	}
}

// TestListingsFollow: what happens in another terminal is told.
func TestListingsFollow(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	id := e.Run(t, "--name", "web", enginetest.Image, "sleep", "1000")

	volumes := p.start(t, "volumes", "--watch", "--json")
	networks := p.start(t, "networks", "--watch", "--json")
	var bridge api.Network
	networks.until(t, "the bridge", func(line string) bool {
		return json.Unmarshal([]byte(line), &bridge) == nil && bridge.Name == "bridge" && len(bridge.Endpoints) == 1
	})
	e.Docker(t, "network", "create", "shop")
	e.Docker(t, "network", "connect", "shop", "web")
	networks.until(t, "web in the network", func(line string) bool {
		var n api.Network
		return json.Unmarshal([]byte(line), &n) == nil && n.Name == "shop" && len(n.Endpoints) == 1 && n.Endpoints[0].Container == id
	})
	e.Docker(t, "network", "disconnect", "shop", "web")
	e.Docker(t, "network", "rm", "shop")
	networks.until(t, "the network's end", func(line string) bool {
		var gone removedLine
		return json.Unmarshal([]byte(line), &gone) == nil && gone.Removed != "" && gone.Name == "shop"
	})
	// It may have begun before the engine had told its volumes: there are none.
	made := 0
	eventually(t, "a volume is made while it is watched", func() error {
		made++
		name := fmt.Sprintf("data%d", made)
		e.Docker(t, "volume", "create", name)
		volumes.until(t, "the volume", func(line string) bool {
			var v api.Volume
			return json.Unmarshal([]byte(line), &v) == nil && v.Name == name && v.Driver == "local"
		})
		return nil
	})
	e.Docker(t, "volume", "rm", "data1")
	volumes.until(t, "the volume's end", func(line string) bool {
		var gone removedLine
		return json.Unmarshal([]byte(line), &gone) == nil && gone.Name == "data1" && gone.ID == "data1"
	})
	for _, w := range []*process{volumes, networks} {
		if code := w.end(t, os.Interrupt); code != 0 && code != 130 {
			t.Errorf("ended with %d: %s", code, w.errors())
		}
	}
}

// TestListsStandInNaturalOrder: as on the page, 2 is before 10, and what is of no
// project, or has no tag, comes last.
func TestListsStandInNaturalOrder(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	for _, n := range []string{"10", "2"} {
		e.Docker(t, "create", "--name", "web-"+n, "-l", "com.docker.compose.project=shop"+n, enginetest.Image)
		e.Docker(t, "create", "--name", "job-"+n, enginetest.Image)
		e.Docker(t, "volume", "create", "data-"+n)
		e.Docker(t, "network", "create", "--label", "com.docker.compose.project=shop", "net-"+n)
	}
	for _, list := range []struct {
		command, want string
	}{
		{"ps", "web-2 web-10 job-2 job-10"},
		{"volumes", "data-2 data-10"},
		{"networks", "net-2 net-10 bridge host none"},
	} {
		eventually(t, list.command, func() error {
			var got []string
			for _, v := range decodeLines[map[string]any](t, p.ok(t, list.command, "--json")) {
				got = append(got, fmt.Sprint(v["name"]))
			}
			if strings.Join(got, " ") != list.want {
				return fmt.Errorf("%s: %q, want %s", list.command, got, list.want)
			}
			return nil
		})
	}
	a := &api.Image{ID: "sha256:a", Tags: []string{"web:10"}}
	b := &api.Image{ID: "sha256:b", Tags: []string{"web:9"}}
	if dangling := (&api.Image{ID: "sha256:0"}); byTag(a, b) <= 0 || byTag(dangling, a) <= 0 || byTag(dangling, dangling) != 0 {
		t.Error("images are not by their first tag, those without one last")
	}
}
