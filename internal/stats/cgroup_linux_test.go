package stats

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/quaywatch/quaywatch/internal/api"
)

// cell returns what b has of row.
func cell(tb testing.TB, b *api.Batch, row int, col api.Column) int64 {
	tb.Helper()
	for i, r := range b.Rows {
		if r == row {
			return b.Values[col][i]
		}
	}
	tb.Fatalf("row %d is absent of %v", row, b.Rows)
	return 0
}

func sampleAll(tb testing.TB, c *Cgroup, targets ...Target) *api.Batch {
	tb.Helper()
	var b api.Batch
	if err := c.Sample(tb.Context(), targets, &b); err != nil {
		tb.Fatal(err)
	}
	return &b
}

// pass lets the source's clock go forward.
func pass(c *Cgroup, d time.Duration) { c.base = c.base.Add(-d) }

// newStillCgroup is a source whose clock stands still but for pass: what the test
// itself takes is in no rate.
func newStillCgroup(tb testing.TB, o CgroupOptions) *Cgroup {
	tb.Helper()
	c := newTestCgroup(tb, o)
	at := c.base.Add(time.Second)
	c.clock = func() time.Time { return at }
	return c
}

func newTestCgroup(tb testing.TB, o CgroupOptions) *Cgroup {
	tb.Helper()
	c, err := NewCgroup(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
		if c.fds.kept != 0 {
			tb.Errorf("%d descriptors left after Close", c.fds.kept)
		}
	})
	return c
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}

