package demoengine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// cgroupTree writes files like those of a cgroup v2 host with the cgroupfs
// driver, for benchmarks of their reader: ROOT/docker/ID/{cpu.stat,
// memory.current,…}. They are ordinary files, rewritten in place so that a
// reader's kept descriptors stay valid; a reader may see a file between two
// writes, which a kernel's would never show. It is used by one goroutine.
type cgroupTree struct {
	root string
	w    *world
	// present holds the containers whose directories are there, as they were
	// when the files that rarely change were written.
	present map[string]*container
	buf     []byte
}

func newCgroupTree(root string, w *world) *cgroupTree {
	return &cgroupTree{root: root, w: w, present: map[string]*container{}}
}

// run writes the tree at once and then every second, until ctx ends. The tree
// stays behind.
func (t *cgroupTree) run(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Join(t.root, "docker"), 0o755); err != nil { //nolint:gosec // A cgroup tree is readable by all.
		return fmt.Errorf("make the cgroup tree: %w", err)
	}
	if err := t.write("cgroup.controllers", "cpuset cpu io memory pids\n"); err != nil {
		return err
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		if err := t.tick(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// tick brings the tree up to date with the containers that are alive.
func (t *cgroupTree) tick(ctx context.Context) error {
	now := t.w.now()
	seen := make(map[string]bool, len(t.present))
	for _, c := range t.w.all() {
		if ctx.Err() != nil {
			return nil
		}
		if !c.alive() {
			continue
		}
		seen[c.id] = true
		dir := filepath.Join("docker", c.id)
		if t.present[c.id] == nil {
			if err := os.MkdirAll(filepath.Join(t.root, dir), 0o755); err != nil { //nolint:gosec // A cgroup tree is readable by all.
				return fmt.Errorf("make a cgroup: %w", err)
			}
		}
		if err := t.container(dir, c, now); err != nil {
			return err
		}
		t.present[c.id] = c
	}
	for id := range t.present {
		if !seen[id] {
			if err := os.RemoveAll(filepath.Join(t.root, "docker", id)); err != nil {
				return fmt.Errorf("remove a cgroup: %w", err)
			}
			delete(t.present, id)
		}
	}
	return nil
}

func (t *cgroupTree) container(dir string, c *container, now time.Time) error {
	u := c.usage(now, t.w.epoch)
	limit, pidsLimit := "max\n", "max\n"
	if c.memLimit > 0 {
		limit = strconv.FormatInt(c.memLimit, 10) + "\n"
	}
	if c.pidsLimit > 0 {
		pidsLimit = strconv.FormatInt(c.pidsLimit, 10) + "\n"
	}
	files := [...][2]string{
		{"cpu.stat", fmt.Sprintf("usage_usec %d\nuser_usec %d\nsystem_usec %d\ncore_sched.force_idle_usec 0\nnr_periods %d\nnr_throttled %d\nthrottled_usec %d\nnr_bursts 0\nburst_usec 0\n",
			u.cpuNs/1000, (u.cpuNs-u.cpuNs/4)/1000, u.cpuNs/4000, u.periods, u.throttled, u.throttledNs/1000)},
		{"memory.current", strconv.FormatUint(u.memory(), 10) + "\n"},
		{"memory.stat", memoryStat(&u)},
		{"io.stat", fmt.Sprintf("259:0 rbytes=%d wbytes=%d rios=%d wios=%d dbytes=0 dios=0\n", u.read, u.write, u.read/8192, u.write/8192)},
		{"pids.current", strconv.FormatUint(u.pids, 10) + "\n"},
		{"cpu.pressure", pressure(&u, 1)},
		{"memory.pressure", pressure(&u, 9)},
		{"io.pressure", pressure(&u, 3)},
		// The rest is as it was unless the container has changed.
		{"cgroup.procs", strconv.Itoa(c.pid) + "\n"},
		{"memory.max", limit},
		{"memory.swap.current", "0\n"},
		{"memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n"},
		{"pids.max", pidsLimit},
	}
	const changing = 8
	some := files[:]
	if t.present[c.id] == c {
		some = files[:changing]
	}
	for _, f := range some {
		if err := t.write(filepath.Join(dir, f[0]), f[1]); err != nil {
			return err
		}
	}
	return nil
}

// pressure is a PSI file: a share of time lost that goes with the load.
func pressure(u *usage, part float64) string {
	some := float64(u.cpuNs/1_000_000%900) / 100 / part
	return fmt.Sprintf("some avg10=%.2f avg60=%.2f avg300=%.2f total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", some, some/2, some/4, u.cpuNs/40_000)
}

// memoryStat is memory.stat as a 6.1 kernel prints it.
func memoryStat(u *usage) string {
	return fmt.Sprintf("anon %d\nfile %d\nkernel 1048576\nkernel_stack 131072\npagetables 262144\nsec_pagetables 0\npercpu 7344\nsock 0\nvmalloc 0\nshmem 0\nzswap 0\nzswapped 0\nfile_mapped %d\nfile_dirty 0\nfile_writeback 0\nswapcached 0\nanon_thp 0\nfile_thp 0\nshmem_thp 0\ninactive_anon %d\nactive_anon %d\ninactive_file %d\nactive_file %d\nunevictable 0\nslab_reclaimable 294912\nslab_unreclaimable 196608\nslab 491520\nworkingset_refault_anon 0\nworkingset_refault_file 0\npgfault %d\npgmajfault %d\n",
		u.anon, u.file, u.file/3, u.anon-u.anon/8, u.anon/8, u.inactiveFile, u.file-u.inactiveFile, u.anon/2048, u.read/65536)
}

// write puts text into a file in place.
func (t *cgroupTree) write(name, text string) error {
	f, err := os.OpenFile(filepath.Join(t.root, name), os.O_WRONLY|os.O_CREATE, 0o644) //nolint:gosec // As in a cgroup tree; the name is made here.
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("write the cgroup tree (choose a directory that this user may write to): %w", err)
		}
		return fmt.Errorf("write the cgroup tree: %w", err)
	}
	t.buf = append(t.buf[:0], text...)
	_, err = f.WriteAt(t.buf, 0)
	if err == nil {
		err = f.Truncate(int64(len(t.buf)))
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write the cgroup tree: %w", err)
	}
	return nil
}
