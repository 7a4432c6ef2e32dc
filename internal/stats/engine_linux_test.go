package stats

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// dial opens the adapter to the test's engine.
func dial(t *testing.T, e *enginetest.Engine) *engine.Engine {
	t.Helper()
	eng, err := engine.New(engine.Endpoint{Host: e.Host, Timeout: 3 * time.Minute}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = eng.Close() })
	return eng
}

// target is what the reflector would make of a container.
func target(t *testing.T, eng *engine.Engine, row int, id string) Target {
	t.Helper()
	c, err := eng.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	target := Target{Row: row, ID: c.ID, PID: c.PID, NetworkMode: c.NetworkMode}
	if c.MemoryLimitBytes != nil {
		target.MemoryLimit = *c.MemoryLimitBytes
	}
	if c.StartedAt != nil {
		target.Started = *c.StartedAt
	}
	return target
}

// load makes traffic of every kind: half a core, 64 MiB touched, and about
// 10 MB/s to a block device and to the network each.
const load = `dd if=/dev/zero of=/m/touched bs=1M count=64 2>/dev/null
(while :; do dd if=/dev/zero of=/data/file bs=1M count=1 oflag=direct conv=notrunc 2>/dev/null; sleep 0.1; done) &
(while :; do dd if=/dev/zero bs=1M count=1 2>/dev/null; sleep 0.1; done) | nc $PEER 5000 &
while :; do :; done`

// startLoad starts load and its peer and waits until it is under way.
func startLoad(t *testing.T, e *enginetest.Engine) (loaded, peer string) {
	t.Helper()
	peer = e.Run(t, "busybox:local", "sh", "-c", "tail -f /dev/null | nc -l -p 5000 > /dev/null")
	ip := e.Docker(t, "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", peer)
	disk := t.TempDir() // the engine's own data may be in memory
	args := []string{"--cpus", "0.5", "-m", "256m", "--tmpfs", "/m:size=80m", "-v", disk + ":/data", "-e", "PEER=" + ip}
	if device := blockDevice(t, disk); device != "" {
		// Makes a kernel from 6.10 on count block I/O on cgroup v1.
		args = append(args, "--device-write-bps", device+":1gb")
	}
	return e.Run(t, append(args, "busybox:local", "sh", "-c", load)...), peer
}

