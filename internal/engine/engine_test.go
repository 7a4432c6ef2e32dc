package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.Main(m)) }

// connect makes a client of a private engine.
func connect(t *testing.T, host string, timeout time.Duration) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Endpoint{Host: host, Origin: "flag", Timeout: timeout}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// patience is what an engine may take for an answer on a machine whose disk
// stalls.
const patience = 3 * time.Minute

// shared is a client of the package's engine, with time for a loaded machine.
func shared(t *testing.T) (*engine.Engine, *enginetest.Engine) {
	t.Helper()
	real := enginetest.Shared(t)
	return connect(t, real.Host, patience), real
}

// told is what an error says: our sentence, and the engine's or system's words.
type told struct{ Message, Cause string }

// wantError checks the code, that the sentence says something, and returns it.
func wantError(t *testing.T, err error, code api.ErrorCode) told {
	t.Helper()
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Code != code {
		t.Fatalf("want an *api.Error with code %s, got %#v: %v", code, err, err)
	}
	if len(e.Message) < 20 || strings.Contains(e.Message, "%!") {
		t.Fatalf("a poor sentence: %q", e.Message)
	}
	if e.Cause == nil {
		return told{Message: e.Message}
	}
	return told{Message: e.Message, Cause: e.Cause.Error()}
}

// eventually waits for something the engine does by itself.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

func TestStatus(t *testing.T) {
	e, real := shared(t)
	before := e.ID()
	s, err := e.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.ID == before || s.ID != e.ID() || len(s.ID) != 12 {
		t.Errorf("id %q (from the address: %q, now %q)", s.ID, before, e.ID())
	}
	if want := real.Docker(t, "version", "-f", "{{.Server.Version}}"); s.Version != want {
		t.Errorf("version %q, the CLI says %q", s.Version, want)
	}
	if want := real.Docker(t, "info", "-f", "{{.Name}} {{.CgroupVersion}} {{.CgroupDriver}}"); want != s.Name+" "+s.CgroupVersion+" "+s.CgroupDriver {
		t.Errorf("name and cgroup: %+v, the CLI says %q", s, want)
	}
	if s.APIVersion == "" || s.OS != "linux" || s.Arch == "" || s.CPUs < 1 || s.MemoryBytes < 1<<20 {
		t.Errorf("missing: %+v", s)
	}
	if s.Host != real.Host || s.Origin != "flag" || s.Demo {
		t.Errorf("host, origin, demo: %+v", s)
	}
	if s.RTTSeconds == nil || *s.RTTSeconds <= 0 || *s.RTTSeconds > patience.Seconds() {
		t.Errorf("round trip: %v", s.RTTSeconds)
	}
	// The same machine, so the same clock; an answer that is late looks otherwise.
	eventually(t, "the same clock", func() bool {
		s, err := e.Status(t.Context())
		return err == nil && s.ClockOffsetSeconds != nil && *s.ClockOffsetSeconds < 1 && *s.ClockOffsetSeconds > -1
	})
	if !e.Local() {
		t.Error("a private engine is local")
	}
	if pid, err := e.PeerPID(t.Context()); err != nil || pid != real.PIDs(t).Dockerd {
		t.Errorf("PeerPID %d, %v; dockerd is %d", pid, err, real.PIDs(t).Dockerd)
	}
}

