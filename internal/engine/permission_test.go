//go:build linux

package engine_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// askVar makes this test binary ping the engine it names, and print what it
// was told: to be run by a user who may not, because root may always.
const askVar = "QUAYWATCH_TEST_ASK"

func TestAskAsNobody(t *testing.T) {
	host := os.Getenv(askVar)
	if host == "" {
		return // not the child of TestForbiddenSocket
	}
	e, err := engine.New(engine.Endpoint{Host: host, Origin: "flag"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Ping(t.Context())
	fmt.Printf("%s|%v|\n", api.CodeOf(err), err)
}

func TestForbiddenSocket(t *testing.T) {
	real := enginetest.Start(t)
	// A copy that nobody may run, in a place that nobody may enter.
	dir, err := os.MkdirTemp("", "quaywatch-ask-") //nolint:usetesting // t.TempDir's parent is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "ask")
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	ask := func() string {
		cmd := exec.CommandContext(t.Context(), copied, "-test.run=^TestAskAsNobody$")
		cmd.Env = append(os.Environ(), askVar+"="+real.Host)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	path := strings.TrimPrefix(real.Host, "unix://")
	says := func(want ...string) {
		t.Helper()
		out := ask()
		for _, w := range append(want, string(api.ErrForbidden)+"|", path, "permission denied") {
			if !strings.Contains(out, w) {
				t.Errorf("%q is missing in %s", w, out)
			}
		}
	}
	// A group of its own, which is not root's: joining it helps.
	if err := os.Chown(path, 0, 12345); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o660); err != nil {
		t.Fatal(err)
	}
	says("group 12345", "sudo usermod -aG 12345 $USER", "as good as root's rights")
	// Nobody's but root's.
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	says("as root")
	// Behind a closed door.
	if err := os.Chmod(real.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	says("may not enter " + real.Dir)
}