// blockDevice is the disk that dir is on, "" where it is none.
func blockDevice(t *testing.T, dir string) string {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.EvalSymlinks(fmt.Sprintf("/sys/dev/block/%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev)))
	if err != nil {
		return ""
	}
	if _, err := os.Stat(filepath.Join(path, "partition")); err == nil {
		path = filepath.Dir(path)
	}
	return filepath.Join("/dev", filepath.Base(path))
}

// between checks that the engine's counter lies between two readings of ours.
func between(t *testing.T, what string, before, engine, after int64) {
	t.Helper()
	if engine < before || engine > after {
		t.Errorf("%s: the engine says %d, the files %d before and %d after", what, engine, before, after)
	}
}

// TestAgreesWithEngine compares the files' counters and `docker stats` for a
// known load.
func TestAgreesWithEngine(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	loaded, peer := startLoad(t, e)
	disk := blockDevice(t, e.Dir)
	c := newTestCgroup(t, CgroupOptions{})
	a, p := target(t, eng, 1, loaded), target(t, eng, 2, peer)
	waitFor(t, "the load", func() bool {
		b := sampleAll(t, c, a, p)
		time.Sleep(300 * time.Millisecond)
		return (disk == "" || cell(t, b, 1, api.ColWrite) > 4<<20) && cell(t, b, 1, api.ColTx) > 4<<20 && cell(t, b, 1, api.ColMemory) > 64<<20 &&
			cell(t, b, 1, api.ColThrottled) > 0 // half a core, and it wants more
	})

	// Counters: the engine reads the same ones, so that its answer lies between
	// ours, however long it takes.
	before := sampleAll(t, c, a, p)
	raw, err := eng.StatsOnce(t.Context(), loaded)
	if err != nil {
		t.Fatal(err)
	}
	rawPeer, err := eng.StatsOnce(t.Context(), peer)
	if err != nil {
		t.Fatal(err)
	}
	after := sampleAll(t, c, a, p)
	counter := func(what string, row int, col api.Column, v *uint64) {
		t.Helper()
		if v == nil {
			t.Errorf("%s: not in the engine's answer", what)
			return
		}
		between(t, what, cell(t, before, row, col), clamp(*v), cell(t, after, row, col))
	}
	if disk != "" {
		counter("read", 1, api.ColRead, raw.ReadBytes)
		counter("written", 1, api.ColWrite, raw.WriteBytes)
	}
	counter("received", 1, api.ColRx, raw.RxBytes)
	counter("sent", 1, api.ColTx, raw.TxBytes)
	counter("received by the peer", 2, api.ColRx, rawPeer.RxBytes)
	near(t, "limit", cell(t, after, 1, api.ColMemoryLimit), clamp(*raw.MemoryLimit), 0)
	if got := cell(t, after, 1, api.ColMemory); got < 64<<20 {
		t.Errorf("memory %d of 64 MiB touched", got)
	}
	if g := c.groups[1]; g.net.way != netLinks {
		t.Errorf("a container on a bridge is read another way: %d", g.net.way)
	}

	// Rates: what the CLI prints for its second, and what the engine's own counters
	// and times make, against ours for the time around. On a loaded machine the
	// loop swings from second to second: of twenty windows, each must agree in one.
	open := map[string]bool{"docker stats: CPU": true, "docker stats: memory": true, "CPU": true, "sent": true}
	if disk != "" {
		open["written"] = true
	}
	for range 20 {
		for what, same := range sameRates(t, e, eng, c, a) {
			if same {
				delete(open, what)
			}
		}
		if len(open) == 0 {
			return
		}
	}
	t.Errorf("no window agrees about %v", open)
}

// sameRates compares windows of about two seconds.
func sameRates(t *testing.T, e *enginetest.Engine, eng *engine.Engine, c *Cgroup, a Target) map[string]bool {
	t.Helper()
	first, err := eng.StatsOnce(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	sampleAll(t, c, a)
	time.Sleep(time.Second)
	second, err := eng.StatsOnce(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := sampleAll(t, c, a)
	cli := e.Docker(t, "stats", "--no-stream", "--format", "{{.CPUPerc}}|{{.MemUsage}}", a.ID)
	around := sampleAll(t, c, a)
	cpu, mem := parseCLI(t, cli)
	elapsed := second.Read.Sub(first.Read).Seconds()
	rate := func(from, to *uint64) float64 { return float64(*to-*from) / elapsed }
	same := make(map[string]bool)
	for _, v := range []struct {
		what         string
		theirs, ours float64
		slack        float64 // what they may differ by in any case
	}{
		{"docker stats: CPU", cpu, float64(cell(t, around, 1, api.ColCPU)) / 100, 2},
		{"docker stats: memory", mem, float64(cell(t, around, 1, api.ColMemory)), 0},
		{"CPU", rate(first.CPUNanoseconds, second.CPUNanoseconds) / 1e7, float64(cell(t, b, 1, api.ColCPU)) / 100, 0},
		{"sent", rate(first.TxBytes, second.TxBytes), float64(cell(t, b, 1, api.ColTxRate)), 0},
		{"written", rate(first.WriteBytes, second.WriteBytes), float64(cell(t, b, 1, api.ColWriteRate)), 0},
	} {
		t.Logf("%s: engine %.2f, ours %.2f", v.what, v.theirs, v.ours)
		same[v.what] = within(v.ours, v.theirs, 0.05) || v.ours-v.theirs <= v.slack && v.theirs-v.ours <= v.slack
	}
	return same
}

func within(a, b, share float64) bool { return a-b <= share*b && b-a <= share*b }

// parseCLI reads "50.12%|65.1MiB / 256MiB".
func parseCLI(t *testing.T, s string) (cpu, mem float64) {
	t.Helper()
	fields := strings.Split(s, "|")
	num := func(s string) float64 {
		v := strings.TrimRight(s, "%BKMGi")
		var f float64
		if _, err := fmt.Sscan(v, &f); err != nil {
			t.Fatalf("docker stats: %q", s)
		}
		return f
	}
	used, _, _ := strings.Cut(fields[1], " ")
	unit := map[string]float64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[used[len(used)-3:]]
	return num(fields[0]), num(used) * unit
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(4 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s did not come about", what)
}

// TestSamplerOnEngine follows a container through its life.
func TestSamplerOnEngine(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	status, err := eng.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sink := newMemorySink()
	var source, reason string
	var mu sync.Mutex
	s := NewSampler(SamplerOptions{
		Choose: func(ctx context.Context, targets []Target, below, why string) (Source, string, error) {
			return Choose(ctx, ChooseOptions{Engine: eng, Status: status, Targets: targets, Below: below, BelowReason: why})
		},
		Engine: eng, Sink: sink,
		OnSource: func(name, why string) {
			mu.Lock()
			defer mu.Unlock()
			source, reason = name, why
		},
	})
	run(t, s)
	id := e.Run(t, "--cpus", "0.5", "busybox:local", "sh", "-c", "while :; do :; done")
	s.SetWatched([]int{1}, false)
	begin := time.Now()
	s.SetTargets([]Target{target(t, eng, 1, id)})
	waitFor(t, "a rate", func() bool { c, _ := sink.last(1); return c[api.ColCPU] != api.Unknown })
	t.Logf("first sample with a rate after %s", time.Since(begin).Round(time.Millisecond))
	sink.mu.Lock()
	if first := sink.rows[1][0][api.ColCPU]; first != api.Unknown {
		t.Errorf("the first sample has a rate: %d", first)
	}
	sink.mu.Unlock()
	waitFor(t, "the check against the engine", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.HasPrefix(source, "cgroup v") && reason == ""
	})

	e.Docker(t, "pause", id)
	_, n := sink.last(1)
	waitFor(t, "nothing used while paused", func() bool { c, m := sink.last(1); return m > n+1 && c[api.ColCPU] == 0 })
	e.Docker(t, "unpause", id)

	e.Docker(t, "restart", "-t", "0", id)
	_, n = sink.last(1)
	s.SetTargets([]Target{target(t, eng, 1, id)})
	// The first sample after a restart has no rate. One of before it may just
	// have been under way.
	waitFor(t, "a sample after the restart", func() bool { _, m := sink.last(1); return m > n+1 })
	sink.mu.Lock()
	if first := sink.rows[1][n : n+2]; first[0][api.ColCPU] != api.Unknown && first[1][api.ColCPU] != api.Unknown {
		t.Errorf("the first samples after a restart have rates: %d, %d", first[0][api.ColCPU], first[1][api.ColCPU])
	}
	sink.mu.Unlock()

	e.Docker(t, "stop", "-t", "0", id)
	s.SetTargets(nil)
	waitFor(t, "the row being cleared", func() bool { return sink.clears(1) == 1 })
	_, n = sink.last(1)
	time.Sleep(1200 * time.Millisecond)
	if _, m := sink.last(1); m != n {
		t.Error("a stopped container was sampled")
	}
	if c := s.Costs(); c.SampleSeconds != 1 || c.RestSeconds != 10 {
		t.Errorf("costs %+v", c)
	}
}

// run starts s for the test and waits for it at its end.
func run(t *testing.T, s *Sampler) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestEngineSources: the engine's own calls give the same as the files.
func TestEngineSources(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	id := e.Run(t, "--cpus", "0.5", "busybox:local", "sh", "-c", "while :; do :; done")
	a := target(t, eng, 1, id)
	a.Watched = true
	c := newTestCgroup(t, CgroupOptions{})
	for _, src := range []Source{newOneShot(eng, c.machine), newStreamSource(eng, c.machine)} {
		sampleAll(t, c, a)
		var b api.Batch
		var files *api.Batch
		var theirs, ours float64
		rated := 0
		// On a loaded machine the loop's half of a core swings from second to second:
		// one window in which both see the same is enough.
		agree := func() bool {
			rated = 0
			waitFor(t, "two rates from "+src.Name(), func() bool {
				b.Reset()
				if err := src.Sample(t.Context(), []Target{a}, &b); err != nil {
					t.Fatal(err)
				}
				if len(b.Rows) == 1 && b.Values[api.ColCPU][0] != api.Unknown {
					rated++
				}
				time.Sleep(200 * time.Millisecond)
				return rated == 2
			})
			files = sampleAll(t, c, a)
			theirs, ours = float64(cell(t, &b, 1, api.ColCPU))/100, float64(cell(t, files, 1, api.ColCPU))/100
			return within(theirs, ours, 0.25) || theirs-ours <= 15 && ours-theirs <= 15
		}
		for i := 0; !agree(); i++ {
			if i == 10 {
				t.Errorf("%s: CPU %.2f %%, the files say %.2f %%", src.Name(), theirs, ours)
				break
			}
		}
		for _, col := range []api.Column{api.ColMemoryLimit, api.ColPids} {
			if got, want := cell(t, &b, 1, col), cell(t, files, 1, col); got != want {
				t.Errorf("%s: %s %d, the files say %d", src.Name(), api.ColumnNames()[col], got, want)
			}
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestChooseOnEngine: the ladder, and the check that keeps wrong files out.
func TestChooseOnEngine(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	status, err := eng.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := e.Run(t, "busybox:local", "sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 1000")
	a := target(t, eng, 1, id)
	wrong := t.TempDir()
	v1Tree(t, wrong, id)
	write(t, wrong+"/cpu,cpuacct/docker/"+id+"/cpuacct.usage", "987654321000000\n")
	remote := status
	remote.Host = "tcp://db1:2376"
	for _, c := range []struct {
		name   string
		o      ChooseOptions
		want   string
		reason string
	}{
		{"local", ChooseOptions{Status: status}, "cgroup v", ""},
		{"remote", ChooseOptions{Status: remote}, "", "the engine is remote (tcp://db1:2376)"},
		{"another machine's files", ChooseOptions{Status: status, Cgroup: CgroupOptions{Root: wrong}}, "", "disagree about the CPU time of " + id[:12]},
		{"no such group", ChooseOptions{Status: status, Cgroup: CgroupOptions{Root: emptyTree(t)}}, "", "cgroup of " + id[:12] + " not found under"},
		{"cgroup has failed", ChooseOptions{Status: status, Below: "cgroup v1", BelowReason: "permission denied on X"}, "", "permission denied on X"},
	} {
		c.o.Engine, c.o.Targets = eng, []Target{a}
		var got string
		chosen := func() bool {
			src, reason, err := Choose(t.Context(), c.o)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			_, asks := src.(engineSource)
			got = fmt.Sprintf("%s because %q", src.Name(), reason)
			if err := src.Close(); err != nil {
				t.Error(err)
			}
			return (c.want != "") == !asks && strings.HasPrefix(src.Name(), c.want) && strings.Contains(reason, c.reason)
		}
		// A check that the engine does not answer in time says nothing against files,
		// which a machine that stalls makes of it now and then.
		for i := 0; !chosen(); i++ {
			if i == 10 {
				t.Errorf("%s: %s", c.name, got)
				break
			}
		}
		t.Logf("%s: %s", c.name, got)
	}
}

func emptyTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	v1Tree(t, root, capturedB)
	return root
}

// TestFrozenEngine: the files don't need the engine, and a check that it does
// not answer says nothing against them.
func TestFrozenEngine(t *testing.T) {
	e := enginetest.Start(t)
	eng := dial(t, e)
	id := e.Run(t, "--cpus", "0.2", "busybox:local", "sh", "-c", "while :; do :; done")
	a := target(t, eng, 1, id)
	e.Freeze(t)
	defer e.Thaw(t)
	sink := newMemorySink()
	s := NewSampler(SamplerOptions{
		Choose: func(ctx context.Context, targets []Target, below, why string) (Source, string, error) {
			return Choose(ctx, ChooseOptions{Engine: eng, Status: api.EngineStatus{Host: e.Host}, Targets: targets, Below: below, BelowReason: why})
		},
		Engine: eng, Sink: sink,
	})
	run(t, s)
	s.SetTargets([]Target{a})
	s.SetWatched([]int{1}, false)
	time.Sleep(checkDeadline + 2*time.Second)
	waitFor(t, "samples with rates", func() bool { last, n := sink.last(1); return n >= 4 && last[api.ColCPU] != api.Unknown })
	if last, n := sink.last(1); n < 4 || last[api.ColCPU] == api.Unknown || sink.clears(1) != 0 {
		t.Errorf("%d samples, CPU %d, cleared %d times", n, last[api.ColCPU], sink.clears(1))
	}
}

// TestEngineCosts: what one-shot calls cost the engine is told where its
// processes are known.
func TestEngineCosts(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	a := target(t, eng, 1, e.Run(t, "busybox:local", "sleep", "1000"))
	pids := e.PIDs(t).All()
	s := NewSampler(SamplerOptions{
		Choose: always(newOneShot(eng, 0)), Sink: newMemorySink(),
		EnginePIDs: func() []int { return pids },
	})
	run(t, s)
	s.SetTargets([]Target{a})
	s.SetWatched([]int{1}, false)
	waitFor(t, "the engine's CPU", func() bool {
		c := s.Costs()
		return c.EngineCPUPercent != nil && *c.EngineCPUPercent > 0 && c.SamplingPercent == nil &&
			c.CPUPercent != nil && c.MemoryBytes != nil && *c.MemoryBytes > 1<<20
	})
	t.Logf("one container by one-shot calls: the engine uses %.2f %% of a core", *s.Costs().EngineCPUPercent)
}