func TestListAndInspectAgree(t *testing.T) {
	e, real := shared(t)
	id := real.Run(t, "--name", "agree", "-m", "64m", "--cpus", "0.5", "--restart", "on-failure:3",
		"--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web",
		"-p", "127.0.0.1::80", "-p", "127.0.0.1::53/udp", "--expose", "9000",
		"-e", "PASSWORD=hush=hush", enginetest.Image, "sh", "-c", "sleep 1000")
	c, err := e.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if c.Engine != e.ID() || c.ID != id || c.Name != "agree" || c.Image != enginetest.Image || !strings.HasPrefix(c.ImageID, "sha256:") {
		t.Errorf("identity: %+v", c)
	}
	if c.State != api.StateRunning || c.Health != api.HealthNone || c.ExitCode != nil || c.PID < 2 || c.Partial {
		t.Errorf("state: %+v", c)
	}
	if c.CPULimit == nil || *c.CPULimit != 0.5 || c.MemoryLimitBytes == nil || *c.MemoryLimitBytes != 64<<20 || c.RestartPolicy != "on-failure:3" {
		t.Errorf("limits: %+v", c)
	}
	if c.CreatedAt == nil || c.StartedAt == nil || c.StartedAt.Before(*c.CreatedAt) || c.FinishedAt != nil || c.StartedAt.Location() != time.UTC {
		t.Errorf("times: %v %v %v", c.CreatedAt, c.StartedAt, c.FinishedAt)
	}
	if len(c.Ports) != 3 || c.Ports[0].Private != 53 || c.Ports[1].Private != 80 || c.Ports[1].Public == 0 || c.Ports[2] != (api.Port{Private: 9000, Proto: "tcp"}) {
		t.Errorf("ports: %+v", c.Ports)
	}

	list, err := e.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(l api.Container) bool { return l.ID == id })
	if i < 0 {
		t.Fatal("not listed")
	}
	l := list[i]
	if !l.Partial || l.Name != c.Name || l.Image != c.Image || l.ImageID != c.ImageID || l.Command != c.Command || l.State != c.State ||
		l.Health != c.Health || l.Project != "shop" || l.Service != "web" || c.Project != "shop" || c.Service != "web" ||
		!slices.Equal(l.Ports, c.Ports) || !slices.Equal(l.Networks, c.Networks) || l.NetworkMode != c.NetworkMode || l.Labels["com.docker.compose.project"] != "shop" {
		t.Errorf("they differ:\nlist    %+v\ninspect %+v", l, c)
	}
	if l.CreatedAt == nil || !l.CreatedAt.Equal(c.CreatedAt.Truncate(time.Second)) {
		t.Errorf("created %v, %v", l.CreatedAt, c.CreatedAt)
	}

	doc, err := e.InspectRaw(t.Context(), "agree")
	if err != nil {
		t.Fatal(err)
	}
	config, _ := doc["Config"].(map[string]any)
	env, _ := config["Env"].([]any)
	if !slices.Contains(env, any("PASSWORD=••••")) {
		t.Errorf("environment: %v", env)
	}
	for _, v := range env {
		if s, _ := v.(string); strings.Contains(s, "hush") || !strings.HasSuffix(s, "=••••") {
			t.Errorf("not masked: %q", s)
		}
	}
	whole, err := e.Env(t.Context(), "agree")
	if err != nil || !slices.Contains(whole, "PASSWORD=hush=hush") || len(whole) != len(env) {
		t.Errorf("unmasked: %v %v", whole, err)
	}
	if _, err := e.Env(t.Context(), "nobody"); api.CodeOf(err) != api.ErrNotFound {
		t.Errorf("the environment of nothing: %v", err)
	}
}

func TestExitCodes(t *testing.T) {
	e, real := shared(t)
	killed := real.Run(t, enginetest.Image, "sleep", "1000")
	real.Docker(t, "kill", killed)
	clean := real.Run(t, enginetest.Image, "true")
	created := real.Create(t, enginetest.Image, "true")
	restarting := real.Run(t, "--restart", "always", enginetest.Image, "sh", "-c", "exit 7")
	real.Docker(t, "wait", killed, clean)

	check := func(id string, state api.ContainerState, code *int) {
		t.Helper()
		eventually(t, string(state), func() bool {
			c, err := e.Inspect(t.Context(), id)
			return err == nil && c.State == state && equal(c.ExitCode, code) && (state != api.StateExited || c.FinishedAt != nil)
		})
		eventually(t, "listed "+string(state), func() bool {
			list, err := e.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(list, func(l api.Container) bool { return l.ID == id })
			return i >= 0 && list[i].State == state && equal(list[i].ExitCode, code)
		})
	}
	check(killed, api.StateExited, new(137))
	check(clean, api.StateExited, new(0))
	check(created, api.StateCreated, nil)
	check(restarting, api.StateRestarting, new(7))
}