func copyTree(tb testing.TB, dst, src string) {
	tb.Helper()
	err := filepath.WalkDir(src, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		write(tb, filepath.Join(dst, rel), string(b))
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// near checks v against want within a share of it.
func near(tb testing.TB, what string, v, want int64, share float64) {
	tb.Helper()
	if d := float64(v - want); d > share*float64(want) || -d > share*float64(want) {
		tb.Errorf("%s: got %d, want %d within %.0f %%", what, v, want, share*100)
	}
}

func TestCgroupV2Captured(t *testing.T) {
	root := t.TempDir()
	copyTree(t, root, "testdata/cgroup2/t0")
	write(t, filepath.Join(root, "docker", capturedA, "cpu.pressure"), "some avg10=45.50 avg60=49.11 avg300=49.26 total=566326438\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
	c := newStillCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir(), MachineMemory: 256 << 20})
	if c.Name() != "cgroup v2" {
		t.Fatalf("name %q", c.Name())
	}
	a := Target{Row: 1, ID: capturedA, NetworkMode: "none"}
	d := Target{Row: 2, ID: capturedB, NetworkMode: "host"}
	b := sampleAll(t, c, a, d)
	for _, want := range []struct {
		row  int
		col  api.Column
		want int64
	}{
		{1, api.ColCPU, api.Unknown},
		{1, api.ColMemory, 18698240 - 16777216},
		{1, api.ColMemoryLimit, 64 << 20},
		{1, api.ColRead, 8390656},
		{1, api.ColWrite, 25165824},
		{1, api.ColReadRate, api.Unknown},
		{1, api.ColWriteRate, api.Unknown},
		{1, api.ColPids, 1},
		{1, api.ColSwap, 0},
		{1, api.ColThrottled, api.Unknown},
		{1, api.ColPSICPU, 4550},
		{1, api.ColPSIMemory, api.Unknown},
		{1, api.ColOOMKills, 1},
		{1, api.ColRx, 0},
		{1, api.ColRxRate, api.Unknown},
		{2, api.ColMemory, 73728},
		{2, api.ColMemoryLimit, 256 << 20},
		{2, api.ColRead, 0},
		{2, api.ColOOMKills, 0},
		{2, api.ColRx, api.Unknown},
	} {
		if got := cell(t, b, want.row, want.col); got != want.want {
			t.Errorf("row %d, %s: got %d, want %d", want.row, api.ColumnNames()[want.col], got, want.want)
		}
	}

	copyTree(t, root, "testdata/cgroup2/t1")
	pass(c, 3790*time.Millisecond)
	b = sampleAll(t, c, a, d)
	near(t, "cpu", cell(t, b, 1, api.ColCPU), 1953, 0.05) // 740 ms in 3.79 s
	near(t, "write rate", cell(t, b, 1, api.ColWriteRate), 1106676, 0.05)
	for _, want := range []struct {
		row  int
		col  api.Column
		want int64
	}{
		{1, api.ColReadRate, 0}, {1, api.ColThrottled, 10_000}, // 37 of 37 periods
		{1, api.ColRxRate, 0}, {2, api.ColCPU, 0}, {2, api.ColThrottled, 0}, {2, api.ColWriteRate, 0},
	} {
		if got := cell(t, b, want.row, want.col); got != want.want {
			t.Errorf("row %d, %s: got %d, want %d", want.row, api.ColumnNames()[want.col], got, want.want)
		}
	}

	// The container runs anew: its counters and rates begin anew.
	copyTree(t, root, "testdata/cgroup2/t0")
	a.Started = time.Unix(1, 0)
	pass(c, time.Second)
	b = sampleAll(t, c, a)
	if got := cell(t, b, 1, api.ColCPU); got != api.Unknown {
		t.Errorf("CPU of the first sample after a restart: %d", got)
	}

	// And it ends: the row is absent, and nothing is kept of it.
	if err := os.RemoveAll(filepath.Join(root, "docker", capturedA)); err != nil {
		t.Fatal(err)
	}
	c.Forget([]int{1})
	if b = sampleAll(t, c, a, d); len(b.Rows) != 1 || b.Rows[0] != 2 {
		t.Errorf("rows %v", b.Rows)
	}
}

// v1Tree makes a cgroup v1 tree with one group an id.
func v1Tree(tb testing.TB, root string, ids ...string) {
	tb.Helper()
	for _, id := range ids {
		write(tb, filepath.Join(root, "cpu,cpuacct/docker", id, "cpuacct.usage"), "1000000000\n")
		write(tb, filepath.Join(root, "cpu,cpuacct/docker", id, "cgroup.procs"), "")
		m := filepath.Join(root, "memory/docker", id)
		write(tb, filepath.Join(m, "memory.usage_in_bytes"), "20000000\n")
		write(tb, filepath.Join(m, "memory.limit_in_bytes"), "9223372036854771712\n")
		write(tb, filepath.Join(m, "memory.stat"), statV1)
		write(tb, filepath.Join(m, "memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
		write(tb, filepath.Join(root, "cpu,cpuacct/docker", id, "cpu.stat"), "nr_periods 100\nnr_throttled 50\nthrottled_time 5000000\n")
		write(tb, filepath.Join(root, "blkio/docker", id, "blkio.throttle.io_service_bytes"), "8:0 Read 1000\n8:0 Write 2000\n8:0 Total 3000\nTotal 3000\n")
		write(tb, filepath.Join(root, "pids/docker", id, "pids.current"), "7\n")
	}
}

func TestCgroupV1(t *testing.T) {
	root := t.TempDir()
	v1Tree(t, root, capturedA)
	c := newStillCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir(), MachineMemory: 8 << 30})
	a := Target{Row: 4, ID: capturedA}
	b := sampleAll(t, c, a)
	for col, want := range map[api.Column]int64{
		api.ColMemory: 20000000 - 8388608, api.ColMemoryLimit: 8 << 30, api.ColRead: 1000, api.ColWrite: 2000,
		api.ColPids: 7, api.ColSwap: 4096, api.ColCPU: api.Unknown, api.ColOOMKills: 2, api.ColThrottled: api.Unknown, api.ColRx: api.Unknown,
	} {
		if got := cell(t, b, 4, col); got != want {
			t.Errorf("%s: got %d, want %d", api.ColumnNames()[col], got, want)
		}
	}
	if age := time.Since(time.Unix(0, b.Times[0])); age < 0 || age > time.Minute {
		t.Errorf("read %s ago", age)
	}
	write(t, filepath.Join(root, "cpu,cpuacct/docker", capturedA, "cpu.stat"), "nr_periods 140\nnr_throttled 60\n")
	write(t, filepath.Join(root, "cpu,cpuacct/docker", capturedA, "cpuacct.usage"), "1500000000\n")
	pass(c, 5*time.Second) // its turn
	if got := cell(t, sampleAll(t, c, a), 4, api.ColThrottled); got != 2500 {
		t.Errorf("throttled in 10 of 40 periods: %d", got)
	}
}

// TestRareTurns: what is read every twelfth turn is seen although the container
// has long come to rest by then.
func TestRareTurns(t *testing.T) {
	root := t.TempDir()
	v1Tree(t, root, capturedA)
	c := newTestCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir()})
	a := Target{Row: 4, ID: capturedA}
	turn := func() *api.Batch {
		pass(c, 5*time.Second)
		return sampleAll(t, c, a)
	}
	sampleAll(t, c, a)
	write(t, filepath.Join(root, "memory/docker", capturedA, "memory.oom_control"), "oom_kill 5\n")
	write(t, filepath.Join(root, "cpu,cpuacct/docker", capturedA, "cpuacct.usage"), "1500000000\n")
	for range 11 {
		if got := cell(t, turn(), 4, api.ColOOMKills); got != 2 {
			t.Fatalf("read out of turn: %d", got)
		}
	}
	if got := cell(t, turn(), 4, api.ColOOMKills); got != 5 {
		t.Errorf("OOM kills after twelve turns: %d", got)
	}
}

