package stats

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// BenchmarkMadeTree is what a container and tick cost on a made v1 tree of
// plain files: the share that is ours. QUAYWATCH_BENCH_TREE names a directory
// for it, a tmpfs if possible.
func BenchmarkMadeTree(b *testing.B) {
	for _, n := range []int{200, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			root := b.TempDir()
			targets := benchTargets(n)
			for _, t := range targets {
				v1Tree(b, root, t.ID)
			}
			c := newTestCgroup(b, CgroupOptions{Root: root})
			ticks(b, c, targets)
		})
	}
}

func benchTargets(n int) []Target {
	targets := make([]Target, n)
	for i := range targets {
		targets[i] = Target{Row: i + 1, ID: fmt.Sprintf("%064x", i+1), NetworkMode: "none"}
	}
	return targets
}

// BenchmarkRealGroups is what a container and tick cost on cgroups of this
// machine's kernel, with a process each: sleeping ones, and ones that never
// count as idle. Needs root and cgroup v1.
func BenchmarkRealGroups(b *testing.B) {
	const mount = "/sys/fs/cgroup"
	if _, err := os.Stat(mount + "/cpuacct/cgroup.procs"); err != nil || os.Getuid() != 0 {
		b.Log("nothing measured: needs root and cgroup v1 under " + mount)
		return
	}
	sizes := []int{200}
	if os.Getenv("QUAYWATCH_BENCH_SCALE") != "" {
		sizes = append(sizes, 1000)
	}
	for _, n := range sizes {
		name := "quaywatch-bench-" + strconv.Itoa(os.Getpid())
		targets := benchTargets(n)
		makeGroups(b, mount, name, targets)
		for _, busy := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/busy=%v", n, busy), func(b *testing.B) {
				c := benchGroups(b, mount, name, busy)
				defer func() { _ = c.Close() }()
				ticks(b, c, targets)
			})
		}
		removeGroups(b, mount, name, targets)
	}
}

// BenchmarkSampler is what the whole sampler takes of a core, in real time: an
// operation is a second, with the caches as cold as a second leaves them. Needs
// root and cgroup v1.
func BenchmarkSampler(b *testing.B) {
	const mount = "/sys/fs/cgroup"
	if _, err := os.Stat(mount + "/cpuacct/cgroup.procs"); err != nil || os.Getuid() != 0 {
		b.Log("nothing measured: needs root and cgroup v1 under " + mount)
		return
	}
	sizes := []int{200}
	if os.Getenv("QUAYWATCH_BENCH_SCALE") != "" {
		sizes = append(sizes, 1000)
	}
	for _, n := range sizes {
		name := "quaywatch-bench-" + strconv.Itoa(os.Getpid())
		targets := benchTargets(n)
		makeGroups(b, mount, name, targets)
		for _, busy := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/busy=%v", n, busy), func(b *testing.B) {
				c := benchGroups(b, mount, name, busy)
				s := NewSampler(SamplerOptions{Choose: always(c), Sink: newCountingSink(), Budget: -1})
				ctx, cancel := context.WithCancel(b.Context())
				done := make(chan error, 1)
				go func() { done <- s.Run(ctx) }()
				s.SetTargets(targets)
				s.SetWatched(nil, true)
				time.Sleep(3 * time.Second)
				before, _ := processCPU()
				begin := time.Now()
				for b.Loop() {
					time.Sleep(time.Second)
				}
				after, _ := processCPU()
				b.ReportMetric(100*float64(after-before)/float64(time.Since(begin)), "%core")
				if v := s.Costs().SamplingPercent; v != nil {
					b.ReportMetric(*v, "%core-sampling")
				}
				cancel()
				if err := <-done; err != nil {
					b.Error(err)
				}
			})
		}
		removeGroups(b, mount, name, targets)
	}
}

// countingSink drops what it is given.
type countingSink struct{ rows int }

func newCountingSink() *countingSink { return &countingSink{} }

func (s *countingSink) Commit(b *api.Batch) { s.rows += len(b.Rows) }

func (s *countingSink) Clear(...int) {}

// benchGroups is a source that finds the groups that makeGroups has made.
func benchGroups(b *testing.B, mount, name string, busy bool) *Cgroup {
	b.Helper()
	c, err := NewCgroup(CgroupOptions{Root: mount})
	if err != nil {
		b.Fatal(err)
	}
	for i := range c.patterns {
		c.patterns[i] = []pattern{{prefix: "/" + name + "/"}}
	}
	if busy {
		spec := &c.layout.files[fileCPU]
		parse := spec.parse
		spec.parse = func(g *group, b []byte, at int64) { parse(g, b, at); g.idle = false }
	}
	return c
}

// ticks runs b.N ticks, each a second after the one before on c's clock.
func ticks(b *testing.B, c *Cgroup, targets []Target) {
	b.Helper()
	var batch api.Batch
	for range 6 { // opening files, and coming to rest
		batch.Reset()
		pass(c, time.Second)
		if err := c.Sample(b.Context(), targets, &batch); err != nil || len(batch.Rows) != len(targets) {
			b.Fatal(len(batch.Rows), err)
		}
	}
	before, _ := processCPU()
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		batch.Reset()
		pass(c, time.Second)
		if err := c.Sample(b.Context(), targets, &batch); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	after, _ := processCPU()
	perTick := float64(after-before) / float64(b.N)
	b.ReportMetric(perTick/float64(len(targets)), "cpu-ns/container")
	b.ReportMetric(perTick/1e9*100, "%core@1Hz")
}

func makeGroups(b *testing.B, mount, name string, targets []Target) {
	b.Helper()
	for _, t := range targets {
		cmd := exec.Command("sleep", "100000")
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
		for _, h := range []string{"cpu", "cpuacct", "memory", "blkio", "pids"} {
			dir := filepath.Join(mount, h, name, t.ID)
			if err := os.MkdirAll(dir, 0o755); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(cmd.Process.Pid)), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// removeGroups takes the groups down after their processes were moved back.
func removeGroups(b *testing.B, mount, name string, targets []Target) {
	b.Helper()
	for _, h := range []string{"cpu", "cpuacct", "memory", "blkio", "pids"} {
		for _, t := range targets {
			dir := filepath.Join(mount, h, name, t.ID)
			procs, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
			if err != nil {
				b.Fatal(err)
			}
			for pid := range strings.FieldsSeq(string(procs)) {
				_ = os.WriteFile(filepath.Join(mount, h, "cgroup.procs"), []byte(pid), 0o644)
			}
			if err := os.Remove(dir); err != nil {
				b.Error(err)
			}
		}
		_ = os.Remove(filepath.Join(mount, h, name))
	}
}