func equal(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

func TestHealthAndOOM(t *testing.T) {
	e, real := shared(t)
	id := real.Run(t, "--health-cmd", "test -e /tmp/well", "--health-interval", "200ms", "--health-retries", "2", enginetest.Image, "sleep", "1000")
	health := func(want api.Health) func() bool {
		return func() bool {
			c, err := e.Inspect(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			list, err := e.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(list, func(l api.Container) bool { return l.ID == id })
			return c.Health == want && i >= 0 && list[i].Health == want
		}
	}
	eventually(t, "unhealthy", health(api.HealthUnhealthy))
	real.Docker(t, "exec", id, "touch", "/tmp/well")
	eventually(t, "healthy", health(api.HealthHealthy))

	oom := real.RunOutOfMemory(t)
	eventually(t, "killed for memory", func() bool {
		c, err := e.Inspect(t.Context(), oom)
		return err == nil && c.State == api.StateExited && c.OOMKilled
	})
}

func TestNotFound(t *testing.T) {
	e, _ := shared(t)
	_, err := e.Inspect(t.Context(), "nosuchcontainer")
	if got := wantError(t, err, api.ErrNotFound); !strings.Contains(got.Cause, "No such container") || strings.Contains(got.Cause, "Error response from daemon") {
		t.Errorf("the engine's own words: %v", got.Cause)
	}
	_, err = e.StatsOnce(t.Context(), "nosuchcontainer")
	wantError(t, err, api.ErrNotFound)
	err = e.StatsStream(t.Context(), "nosuchcontainer", func(api.RawStats) { t.Error("statistics of nothing") })
	wantError(t, err, api.ErrNotFound)
	for _, id := range []string{"", "../images/json", "a/b", "-x", strings.Repeat("a", 300)} {
		_, err = e.Inspect(t.Context(), id)
		wantError(t, err, api.ErrInvalid)
	}
}

func TestFrozenAndDeadEngine(t *testing.T) {
	real := enginetest.Start(t)
	e := connect(t, real.Host, 2*time.Second)
	eventually(t, "an answer", func() bool { _, err := e.Status(t.Context()); return err == nil })
	id := e.ID()

	patient := connect(t, real.Host, patience)
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		ended <- patient.Events(t.Context(), time.Time{}, func() { close(ready) }, func(api.Event) {})
	}()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}

	real.Freeze(t)
	var err error
	eventually(t, "all threads of the engine stop", func() bool { _, err = e.Ping(t.Context()); return err != nil })
	wantError(t, err, api.ErrTimeout)
	start := time.Now()
	_, err = e.Ping(t.Context())
	wantError(t, err, api.ErrTimeout)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("a deadline of 2 s took %v", took)
	}
	_, err = e.List(t.Context())
	wantError(t, err, api.ErrTimeout)
	// A new subscription, too: its header must come in time.
	err = e.Events(t.Context(), time.Time{}, func() { t.Error("ready without an answer") }, func(api.Event) {})
	wantError(t, err, api.ErrTimeout)
	// As the caller's own deadline would be, and with the same advice.
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	ours := wantError(t, err, api.ErrTimeout)
	_, err = e.Inspect(ctx, "x")
	theirs := wantError(t, err, api.ErrTimeout)
	for _, got := range []told{ours, theirs} {
		if !strings.Contains(got.Message, "see whether `docker version` answers") || strings.ContainsAny(got.Message, "()") || !strings.HasSuffix(got.Message, ".") {
			t.Errorf("what to do: %v", got)
		}
	}
	if ours.Cause == theirs.Cause {
		t.Errorf("the cause %q does not tell whose deadline it was", theirs.Cause)
	}
	select {
	case err := <-ended:
		t.Fatalf("a frozen engine's stream is silent, and not over: %v", err)
	default:
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err = engine.NewActor(e).Do(ctx, "x", api.ActionStop, api.ActionOptions{})
	if got := wantError(t, err, api.ErrTimeout); !strings.Contains(got.Message, "the outcome is not known") || !strings.Contains(got.Message, "docker version") {
		t.Errorf("an action nobody answered: %v", got)
	}
	real.Thaw(t)
	eventually(t, "an answer after the thaw", func() bool { _, err := e.Ping(t.Context()); return err == nil })

	real.Kill(t)
	wantError(t, <-ended, api.ErrUnreachable)
	_, err = e.Ping(t.Context())
	got := wantError(t, err, api.ErrUnreachable)
	if !strings.Contains(got.Message, real.Host) || !strings.Contains(got.Message, "nobody listens") {
		t.Errorf("what to do: %v", got)
	}
	real.Restart(t)
	var s api.EngineStatus
	eventually(t, "an answer after the restart", func() bool { s, err = e.Status(t.Context()); return err == nil })
	if s.ID != id {
		t.Errorf("after the restart: %+v", s)
	}

	gone := connect(t, real.Host+".gone", patience)
	_, err = gone.Ping(t.Context())
	if got := wantError(t, err, api.ErrUnreachable); !strings.Contains(got.Message, "no such socket") {
		t.Errorf("what is wrong: %v", got)
	}
	cancelled, stop := context.WithCancel(t.Context())
	stop()
	if _, err := e.Ping(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
