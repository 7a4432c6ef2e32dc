package enginetest_test

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.Main(m)) }

func TestSharedIsOneEngine(t *testing.T) {
	a, b := enginetest.Shared(t), enginetest.Shared(t)
	if a.Host != b.Host {
		t.Fatalf("two engines: %s and %s", a.Host, b.Host)
	}
	id := a.Run(t, enginetest.Image, "sleep", "1000")
	if got := b.Docker(t, "ps", "-q", "--no-trunc"); !strings.Contains(got, id) {
		t.Fatalf("container %s is not in %q", id, got)
	}
}

func TestEnginesSideBySide(t *testing.T) {
	for range 3 {
		t.Run("engine", func(t *testing.T) {
			t.Parallel()
			e := enginetest.Start(t)
			// Each has an address range of its own for its networks too.
			e.Docker(t, "network", "create", "side")
			e.Run(t, "--network", "side", "-p", "127.0.0.1::80", "web:1.0", "sleep", "1000")
			e.Run(t, "db:2.1", "sleep", "1000")
			if got := e.Docker(t, "ps", "-q"); len(strings.Fields(got)) != 2 {
				t.Fatalf("want its own two containers only, got %q", got)
			}
			p := e.PIDs(t)
			if p.Dockerd == 0 || p.Containerd == 0 || len(p.Shims) != 2 {
				t.Fatalf("processes: %+v", p)
			}
			if cpu, err := enginetest.CPU(p.All()...); err != nil || cpu <= 0 {
				t.Fatalf("CPU of %v: %v, %v", p.All(), cpu, err)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	e := enginetest.Start(t)
	id := e.Run(t, enginetest.Image, "sleep", "1000")

	e.Freeze(t)
	state, err := os.ReadFile("/proc/" + strconv.Itoa(e.PIDs(t).Dockerd) + "/stat")
	if err != nil || !strings.Contains(string(state), ") T ") {
		t.Fatalf("dockerd is not stopped: %s, %v", state, err)
	}
	e.Thaw(t)
	e.Docker(t, "version")

	e.Kill(t)
	if _, err := e.DockerErr(t, "version"); err == nil {
		t.Fatal("a killed engine answers")
	}
	if p := e.PIDs(t); p.Dockerd != 0 || len(p.Shims) != 1 {
		t.Fatalf("after the kill want the shim only: %+v", p)
	}
	e.Restart(t)
	if got := e.Docker(t, "ps", "-q", "--no-trunc"); got != id {
		t.Fatalf("the container did not live on: %q", got)
	}

	e.Freeze(t)
	e.Restart(t) // out of the freeze, too
	e.Docker(t, "version")
}

func TestOrphanIsReaped(t *testing.T) {
	e := enginetest.Start(t) // skips where there can be none
	owner := exec.CommandContext(t.Context(), "sleep", "1000")
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	script := "../../scripts/engine"
	name := "orphan-" + strconv.Itoa(os.Getpid())
	up := exec.CommandContext(t.Context(), script, "up", "--name", name, "--owner", strconv.Itoa(owner.Process.Pid))
	if out, err := up.CombinedOutput(); err != nil {
		t.Fatalf("up: %v\n%s", err, out)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	if out, err := exec.CommandContext(t.Context(), script, "reap").CombinedOutput(); err != nil {
		t.Fatalf("reap: %v\n%s", err, out)
	}
	// Another package's start may be reaping it at the same time.
	deadline := time.Now().Add(3 * time.Minute)
	for listed(t, script, name) {
		if time.Now().After(deadline) {
			t.Fatal("the orphan is still there")
		}
		time.Sleep(50 * time.Millisecond)
	}
	e.Docker(t, "version") // and the one with a living owner is untouched
}

func listed(t *testing.T, script, name string) bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), script, "list").CombinedOutput()
	if err != nil {
		t.Fatalf("list: %v\n%s", err, out)
	}
	return strings.Contains(string(out), name+"\t")
}