// TestStatOfSteadyUsage: the file cache of a container whose usage stays the same
// is looked at every twelfth turn.
func TestStatOfSteadyUsage(t *testing.T) {
	root := t.TempDir()
	v1Tree(t, root, capturedA)
	c := newStillCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir()})
	a := Target{Row: 4, ID: capturedA}
	sampleAll(t, c, a)
	write(t, filepath.Join(root, "memory/docker", capturedA, "memory.stat"), "total_inactive_file 1000000\n")
	for i := range 12 {
		write(t, filepath.Join(root, "cpu,cpuacct/docker", capturedA, "cpuacct.usage"), strconv.Itoa(2_000_000_000+i))
		pass(c, 5*time.Second)
		got := cell(t, sampleAll(t, c, a), 4, api.ColMemory)
		if i < 11 && got != 20000000-8388608 {
			t.Fatalf("turn %d: read without need: %d", i+2, got)
		}
		if i == 11 && got != 19000000 {
			t.Errorf("memory after twelve turns: %d", got)
		}
	}
}

// TestUncountedBlockIO: a kernel that doesn't count is not one that counts 0.
func TestUncountedBlockIO(t *testing.T) {
	root := t.TempDir()
	v1Tree(t, root, capturedA)
	write(t, filepath.Join(root, "blkio/docker", capturedA, "blkio.throttle.io_service_bytes"), "Total 0\n")
	write(t, filepath.Join(root, "blkio/blkio.throttle.io_service_bytes"), "Total 0\n")
	c := newStillCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir()})
	a := Target{Row: 1, ID: capturedA}
	for range 2 {
		b := sampleAll(t, c, a)
		for _, col := range []api.Column{api.ColRead, api.ColWrite, api.ColReadRate, api.ColWriteRate} {
			if got := cell(t, b, 1, col); got != api.Unknown {
				t.Errorf("%s: %d of a kernel that doesn't count", api.ColumnNames()[col], got)
			}
		}
		pass(c, time.Second)
	}
	write(t, filepath.Join(root, "blkio/blkio.throttle.io_service_bytes"), "8:0 Read 5\n8:0 Write 0\n")
	pass(c, 5*time.Second)
	if got := cell(t, sampleAll(t, c, a), 1, api.ColWrite); got != 0 {
		t.Errorf("%d of a container that wrote nothing", got)
	}
}

