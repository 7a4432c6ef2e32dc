package engine_test

import (
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestStatsOfRealContainer(t *testing.T) {
	e, real := shared(t)
	id := real.Run(t, "-m", "64m", "--cpus", "0.2", enginetest.Image, "sh", "-c",
		"dd if=/dev/zero of=/f bs=1M count=8; sync; while :; do :; done")
	eventually(t, "CPU used", func() bool {
		s, err := e.StatsOnce(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return s.CPUNanoseconds != nil && *s.CPUNanoseconds > 100e6 && s.ThrottledPeriods != nil && *s.ThrottledPeriods > 0
	})
	s, err := e.StatsOnce(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if s.ID != id || s.Read.IsZero() || time.Since(s.Read).Abs() > time.Minute {
		t.Errorf("identity: %+v", s)
	}
	if s.MemoryUsage == nil || *s.MemoryUsage == 0 || *s.MemoryUsage > 64<<20 || s.MemoryInactiveFile == nil || s.MemoryLimit == nil || *s.MemoryLimit != 64<<20 {
		t.Errorf("memory: %+v", s)
	}
	if s.RxBytes == nil || s.TxBytes == nil || s.Pids == nil || *s.Pids < 1 || s.Periods == nil {
		t.Errorf("missing: %+v", s)
	}

	var readings []api.RawStats
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err = e.StatsStream(ctx, id, func(s api.RawStats) {
		readings = append(readings, s)
		if len(readings) == 2 {
			cancel()
		}
	})
	if err == nil || len(readings) < 2 {
		t.Fatalf("%d readings, %v", len(readings), err)
	}
	a, b := readings[0], readings[1]
	if a.ID != id || !b.Read.After(a.Read) || *b.CPUNanoseconds <= *a.CPUNanoseconds {
		t.Errorf("readings: %+v %+v", a, b)
	}

	// A stream ends with its container, and that is no error.
	ended := make(chan error, 1)
	begun := make(chan struct{}, 100)
	go func() { ended <- e.StatsStream(t.Context(), id, func(api.RawStats) { begun <- struct{}{} }) }()
	<-begun
	real.Docker(t, "rm", "-f", id)
	if err := <-ended; err != nil {
		t.Errorf("the stream of a removed container: %v", err)
	}

	stopped := real.Run(t, enginetest.Image, "true")
	real.Docker(t, "wait", stopped)
	if s, err := e.StatsOnce(t.Context(), stopped); err != nil || s.ID != stopped || s.CPUNanoseconds != nil || s.MemoryUsage != nil || !s.Read.IsZero() {
		t.Errorf("of a stopped container nothing is known: %+v, %v", s, err)
	}
}

func TestStatsShapes(t *testing.T) {
	n := func(v uint64) *uint64 { return &v }
	for file, want := range map[string]api.RawStats{
		"stats-cgroup1.json": {
			CPUNanoseconds: n(1234567890), MemoryUsage: n(41943040), MemoryInactiveFile: n(8388608), MemoryLimit: n(67108864),
			RxBytes: n(1500), TxBytes: n(700), ReadBytes: n(4096 + 8192), WriteBytes: n(10485760), Pids: n(3), Periods: n(20), ThrottledPeriods: n(5),
		},
		"stats-cgroup2.json": {
			CPUNanoseconds: n(987654000), MemoryUsage: n(52428800), MemoryInactiveFile: n(1048576), MemoryLimit: n(16777216000),
			RxBytes: n(1000), TxBytes: n(500), ReadBytes: n(20480), WriteBytes: n(1048576), Pids: n(7), Periods: n(0), ThrottledPeriods: n(0),
		},
		"stats-podman.json": {
			CPUNanoseconds: n(55000000), MemoryUsage: n(1613824), MemoryLimit: n(25276887040),
			RxBytes: n(430), TxBytes: n(110), Pids: n(1), Periods: n(0), ThrottledPeriods: n(0),
		},
		"stats-hostnet.json": {
			CPUNanoseconds: n(1), MemoryUsage: n(2), MemoryLimit: n(3), Pids: n(1), Periods: n(0), ThrottledPeriods: n(0),
		},
	} {
		t.Run(file, func(t *testing.T) {
			body, err := os.ReadFile("testdata/" + file)
			if err != nil {
				t.Fatal(err)
			}
			e := fakeEngine(t, map[string]http.HandlerFunc{"/containers/c1/stats": serve(string(body))})
			got, err := e.StatsOnce(t.Context(), "c1")
			if err != nil {
				t.Fatal(err)
			}
			for name, pair := range map[string][2]*uint64{
				"cpu": {got.CPUNanoseconds, want.CPUNanoseconds}, "memory": {got.MemoryUsage, want.MemoryUsage},
				"inactive": {got.MemoryInactiveFile, want.MemoryInactiveFile}, "limit": {got.MemoryLimit, want.MemoryLimit},
				"rx": {got.RxBytes, want.RxBytes}, "tx": {got.TxBytes, want.TxBytes}, "read": {got.ReadBytes, want.ReadBytes},
				"write": {got.WriteBytes, want.WriteBytes}, "pids": {got.Pids, want.Pids},
				"periods": {got.Periods, want.Periods}, "throttled": {got.ThrottledPeriods, want.ThrottledPeriods},
			} {
				if (pair[0] == nil) != (pair[1] == nil) || pair[0] != nil && *pair[0] != *pair[1] {
					t.Errorf("%s: got %v, want %v", name, text(pair[0]), text(pair[1]))
				}
			}
			if got.ID == "" || got.Read.IsZero() {
				t.Errorf("id %q, read %v", got.ID, got.Read)
			}
		})
	}
}

func text(v *uint64) any {
	if v == nil {
		return "nil"
	}
	return *v
}
