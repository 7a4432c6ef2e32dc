package demoengine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	mobycontainer "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// dial is an HTTP client for an engine's unix socket.
func dial(t *testing.T, host string) *http.Client {
	t.Helper()
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", strings.TrimPrefix(host, "unix://"))
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 3 * time.Minute}
}

func ask(t *testing.T, c *http.Client, method, path string) (int, http.Header, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://engine"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, body
}

// keys lists every path of keys in a document: "State.Status", "Ports[].Type".
// The keys of maps, whose names are data, are one "*".
func keys(t *testing.T, text []byte) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	maps := []string{"Labels", "Networks", "networks", "PortBindings", "Ports", "ExposedPorts", "Attributes", "IndexConfigs", "Runtimes", "Config.Volumes", "Containers"}
	found := map[string]bool{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				name := k
				if last := at[strings.LastIndexByte(at, '.')+1:]; slices.Contains(maps, last) {
					name = "*"
				}
				path := strings.TrimPrefix(at+"."+name, ".")
				found[path] = true
				walk(path, x)
			}
		case []any:
			for _, x := range v {
				walk(at+"[]", x)
			}
		}
	}
	walk("", v)
	var out []string
	for k := range found {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Whatever a real engine says, the demo engine has a word for too.
func TestShapesCoverTheRealEngine(t *testing.T) {
	real := enginetest.Start(t)
	real.Docker(t, "network", "create", "shop_default")
	real.Docker(t, "run", "-d", "--name", "web", "--label", "com.docker.compose.project=shop", "--net", "shop_default", "-p", "127.0.0.1:0:80", "-v", "shop_data:/data",
		"--memory", "64m", "--cpus", "0.5", "--restart", "unless-stopped", "--health-cmd", "true", "--health-interval", "1s", "--pids-limit", "100", "-e", "A=b", enginetest.Image, "sleep", "1000")
	real.Docker(t, "run", "-d", "--name", "gone", enginetest.Image, "sh", "-c", "exit 3")
	real.Docker(t, "wait", "gone")
	theirs := dial(t, real.Host)
	deadline := time.Now().Add(4 * time.Minute)
	for real.Docker(t, "inspect", "--format", "{{len .State.Health.Log}}", "web") == "0" && time.Now().Before(deadline) {
		time.Sleep(200 * time.Millisecond)
	}

	demo := New(Options{Containers: 60, Seed: 1})
	ours := dial(t, serve(t, demo))

	// Fields of a cgroup v1 host, and ones that the moby client doesn't read.
	ignored := []string{
		"cpu_stats.cpu_usage.percpu_usage", "precpu_stats.cpu_usage.percpu_usage", "memory_stats.max_usage", "memory_stats.stats", "memory_stats.failcnt", "blkio_stats.io",
		"RegistryConfig.Allow", "Runtimes.*",
	}
	for name, paths := range map[string][2]string{
		"version": {"/version", "/version"},
		"info":    {"/info", "/info"},
		"list":    {"/containers/json?all=1", "/containers/json?all=1"},
		"inspect": {"/containers/web/json", "/containers/monitoring-prometheus-1/json"},
		"gone":    {"/containers/gone/json", "/containers/shop-migrate-1/json"},
		"stats":   {"/containers/web/stats?stream=0", "/containers/monitoring-prometheus-1/stats?stream=0"},
		"oneshot": {"/containers/web/stats?stream=0&one-shot=1", "/containers/monitoring-prometheus-1/stats?stream=0&one-shot=1"},
		"nostats": {"/containers/gone/stats?stream=0", "/containers/shop-migrate-1/stats?stream=0"},
		"images":  {"/images/json", "/images/json"},
		"volumes": {"/volumes", "/volumes"},
		"network": {"/networks/shop_default", "/networks/shop_default"},
		"top":     {"/containers/web/top", "/containers/monitoring-prometheus-1/top"},
	} {
		t.Run(name, func(t *testing.T) {
			_, theirHeader, theirText := ask(t, theirs, http.MethodGet, paths[0])
			_, ourHeader, ourText := ask(t, ours, http.MethodGet, paths[1])
			have := keys(t, ourText)
			for _, k := range keys(t, theirText) {
				if !slices.Contains(have, k) && !slices.ContainsFunc(ignored, func(p string) bool { return strings.HasPrefix(k, p) }) {
					t.Errorf("the engine's %s is missing", k)
				}
			}
			for h := range theirHeader {
				if ourHeader.Get(h) == "" && h != "Content-Length" {
					t.Errorf("the engine's header %s is missing", h)
				}
			}
		})
	}
}

// Asked for what can't be, the demo engine says the same as the real one.
func TestRefusalsAreTheRealEngines(t *testing.T) {
	real := enginetest.Start(t)
	real.Docker(t, "run", "-d", "--name", "up", enginetest.Image, "sleep", "1000")
	real.Docker(t, "run", "-d", "--name", "still", enginetest.Image, "sleep", "1000")
	real.Docker(t, "pause", "still")
	real.Docker(t, "run", "-d", "--name", "down", enginetest.Image, "sh", "-c", "exit 3")
	real.Docker(t, "wait", "down")
	theirs := dial(t, real.Host)

	demo := New(Options{Containers: 60, Seed: 1})
	ours := dial(t, serve(t, demo))
	post(t, demo, "/containers/shop-web-1/rename?name=up", http.StatusNoContent)
	post(t, demo, "/containers/shop-web-2/rename?name=still", http.StatusNoContent)
	post(t, demo, "/containers/still/pause", http.StatusNoContent)
	post(t, demo, "/containers/shop-web-3/rename?name=down", http.StatusNoContent)
	post(t, demo, "/containers/down/kill", http.StatusNoContent)

	id := func(c *http.Client, name string) string {
		var v struct {
			ID string `json:"Id"`
		}
		_, _, text := ask(t, c, http.MethodGet, "/containers/"+name+"/json")
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		return v.ID
	}
	plain := func(c *http.Client, text []byte) string {
		s := strings.TrimSpace(string(text))
		for _, name := range []string{"up", "still", "down"} {
			s = strings.ReplaceAll(s, id(c, name), "ID-OF-"+name)
		}
		return s
	}
	for _, test := range []string{
		"GET /_ping", "HEAD /_ping",
		"GET /containers/nope/json", "GET /containers/nope/stats", "GET /containers/nope/top",
		"POST /containers/nope/start", "POST /containers/nope/stop", "POST /containers/nope/kill", "POST /containers/nope/pause", "DELETE /containers/nope",
		"POST /containers/up/start", "POST /containers/down/stop", "POST /containers/still/start",
		"POST /containers/down/pause", "POST /containers/still/pause", "POST /containers/up/unpause", "POST /containers/down/unpause",
		"POST /containers/down/kill", "POST /containers/up/kill?signal=FOO",
		"POST /containers/up/rename?name=down", "POST /containers/up/rename?name=up", "POST /containers/up/rename?name=", "POST /containers/up/rename?name=-bad",
		"DELETE /containers/up", "DELETE /containers/still",
		"GET /containers/down/top", "GET /containers/up/stats?stream=1&one-shot=1",
		"GET /containers/json?filters=%7B%22bogus%22%3A%5B%22x%22%5D%7D", "GET /containers/json?filters=%7B%22status%22%3A%5B%22x%22%5D%7D", "GET /containers/json?limit=x",
		"GET /images/nope/json", "GET /networks/nope", "GET /volumes/nope", "GET /nope",
	} {
		method, path, _ := strings.Cut(test, " ")
		wantStatus, _, want := ask(t, theirs, method, path)
		gotStatus, _, got := ask(t, ours, method, path)
		if gotStatus != wantStatus || plain(ours, got) != plain(theirs, want) {
			t.Errorf("%s:\n%d %s, the engine says\n%d %s", test, gotStatus, plain(ours, got), wantStatus, plain(theirs, want))
		}
	}
}

// The same actions give the same events, with the same attributes.
func TestEventsAreTheRealEngines(t *testing.T) {
	real := enginetest.Start(t)
	real.Docker(t, "network", "create", "shop_default")
	theirs := dial(t, real.Host)
	demo := New(Options{Containers: 60, Seed: 1})
	ours := dial(t, serve(t, demo))
	const theirWait, ourWait = "1", "0" // A shell's child ignores SIGTERM; the made-up one gets no time for it.

	now := func(c *http.Client) string {
		var info struct{ SystemTime time.Time }
		_, _, text := ask(t, c, http.MethodGet, "/info")
		if err := json.Unmarshal(text, &info); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d.%09d", info.SystemTime.Unix(), info.SystemTime.Nanosecond())
	}
	real.Docker(t, "run", "-d", "--name", "db", "--net", "shop_default", "-v", "shop_data:/data", enginetest.Image, "sleep", "1000")
	post(t, demo, "/containers/shop-db-1/rename?name=db", http.StatusNoContent)
	theirStart, ourStart := now(theirs), now(ours)
	for _, test := range []string{
		"POST pause", "POST unpause", "POST kill?signal=HUP", "POST rename?name=other", "POST rename?name=db", "POST stop?t=W", "POST start", "POST restart?t=W",
		"POST pause", "POST stop?t=W", "POST start", "POST kill", "POST start", "DELETE ?force=1",
	} {
		method, path, _ := strings.Cut(test, " ")
		name := "db"
		if path == "rename?name=db" {
			name = "other"
		}
		path = strings.TrimSuffix("/containers/"+name+"/", "/") + strings.TrimPrefix("/"+path, "/?force=1")
		if method == http.MethodDelete {
			path = "/containers/db?force=1"
		}
		a, _, text := ask(t, theirs, method, strings.Replace(path, "W", theirWait, 1))
		b, _, _ := ask(t, ours, method, strings.Replace(path, "W", ourWait, 1))
		if a != b || a != http.StatusNoContent {
			t.Fatalf("%s %s: %d, the engine says %d %s", method, path, b, a, text)
		}
		if path == "/containers/db/kill" {
			// The real one answers before the process is gone.
			for real.Docker(t, "inspect", "--format", "{{.State.Running}}", "db") == "true" {
				time.Sleep(50 * time.Millisecond)
			}
			time.Sleep(500 * time.Millisecond) // and before it has told all of it
		}
	}
	// Labels differ, as the containers do; everything else must be there.
	told := func(c *http.Client, since string) []string {
		_, _, text := ask(t, c, http.MethodGet, "/events?since="+since+"&until="+now(c))
		var out []string
		for line := range strings.Lines(string(text)) {
			var m struct {
				Type, Action, Status, ID, From, Scope string
				Actor                                 struct{ Attributes map[string]string }
			}
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatal(err)
			}
			attributes := []string{}
			for k, v := range m.Actor.Attributes {
				switch {
				case strings.HasPrefix(k, "com.docker.compose."):
					continue
				case k == "signal" || k == "exitCode" || k == "type" || k == "driver" || k == "read/write" || k == "propagation" || k == "oldName" || k == "name" && m.Type == "container":
					k += "=" + v
				}
				attributes = append(attributes, k)
			}
			slices.Sort(attributes)
			out = append(out, fmt.Sprintf("%s %s %q %t %t %s %v", m.Type, m.Action, m.Status, m.ID != "", m.From != "", m.Scope, attributes))
		}
		return out
	}
	want, got := told(theirs, theirStart), told(ours, ourStart)
	// Docker 20.10 may tell a pause twice, and the second time among what came
	// after: for the request, and for its containerd's word where that comes late.
	apart := func(all []string) (pauses, rest []string) {
		for _, e := range all {
			if strings.HasPrefix(e, "container pause ") || strings.HasPrefix(e, "container unpause ") {
				pauses = append(pauses, e)
			} else {
				rest = append(rest, e)
			}
		}
		slices.Sort(pauses)
		return slices.Compact(pauses), rest
	}
	wantPauses, wantRest := apart(want)
	gotPauses, gotRest := apart(got)
	if len(wantRest) < 25 || !slices.Equal(gotRest, wantRest) || len(wantPauses) != 2 || !slices.Equal(gotPauses, wantPauses) {
		t.Errorf("the demo engine tells\n%s\nthe engine told\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The moby client, newest API there is, reads everything.
func TestMobyClient(t *testing.T) {
	e := New(Options{Containers: 100, Seed: 1})
	cli, err := client.New(client.WithHost(serve(t, e)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cli.Close() }()
	ctx := t.Context()
	if ping, err := cli.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil || ping.APIVersion != apiVersion || cli.ClientVersion() != apiVersion {
		t.Fatalf("ping: %+v, %v, client at %s", ping, err, cli.ClientVersion())
	}
	version, err := cli.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil || version.Platform.Name != PlatformName {
		t.Errorf("version: %+v, %v", version, err)
	}
	info, err := cli.Info(ctx, client.InfoOptions{})
	if err != nil || info.Info.Name != Name || !slices.Contains(info.Info.Labels, Label) {
		t.Errorf("info: %+v, %v", info, err)
	}
	list, err := cli.ContainerList(ctx, client.ContainerListOptions{All: true})
	if err != nil || len(list.Items) != 100 {
		t.Fatalf("list: %d, %v", len(list.Items), err)
	}
	for _, row := range list.Items {
		c := find(t, e, row.ID)
		got, err := cli.ContainerInspect(ctx, row.ID, client.ContainerInspectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		k := got.Container
		if k.Name != "/"+c.name || row.Names[0] != k.Name || string(row.State) != string(c.state) || string(k.State.Status) != string(c.state) || k.State.Pid != c.pid || k.HostConfig.Memory != c.memLimit || len(row.Labels) != len(c.labels) {
			t.Errorf("%s: list %+v, inspect %+v", c.name, row, k)
		}
		if c.alive() && c.network != nil && k.NetworkSettings.Networks[c.networkName()].IPAddress.String() != c.ip {
			t.Errorf("%s: networks %+v", c.name, k.NetworkSettings.Networks)
		}
		if c.probe != "" && c.state != created && k.State.Health == nil {
			t.Errorf("%s has no health", c.name)
		}
	}
	var one mobycontainer.StatsResponse
	res, err := cli.ContainerStats(ctx, "shop-web-1", client.ContainerStatsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	err = json.NewDecoder(res.Body).Decode(&one)
	_ = res.Body.Close()
	if err != nil || one.CPUStats.CPUUsage.TotalUsage == 0 || one.MemoryStats.Usage == 0 || one.MemoryStats.Limit != 512<<20 || one.MemoryStats.Stats["inactive_file"] == 0 || one.Networks["eth0"].RxBytes == 0 || len(one.BlkioStats.IoServiceBytesRecursive) != 2 || one.PidsStats.Current == 0 || one.PreCPUStats.SystemUsage != 0 {
		t.Errorf("one-shot stats: %+v, %v", one, err)
	}

	listening, stop := context.WithCancel(ctx)
	stream := cli.Events(listening, client.EventsListOptions{Filters: client.Filters{}.Add("type", "container")})
	if _, err := cli.ContainerRestart(ctx, "shop-web-1", client.ContainerRestartOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []events.Action{events.ActionKill, events.ActionDie, events.ActionStop, events.ActionStart, events.ActionRestart} {
		select {
		case m := <-stream.Messages:
			if m.Action != want || m.Actor.Attributes["name"] != "shop-web-1" || m.TimeNano == 0 {
				t.Errorf("event %+v, want %s", m, want)
			}
		case <-time.After(3 * time.Minute):
			t.Fatalf("no %s event in three minutes", want)
		}
	}
	stop()
	if err := <-stream.Err; !errors.Is(err, context.Canceled) {
		t.Errorf("the stream ended with %v", err)
	}
}

// Every version there is between the oldest and the newest is answered, and
// none beyond.
func TestVersions(t *testing.T) {
	e := New(Options{Containers: 1, Seed: 1})
	for path, want := range map[string]int{"": 200, "/v1.40": 200, "/v1.41": 200, "/v1.51": 200, "/v1.39": 400, "/v1.52": 400, "/v2.0": 400, "/vx": 404} {
		rec := call(t, e, http.MethodGet, path+"/containers/json")
		if rec.Code != want {
			t.Errorf("%s: %d %s, want %d", path, rec.Code, rec.Body, want)
		}
		if got := rec.Header()["Api-Version"]; len(got) != 1 || got[0] != apiVersion {
			t.Errorf("%s: Api-Version %q", path, got)
		}
	}
	rec := call(t, e, http.MethodPost, "/v1.51/containers/create")
	if rec.Code != http.StatusNotImplemented || !bytes.Contains(rec.Body.Bytes(), []byte("demo engine")) {
		t.Errorf("create: %d %s", rec.Code, rec.Body)
	}
}