// TestTurns: memory.stat is read every fifth tick if there is anything new to
// expect, an idle container's other files as rarely, and the rates stay right.
func TestTurns(t *testing.T) {
	root := t.TempDir()
	v1Tree(t, root, capturedA)
	dir := func(h, f string) string { return filepath.Join(root, h, "docker", capturedA, f) }
	c := newStillCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir()})
	a := Target{Row: 5, ID: capturedA} // row 5: its turn comes 0.9 s after the first
	cpu := 1_000_000_000
	tick := func(busy bool) *api.Batch {
		t.Helper()
		if busy {
			cpu += 500_000_000
		}
		write(t, dir("cpu,cpuacct", "cpuacct.usage"), strconv.Itoa(cpu))
		pass(c, time.Second)
		return sampleAll(t, c, a)
	}
	sampleAll(t, c, a)
	tick(true) // its turn
	write(t, dir("memory", "memory.stat"), "total_inactive_file 1000000\n")
	write(t, dir("memory", "memory.usage_in_bytes"), "20004096\n")
	write(t, dir("pids", "pids.current"), "8\n")
	b := tick(true)
	if got := cell(t, b, 5, api.ColPids); got != 8 {
		t.Errorf("a busy container's pids: %d", got)
	}
	if got := cell(t, b, 5, api.ColMemory); got != 20004096-8388608 {
		t.Errorf("memory.stat was read out of turn: %d", got)
	}
	near(t, "cpu", cell(t, b, 5, api.ColCPU), 5000, 0.05)
	for range 3 {
		tick(true)
	}
	tick(true)
	b = tick(true)
	if got := cell(t, b, 5, api.ColMemory); got != 19004096 {
		t.Errorf("memory.stat was not read in five ticks: %d", got)
	}
	// What it did last is over at its first idle tick, and what is not counted by
	// its own CPU time is told in its turn, until that is over, too.
	write(t, dir("blkio", "blkio.throttle.io_service_bytes"), "8:0 Read 1000\n8:0 Write 10002000\n")
	b = tick(true)
	near(t, "write rate", cell(t, b, 5, api.ColWriteRate), 10000000, 0.05)
	if got := cell(t, tick(false), 5, api.ColWriteRate); got != 0 {
		t.Errorf("write rate of one that has come to rest: %d", got)
	}
	write(t, dir("blkio", "blkio.throttle.io_service_bytes"), "8:0 Read 1000\n8:0 Write 30002000\n")
	seen := -1
	for i := range 6 {
		b = tick(false)
		if got := cell(t, b, 5, api.ColCPU); got != 0 {
			t.Fatalf("idle CPU %d", got)
		}
		if cell(t, b, 5, api.ColWrite) == 30002000 {
			seen = i
			break
		}
	}
	if seen < 0 {
		t.Fatal("an idle container's block I/O was not read within six ticks")
	}
	// The rate is over the time since that file was read last, not since the tick before.
	if got, most := cell(t, b, 5, api.ColWriteRate), int64(20000000/(seen+1)); got > most*105/100 {
		t.Errorf("write rate %d after %d ticks", got, seen+1)
	}
	if got := cell(t, tick(false), 5, api.ColWriteRate); got != 0 {
		t.Errorf("write rate after what was written behind it: %d", got)
	}
	write(t, dir("pids", "pids.current"), "9\n")
	if b = tick(false); cell(t, b, 5, api.ColPids) != 8 {
		t.Error("pids of a container that did not run were read out of turn")
	}
	if b = tick(true); cell(t, b, 5, api.ColPids) != 9 {
		t.Error("a container that works again was left out")
	}
}

