package doctor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.Main(m)) }

// examine runs all checks and returns the findings by check.
func examine(t *testing.T, o Options) (Level, map[string]Finding) {
	t.Helper()
	o.Getenv = func(string) string { return "" }
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.DataDir == "" {
		o.DataDir = t.TempDir()
		if err := os.Chmod(o.DataDir, 0o700); err != nil { //nolint:gosec // a directory
			t.Fatal(err)
		}
	}
	all := make(map[string]Finding)
	worst := Run(t.Context(), o, func(f Finding) {
		if f.Text == "" || f.Level != OK && f.Fix == "" {
			t.Errorf("finding without words: %+v", f)
		}
		all[f.Check] = f
	})
	return worst, all
}

func TestHealthy(t *testing.T) {
	e := enginetest.Shared(t)
	e.Run(t, "busybox:local", "sleep", "1000")
	// An engine that is late with an answer looks like one whose clock is wrong:
	// on a loaded machine that may be, and not time after time.
	var lacks []string
	for range 20 {
		worst, all := examine(t, Options{Host: e.Host, Origin: "QUAYWATCH_HOST"})
		lacks = nil
		if worst == Fail {
			lacks = append(lacks, fmt.Sprintf("findings: %+v", all))
		}
		for check, words := range map[string]string{
			"engine address": "(QUAYWATCH_HOST)", "engine": "Docker ", "round trip": "median", "clock": "agree",
			"containers": "run", "metrics": "read from", "cgroup": "version", "port": "free", "data directory": "by you only",
		} {
			if !strings.Contains(all[check].Text, words) {
				lacks = append(lacks, fmt.Sprintf("%s: %+v lacks %q", check, all[check], words))
			}
		}
		if len(lacks) == 0 {
			return
		}
		time.Sleep(time.Second)
	}
	t.Error(strings.Join(lacks, "\n"))
}

func TestFrozenEngine(t *testing.T) {
	e := enginetest.Start(t)
	e.Freeze(t)
	defer e.Thaw(t)
	began := time.Now()
	worst, all := examine(t, Options{Host: e.Host})
	if worst != Fail || !strings.Contains(all["engine"].Text, "did not answer") {
		t.Errorf("findings: %+v", all)
	}
	if took := time.Since(began); took > 3*time.Minute {
		t.Errorf("it took %s", took)
	}
}

func TestPort(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	listen := l.Addr().String()
	if f := checkListen(t.Context(), listen, nil); f.Level != Warn || !strings.Contains(f.Text, "(pid "+strconv.Itoa(os.Getpid())+")") {
		t.Errorf("taken: %+v", f)
	}
	if f := checkListen(t.Context(), listen, &Server{Listen: listen}); f.Level != OK {
		t.Errorf("taken by our server: %+v", f)
	}
	if f := checkListen(t.Context(), "192.0.2.1:80", nil); f.Level != Fail {
		t.Errorf("another machine's address: %+v", f)
	}
}

func TestDataDir(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o755); err != nil { //nolint:gosec // that is what is tested
		t.Fatal(err)
	}
	for path, want := range map[string]Level{filepath.Join(dir, "new", "deep"): OK, file: Fail, filepath.Join(file, "x"): Fail, open: Warn} {
		var got Finding
		checkDataDir(path, func(f Finding) { got = f })
		if got.Level != want || !strings.Contains(got.Text, path) {
			t.Errorf("%s: %+v, want %s", path, got, want)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestClock(t *testing.T) {
	for offset, want := range map[float64]string{0.1: "agree", -0.4: "agree", 3: "3s ahead", -90: "1m30s behind"} {
		f := checkClock(&offset)
		if !strings.Contains(f.Text, want) || (f.Level == OK) != (want == "agree") {
			t.Errorf("%v s: %+v", offset, f)
		}
	}
	if f := checkClock(nil); f.Level != OK {
		t.Errorf("not told: %+v", f)
	}
}

func TestAdvice(t *testing.T) {
	f := failed("x", &api.Error{Code: api.ErrUnreachable, Message: "It is down. Start it", Cause: errors.New("dial")})
	if f.Text != "It is down. (dial)" || f.Fix != "Start it" {
		t.Errorf("%+v", f)
	}
}