// TestDescriptorBudget: whatever the budget, all rows are read, and no more
// descriptors are kept.
func TestDescriptorBudget(t *testing.T) {
	root := t.TempDir()
	ids := make([]string, 30)
	targets := make([]Target, 30)
	for i := range ids {
		ids[i] = strconv.Itoa(1000+i) + capturedA[4:]
		targets[i] = Target{Row: i, ID: ids[i]}
	}
	v1Tree(t, root, ids...)
	for _, budget := range []int{1, 8, 40, 100, 1000} {
		c := newStillCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir(), Descriptors: budget})
		for range 3 {
			b := sampleAll(t, c, targets...)
			if len(b.Rows) != len(targets) {
				t.Errorf("budget %d: %d rows", budget, len(b.Rows))
			}
			if got := cell(t, b, 29, api.ColPids); got != 7 {
				t.Errorf("budget %d: pids %d", budget, got)
			}
			if c.fds.kept > budget {
				t.Errorf("budget %d: %d kept", budget, c.fds.kept)
			}
			pass(c, time.Second)
		}
	}
}

// TestLocateFromProcess: an engine under a group of its own, with the
// container's processes in a group below the container's.
func TestLocateFromProcess(t *testing.T) {
	root, proc := t.TempDir(), t.TempDir()
	copyTree(t, filepath.Join(root, "outer/engine"), filepath.Join("testdata/cgroup2/t0/docker", capturedA))
	if err := os.Rename(filepath.Join(root, "outer/engine"), filepath.Join(root, "outer/"+capturedA)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "cgroup.controllers"), "cpu memory\n")
	c := newTestCgroup(t, CgroupOptions{Root: root, Proc: proc})
	a := Target{Row: 1, ID: capturedA}
	if b := sampleAll(t, c, a); len(b.Rows) != 0 {
		t.Fatalf("found without its process: %v", b.Rows)
	}
	a.PID = 4711
	write(t, filepath.Join(proc, "4711/cgroup"), "0::/outer/"+capturedA+"/init.scope\n")
	if b := sampleAll(t, c, a); len(b.Rows) != 1 {
		t.Fatal("not found by its process")
	}
	if c.patterns[0][0] != (pattern{prefix: "/outer/"}) {
		t.Errorf("learned %+v", c.patterns[0][0])
	}
}

func TestNoHierarchy(t *testing.T) {
	_, err := NewCgroup(CgroupOptions{Root: t.TempDir()})
	if api.CodeOf(err) != api.ErrUnsupported {
		t.Fatalf("got %v", err)
	}
}

// asNobody runs fn in a thread that has given up root; it must not end the test.
func asNobody(t *testing.T, fn func()) {
	t.Helper()
	if os.Getuid() != 0 {
		fn()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		// Only this thread changes its user, and it ends with the goroutine.
		runtime.LockOSThread()
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, 65534, 65534, 65534); errno != 0 {
			t.Error(errno)
			return
		}
		fn()
	}()
	<-done
}

func TestPermissionDenied(t *testing.T) {
	root := t.TempDir()
	v1Tree(t, root, capturedA)
	c := newStillCgroup(t, CgroupOptions{Root: root, Proc: t.TempDir()})
	if err := os.Chmod(filepath.Join(root, "cpu,cpuacct"), 0); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() {
		var b api.Batch
		err := c.Sample(t.Context(), []Target{{Row: 1, ID: capturedA}}, &b)
		if api.CodeOf(err) != api.ErrForbidden || !strings.Contains(err.Error(), "permission denied on "+root) {
			t.Errorf("got %v", err)
		}
	})
	if err := os.Chmod(filepath.Join(root, "cpu,cpuacct"), 0o700); err != nil {
		t.Fatal(err)
	}
	pass(c, time.Minute)
	if b := sampleAll(t, c, Target{Row: 1, ID: capturedA}); len(b.Rows) != 1 {
		t.Error("not read after permission was given")
	}
}
